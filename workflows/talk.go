package workflows

import (
	"context"
	"fmt"
	"time"

	"countersign/certs"
	"countersign/language"
	"countersign/workflows/form"
)

// Started is the beginning of a conversation.
type Started struct {
	Receipt  Receipt
	By       Person
	Place    Place // empty while only a modal shows it
	Lang     string
	Text     string    // what the person wrote, if they did
	Answers  Answers   // known beforehand: a renewal, a triage case, a remembered deployment
	CSRs     [][]byte  // DER, made on the box
	Replaces *Replaced // of a renewal
	Case     string
}

// Start opens a conversation, with what the text says already taken as answers.
func (s *Service) Start(ctx context.Context, in Started) (Conversation, error) {
	in.Text = withoutSecrets(in.Text)
	f := s.Form()
	var c Conversation
	err := s.update(ctx, in.Receipt, in.By, "start", "", s.admit(in.By), func(rd Reader, now time.Time) (Change, error) {
		for _, der := range in.CSRs {
			if err := s.MayKeepCSR(ctx, rd, der); err != nil {
				return Change{}, err
			}
		}
		c = Conversation{ID: "C-" + s.NewID(), Person: in.By, Place: in.Place, Lang: in.Lang, Phase: Asking,
			Answers: Answers{}, CSRs: in.CSRs, Replaces: in.Replaces, Case: in.Case, Created: now, Updated: now}
		for _, field := range f.Fields {
			if v, ok := in.Answers[field.Key]; ok {
				if next, problem := f.Set(c.Answers, field.Key, v...); problem == nil {
					c.Answers = next
					if len(in.CSRs) > 0 { // read out of the CSR, so shown for confirmation
						c.Guessed = append(c.Guessed, field.Key)
					}
				}
			}
		}
		said := fromText(in.Text)
		c = recall(ctx, rd, f, c, said)
		c = guess(f, c, said)
		c = s.unread(s.advance(f, c, now), in.Text)
		return s.keep(Conversation{}, c), nil
	})
	return c, err
}

// keep is the change that stores c and has it drawn, and what was written since old was
// stored read by the model.
func (s *Service) keep(old, c Conversation) Change {
	c.Proposed = standing(s.Form(), c, c.Proposed)
	change := Change{Conversations: []Conversation{c}}
	if c.Place.Channel != "" {
		change.Effects = []Effect{prompt(c)}
	}
	if c.Unread != "" && c.Unread != old.Unread {
		change.Effects = append(change.Effects, effect(Aside, c.ID, KindPropose, fmt.Sprintf("%s/propose/%d", c.ID, c.Version), Body{Conversation: c.ID}))
	}
	return change
}

// recall pre-fills c from the remembered deployment that the text names.
func recall(ctx context.Context, rd Reader, f form.Form, c Conversation, said Answers) Conversation {
	name := nameOf(said)
	if name == "" {
		return c
	}
	old, err := rd.Remembered(ctx, c.Person.Team, name)
	if err != nil || (said.First("product") != "" && old.Product != said.First("product")) {
		return c
	}
	for _, field := range f.Fields {
		if v, ok := old.Answers[field.Key]; ok && !c.Answers.Has(field.Key) && recallable(field.Key, old, c.Person) {
			if next, problem := f.Set(c.Answers, field.Key, v...); problem == nil {
				c.Answers = next
				c.Guessed = append(c.Guessed, field.Key)
			}
		}
	}
	return c
}

// guess takes what the text says as answers, to be confirmed with the plan.
func guess(f form.Form, c Conversation, said Answers) Conversation {
	for _, field := range f.Fields {
		v, ok := said[field.Key]
		if !ok {
			continue
		}
		if next, problem := f.Set(c.Answers, field.Key, v...); problem == nil {
			c.Answers = next
			c.Guessed = append(c.Guessed, field.Key)
		}
	}
	return c
}

// advance settles what follows and chooses what is asked next. The planner's
// objections come before new questions, so that a wrong name is mended at once.
func (s *Service) advance(f form.Form, c Conversation, now time.Time) Conversation {
	c.Answers = s.settle(f, c.Answers)
	c.Updated = now
	c.Problem = nil
	for _, finding := range s.objections(c.Answers, now) {
		if _, ok := f.Field(finding.Field); ok && c.Answers.Has(finding.Field) {
			c.Phase, c.Field, c.Problem = Asking, finding.Field, &Problem{Field: finding.Field, Text: finding.Text}
			return c
		}
	}
	if next, more := f.Next(c.Answers); more {
		c.Phase, c.Field = Asking, next.Key
		return c
	}
	c.Phase, c.Field = Reviewing, ""
	return c
}

// objections are the planner's errors about what has been answered so far.
func (s *Service) objections(a Answers, now time.Time) []certs.Finding {
	if a.First("product") == "" || len(a["nodes"]) == 0 {
		return nil
	}
	return s.Catalogue.Plan(deploymentOf(a), now).Errors()
}

// PlanOf plans what a conversation is about, as of now: of a renewal the one certificate.
func (s *Service) PlanOf(c Conversation) certs.Plan {
	plan := s.Catalogue.Plan(deploymentOf(c.Answers), s.Now())
	plan.Specs = fitting(plan.Specs, c.Replaces)
	return plan
}

