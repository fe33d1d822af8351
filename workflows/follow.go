package workflows

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/triage"
)

// A Refinement is what a short remark adds to a case: which product speaks, on which
// side.
type refinement struct{ product, side string }

// The ways in which people name the product that complains, the more exact first.
var refinements = []struct {
	product string
	re      *regexp.Regexp
}{
	{"expressway-c", regexp.MustCompile(`(?i)\bexp(?:ressway)?[- ]?c\b|\bexpc|\bvcs[- ]?c\b|\bthe c\b|\bc[- ]side\b|\bcore (?:node|side|expressway)|(?:^|[是在由])\s*C\s*(?:[侧端边側邊]|$|报|報|抱|拒)|控制端`)},
	{"expressway-e", regexp.MustCompile(`(?i)\bexp(?:ressway)?[- ]?e\b|\bexpe\b|\bvcs[- ]?e\b|\bthe e\b|\be[- ]side\b|\bedge\b|(?:^|[是在由])\s*E\s*(?:[侧端边側邊]|$|报|報|抱|拒)|边缘端|邊緣端`)},
	{"cucm", regexp.MustCompile(`(?i)\bcucm\b|call ?manager|\bunified cm\b`)},
	{"imp", regexp.MustCompile(`(?i)\bim ?(?:&|and) ?p|\bimp\b|presence server`)},
	{"cms", regexp.MustCompile(`(?i)\bcms\b|meeting server`)},
	{"unity-connection", regexp.MustCompile(`(?i)unity connection|\bcuc\b`)},
}

var (
	complains  = regexp.MustCompile(`(?i)complain|\bsays?\b|report|\blogs?\b|shows?|refus|reject|throw|\bon the\b|\bfrom the\b|it(?:'s| is) |报错|抱怨|拒绝|日志|报告|報錯|拒絕|記錄|日誌|[是在由]`)
	clientSide = regexp.MustCompile(`(?i)\bclient\b|客户端|客戶端|用戶端`)
	serverSide = regexp.MustCompile(`(?i)\bserver side\b|\bthe server\b|服务器端|服务端|伺服器端`)
)

// longRemark is where a remark ends and a text begins, in characters.
const longRemark = 160

// readRefinement takes a remark such as "it is the C that complains".
func readRefinement(text string) (refinement, bool) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > longRemark || strings.Contains(text, "\n") {
		return refinement{}, false
	}
	var r refinement
	for _, c := range refinements {
		if c.re.MatchString(text) && (utf8.RuneCountInString(text) <= 30 || complains.MatchString(text)) {
			r.product = c.product
			break
		}
	}
	switch {
	case clientSide.MatchString(text):
		r.side = "client"
	case serverSide.MatchString(text):
		r.side = "server"
	}
	return r, r != refinement{}
}

// kbProduct is a product's name in the knowledge base, which does not tell the two
// Expressways apart.
func kbProduct(product string) string {
	switch product {
	case "expressway-c", "expressway-e":
		return "expressway"
	case "unity-connection":
		return "unity"
	}
	return product
}

// caseAt finds the case that a place belongs to: the one answered in its thread, or
// the one whose answer the thread hangs on; "" for none.
func caseAt(ctx context.Context, rd Reader, at Place) (Case, error) {
	if at.Thread == "" {
		return Case{}, nil
	}
	c, err := rd.CaseAt(ctx, at)
	if CodeOf(err) != NotFound {
		return c, err
	}
	card, err := rd.CardAt(ctx, at.Channel, at.Thread)
	if err == nil && strings.HasPrefix(card.Subject, "K-") {
		return rd.Case(ctx, card.Subject)
	}
	if CodeOf(err) == NotFound {
		err = nil
	}
	return Case{}, err
}

// justNow is how long after an answer a remark in a direct message, outside of any
// thread, is still about it.
const justNow = 30 * time.Minute

// remarked finds the case that a remark outside of a thread is about.
func (s *Service) remarked(ctx context.Context, rd Reader, in Heard) (Case, error) {
	if in.Place.Thread != "" || !in.Direct {
		return Case{}, nil
	}
	if _, ok := readRefinement(in.Text); !ok && readOutcome(in.Text) == "" {
		return Case{}, nil
	}
	c, err := rd.CaseAt(ctx, in.Place)
	if err != nil && CodeOf(err) != NotFound {
		return c, err
	}
	if err != nil || c.Person != in.By || s.Now().Sub(c.Updated) > justNow || c.Inspecting() {
		return Case{}, nil
	}
	return c, nil
}

// followUp refines a case with what somebody of the team adds: words, a second log,
// files. What adds nothing leaves the case as it is; said to the bot, it is answered
// all the same.
func (s *Service) followUp(ctx context.Context, in Heard, id string, files *attached) error {
	tells := files != nil || s.tells(ctx, in.Text)
	r, refines := readRefinement(in.Text)
	if outcome := readOutcome(in.Text); outcome != "" && !tells && !refines {
		return s.remarkOutcome(ctx, in, id, outcome)
	}
	think := func(old Case) func(time.Time) (Change, error) {
		if !tells && !refines && !in.Direct {
			return func(time.Time) (Change, error) { return Change{}, nil } // people talk to each other
		}
		next := old
		if refines {
			next = next.with("product", r.product).with("side", r.side)
		}
		if tells || !refines {
			text, _ := triage.Redact(in.Text)
			next.add("", 1, text)
		}
		if files != nil {
			files.into(&next)
		}
		before, after := s.Explain(ctx, old), s.Explain(ctx, next)
		next.Cause = firstCause(after)
		event := "case_same:"
		if old.Inspecting() && (tells || files != nil) {
			next = next.with("kind", "")
			event = "case_changed:"
		}
		if answerKey(before) != answerKey(after) {
			next.Outcome, next.Comment, next.Ended = "", "", Person{}
			event = "case_changed:"
		}
		place := in.Place
		if place.Thread == "" {
			place = old.Place
		}
		say := effect(Notify, id, KindReply, fmt.Sprintf("%s/follow/%d", id, old.Version), Body{Person: in.By, Place: &place, Lang: old.Lang, Event: event + id})
		return func(now time.Time) (Change, error) {
			next.Updated = now
			return Change{Cases: []Case{next}, Effects: append(s.shown(next, after), say),
				Audit: []Audit{{At: now, Actor: in.By, Verb: "case.follow", Subject: id, Detail: detail("cause", next.Cause)}}}, nil
		}
	}
	return s.changeCase(ctx, in.Receipt, in.By, "case", id, think)
}

// tells reports whether a text says something that triage can use.
func (s *Service) tells(ctx context.Context, text string) bool {
	if strings.Contains(text, "-----BEGIN ") {
		return true
	}
	a, err := s.KB().Diagnose(ctx, triage.Input{Text: text})
	if err != nil || len(a.Findings) == 0 {
		return false
	}
	return a.Findings[0].Cause.ID != "not-certificate:other"
}

// answerKey is what people would call another answer.
func answerKey(a triage.Answer) string {
	key := string(a.Verdict)
	for i, f := range a.Findings {
		if i < 3 {
			key += " " + f.Cause.ID
		}
	}
	if a.Question != nil {
		key += " ?" + a.Question.ID
	}
	return key
}

// with sets one thing that is known of a case; "" leaves it.
func (c Case) with(key, value string) Case {
	m := map[string]string{}
	for k, v := range c.Context {
		m[k] = v
	}
	if value != "" {
		m[key] = value
	} else if key == "kind" {
		delete(m, key)
	}
	c.Context = m
	return c
}
