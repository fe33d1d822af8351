package workflows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"countersign/workflows/form"
)

// Wanted is a field that a text may fill, as the model is told of it.
type Wanted struct {
	Key     string
	Label   string            // in English
	Options map[string]string // with what they mean; empty for free text
	Many    bool              // more than one value
}

// Proposal is what the model reads in a person's own words about one field of a
// conversation. It is no answer before the person takes it.
type Proposal struct {
	Field  string   `json:"field"`
	Values []string `json:"values"`          // as the form would store them
	Quote  string   `json:"quote,omitempty"` // the words that say so; empty where the values are those words
}

// FormModel is the part of the optional model that reads what people write in conversations.
// What holds for Model holds for it.
type FormModel interface {
	// Fields reads values for fields out of a text: words of it, or options with the words
	// that say so. They are proposals.
	Fields(ctx context.Context, id, text string, fields []Wanted) (map[string]Proposal, error)
	// Spent is what was spent so far, to be given back after a restart.
	Spent() string
}

// Mark names what is proposed: who takes it takes what was shown.
func (p Proposal) Mark() string {
	raw, err := json.Marshal(p)
	if err != nil {
		return "" // strings cannot fail
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:6])
}

// maxUnread bounds what of a text is kept for the model, in bytes.
const maxUnread = 8 << 10

// unread notes what a person wrote, for the model to read what the form did not find in
// it. Where nothing is missing, or no thread shows what comes of it, there is no need.
func (s *Service) unread(c Conversation, text string) Conversation {
	if s.Model != nil && c.Phase == Asking && c.Place.Channel != "" {
		c.Unread = clipBytes(text, maxUnread)
	}
	return c
}

// SameTurn is the event of a prompt that asks what was asked before: its message is
// drawn anew where it is.
const SameTurn = "same"

// sameTurn has the present turn drawn anew.
func sameTurn(c Conversation) Effect {
	return effect(Notify, c.ID, KindPrompt, fmt.Sprintf("%s/prompt/%d", c.ID, c.Version), Body{Conversation: c.ID, Event: SameTurn})
}

// propose has the model read what a person wrote, and shows what it found.
func (s *Service) propose(ctx context.Context, e Effect, body Body) error {
	f := s.Form()
	var c Conversation
	err := s.Store.View(ctx, func(rd Reader) (err error) { c, err = rd.Conversation(ctx, body.Conversation); return err })
	if err != nil {
		return err
	}
	var found []Proposal
	spent := map[string]string{}
	if s.Model != nil && c.Unread != "" && c.Phase == Asking {
		found = s.readBy(ctx, f, c)
		spent[SpentKey] = s.Model.Spent()
	}
	text := c.Unread
	return s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
		change := Change{Done: []int64{e.ID}, Settings: spent}
		c, err := rd.Conversation(ctx, body.Conversation)
		if err != nil || text == "" || c.Unread != text { // it was read, or something newer is to be
			return change, err
		}
		c.Unread, c.Proposed = "", standing(f, c, append(found, c.Proposed...))
		// Also where nothing was found: a turn that was not posted yet is left to the prompt of
		// the newest version, so there must be one.
		change.Conversations, change.Effects = []Conversation{c}, []Effect{sameTurn(c)}
		return change, nil
	})
}

// readBy asks the model what c's unread text says about the fields that are open.
func (s *Service) readBy(ctx context.Context, f form.Form, c Conversation) []Proposal {
	var wanted []Wanted
	for _, field := range f.Open(f.Unset(c.Answers, c.Field)) {
		w := Wanted{Key: field.Key, Label: s.Say("en", "form."+field.Key+".ask", nil), Many: field.Type == form.Names || field.Type == form.Choices}
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
	var out []Proposal
	for _, w := range wanted {
		if p, ok := got[w.Key]; ok {
			out = append(out, Proposal{Field: w.Key, Values: p.Values, Quote: p.Quote})
		}
	}
	return out
}

// means is what an option of a field means, in English; the option itself where there
// are no words for it.
func (s *Service) means(field, option string) string {
	key := "form." + field + ".option." + option
	if said := s.Say("en", key, nil); said != key {
		return said
	}
	return option
}

// standing keeps of a list what may be taken: one for each field that is open or asked
// now, which the form would accept when all of them are taken in its order.
func standing(f form.Form, c Conversation, list []Proposal) []Proposal {
	var out []Proposal
	if c.Phase != Asking && c.Phase != Reviewing {
		return nil
	}
	a := c.Answers
	for _, field := range f.Fields {
		i := slices.IndexFunc(list, func(p Proposal) bool { return p.Field == field.Key && len(p.Values) > 0 })
		if i < 0 || c.Answers.Has(field.Key) && field.Key != c.Field {
			continue
		}
		next, problem := f.Set(a, field.Key, list[i].Values...)
		values := next[field.Key]
		if problem != nil || len(values) == 0 || slices.Equal(values, c.Answers[field.Key]) {
			continue
		}
		out = append(out, Proposal{Field: field.Key, Values: values, Quote: list[i].Quote})
		a = next
	}
	return out
}

// Takeable reports that a proposal can be taken by itself, before the others.
func Takeable(f form.Form, c Conversation, p Proposal) bool {
	next, problem := f.Set(c.Answers, p.Field, p.Values...)
	return problem == nil && next.Has(p.Field)
}

// Taking is a person's word on what the model proposed.
type Taking struct {
	Receipt Receipt
	By      Person
	ID      string   // of the conversation
	Marks   []string // of the proposals that were shown
	No      bool     // none of them
}

// Take takes proposals as answers, or drops them. Only whom the conversation belongs to
// may, and only what was shown and still stands. What the planner objects to is said as
// if it had been typed.
func (s *Service) Take(ctx context.Context, in Taking) (Conversation, error) {
	f := s.Form()
	var c Conversation
	err := s.update(ctx, in.Receipt, in.By, "take", in.ID, s.admit(in.By), func(rd Reader, now time.Time) (Change, error) {
		old, err := s.openConversation(ctx, rd, in.By, in.ID)
		if err != nil {
			return Change{}, err
		}
		c = old
		c.Proposed = slices.DeleteFunc(slices.Clone(old.Proposed), func(p Proposal) bool { return slices.Contains(in.Marks, p.Mark()) })
		if !in.No {
			c = s.take(f, c, old.Proposed, in.Marks, now)
		}
		if len(c.Proposed) == len(old.Proposed) {
			return Change{}, Refuse(Stale, "workflows.refuse.proposal_gone")
		}
		change := s.keep(old, c)
		if c.Place.Channel != "" && c.Phase == old.Phase && c.Field == old.Field && c.Problem == nil {
			change.Effects = []Effect{sameTurn(c)} // it still asks the same
		}
		return change, nil
	})
	return c, err
}

// take sets the fields of those of a list that bear the marks, and goes on. What hangs
// on an answer that is not there stays proposed.
func (s *Service) take(f form.Form, c Conversation, list []Proposal, marks []string, now time.Time) Conversation {
	c.Proposed = nil
	for _, p := range list {
		if !slices.Contains(marks, p.Mark()) || !Takeable(f, c, p) {
			c.Proposed = append(c.Proposed, p)
			continue
		}
		c.Answers, _ = f.Set(c.Answers, p.Field, p.Values...)
		c.History = append(c.History, p.Field)
		c.Guessed = append(without(c.Guessed, p.Field), p.Field)
	}
	return s.advance(f, c, now)
}

func without(list []string, s string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(v string) bool { return v == s })
}
