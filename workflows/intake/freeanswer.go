package intake

import (
	"regexp"
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
	said := AnswersOf(u)
	if !slices.ContainsFunc(u.Evidence, func(e language.Evidence) bool { return e.Field == "topology" }) && said.First("topology") == string(certs.Single) {
		delete(said, "topology") // counted from the names of this text, which may be some of several
	}
	said = meant(asked, said, text)
	if strings.ContainsAny(text, "?？") && u.Intent != language.Request && u.Intent != language.Renew {
		said = workflows.Answers{} // "is https://a.example ok?" names a thing, it does not ask for it
	}
	if asked.Type == form.Area && asksBack(text) {
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
		if adds.MatchString(text) {
			if !saysBox.MatchString(text) {
				said = asDomains(c.Answers, said)
			}
			said = added(f, c.Answers, said)
		} else if corrects.MatchString(text) {
			said = corrected(c.Answers, said, text)
		}
		return s.unread(s.advance(f, noted(f, c, said), now), text)
	case u.Intent == language.Cancel:
		c.Phase, c.Field, c.Problem, c.Updated = workflows.Dropped, "", nil, now
		return c
	case asked.Key == "":
		return noAnswer(c, "form.problem.not_understood", now)
	case plain && !sentence(text):
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
		return said.Has(asked.Key) || len(said) > 0 && corrects.MatchString(text)
	case form.Area:
		return len(said) > 0 && (corrects.MatchString(text) || attributes.MatchString(text))
	case form.Choice, form.Choices: // an option typed was tried before
	}
	return false
}

// noted takes what was read and leads "back" to it.
func noted(f form.Form, c workflows.Conversation, said workflows.Answers) workflows.Conversation {
	c = guess(f, c, said)
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
	if !slices.Contains(nameFields, asked.Key) || said.Has(asked.Key) || saysBox.MatchString(text) && asked.Key != "cluster_fqdn" {
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

var (
	// saysBox: a name is called a box outright.
	saysBox = regexp.MustCompile(`(?i)\b(?:hosts?|hostname|nodes?|peers?|box(?:es)?|servers?|machines?|fqdns?)\b|主机|主機|节点|節點|机器|機器|服务器|伺服器`)
	// attributes: "o=Example, c=DE" is a subject, wherever it is said.
	attributes = regexp.MustCompile(`(?i)^\s*(?:(?:cn|ou|o|l|st|c)\s*=[^=]{1,80})+$`)
	// asking: a question back.
	asking = regexp.MustCompile(`[?？]\s*$|(?:吗|呢|嗎)[。.!]?\s*$`)
)

// listed: the text is a list of names and nothing else, or one word: what is wrong with
// a name is then said of that name.
func listed(text string) bool {
	names := form.SplitNames(text)
	if len(names) <= 1 {
		return !asking.MatchString(text)
	}
	return !slices.ContainsFunc(names, func(n string) bool {
		return !strings.ContainsAny(n, ".:") && !strings.ContainsAny(n, "0123456789") && n != "*"
	})
}

// asksBack: a question that by itself wants to know something, of the bot or of a request.
func asksBack(text string) bool {
	if !strings.ContainsAny(text, "?？") {
		return false
	}
	intent := language.Parse(text).Intent
	return intent == language.Help || intent == language.Status
}

// sentence: several words, or a question.
func sentence(text string) bool {
	return len(strings.Fields(text)) > 2 || asking.MatchString(text)
}
