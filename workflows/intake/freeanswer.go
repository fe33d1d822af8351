package intake

import (
	"slices"
	"strings"
	"time"

	"countersign/certs"
	"countersign/language"
	"countersign/workflows"
	"countersign/workflows/form"
)

// freeAnswer takes what a person wrote while a question was open. A plain answer to the
// question goes first. Else everything in the text that the form wants is taken, the
// open question's field included, since people correct themselves and think ahead
// ("sorry, the host is X", "and make it ECDSA"). What is neither is said to be no
// answer, and the question waits as it was.
func (s *Service) freeAnswer(f form.Form, c workflows.Conversation, asked form.Field, text string, now time.Time) workflows.Conversation {
	u := language.ParseReply(text, c.Answers.First("product"))
	said := meant(asked, saidOf(u), text)
	if strings.ContainsAny(text, "?？") && u.Intent != language.Request && u.Intent != language.Renew {
		said = workflows.Answers{} // "is https://a.example ok?" names a thing, it does not ask for it
	}
	if asked.Type == form.Area && language.AsksBack(text) {
		return noAnswer(c, "form.problem.no_answer", now) // no reason that anybody would give
	}
	var tried workflows.Conversation
	plain := asked.Key != "" && !betterRead(asked, said, text)
	if plain {
		tried = s.answer(f, c, asked.Key, now, text)
		switch {
		case tried.Problem == nil || tried.Problem.Field != asked.Key:
			return tried
		case asked.Type == form.Names:
			return s.unread(tried, text)
		}
	}
	switch {
	case len(said) > 0:
		if language.Adds(text) {
			if !language.SaysHost(text) {
				said = asDomains(c.Answers, said)
			}
			said = added(f, c.Answers, said)
		} else if language.Corrects(text) {
			said = corrected(c.Answers, said, text)
		}
		c = noted(f, c, said, saidIn(u))
		if slices.Equal(c.Answers[asked.Key], []string{strings.TrimSpace(text)}) {
			c = c.WithOrigin(asked.Key, workflows.Origin{}) // the answer and nothing else
		}
		return s.unread(s.advance(f, c, now), text)
	case u.Intent == language.Cancel:
		return dropped(c, now)
	case asked.Key == "":
		return noAnswer(c, "form.problem.not_understood", now)
	case plain && !language.Sentence(text):
		return s.unread(tried, text)
	}
	return s.unread(noAnswer(c, "form.problem.no_answer", now), text)
}

// betterRead reports that what was understood of a text answers better than its words:
// names among other words, "the version is 15SU2", a correction of something else.
func betterRead(asked form.Field, said workflows.Answers, text string) bool {
	switch asked.Type {
	case form.Names:
		return len(said) > 1 || !listed(text)
	case form.Text:
		if asked.Key == "version" && (len(said) > 0 || !strings.ContainsAny(text, "0123456789")) {
			return true
		}
		return said.Has(asked.Key) || len(said) > 0 && language.Corrects(text)
	case form.Area:
		return len(said) > 0 && (language.Corrects(text) || language.SaysSubject(text))
	case form.Choice, form.Choices: // an option typed was tried before
	}
	return false
}

// noted takes what was read and leads "back" to it. A list that it only adds to, or mends,
// stays somebody else's who gave it.
func noted(f form.Form, c workflows.Conversation, said workflows.Answers, origin func(string) workflows.Origin) workflows.Conversation {
	before := c
	c = filled(f, c, said, func(key string) workflows.Origin {
		if slices.ContainsFunc(said[key], func(v string) bool { return slices.Contains(before.Answers[key], v) }) && !before.Origins[key].By.IsZero() {
			return before.Origins[key]
		}
		return origin(key)
	}, nil)
	for _, field := range f.Fields {
		if said.Has(field.Key) && c.Answers.Has(field.Key) {
			c.History = append(c.History, field.Key)
		}
	}
	single := c.Answers.First("topology") == string(certs.Single)
	if said.Has("nodes") && !said.Has("topology") && single != (len(c.Answers["nodes"]) == 1) {
		c.Answers = f.Unset(c.Answers, "topology") // there are more or fewer now: it is counted anew, or asked
	}
	return c
}

// nameFields are the fields whose answers are names. A text without context does not
// say which of them it means; the question does.
var nameFields = []string{"nodes", "cluster_fqdn", "domains", "names", "phone_profiles", "chat_aliases"}

// meant is what a text says in answer to a question: names that it calls nothing else
// answer a question for names.
func meant(asked form.Field, said workflows.Answers, text string) workflows.Answers {
	if !slices.Contains(nameFields, asked.Key) || said.Has(asked.Key) || language.SaysHost(text) && asked.Key != "cluster_fqdn" {
		return said
	}
	var names []string
	from := ""
	for _, key := range nameFields {
		if said.Has(key) {
			names, from = append(names, said[key]...), from+key
		}
	}
	if len(names) == 0 || from != "nodes" && from != "domains" && from != "names" || asked.Key == "cluster_fqdn" && len(names) > 1 {
		return said
	}
	said = said.Clone()
	delete(said, from)
	said[asked.Key] = names
	return said
}

// listed: the text is a list of names and nothing else, or one word: what is wrong with
// a name is then said of that name.
func listed(text string) bool {
	names := form.SplitNames(text)
	if len(names) <= 1 {
		return !language.Asks(text)
	}
	return !slices.ContainsFunc(names, func(n string) bool {
		return !strings.ContainsAny(n, ".:") && !strings.ContainsAny(n, "0123456789") && n != "*"
	})
}
