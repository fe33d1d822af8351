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
	if len(c.Signals) == 0 && len(c.Facts) == 0 && len(c.Examples) == 0 {
		say("nothing to recognise it by: give signals, facts or examples")
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
	for i := range c.Signals {
		for _, p := range checkSignal(&c.Signals[i]) {
			say("signal %d: %s", i+1, p)
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

func checkSignal(s *Signal) []string {
	var bad []string
	if (len(s.Any) == 0) == (len(s.All) == 0) {
		bad = append(bad, "give either any or all")
	}
	if s.Weight == 0 && len(s.Also) == 0 {
		bad = append(bad, "w is missing")
	}
	if s.Weight < -20 || s.Weight > 20 {
		bad = append(bad, "w must lie between -20 and 20")
	}
	if s.Side != "" && s.Side != "us" && s.Side != "peer" {
		bad = append(bad, "side is us or peer")
	}
	for _, lit := range s.Any {
		if len(fold(strings.Trim(lit, "*"))) < 3 {
			bad = append(bad, fmt.Sprintf("wording %q is too short to mean anything", lit))
		}
	}
	if s.Pattern != "" {
		if _, err := regexp.Compile("(?i)" + s.Pattern); err != nil {
			bad = append(bad, "re: "+err.Error())
		}
	}
	return bad
}
