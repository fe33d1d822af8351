package support

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/triage"
	"countersign/workflows"
)

// Handover is the text for whoever owns a problem that is no certificate problem: what
// was seen, why it is none, what to ask of them. "" when it is one.
func Handover(c workflows.Case, a TriageAnswer, say func(workflows.Text) string) string {
	if len(a.Findings) == 0 || a.Findings[0].Cause.Certificate() {
		return ""
	}
	f := a.Findings[0]
	owner := f.Cause.Owner
	if owner == "" {
		owner = "service"
	}
	var b strings.Builder
	line := func(key string, pairs ...string) { b.WriteString(say(certs.T(key, pairs...)) + "\n") }
	var seen []string
	for _, e := range f.Evidence {
		e.Text = wholeLine(a.Text, e)
		if q := quoteOf(e, say); !slices.Contains(seen, q) {
			seen = append(seen, q)
		}
	}
	if len(seen) == 0 { // somebody said so: what was pasted is what there is
		seen = c.FirstLines(workflows.MaxSaid)
	}
	subject := say(TextOf(f.Title()))
	if len(f.Evidence) > 0 {
		subject = workflows.ClipRunes(strings.Join(strings.Fields(wholeLine(a.Text, f.Evidence[0])), " "), 100)
	}
	line("workflows.handover.to", "Owner", say(certs.T("triage.owner."+owner)))
	line("workflows.handover.subject", "Title", subject, "Case", c.ID)
	b.WriteString("\n")
	line("workflows.handover.seen", "When", c.Created.UTC().Format("2006-01-02 15:04 UTC"))
	for _, q := range seen {
		b.WriteString("  " + q + "\n")
	}
	b.WriteString("\n")
	line("workflows.handover.why")
	b.WriteString("  " + say(certs.T("workflows.handover.why."+owner)) + "\n\n")
	line("workflows.handover.ask")
	for i, step := range FixSteps(c, a, f.Cause) {
		fmt.Fprintf(&b, "  %d. %s\n", i+1, say(TextOf(step)))
	}
	return b.String()
}

// wholeLine gives the line that a piece of evidence stands in, so that somebody who
// has nothing else sees which name or address it is about; of a long line what is
// around it.
func wholeLine(text string, e triage.Evidence) string {
	if e.Start >= e.End || e.End > len(text) {
		return e.Text
	}
	const around = 150
	from := max(strings.LastIndexByte(text[:e.Start], '\n')+1, e.Start-around)
	to := min(e.End+around, len(text))
	if i := strings.IndexByte(text[e.End:to], '\n'); i >= 0 {
		to = e.End + i
	}
	return strings.ToValidUTF8(text[from:to], "")
}

// quoteOf is one piece of evidence with its place, for text.
func quoteOf(e triage.Evidence, say func(workflows.Text) string) string {
	text := strings.Join(strings.Fields(e.Text), " ")
	switch {
	case e.Source != "" && e.Line > 0:
		return e.Source + ":" + strconv.Itoa(e.Line) + ": " + text
	case e.Source != "":
		return e.Source + ": " + text
	case e.Line > 0:
		return say(certs.T("bot.case.line", "Line", strconv.Itoa(e.Line))) + ": " + text
	}
	return text
}

// LongForm is everything about a case, in Markdown that reads as text too. say speaks, as shows
// what people and files say.
func (s *Service) LongForm(ctx context.Context, c workflows.Case, say func(workflows.Text) string, as func(string) string) string {
	a := s.Standing(ctx, c)
	var b strings.Builder
	head := func(key string) { fmt.Fprintf(&b, "\n**%s**\n\n", say(certs.T(key))) }
	fmt.Fprintf(&b, "**%s**  %s\n\n%s\n", c.ID, c.Created.UTC().Format(time.RFC3339), say(certs.T("triage.verdict."+a.Said())))
	for i, f := range a.Findings {
		fmt.Fprintf(&b, "\n**%d. %s**  [%s, %.0f %%]\n\n", i+1, say(TextOf(f.Title())), f.Cause.ID, f.Confidence*100)
		if f.Judge != "" {
			fmt.Fprintf(&b, "%s\n\n", say(certs.T("triage.judge."+f.Judge)))
		}
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "> %s\n>\n", as(quoteOf(e, say)))
		}
		b.WriteString("\n")
		for n, step := range FixSteps(c, a, f.Cause) {
			done := " "
			if slices.Contains(c.Done(f.Cause.ID), n) {
				done = "x"
			}
			fmt.Fprintf(&b, "- [%s] %d. %s\n", done, n+1, say(TextOf(step)))
		}
		for _, source := range f.Cause.Sources {
			fmt.Fprintf(&b, "- (%s)\n", source)
		}
	}
	if a.Question != nil {
		head("workflows.long.question")
		fmt.Fprintf(&b, "%s\n\n", say(TextOf(a.Question.Text)))
		for _, o := range a.Question.Options {
			fmt.Fprintf(&b, "- %s\n", say(TextOf(o.Text)))
		}
	}
	if len(c.Seen) > 0 {
		head("workflows.long.seen")
		for _, o := range c.Seen {
			fmt.Fprintf(&b, "- %s: %s\n", as(o.Source), say(TextOf(o.Text)))
		}
	}
	items := Material(c)
	if len(items) > 0 {
		head("workflows.long.certs")
		for i, it := range items {
			if i == 60 {
				fmt.Fprintf(&b, "- +%d\n", len(items)-i)
				break
			}
			f := check.Inspect(it, s.Now())
			fmt.Fprintf(&b, "- %s  %s\n  - SHA-256 %s\n", as(it.Place.String()), say(f.Summary), f.SHA256)
			for _, n := range f.Names {
				fmt.Fprintf(&b, "  - %s\n", as(strings.ToUpper(n.Type)+":"+n.Value))
			}
		}
		if chain := s.chainOf(c, items); len(chain.Nodes) > 1 {
			fmt.Fprintf(&b, "\n```\n%s\n```\n", strings.ReplaceAll(chain.Text(check.LabelsFor(chain, s.Now(), say)), "`", "'"))
		}
	}
	for _, r := range a.Redacted {
		fmt.Fprintf(&b, "\n%s\n", say(certs.T("triage.redacted", "Count", strconv.Itoa(r.Count), "Kind", r.Kind)))
	}
	return b.String()
}

// PostCase queues something to be posted beside the answer: the long form or the hand-over.
func (s *Service) PostCase(ctx context.Context, receipt workflows.Receipt, by workflows.Person, id, what string) error {
	return s.Update(ctx, receipt, by, "case", id, s.Refusal(by), func(rd workflows.Reader, now time.Time) (workflows.Change, error) {
		c, err := rd.Case(ctx, id)
		if err != nil {
			return workflows.Change{}, err
		}
		if no := c.ClosedTo(by); no != nil {
			return workflows.Change{}, no
		}
		e := workflows.NewEffect(workflows.Notify, id, fmt.Sprintf("%s/%s/%s", id, what, receipt), workflows.PostCase{Case: id, What: what, Person: by})
		return workflows.Change{Effects: []workflows.Effect{e}, Audit: []workflows.Audit{{At: now, Actor: by, Verb: "case." + what, Subject: c.ID}}}, nil
	})
}
