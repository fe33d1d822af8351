package bot

import (
	"unicode/utf8"

	"github.com/slack-go/slack"
)

func oneLine(text string) message {
	return message{Text: clip(text, maxMessageText), Blocks: []slack.Block{section(text)}}
}

// ephemeral makes a message that only the asker sees, as the answer to a command.
func ephemeral(m message) map[string]any {
	return map[string]any{"response_type": "ephemeral", "text": m.Text, "blocks": m.Blocks}
}

// The block makers apply Slack's limits, so that no view has to think of them.
// Texts come in escaped. They are verbatim, and plain ones without emoji, so that Slack
// makes nothing of them that is not written as markup.

func section(text string) *slack.SectionBlock {
	return slack.NewSectionBlock(mrkdwn(text, maxSection), nil, nil)
}

func mrkdwn(text string, limit int) *slack.TextBlockObject {
	if text == "" {
		text = " " // Slack refuses empty text
	}
	return slack.NewTextBlockObject(slack.MarkdownType, clip(text, limit), false, true)
}

func plainText(text string, limit int) *slack.TextBlockObject {
	if text == "" {
		text = " "
	}
	return slack.NewTextBlockObject(slack.PlainTextType, clip(shown(text), limit), false, false)
}

func header(text string) *slack.HeaderBlock {
	return slack.NewHeaderBlock(plainText(text, maxHeader))
}

func note(text string) *slack.ContextBlock {
	return slack.NewContextBlock("", mrkdwn(text, maxContext))
}

// facts lays out label and value pairs, at most ten, two a row.
func facts(pairs ...[2]string) *slack.SectionBlock {
	fields := make([]*slack.TextBlockObject, 0, len(pairs))
	for _, p := range pairs {
		if len(fields) < 10 {
			fields = append(fields, mrkdwn("*"+p[0]+"*\n"+p[1], maxField))
		}
	}
	return slack.NewSectionBlock(nil, fields, nil)
}

func button(action, value, label string, style slack.Style) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(action, value, plainText(label, maxButton)).WithStyle(style)
}

func actions(id string, elements ...slack.BlockElement) *slack.ActionBlock {
	return slack.NewActionBlock(id, elements...)
}

func confirm(s speaker, key string) *slack.ConfirmationBlockObject {
	return slack.NewConfirmationBlockObject(plainText(s.raw(key+".title"), 100), plainText(s.raw(key+".text"), 300),
		plainText(s.raw(key+".yes"), 30), plainText(s.raw("bot.confirm.no"), 30))
}

func options(values []string, label func(string) string) []*slack.OptionBlockObject {
	out := make([]*slack.OptionBlockObject, 0, len(values))
	for _, v := range values {
		out = append(out, slack.NewOptionBlockObject(v, plainText(label(v), maxOption), nil))
	}
	return out
}

// fit drops blocks from the end of the middle until the message keeps Slack's
// limits on number and sum: the head says what it is, the tail holds the buttons.
func fit(head, middle, tail []slack.Block, more slack.Block) []slack.Block {
	limit := maxBlocks
	join := func(n int) []slack.Block {
		out := append(append([]slack.Block{}, head...), middle[:n]...)
		if n < len(middle) {
			out = append(out, more)
		}
		return append(out, tail...)
	}
	for n := len(middle); n > 0; n-- {
		if out := join(n); len(out) <= limit && weigh(out) <= maxBlockSum {
			return out
		}
	}
	return join(0)
}

// weigh sums the text of blocks in runes.
func weigh(blocks []slack.Block) int {
	sum := 0
	add := func(t *slack.TextBlockObject) {
		if t != nil {
			sum += utf8.RuneCountInString(t.Text)
		}
	}
	for _, b := range blocks {
		switch b := b.(type) {
		case *slack.SectionBlock:
			add(b.Text)
			for _, f := range b.Fields {
				add(f)
			}
		case *slack.HeaderBlock:
			add(b.Text)
		case *slack.MarkdownBlock:
			sum += utf8.RuneCountInString(b.Text)
		case *slack.TableBlock:
			for _, row := range b.Rows {
				for _, cell := range row {
					if c, ok := cell.(*slack.TableRawTextCell); ok {
						sum += utf8.RuneCountInString(c.Text)
					}
				}
			}
		case *slack.ContextBlock:
			for _, e := range b.ContextElements.Elements {
				if t, ok := e.(*slack.TextBlockObject); ok {
					add(t)
				}
			}
		}
	}
	return sum
}
