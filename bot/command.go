package bot

import (
	"context"
	"strings"
	"unicode"

	"github.com/slack-go/slack"

	"countersign/language"
	"countersign/workflows"
	"countersign/workflows/inbox"
	"countersign/workflows/issuance"
)

// command answers the slash command. Its words are those of the help text; another word is
// named, with the one that was probably meant, and a sentence is taken as said to the bot.
func (b *Bot) command(ctx context.Context, cmd slack.SlashCommand) (any, bool) {
	by := b.directory.Who(ctx, cmd.UserID, cmd.TeamID)
	s := b.speaker(by)
	if err := b.service.Enter(ctx, by, "command"); err != nil {
		return b.ephemeralRefusal(s, by, err), true
	}
	receipt := workflows.Receipt("command/" + cmd.TriggerID)
	word, rest, _ := strings.Cut(strings.TrimSpace(cmd.Text), " ")
	rest = strings.TrimSpace(rest)
	at := slack.InteractionCallback{TriggerID: cmd.TriggerID, ResponseURL: cmd.ResponseURL}
	switch what := language.ReadSlash(word); what {
	case "new":
		return b.openWizard(ctx, receipt, by, at, rest)
	case "list":
		return b.listCommand(ctx, s, by, rest)
	case "show":
		r, err := b.service.Lists.Show(ctx, by, requestID(rest))
		if err != nil {
			return b.ephemeralRefusal(s, by, err), true
		}
		var tail []slack.Block
		if b.service.Issuance.MayRevoke(by, r) == nil {
			tail = append(tail, revokeActions(s, r))
		}
		if b.service.Lists.MayConfirm(by, r) {
			tail = append(tail, revocationActions(s, r)...)
		}
		return ephemeral(b.requestFor(by, r, tail...)), true
	case "renew":
		if rest == "" {
			return b.listCommand(ctx, s, by, string(issuance.Current))
		}
		return b.openRenewal(ctx, receipt, by, at, requestID(rest))
	case "revoke":
		return b.revokeCommand(ctx, at, by, rest)
	case "diagnose", "inspect":
		if rest == "" {
			b.openTextModal(at, by, diagnoseModal(s))
			return nil, true
		}
		return b.directCommand(ctx, receipt, by, what == "inspect", rest)
	}
	words, meant := len(strings.Fields(cmd.Text)), language.NearestSlash(word)
	if words == 0 || language.ReadBareSlash(word) == "help" {
		return ephemeral(helpView(s)), true
	}
	if words > 2 || meant == "" && strings.IndexFunc(word, han) >= 0 { // a sentence
		return b.directCommand(ctx, receipt, by, true, cmd.Text)
	}
	return ephemeral(unknownWordView(s, word, meant, b.cfg.Command)), true
}

// han is true of characters of which a sentence has no spaces between.
func han(c rune) bool { return unicode.Is(unicode.Han, c) }

// revokeCommand opens the form of an order or an ask; without a request, it shows which could
// be meant.
func (b *Bot) revokeCommand(ctx context.Context, at slack.InteractionCallback, by workflows.Person, rest string) (any, bool) {
	s := b.speaker(by)
	if rest == "" {
		theirs, err := b.service.Issuance.Revocable(ctx, by)
		if err != nil {
			return b.ephemeralRefusal(s, by, err), true
		}
		return ephemeral(revocationReply(s, "", theirs)), true
	}
	r, err := b.service.Lists.Show(ctx, by, requestID(rest))
	if err != nil {
		return b.ephemeralRefusal(s, by, err), true
	}
	v, no := b.revocationForm(by, r)
	if no != nil {
		return b.ephemeralRefusal(s, by, no), true
	}
	b.openTextModal(at, by, v)
	return nil, true
}

// listCommand shows the list that the words after it ask for.
func (b *Bot) listCommand(ctx context.Context, s speaker, by workflows.Person, words string) (any, bool) {
	means, rest, meant := language.Filters(words)
	q := issuance.ListQuery{Text: rest}
	for _, word := range means {
		switch w := issuance.Whose(word); w {
		case issuance.Mine, issuance.Team, issuance.All:
			q.Whose = w
		default:
			q.Which = issuance.Which(word)
		}
	}
	l, err := b.service.Lists.List(ctx, by, q)
	if err != nil {
		return b.ephemeralRefusal(s, by, err), true
	}
	if meant != "" {
		meant = strings.Join(append(append([]string{b.cfg.Command, "list"}, means...), meant), " ")
	}
	return ephemeral(listView(s, l, meant)), true
}

// directCommand takes text after /cert diagnose or inspect; the answer comes to the
// person's direct message, where a thread can follow.
func (b *Bot) directCommand(ctx context.Context, receipt workflows.Receipt, by workflows.Person, inspect bool, text string) (any, bool) {
	s := b.speaker(by)
	event := inbox.DirectDiagnose
	if inspect {
		event = inbox.DirectMessage
	}
	secret, err := b.service.Inbox.ReceiveDirect(ctx, workflows.Message{Receipt: receipt, By: by, Lang: s.lang, Text: text}, event)
	if err != nil && !seen(err) {
		return b.ephemeralRefusal(s, by, err), true
	}
	return ephemeral(oneLine(inDirect(s, secret))), true
}

// requestID reads "REQ-17", "req 17", "#17" and "17".
func requestID(s string) workflows.RequestID {
	s = strings.ToUpper(strings.TrimSpace(s))
	digits := strings.TrimFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if digits == "" || len(digits) > 12 || len(s) > 20 {
		return workflows.RequestID(clip(s, 20))
	}
	return workflows.RequestID("REQ-" + digits)
}

// label is how options read in this language, for typed answers.
func (s speaker) label(field, option string) string { return s.option(field, option) }
