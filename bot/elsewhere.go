package bot

import (
	"cmp"
	"context"
	"regexp"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// noThread are Slack's codes for a message that cannot be answered where it stands, beside those
// of its channel (closedCodes): it is gone, or its thread is locked (docs.slack.dev:
// chat.postMessage).
var noThread = map[string]bool{"cannot_reply_to_message": true, "thread_not_found": true, "restricted_action_thread_locked": true}

// noPlace reports that the bot cannot post where it was to.
func noPlace(err error) bool { return closedCodes[codeOf(err)] != "" || noThread[codeOf(err)] }

// elsewhere gives the direct message of somebody who asked at a place in which the bot cannot
// post, and tells them there that the answer is not.
func (b *messages) elsewhere(ctx context.Context, by workflows.Person, place workflows.Place) (workflows.Place, error) {
	dm, err := b.dmPlace(ctx, by)
	if err != nil {
		return dm, err
	}
	if cb, ok := b.asked.take(by, place); ok {
		text := b.speaker(by).say("bot.elsewhere")
		b.goAfter("elsewhere", func(ctx context.Context) error { return (&responder{b.workspace}).whisper(ctx, cb, by, text) })
	}
	return dm, nil
}

// tellOr is tell for what answers one person who asked about another message, which link
// leads to: where it cannot be posted there it goes to their direct message.
func (b *messages) tellOr(ctx context.Context, place workflows.Place, by workflows.Person, link string, e workflows.Effect, m message) error {
	err := b.tell(ctx, place, e, m)
	if link == "" || !noPlace(err) {
		return err
	}
	dm, no := b.elsewhere(ctx, by, place)
	if no != nil || dm.Channel == place.Channel {
		return cmp.Or(no, err)
	}
	return b.tell(ctx, dm, e, b.about(b.speaker(by), link, m))
}

// about puts the message that is spoken of above what is said.
func (b *messages) about(s speaker, link string, m message) message {
	if link != "" && len(m.Blocks) < maxBlocks {
		m.Blocks = append([]slack.Block{section(s.raw("bot.about_message", "Link", escaper.Replace(link)))}, m.Blocks...)
	}
	return m
}

// What links are made of is Slack's own; anything else makes none.
var (
	slackDomain = regexp.MustCompile(`^[a-z0-9-]+(\.enterprise)?$`)
	slackID     = regexp.MustCompile(`^[A-Z0-9]+$`)
	slackTime   = regexp.MustCompile(`^[0-9]+\.[0-9]+$`)
)

// permalink is the address of a message, as chat.getPermalink gives it to members of its
// channel.
func permalink(domain, channel, ts, thread string) string {
	if !slackDomain.MatchString(domain) || !slackID.MatchString(channel) || !slackTime.MatchString(ts) {
		return ""
	}
	link := "https://" + domain + ".slack.com/archives/" + channel + "/p" + strings.ReplaceAll(ts, ".", "")
	if slackTime.MatchString(thread) && thread != ts {
		link += "?thread_ts=" + thread + "&cid=" + channel
	}
	return link
}