// Replied is something that a person wrote in a conversation, or a button there.
type Replied struct {
	Receipt Receipt
	By      Person
	ID      string // of the conversation
	Text    string
	Field   string                            // for a button: the field it answers
	Values  []string                          // for a button: the options chosen
	Label   func(field, option string) string // how options read to this person
}

// Reply answers the question asked, or does what the words command: back, skip,
// change, cancel. What it cannot take is answered with the problem, and nothing is lost.
func (s *Service) Reply(ctx context.Context, in Replied) (Conversation, error) {
	in.Text = withoutSecrets(in.Text)
	return s.converse(ctx, in.Receipt, in.By, in.ID, func(rd Reader, f form.Form, c Conversation, now time.Time) Conversation {
		if in.Field != "" {
			return s.answer(f, c, in.Field, now, in.Values...)
		}
		asked, _ := f.Field(c.Field)
		if asked.Type == form.Choice || asked.Type == form.Choices {
			label := func(o string) string { return in.Label(asked.Key, o) }
			if o, ok := language.Choose(in.Text, f.Choices(asked, c.Answers), label); ok {
				return s.answer(f, c, asked.Key, now, o)
			}
		}
		switch cmd := language.ReadCommand(in.Text); cmd.Verb {
		case "cancel":
			c.Phase, c.Field, c.Problem, c.Updated = Dropped, "", nil, now
			return c
		case "back":
			return s.back(f, c, now)
		case "skip":
			if asked.Optional {
				return s.answer(f, c, asked.Key, now)
			}
			c.Problem, c.Updated = &Problem{Field: asked.Key, Text: certs.T("form.problem.required")}, now
			return c
		case "unsure":
			if asked.Optional {
				return s.answer(f, c, asked.Key, now)
			}
			return noAnswer(c, "form.problem.unsure", now)
		case "help":
			return noAnswer(c, "form.problem.no_answer", now)
		case "send":
			if c.Phase == Reviewing {
				return noAnswer(c, "form.problem.press_send", now)
			}
			return noAnswer(c, "form.problem.no_answer", now)
		case "change":
			if cmd.Value != "" {
				return s.answer(f, c, cmd.Field, now, chosen(f, c.Answers, cmd, in.Label))
			}
			return s.reopen(f, c, cmd.Field, now)
		}
		return s.freeAnswer(f, c, asked, in.Text, now)
	})
}

// chosen maps the words of a change to an option, where the field has options.
func chosen(f form.Form, a Answers, cmd language.Command, label func(field, option string) string) string {
	field, _ := f.Field(cmd.Field)
	if o, ok := language.Choose(cmd.Value, f.Choices(field, a), func(o string) string { return label(field.Key, o) }); ok {
		return o
	}
	return cmd.Value
}

// answer sets one field and goes on, or keeps the question with what is wrong.
func (s *Service) answer(f form.Form, c Conversation, key string, now time.Time, values ...string) Conversation {
	next, problem := f.Set(c.Answers, key, values...)
	if problem != nil {
		c.Phase, c.Field, c.Problem, c.Updated = Asking, key, problem, now
		return c
	}
	c.Answers = next
	c.History = append(c.History, key)
	c.Guessed = without(c.Guessed, key) // now it was said in so many words
	return s.advance(f, c, now)
}

// back takes the last answer back and asks it again.
func (s *Service) back(f form.Form, c Conversation, now time.Time) Conversation {
	for len(c.History) > 0 {
		last := c.History[len(c.History)-1]
		c.History = c.History[:len(c.History)-1]
		if last != "" {
			return s.reopen(f, c, last, now)
		}
	}
	c.Updated = now
	return c
}

// reopen asks key again; what was answered stays until it is answered anew.
func (s *Service) reopen(f form.Form, c Conversation, key string, now time.Time) Conversation {
	if field, ok := f.Field(key); ok && f.Applies(field, c.Answers) {
		c.Phase, c.Field, c.Problem, c.Updated = Asking, key, nil, now
	}
	return c
}

// converse runs one step of a conversation that by owns and that is still open.
func (s *Service) converse(ctx context.Context, receipt Receipt, by Person, id string, step func(Reader, form.Form, Conversation, time.Time) Conversation) (Conversation, error) {
	f := s.Form()
	var c Conversation
	err := s.update(ctx, receipt, by, "converse", id, s.admit(by), func(rd Reader, now time.Time) (Change, error) {
		old, err := s.openConversation(ctx, rd, by, id)
		if err != nil {
			return Change{}, err
		}
		c = step(rd, f, old, now)
		return s.keep(old, c), nil
	})
	return c, err
}

// openConversation reads a conversation for its owner.
func (s *Service) openConversation(ctx context.Context, rd Reader, by Person, id string) (Conversation, error) {
	c, err := rd.Conversation(ctx, id)
	switch {
	case err != nil:
		return c, err
	case c.Person != by:
		return c, Refuse(Forbidden, "workflows.refuse.not_your_conversation")
	case c.Phase == Sent || c.Phase == Dropped:
		return c, Refuse(Conflict, "workflows.refuse.conversation_"+string(c.Phase))
	}
	return c, nil
}
