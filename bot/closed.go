package bot

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"countersign/workflows"
)

// closedCodes are Slack's errors for a channel that takes no messages until somebody opens it,
// and the word by which people are told (docs.slack.dev: chat.postMessage, chat.update).
var closedCodes = map[string]string{
	"not_in_channel":                           "not_in_channel",
	"channel_not_found":                        "channel_not_found", // or private, and we are not in it
	"is_archived":                              "is_archived",
	"is_inactive":                              "is_archived", // of a message in such a channel
	"restricted_action":                        "restricted_action",
	"restricted_action_read_only_channel":      "restricted_action",
	"restricted_action_thread_only_channel":    "restricted_action",
	"restricted_action_non_threadable_channel": "restricted_action",
}

// closedError is a failure that is the channel's, whatever was to be said there.
type closedError struct {
	channel string
	why     string // a value of closedCodes
	err     error
}

func (e *closedError) Error() string { return e.channel + ": " + e.err.Error() }
func (e *closedError) Unwrap() error { return e.err }

// inChannel marks a failure that is the channel's. A direct message is none: who has left, or is a
// bot, does not come back.
func inChannel(channel string, err error) error {
	if why := closedCodes[codeOf(err)]; why != "" && !strings.HasPrefix(channel, "D") {
		return &closedError{channel: channel, why: why, err: err}
	}
	return err
}

// closedChannels knows what waits for channels.
type closedChannels struct {
	*workspace
	outbox workflows.Outbox
	opened atomic.Int64 // counts what opened one: an effect that failed meanwhile is tried again at once
}

// visits is how often a thread in a channel that no setting names is tried: a day. Nobody
// waits for an answer any longer.
const visits = 100

// waitFor is how long an effect waits that has found its channel closed so many times. What
// opens a channel is heard; the look is for what is not, and bounded: 100 an hour for 25
// cards.
func waitFor(attempts int) time.Duration {
	d := min(time.Minute<<min(max(attempts-1, 0), 4), 15*time.Minute)
	return d - time.Duration(rand.Int64N(int64(d)/5+1))
}

// waits reports that an effect that failed for cause waits for its channel to open.
func (c *closedChannels) waits(e workflows.Effect, cause error) (*closedError, bool) {
	var closed *closedError
	if !errors.As(cause, &closed) {
		return nil, false
	}
	return closed, e.Attempts < visits || len(c.settingsOf(closed.channel)) > 0
}

// putBack has e wait, and tells people. opened is what was counted before e was tried: where
// a channel has opened since, it may be this one, and nobody has to do anything.
func (c *closedChannels) putBack(ctx context.Context, e workflows.Effect, cause *closedError, opened int64) error {
	if c.opened.Load() != opened {
		return c.outbox.Retry(ctx, e, c.now(), workflows.ChannelClosed)
	}
	why, err := c.close(ctx, cause.channel, cause.why)
	if err != nil {
		return err
	}
	if p, err := workflows.ReadPayload[workflows.DrawRequest](e); err == nil && e.Kind == workflows.KindCards && p.Audience == workflows.Approvers {
		if err := c.service.CardWaits(ctx, p.Request, c.text("workflows.trouble.channel."+why, cause.channel)); err != nil {
			return err
		}
	}
	due := c.now().Add(waitFor(e.Attempts))
	if c.opened.Load() != opened {
		due = c.now()
	}
	return c.outbox.Retry(ctx, e, due, workflows.ChannelClosed)
}

