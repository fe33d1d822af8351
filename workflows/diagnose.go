package workflows

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/certs"
	"countersign/triage"
	"countersign/triage/artefact"
)

// maxCase bounds what a case keeps of the pasted text, in bytes after redaction. A
// longer log is read whole once and its matching lines are kept.
const maxCase = 64 << 10

// Pasted is an error or a log that a person wants explained.
type Pasted struct {
	Receipt Receipt
	By      Person
	Place   Place
	Lang    string
	Text    string
	Context map[string]string // what is known: product
	Once    bool              // refuse what was answered at the place already
}

// Diagnose opens a case. Only the redacted text is kept; the answer is a function of it,
// so it is never stored and never out of date. A text that is a host and port is looked
// at instead.
func (s *Service) Diagnose(ctx context.Context, in Pasted) (Case, error) {
	if target := bareTarget(in.Text); target != "" {
		return Case{}, s.lookAnew(ctx, Heard{Receipt: in.Receipt, By: in.By, Place: in.Place, Lang: in.Lang}, target)
	}
	return s.diagnose(ctx, in, nil)
}

func (s *Service) diagnose(ctx context.Context, in Pasted, files *attached) (Case, error) {
	no := s.admit(in.By)
	var c Case
	var a triage.Answer
	if no == nil {
		// Before the transaction: reading a long log takes longer than others should wait.
		c = s.newCase(in, files, s.Now())
		a = s.Explain(ctx, c)
		c.Cause = firstCause(a)
	}
	err := s.update(ctx, in.Receipt, in.By, "diagnose", "", no, func(rd Reader, now time.Time) (Change, error) {
		if strings.TrimSpace(c.Input) == "" && files == nil {
			return Change{}, &Error{Code: Invalid, Field: "reason", Text: certs.T("workflows.case.empty")}
		}
		if in.Once {
			if before, err := rd.CaseAt(ctx, in.Place); err == nil && strings.HasPrefix(before.Input, c.Input) {
				return Change{}, Refuse(Conflict, "workflows.case.already")
			}
		}
		return Change{Cases: []Case{c}, Effects: s.shown(c, a),
			Audit: []Audit{{At: now, Actor: in.By, Verb: "diagnose", Subject: c.ID, Detail: detail("cause", c.Cause)}}}, nil
	})
	return c, err
}

// newCase puts what a person gave into a case, without its secrets.
func (s *Service) newCase(in Pasted, files *attached, now time.Time) Case {
	c := Case{ID: "K-" + s.NewID(), Person: in.By, Place: in.Place, Lang: in.Lang, Context: in.Context, Created: now, Updated: now}
	text, _ := triage.Redact(in.Text)
	c.add("", 1, text)
	if files != nil {
		files.into(&c)
	}
	return c
}

// KB is the knowledge base with what was taught and reviewed.
func (s *Service) KB() *triage.KB {
	if kb := s.learnt.Load(); kb != nil {
		return kb
	}
	return s.Triage
}

// inputName is the name under which the engine sees a case's input, so that its evidence is
// told from that of facts.
const inputName = "\x00input"

// Explain computes the answer to a case from what is stored of it.
func (s *Service) Explain(ctx context.Context, c Case) triage.Answer {
	return s.explainWith(ctx, s.KB(), c)
}

