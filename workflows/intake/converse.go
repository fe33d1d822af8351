package intake

import (
	"context"
	"time"

	"countersign/certs"
	"countersign/language"
	"countersign/workflows"
	"countersign/workflows/form"
)

// Reopen asks one field of a conversation again.
func (s *Service) Reopen(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id, field string) (workflows.Conversation, error) {
	return s.converse(ctx, receipt, by, id, func(_ workflows.Reader, f form.Form, c workflows.Conversation, now time.Time) workflows.Conversation {
		return s.reopen(f, c, field, now)
	})
}

// Started is the beginning of a conversation.
type Started struct {
	Receipt  workflows.Receipt
	By       workflows.Person
	Place    workflows.Place // empty while only a modal shows it
	Lang     string
	Text     string              // what the person wrote, if they did
	Answers  workflows.Answers   // known beforehand: a renewal, a triage case
	From     workflows.Origin    // of Answers; zero: the person gave them
	CSRs     [][]byte            // DER, made on the box
	Replaces *workflows.Replaced // of a renewal
	Follows  *workflows.Followed // asked for again
	Case     string
	Errand   string // that waits for what comes of it
}

// Start opens a conversation, with what the text says already taken as answers.
func (s *Service) Start(ctx context.Context, in Started) (workflows.Conversation, error) {
	in.Text = workflows.WithoutSecrets(in.Text)
	f := s.Form()
	var c workflows.Conversation
	err := s.Update(ctx, in.Receipt, in.By, "start", "", s.Refusal(in.By), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		for _, der := range in.CSRs {
			if err := s.Submitter.MayKeepCSR(ctx, rd, der); err != nil {
				return workflows.Change{}, err
			}
		}
		c = workflows.Conversation{ID: "C-" + s.NewID(), Person: in.By, Place: in.Place, Lang: in.Lang, Phase: workflows.Asking,
			Answers: workflows.Answers{}, CSRs: in.CSRs, Replaces: in.Replaces, Follows: in.Follows, Case: in.Case, Created: now, Updated: now}
		c = filled(f, c, in.Answers, from(in.From), nil)
		u := understood(in.Text)
		said := saidOf(u)
		c = recall(ctx, rd, f, c, said)
		c = filled(f, c, said, saidIn(u), nil)
		var err error
		if c, err = s.withTwins(ctx, rd, s.unread(s.advance(f, c, now), in.Text), now); err != nil {
			return workflows.Change{}, err
		}
		change := s.stored(workflows.Conversation{}, c)
		if in.Errand != "" {
			change = change.Waits(c.ID, nil, in.Errand)
		}
		return change, nil
	})
	return c, err
}

// Replied is something that a person wrote in a conversation, or a button there.
type Replied struct {
	Receipt workflows.Receipt
	By      workflows.Person
	ID      string // of the conversation
	Text    string
	Field   string                            // for a button: the field it answers
	Values  []string                          // for a button: the options chosen
	Label   func(field, option string) string // how options read to this person
}

// label is how an option reads under the other answers: a product calls its services its own
// way.
func (in Replied) label(a workflows.Answers, field, option string) string {
	if field == "service" {
		option = a.First("product") + "/" + option
	}
	return in.Label(field, option)
}

// Reply answers the question asked, or does what the words command: back, skip,
// change, cancel. What it cannot take is answered with the problem, and nothing is lost.
func (s *Service) Reply(ctx context.Context, in Replied) (workflows.Conversation, error) {
	in.Text = workflows.WithoutSecrets(in.Text)
	return s.converse(ctx, in.Receipt, in.By, in.ID, func(rd workflows.Reader, f form.Form, c workflows.Conversation, now time.Time) workflows.Conversation {
		if in.Field != "" {
			return s.answer(f, c, in.Field, now, in.Values...)
		}
		asked, _ := f.Field(c.Field)
		if asked.Type == form.Choice || asked.Type == form.Choices {
			label := func(o string) string { return in.label(c.Answers, asked.Key, o) }
			if o, ok := language.Choose(in.Text, f.Choices(asked, c.Answers), label); ok {
				return s.answer(f, c, asked.Key, now, o)
			}
		}
		switch cmd := language.ReadCommand(in.Text); cmd.Verb {
		case "cancel":
			return dropped(c, now)
		case "back":
			return s.back(f, c, now)
		case "skip":
			if asked.Optional {
				return s.answer(f, c, asked.Key, now)
			}
			c.Problem, c.Updated = &workflows.Problem{Field: asked.Key, Text: certs.T("form.problem.required")}, now
			return c
		case "unsure":
			if asked.Optional {
				return s.answer(f, c, asked.Key, now)
			}
			return noAnswer(c, "form.problem.unsure", now)
		case "help":
			return noAnswer(c, "form.problem.no_answer", now)
		case "send":
			switch {
			case c.Phase == workflows.Reviewing:
				return noAnswer(c, "form.problem.press_send", now)
			case c.Problem != nil && c.Problem.Field == asked.Key && len(c.Problem.Offers) == 1: // "yes", to what was offered
				return s.answer(f, c, asked.Key, now, c.Problem.Offers[0])
			}
			return noAnswer(c, "form.problem.no_answer", now)
		case "change":
			if cmd.Value != "" {
				return s.answer(f, c, cmd.Field, now, chosen(f, c.Answers, cmd, in))
			}
			return s.reopen(f, c, cmd.Field, now)
		}
		return s.freeAnswer(f, c, asked, in.Text, now)
	})
}

// Back takes the last answer back and asks it again.
func (s *Service) Back(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id string) (workflows.Conversation, error) {
	return s.converse(ctx, receipt, by, id, func(_ workflows.Reader, f form.Form, c workflows.Conversation, now time.Time) workflows.Conversation {
		return s.back(f, c, now)
	})
}

// Drop ends a conversation without a request.
func (s *Service) Drop(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id string) (workflows.Conversation, error) {
	return s.converse(ctx, receipt, by, id, func(_ workflows.Reader, _ form.Form, c workflows.Conversation, now time.Time) workflows.Conversation {
		return dropped(c, now)
	})
}

// chosen maps the words of a change to an option, where the field has options.
func chosen(f form.Form, a workflows.Answers, cmd language.Command, in Replied) string {
	field, _ := f.Field(cmd.Field)
	if o, ok := language.Choose(cmd.Value, f.Choices(field, a), func(o string) string { return in.label(a, field.Key, o) }); ok {
		return o
	}
	return cmd.Value
}