// close notes that a channel is closed, and has the operators told of it once: where it is
// not theirs.
func (c *closedChannels) close(ctx context.Context, id, why string) (string, error) {
	closed, err := workflows.Closed(ctx, c.store)
	if err != nil {
		return "", err
	}
	if closed[id].Why == "not_in_channel" && why == "channel_not_found" {
		why = "not_in_channel" // what Slack says of a private one that we were taken out of
	}
	news, err := c.service.CloseChannel(ctx, id, why, func(key string) []workflows.Effect {
		if c.cfg.Operators == "" || c.cfg.Operators == id {
			return nil
		}
		return []workflows.Effect{workflows.NotifyOperators(key, c.text("bot.channel."+why, id, "Settings", strings.Join(c.settingsOf(id), ", ")))}
	})
	if news {
		c.log.Error("channel closed", "channel", id, "why", why, "settings", c.settingsOf(id))
	}
	return why, err
}

// open lets everything through that waits for a channel. What waits for another finds that
// closed still.
func (c *closedChannels) open(ctx context.Context, id string) error {
	c.opened.Add(1)
	was, err := c.service.OpenChannel(ctx, id)
	if err != nil || !was {
		return err
	}
	c.log.Info("channel open", "channel", id)
	return c.outbox.Wake(ctx, workflows.Notify, workflows.ChannelClosed)
}

// took notes that a channel has taken a message. A thread may be open in a channel that is
// closed beside it.
func (c *closedChannels) took(ctx context.Context, place workflows.Place) {
	closed, err := workflows.Closed(ctx, c.store)
	was, is := closed[place.Channel]
	if err == nil && is && !(place.Thread != "" && was.Why == "restricted_action") {
		err = c.open(ctx, place.Channel)
	}
	if err != nil && ctx.Err() == nil {
		c.log.Error("channel not noted to be open", "channel", place.Channel, "err", err)
	}
}

// start has everything tried that an earlier run left waiting, also by giving it up, and
// whatever has another channel by now.
func (c *closedChannels) start(ctx context.Context) {
	err := c.record(ctx, func(ctx context.Context) error {
		closed, err := workflows.Closed(ctx, c.store)
		for id := range closed {
			if err == nil && len(c.settingsOf(id)) == 0 { // by now the configuration has another
				_, err = c.service.OpenChannel(ctx, id)
			}
		}
		if err == nil {
			err = c.outbox.Wake(ctx, workflows.Notify, workflows.ChannelClosed)
		}
		if err != nil {
			return err
		}
		orphans, err := c.service.LostCards(ctx, func(card workflows.Card) bool { return card.Kind == cardApproval && card.TS != "" })
		told := map[string]bool{}
		for _, r := range orphans {
			if err == nil {
				err = c.service.CardWaits(ctx, r.ID, textOf("workflows.trouble.channel.no_policy", "Policy", r.Policy))
			}
			if err == nil && c.cfg.Operators != "" && !told[r.Policy] {
				told[r.Policy] = true
				err = workflows.Commit(ctx, c.store, workflows.Change{Effects: []workflows.Effect{workflows.NotifyOperators(
					"policy/"+r.Policy+"/"+string(r.ID), textOf("bot.channel.no_policy", "Policy", r.Policy, "Request", string(r.ID)))}})
			}
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		c.log.Error("what waits for channels", "err", err)
	}
}

// heard takes what Slack says of a channel of ours before anything is tried there.
func (c *closedChannels) heard(ctx context.Context, id, why string) error {
	if len(c.settingsOf(id)) == 0 {
		return nil
	}
	_, err := c.close(ctx, id, why)
	return err
}

// settingsOf are the settings that name a channel, as an operator looks for them.
func (c *closedChannels) settingsOf(id string) []string {
	var all []string
	for _, p := range c.service.Policies {
		if p.Channel == id {
			all = append(all, "policies."+p.Name+".channel")
		}
	}
	if c.cfg.Operators == id {
		all = append(all, "slack.operators")
	}
	if c.cfg.SupportChannel == id {
		all = append(all, "slack.support")
	}
	return all
}

// text says something of a channel, and whom to invite there.
func (c *closedChannels) text(key, id string, pairs ...string) workflows.Text {
	return textOf(key, append(pairs, "Channel", id, "Bot", c.userName)...)
}
