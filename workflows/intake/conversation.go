package intake

import (
	"context"
	"fmt"
	"time"

	"countersign/workflows"
	"countersign/workflows/form"
)

// Conversation reads one that by owns and that is still open.
func (s *Service) Conversation(ctx context.Context, by workflows.Person, id string) (workflows.Conversation, error) {
	if no := s.Refusal(by); no != nil {
		return workflows.Conversation{}, no
	}
	return workflows.Read(ctx, s.Store, func(rd workflows.Reader) (workflows.Conversation, error) {
		return s.openConversation(ctx, rd, by, id)
	})
}

// Move lets a conversation go on at another place.
func (s *Service) Move(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id string, place workflows.Place) (workflows.Conversation, error) {
	return s.converse(ctx, receipt, by, id, func(_ workflows.Reader, _ form.Form, c workflows.Conversation, now time.Time) workflows.Conversation {
		c.Place, c.Updated = place, now
		return c
	})
}

// maxUnread bounds what of a text is kept for the model, in bytes.
const maxUnread = 8 << 10

// unread notes what a person wrote, for the model to read what the form did not find in
// it. Where nothing is missing, or no thread shows what comes of it, there is no need.
func (s *Service) unread(c workflows.Conversation, text string) workflows.Conversation {
	if s.Model != nil && c.Phase == workflows.Asking && c.Place.Channel != "" {
		c.Unread = workflows.ClipBytes(text, maxUnread)
	}
	return c
}

// SameTurn is the event of a prompt that asks what was asked before: its message is
// drawn anew where it is.
const SameTurn = "same"

// sameTurn has the present turn drawn anew.
func sameTurn(c workflows.Conversation) workflows.Effect {
	return workflows.NewEffect(workflows.Notify, c.ID, fmt.Sprintf("%s/prompt/%d", c.ID, c.Version), workflows.DrawTurn{Conversation: c.ID, Event: SameTurn})
}

// stored is the change that stores c and has it drawn, and what was written since old was
// stored read by the model.
func (s *Service) stored(old, c workflows.Conversation) workflows.Change {
	c.Proposed = standing(s.Form(), c, c.Proposed)
	change := workflows.Change{Conversations: []workflows.Conversation{c}}
	if c.Place.Channel != "" {
		change.Effects = []workflows.Effect{workflows.Prompt(c)}
	}
	if c.Unread != "" && c.Unread != old.Unread {
		change.Effects = append(change.Effects, workflows.NewEffect(workflows.Background, c.ID, fmt.Sprintf("%s/propose/%d", c.ID, c.Version), workflows.ReadAnswer{Conversation: c.ID}))
	}
	return change
}

// Converse runs one step of a conversation that by owns and that is still open.
func (s *Service) converse(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id string, step func(workflows.Reader, form.Form, workflows.Conversation, time.Time) workflows.Conversation) (workflows.Conversation, error) {
	f := s.Form()
	var c workflows.Conversation
	err := s.Update(ctx, receipt, by, "converse", id, s.Refusal(by), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		old, err := s.openConversation(ctx, rd, by, id)
		if err != nil {
			return workflows.Change{}, err
		}
		if c, err = s.withTwins(ctx, rd, step(rd, f, old, now), now); err != nil {
			return workflows.Change{}, err
		}
		return s.stored(old, c), nil
	})
	return c, err
}

// openConversation reads a conversation for its owner.
func (s *Service) openConversation(ctx context.Context, rd workflows.Reader, by workflows.Person, id string) (workflows.Conversation, error) {
	c, err := rd.Conversation(ctx, id)
	switch {
	case err != nil:
		return c, err
	case c.Person != by:
		return c, workflows.Refuse(workflows.Forbidden, "workflows.refuse.not_your_conversation")
	case c.Phase == workflows.Sent || c.Phase == workflows.Dropped:
		return c, workflows.Refuse(workflows.Conflict, "workflows.refuse.conversation_"+string(c.Phase))
	}
	return c, nil
}

// Leave drops a conversation in the place of which its person goes on with another: it says
// so where it stands, above that.
func (s *Service) Leave(ctx context.Context, by workflows.Person, id string) error {
	return s.Update(ctx, "", by, "converse", id, s.Refusal(by), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		old, err := s.openConversation(ctx, rd, by, id)
		if err != nil {
			return workflows.Change{}, err
		}
		change := s.stored(old, dropped(old, now))
		if old.Place.Channel != "" {
			change.Effects = []workflows.Effect{sameTurn(old)}
		}
		return change, nil
	})
}
