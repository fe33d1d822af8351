package workflows

import (
	"context"
	"slices"
	"strings"
)

// An errand is what an automation outside waits for: in Slack, a step of a workflow. It is known
// by the name that it gave itself, and kept beside what it waits for, a request or a
// conversation, until that has come about.
const errands = "errand/"

// Errands names those that wait for what becomes of subject.
func Errands(ctx context.Context, rd Reader, subject string) ([]string, error) {
	names, err := rd.Setting(ctx, errands+subject)
	if CodeOf(err) == NotFound {
		err = nil
	}
	return strings.Fields(names), err
}

// Waits has an errand wait for subject beside those that do.
func (c Change) Waits(subject string, waiting []string, errand string) Change {
	if !slices.Contains(waiting, errand) {
		waiting = append(waiting, errand)
	}
	c.Settings = map[string]string{errands + subject: strings.Join(waiting, " ")}
	return c
}

// Over ends the wait of errands for a subject: each is answered from the state as it is then.
func Over(about About, waiting ...string) Change {
	c := Change{Settings: map[string]string{}}
	for _, errand := range waiting {
		c.Effects = append(c.Effects, Finish(FinishErrand{Errand: errand, Request: about.Request, Conversation: about.Conversation}))
	}
	c.Settings[errands+string(about.Request)+about.Conversation] = ""
	return c
}

// Finish answers an errand, once.
func Finish(p FinishErrand) Effect {
	return NewEffect(Notify, errands+p.Errand, errands+p.Errand, p)
}

// Decided reports that approvers have had their say on r, or that it has ended without.
func (r Request) Decided() bool { return r.State != Submitted && r.State != OnHold }
