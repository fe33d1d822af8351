package intake

import (
	"context"
	"slices"
	"time"

	"countersign/certs"
	"countersign/workflows"
	"countersign/workflows/form"
)

// Wanted is a field that a text may fill, as the model is told of it.
type Wanted struct {
	Key     string
	Label   string            // in English
	Options map[string]string // with what they mean; empty for free text
	Many    bool              // more than one value
}

// propose has the model read what a person wrote, and shows what it found.
func (s *Service) propose(ctx context.Context, e workflows.Effect, body workflows.ReadAnswer) error {
	f := s.Form()
	c, err := workflows.Read(ctx, s.Store, func(rd workflows.Reader) (workflows.Conversation, error) {
		return rd.Conversation(ctx, body.Conversation)
	})
	if err != nil {
		return err
	}
	var found []workflows.Proposal
	spent := map[string]string{}
	if s.Model != nil && c.Unread != "" && c.Phase == workflows.Asking {
		found = s.readBy(ctx, f, c)
		spent[workflows.SpentKey] = s.Model.Spent()
	}
	text := c.Unread
	return s.Store.Update(ctx, "", func(rd workflows.Reader) (workflows.Change, error) {
		change := workflows.Change{Done: []int64{e.ID}, Settings: spent}
		c, err := rd.Conversation(ctx, body.Conversation)
		if err != nil || text == "" || c.Unread != text { // it was read, or something newer is to be
			return change, err
		}
		c.Unread, c.Proposed = "", standing(f, c, append(found, c.Proposed...))
		// Also where nothing was found: a turn that was not posted yet is left to the prompt of
		// the newest version, so there must be one.
		change.Conversations, change.Effects = []workflows.Conversation{c}, []workflows.Effect{sameTurn(c)}
		return change, nil
	})
}

// readBy asks the model what c's unread text says about the fields that are open.
func (s *Service) readBy(ctx context.Context, f form.Form, c workflows.Conversation) []workflows.Proposal {
	var wanted []Wanted
	for _, field := range f.Open(f.Unset(c.Answers, c.Field)) {
		w := Wanted{Key: field.Key, Label: s.Say(certs.English, "form."+field.Key+".ask", nil), Many: field.Type == form.Names || field.Type == form.Choices}
		if field.Type == form.Choice || field.Type == form.Choices {
			w.Options = map[string]string{}
			for _, o := range field.Options {
				w.Options[o] = s.means(field.Key, o)
			}
		}
		wanted = append(wanted, w)
	}
	got, err := s.Model.Fields(ctx, c.ID, c.Unread, wanted)
	if err != nil {
		return nil // it has nothing good to say
	}
	var out []workflows.Proposal
	for _, w := range wanted {
		if p, ok := got[w.Key]; ok {
			out = append(out, workflows.Proposal{Field: w.Key, Values: p.Values, Quote: p.Quote})
		}
	}
	return out
}

// means is what an option of a field means, in English; the option itself where there
// are no words for it.
func (s *Service) means(field, option string) string {
	key := "form." + field + ".option." + option
	if said := s.Say(certs.English, key, nil); said != key {
		return said
	}
	return option
}

// Taking is a person's word on what the model proposed.
type Taking struct {
	Receipt workflows.Receipt
	By      workflows.Person
	ID      string   // of the conversation
	Marks   []string // of the proposals that were shown
	No      bool     // none of them
}

// Take takes proposals as answers, or drops them. Only whom the conversation belongs to
// may, and only what was shown and still stands. What the planner objects to is said as
// if it had been typed.
func (s *Service) Take(ctx context.Context, in Taking) (workflows.Conversation, error) {
	f := s.Form()
	var c workflows.Conversation
	err := s.Update(ctx, in.Receipt, in.By, "take", in.ID, s.Refusal(in.By), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		old, err := s.openConversation(ctx, rd, in.By, in.ID)
		if err != nil {
			return workflows.Change{}, err
		}
		c = old
		c.Proposed = slices.DeleteFunc(slices.Clone(old.Proposed), func(p workflows.Proposal) bool { return slices.Contains(in.Marks, p.Mark()) })
		if !in.No {
			c = s.take(f, c, old.Proposed, in.Marks, now)
		}
		if len(c.Proposed) == len(old.Proposed) {
			return workflows.Change{}, workflows.Refuse(workflows.Stale, "workflows.refuse.proposal_gone")
		}
		if c, err = s.withTwins(ctx, rd, c, now); err != nil {
			return workflows.Change{}, err
		}
		change := s.stored(old, c)
		if c.Place.Channel != "" && c.Phase == old.Phase && c.Field == old.Field && c.Problem == nil {
			change.Effects = []workflows.Effect{sameTurn(c)} // it still asks the same
		}
		return change, nil
	})
	return c, err
}

// take sets the fields of those of a list that bear the marks, and goes on. What hangs
// on an answer that is not there stays proposed.
func (s *Service) take(f form.Form, c workflows.Conversation, list []workflows.Proposal, marks []string, now time.Time) workflows.Conversation {
	c.Proposed = nil
	for _, p := range list {
		if !slices.Contains(marks, p.Mark()) || !Takeable(f, c, p) {
			c.Proposed = append(c.Proposed, p)
			continue
		}
		c.Answers, _ = f.Set(c.Answers, p.Field, p.Values...)
		c.History = append(c.History, p.Field)
		c = c.WithOrigin(p.Field, workflows.Origin{Kind: workflows.FromModel})
	}
	return s.advance(f, c, now)
}
