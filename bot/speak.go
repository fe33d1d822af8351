package bot

import (
	"fmt"
	"strings"
	"time"

	"countersign/locales"
	"countersign/workflows"
)

// speaker says things in one language. Arguments are escaped, the catalogue's own
// marks are not.
type speaker struct {
	cat  *locales.Catalogue
	lang string
	to   workflows.Person              // who reads it; zero for a channel
	call func(workflows.Person) string // people's names, for where there are no mentions; nil: IDs
}

// name is what a person is called in plain text.
func (s speaker) name(p workflows.Person) string {
	if s.call == nil {
		return p.ID
	}
	return s.call(p)
}

func textOf(key string, pairs ...string) workflows.Text {
	return workflows.Refuse(workflows.Unable, key, pairs...).Text
}

// say renders a catalogue key for mrkdwn.
func (s speaker) say(key string, pairs ...string) string {
	return s.text(textOf(key, pairs...))
}

// raw is say with arguments that are markup already.
func (s speaker) raw(key string, pairs ...string) string {
	return s.plain(textOf(key, pairs...))
}

// text renders a workflow text for mrkdwn. Wordings that data brings along are no markup:
// people teach some of them.
func (s speaker) text(t workflows.Text) string {
	if len(t.In) > 0 {
		return escape(s.plain(t))
	}
	args := make(map[string]string, len(t.Args))
	for k, v := range s.cat.Named(s.lang, t.Args) {
		args[k] = escape(v)
	}
	return s.cat.Text(s.lang, t.Key, args, t.In)
}

// plain renders a workflow text for plain_text, where nothing is markup.
func (s speaker) plain(t workflows.Text) string {
	return s.cat.Text(s.lang, t.Key, t.Args, t.In)
}

// option is how a form option reads; the value itself where the catalogue has none,
// as with services of the operator's own profiles.
func (s speaker) option(field, value string) string {
	key := "form." + field + ".option." + value
	if s.cat.Has(s.lang, key) {
		return s.cat.Say(s.lang, key, nil)
	}
	return value
}

// command is one that is typed, or a path through a product's pages.
func (s speaker) command(c string) string { return code(s.menu(c)) }

func (s speaker) menu(path string) string { return s.cat.Menu(s.lang, path) }

// when shows a time in the reader's own zone.
func (s speaker) when(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return fmt.Sprintf("<!date^%d^{date_short_pretty} {time}|%s>", t.Unix(), t.UTC().Format("2006-01-02 15:04 UTC"))
}

// day shows a date in the reader's own zone.
func (s speaker) day(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return fmt.Sprintf("<!date^%d^{date_long}|%s>", t.Unix(), t.UTC().Format("2006-01-02"))
}

// who mentions a person without notifying twice: inside blocks Slack shows the name.
func who(p workflows.Person) string {
	if p == workflows.Robot || p.IsZero() {
		return "Countersign"
	}
	return "<@" + strings.Map(idRune, p.ID) + ">"
}

// idRune keeps what an ID may hold, so that a forged one cannot become markup.
func idRune(r rune) rune {
	if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}
