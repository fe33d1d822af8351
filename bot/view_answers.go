package bot

import (
	"fmt"
	"strings"

	"countersign/workflows"
	"countersign/workflows/form"
)

// fact is what a field is called where its answer is read; where it is filled in, its label
// also says how.
func (s speaker) fact(key string) string {
	if fact := "form." + key + ".fact"; s.cat.Has(s.lang, fact) {
		return s.raw(fact)
	}
	return s.raw("form." + key + ".label")
}

// beside is what stands beside a field, its help or its example, of the product where that has
// its own; "" for none.
func (s speaker) beside(a workflows.Answers, key, what string) string {
	for _, text := range []string{"form." + key + "." + what + "." + a.First("product"), "form." + key + "." + what} {
		if s.cat.Has(s.lang, text) {
			return s.raw(text)
		}
	}
	return ""
}

// choice is how an option of a field reads under the other answers: a service is called as
// its product calls it.
func (s speaker) choice(a workflows.Answers, key, value string) string {
	if key == "service" {
		if own := a.First("product") + "/" + value; s.cat.Has(s.lang, "form.service.option."+own) {
			return s.option(key, own)
		}
	}
	return s.option(key, value)
}

// key is a kind of key as the form offers it.
func (s speaker) key(k workflows.Key) string {
	if option := fmt.Sprintf("%s-%d", k.Type, k.Size); s.cat.Has(s.lang, "form.key.option."+option) {
		return s.option("key", option)
	}
	return k.String()
}

// profile is what the certificate of a profile is called.
func (s speaker) profile(id string) string {
	if title := "profile." + id; s.cat.Has(s.lang, title) {
		return s.raw(title)
	}
	return id
}

// originText says where an answer comes from. It is markup.
func (s speaker) originText(o workflows.Origin) string {
	key := "bot.from." + string(o.Kind)
	if o.Kind == workflows.FromRequest && o.Request == "" {
		key = "bot.from.described"
	}
	if !o.By.IsZero() && o.By == s.to {
		key += "_yours"
	}
	return s.raw(key, "Request", code(string(o.Request)), "Who", who(o.By), "Day", s.day(o.At))
}

// byDefault marks what nobody answered.
const byDefault workflows.OriginKind = "default"

// answersBy are the fields of c that have an answer, by where it comes from: first what its
// person said to the question, then the others in the order in which they come up. For a
// plan, what holds by default is among them.
func answersBy(f form.Form, c workflows.Conversation) (origins []workflows.Origin, by map[workflows.Origin][]form.Field) {
	origins, by = []workflows.Origin{{}}, map[workflows.Origin][]form.Field{}
	for _, field := range f.Fields {
		o := c.Origins[field.Key]
		if len(c.Answers[field.Key]) == 0 {
			if o = (workflows.Origin{Kind: byDefault}); c.Answers.Has(field.Key) || c.Phase != workflows.Reviewing || f.Default(field, c.Answers) == "" {
				continue
			}
		}
		if !f.Applies(field, c.Answers) {
			continue
		}
		if by[o] == nil && o != (workflows.Origin{}) {
			origins = append(origins, o)
		}
		by[o] = append(by[o], field)
	}
	return origins, by
}

// answersText lists what is known so far, and where it comes from.
func answersText(s speaker, f form.Form, c workflows.Conversation) string {
	var lines []string
	origins, by := answersBy(f, c)
	for _, o := range origins {
		if o != (workflows.Origin{}) {
			lines = append(lines, "_"+s.originText(o)+"_")
		}
		for _, field := range by[o] {
			values := c.Answers[field.Key]
			if len(values) == 0 {
				values = []string{f.Default(field, c.Answers)}
			}
			lines = append(lines, fmt.Sprintf("• *%s*  %s", s.fact(field.Key), answerText(s, c.Answers, field, values)))
		}
	}
	return strings.Join(lines, "\n")
}

func answerText(s speaker, a workflows.Answers, field form.Field, values []string) string {
	parts := make([]string, 0, len(values))
	for i, v := range values {
		if i == 12 {
			parts = append(parts, fmt.Sprintf("+%d", len(values)-i))
			break
		}
		switch field.Type {
		case form.Choice, form.Choices:
			parts = append(parts, escape(s.choice(a, field.Key, v)))
		case form.Area:
			parts = append(parts, escape(clip(v, 200)))
		case form.Names, form.Text:
			parts = append(parts, code(v))
		}
	}
	if field.Type == form.Choices {
		return strings.Join(parts, ", ")
	}
	return strings.Join(parts, " ")
}

// pageOrigins says of a page of the wizard which of its inputs were filled in beforehand, and
// from where.
func pageOrigins(s speaker, f form.Form, c workflows.Conversation, step string) []string {
	var notes []string
	c.Phase = workflows.Asking // a default shows in its input
	origins, by := answersBy(f, c)
	for _, o := range origins {
		var labels []string
		for _, field := range by[o] {
			if _, forced := f.Forced(field, c.Answers); field.Step == step && !forced {
				labels = append(labels, s.fact(field.Key))
			}
		}
		if len(labels) > 0 && o != (workflows.Origin{}) && o.Kind != workflows.FromInference {
			notes = append(notes, s.originText(o)+" "+strings.Join(labels, ", "))
		}
	}
	return notes
}

// guessedLast reports that the answers which came last were not given to a question: then
// they are shown, to be checked.
func guessedLast(c workflows.Conversation) bool {
	if n := len(c.History); n > 0 {
		o, guessed := c.Origins[c.History[n-1]]
		return guessed && o.Kind != workflows.FromInference
	}
	for _, o := range c.Origins {
		if o.Kind != workflows.FromInference {
			return true
		}
	}
	return false
}
