package triage

import (
	"fmt"
	"regexp"
	"strings"

	"countersign/certs"
)

var slug = regexp.MustCompile(`^(not-certificate:)?[a-z0-9]+(-[a-z0-9]+)*$`)

var month = regexp.MustCompile(`^20[0-9]{2}-(0[1-9]|1[0-2])$`)

// checkCause lists what is wrong with a cause by itself.
func checkCause(c *Cause) []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if !slug.MatchString(c.ID) {
		say("id must be lower-case words joined by hyphens")
	}
	if c.Title.In[certs.English] == "" {
		say("title needs at least English (en)")
	}
	if len(c.Unsure.In) > 0 && c.Unsure.In[certs.English] == "" {
		say("unsure needs at least English (en)")
	}
	if len(c.Messages) == 0 && len(c.Facts) == 0 && len(c.Examples) == 0 {
		say("nothing to recognise it by: give facts, messages or examples")
	}
	if len(c.Fix) == 0 {
		say("fix is missing")
	}
	if len(c.Sources) == 0 {
		say("sources are missing")
	}
	if !month.MatchString(c.AsOf) {
		say("as-of must be a month like 2026-11")
	}
	for kind, w := range c.Facts {
		if w < -20 || w > 20 {
			say("fact %s: the weight must lie between -20 and 20", kind)
		}
	}
	for i := range c.Messages {
		for _, p := range checkMessage(&c.Messages[i]) {
			say("message %d: %s", i+1, p)
		}
	}
	if c.Question != nil {
		bad = append(bad, checkQuestion(c.Question)...)
	}
	return bad
}

func checkQuestion(q *Question) []string {
	var bad []string
	if q == nil || q.ID == "" || q.Text.In[certs.English] == "" || len(q.Options) < 2 {
		return []string{"question needs id, text and at least two options"}
	}
	for _, o := range q.Options {
		if o.ID == "" || o.Text.In[certs.English] == "" || len(o.Favour) == 0 {
			bad = append(bad, fmt.Sprintf("question %s: an option needs id, text and for", q.ID))
		}
	}
	return bad
}

func checkMessage(m *Message) []string {
	bad := checkWordings(m.Say)
	if len(m.Say) == 0 {
		bad = append(bad, "say is missing")
	}
	if m.Weight == 0 && len(m.Also) == 0 {
		bad = append(bad, "w is missing")
	}
	if m.Weight < -20 || m.Weight > 20 {
		bad = append(bad, "w must lie between -20 and 20")
	}
	if m.Side != "" && m.Side != "us" && m.Side != "peer" {
		bad = append(bad, "side is us or peer")
	}
	return bad
}

var factKind = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+$`)

// checkStated lists what is wrong with a stated verdict by itself.
func checkStated(s *Stated) []string {
	bad := checkWordings(s.Say)
	if !factKind.MatchString(s.Kind) {
		bad = append(bad, "kind must be like verify.expired")
	}
	if len(s.Say) == 0 && len(s.Codes) == 0 {
		bad = append(bad, "give say or codes")
	}
	if len(s.Sources) == 0 {
		bad = append(bad, "source is missing")
	}
	return bad
}

// shortestWording bounds a wording as it is matched, in bytes.
const shortestWording = 3

func checkWordings(list []string) []string {
	var bad []string
	for _, w := range list {
		if len(fold(strings.Trim(w, "*"))) < shortestWording {
			bad = append(bad, fmt.Sprintf("wording %q is too short to mean anything", w))
		}
	}
	return bad
}
