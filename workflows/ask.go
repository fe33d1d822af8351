package workflows

import (
	"context"
	"time"

	"countersign/workflows/form"
)

// Admit says whether who may use the bot at all.
func (s *Service) Admit(who Person) error {
	if no := s.admit(who); no != nil {
		return no
	}
	return nil
}

// Enter is the question at the door, before anything is read or routed: a refusal is
// recorded. Every step asks anew.
func (s *Service) Enter(ctx context.Context, who Person, door string) error {
	if no := s.admit(who); no != nil {
		return s.update(ctx, "", who, door, "", no, nil)
	}
	return nil
}

// MayDecide says, before somebody is asked for a reason, whether the verdict could
// count. The decision itself asks again.
func (s *Service) MayDecide(ctx context.Context, by Person, id RequestID, v Verdict, hash string) error {
	return s.update(ctx, "", by, string(v), string(id), s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		policy, members := s.policyOf(r)
		_, no := decide(r, Decision{Request: id, By: by, Verdict: v, Hash: hash, Reason: "…", At: now}, policy, members)
		if no != nil {
			return Change{}, no
		}
		return Change{}, nil
	})
}

// Conversation reads one that by owns and that is still open.
func (s *Service) Conversation(ctx context.Context, by Person, id string) (Conversation, error) {
	var c Conversation
	if no := s.admit(by); no != nil {
		return c, no
	}
	err := s.Store.View(ctx, func(rd Reader) (err error) { c, err = s.openConversation(ctx, rd, by, id); return err })
	return c, err
}

// Reopen asks one field of a conversation again.
func (s *Service) Reopen(ctx context.Context, receipt Receipt, by Person, id, field string) (Conversation, error) {
	return s.converse(ctx, receipt, by, id, func(_ Reader, f form.Form, c Conversation, now time.Time) Conversation {
		return s.reopen(f, c, field, now)
	})
}

// moved lets a conversation go on at another place.
func moved(place Place) func(Reader, form.Form, Conversation, time.Time) Conversation {
	return func(_ Reader, _ form.Form, c Conversation, now time.Time) Conversation {
		c.Place, c.Updated = place, now
		return c
	}
}
