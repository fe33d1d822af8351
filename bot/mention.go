package bot

import (
	"cmp"
	"regexp"
)

// personMention is how Slack writes somebody in a text: <@U1>, or <@U1|ella>.
var personMention = regexp.MustCompile(`<@([A-Z0-9]+)(?:\|([^<>]*))?>`)

// named is a text with the names of people in the place of mentions, for where Slack makes
// nothing of them: what is stored and goes on to forms, files and lists, and the words of
// notifications.
func (d *Directory) named(text string) string {
	return personMention.ReplaceAllStringFunc(text, func(m string) string {
		parts := personMention.FindStringSubmatch(m)
		d.mu.RLock()
		name := d.people[parts[1]].Name
		d.mu.RUnlock()
		return cmp.Or(name, parts[2], parts[1])
	})
}

// notification is the text of a message, which shows in notifications where blocks are the
// message; alone, it is the message, and Slack mentions in it.
func (b *workspace) notification(m message) string {
	text := m.Text
	if len(m.Blocks) > 0 {
		text = personMention.ReplaceAllStringFunc(text, func(one string) string { return escape(b.directory.named(one)) })
	}
	return clip(text, maxMessageText)
}