func (s *Service) explainWith(ctx context.Context, kb *triage.KB, c Case) triage.Answer {
	unknown := triage.Answer{Verdict: triage.Unknown, Text: c.Input} // only ctx ending early
	in := triage.Input{Text: c.Input, Name: inputName, Context: triage.Context{Product: kbProduct(c.Context["product"]), Side: c.Context["side"], Answers: map[string]string{}}}
	for k, v := range c.Context {
		if id, ok := strings.CutPrefix(k, "answer."); ok {
			in.Context.Answers[id] = v
		}
	}
	verifier := c.Context["product"]
	if verifier == "" && (len(c.Certs) > 0 || strings.Contains(c.Input, "-----BEGIN ")) {
		first, err := kb.Diagnose(ctx, in)
		if err != nil {
			return unknown
		}
		for _, p := range first.Products {
			if verifierOf(p) != "" {
				verifier = p
				break
			}
		}
	}
	facts := c.facts(verifier, s.Now())
	for _, o := range artefact.Focus(c.Seen, c.said()) {
		// The chain that a look was shown is among what was checked: not the same twice.
		if !c.LookedAt(o.Source) || !slices.ContainsFunc(facts, func(f Observation) bool { return f.Kind == o.Kind && f.Source == o.Source }) {
			facts = append(facts, o)
		}
	}
	in.Facts = artefact.Facts(facts, c.Lang, s.Say)
	in.Facts = once(in.Facts)
	a, err := kb.Diagnose(ctx, in)
	if err != nil {
		return unknown
	}
	for i := range a.Findings {
		for k := range a.Findings[i].Evidence {
			e := &a.Findings[i].Evidence[k]
			if e.Source == inputName {
				*e = c.ownPart(*e)
				e.Source, e.Line = c.locate(e.Line)
			} else if text, ok := answered(kb, e.Source, in.Context.Answers[e.Source]); ok {
				asked := kb.Question(e.Source).Text.String(c.Lang, s.Say)
				e.Source, e.Text = FromAnswer, asked+" → "+text.String(c.Lang, s.Say)
			}
		}
	}
	return a
}

// FromAnswer is the source of evidence that is somebody's answer to a question, given
// with the question.
const FromAnswer = "answer"

// answered gives the words of an option that was chosen.
func answered(kb *triage.KB, question, option string) (triage.Text, bool) {
	if q := kb.Question(question); q != nil && option != "" {
		for _, o := range q.Options {
			if o.ID == option {
				return o.Text, true
			}
		}
	}
	return triage.Text{}, false
}

// said is what people wrote themselves, without the logs.
func (c Case) said() string {
	lines := strings.Split(c.Input, "\n")
	var b strings.Builder
	for i, p := range c.Pieces {
		to := len(lines) + 1
		if i+1 < len(c.Pieces) {
			to = c.Pieces[i+1].Line
		}
		if p.Name == "" && p.Line >= 1 && p.Line <= to && to-1 <= len(lines) {
			b.WriteString(strings.Join(lines[p.Line-1:to-1], "\n") + "\n")
		}
	}
	return b.String()
}

// once drops facts that were found twice.
func once(facts []triage.Fact) []triage.Fact {
	seen := map[string]bool{}
	return slices.DeleteFunc(facts, func(f triage.Fact) bool {
		key := f.Kind + "\x00" + f.Text
		twice := seen[key]
		seen[key] = true
		return twice
	})
}

func firstCause(a triage.Answer) string {
	if len(a.Findings) == 0 {
		return string(a.Verdict)
	}
	return a.Findings[0].Cause.ID
}

func showCase(c Case) Effect {
	return effect(Notify, c.ID, KindCase, fmt.Sprintf("%s/case/%d", c.ID, c.Version), Body{Case: c.ID})
}

// clipBytes cuts s to at most n bytes at a line's end.
func clipBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if i := strings.LastIndexByte(s[:n], '\n'); i > n/2 {
		return s[:i]
	}
	return strings.ToValidUTF8(s[:n], "")
}

// The nouns of triage that doors show.
type (
	// TriageAnswer is what a case is answered with.
	TriageAnswer = triage.Answer
	// TriageFinding is one cause that the evidence supports.
	TriageFinding = triage.Finding
	// Cause is one known cause.
	Cause = triage.Cause
	// Evidence is a piece of a person's own text, or a fact.
	Evidence = triage.Evidence
	// TriageProduct is something whose messages triage tells by their form.
	TriageProduct = triage.Product
)

// TextOf turns a text of triage into one of the workflows: two packages that may not
// know each other say things in the same shape.
func TextOf(t triage.Text) Text { return Text{Key: t.Key, Args: t.Args, In: t.In} }

// FixSteps are the steps of a cause's fix: those of the product in question where it
// has some.
func (c Case) FixSteps(a TriageAnswer, cause *Cause) []triage.Text {
	return cause.Steps(append([]string{c.Context["product"], kbProduct(c.Context["product"])}, a.Products...))
}
