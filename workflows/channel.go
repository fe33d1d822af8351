package workflows

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// ClosedChannel is a channel that takes no messages until somebody opens it: the bot is not
// in it, it is archived, only some may post there.
type ClosedChannel struct {
	Why   string    `json:"why"` // in the workspace's word
	Since time.Time `json:"since"`
}

// ChannelClosed is the reason of an effect that waits for its channel.
const ChannelClosed = "channel closed"

// closedChannels is the Setting that keeps them, by their IDs: an outage outlives a restart,
// and is told once.
const closedChannels = "channels.closed"

// Closed are the channels that took no message when the last one was tried, by their IDs.
func Closed(ctx context.Context, s Store) (map[string]ClosedChannel, error) {
	return Read(ctx, s, func(rd Reader) (map[string]ClosedChannel, error) { return readClosed(ctx, rd) })
}

func readClosed(ctx context.Context, rd Reader) (map[string]ClosedChannel, error) {
	closed := map[string]ClosedChannel{}
	raw, err := rd.Setting(ctx, closedChannels)
	switch {
	case CodeOf(err) == NotFound:
		return closed, nil
	case err != nil:
		return nil, err
	}
	return closed, json.Unmarshal([]byte(raw), &closed)
}

// CloseChannel records that a channel takes no messages, and queues tell, made for what is
// recorded: nothing, where that is known. It says whether it was news.
func (s *Kernel) CloseChannel(ctx context.Context, id, why string, tell func(key string) []Effect) (news bool, err error) {
	err = s.changeChannels(ctx, func(closed map[string]ClosedChannel) ([]Effect, bool) {
		if news = closed[id].Why != why; !news {
			return nil, false
		}
		now := s.Now()
		closed[id] = ClosedChannel{Why: why, Since: now}
		return tell(fmt.Sprintf("channel/%s/%s/%d", id, why, now.UnixMilli())), true
	})
	return news, err
}

// OpenChannel forgets that a channel was closed, and says whether it was.
func (s *Kernel) OpenChannel(ctx context.Context, id string) (was bool, err error) {
	err = s.changeChannels(ctx, func(closed map[string]ClosedChannel) ([]Effect, bool) {
		_, was = closed[id]
		delete(closed, id)
		return nil, was
	})
	return was, err
}

func (s *Kernel) changeChannels(ctx context.Context, change func(map[string]ClosedChannel) ([]Effect, bool)) error {
	return s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
		closed, err := readClosed(ctx, rd)
		if err != nil {
			return Change{}, err
		}
		effects, changed := change(closed)
		if !changed {
			return Change{}, nil
		}
		raw, err := json.Marshal(closed)
		return Change{Settings: map[string]string{closedChannels: string(raw)}, Effects: effects}, err
	})
}

// CardWaits shows on a request that waits for its approvers why they have no card of it, and
// tells its requester, once: another reason only changes what is shown.
func (s *Kernel) CardWaits(ctx context.Context, id RequestID, why Text) error {
	return s.stepOfCard(ctx, id, func(r *Request) []Effect {
		if !r.awaitsApprovers() || r.Trouble.Text.Key == why.Key && r.Trouble.Text.Args["Channel"] == why.Args["Channel"] {
			return nil
		}
		first := !r.Trouble.OfChannel()
		r.Trouble = Trouble{Text: why, Since: s.Now()}
		if first {
			return []Effect{Notification(*r, "trouble")}
		}
		return []Effect{}
	})
}

// CardStands takes that away again.
func (s *Kernel) CardStands(ctx context.Context, id RequestID) error {
	return s.stepOfCard(ctx, id, func(r *Request) []Effect {
		if !r.Trouble.OfChannel() {
			return nil
		}
		r.Trouble = Trouble{}
		return []Effect{}
	})
}

// stepOfCard commits what do makes of a request; nothing, where it gives nil.
func (s *Kernel) stepOfCard(ctx context.Context, id RequestID, do func(*Request) []Effect) error {
	return s.Store.Update(ctx, "", func(rd Reader) (Change, error) {
		r, err := rd.Request(ctx, id)
		if err != nil {
			return Change{}, err
		}
		effects := do(&r)
		if effects == nil {
			return Change{}, nil
		}
		return Complete(r, Change{Effects: effects, Audit: []Audit{{Detail: Detail("why", r.Trouble.Text.Key)}}}, Robot, "card", s.Now()), nil
	})
}

// LostCards queues the drawing of what approvers have to decide on and have no card of where
// their policy has its channel: an earlier version gave it up, or the policy moved. Each
// version of a request is queued once for each channel. It gives those whose policy has left
// the configuration, on which nobody can decide.
func (s *Kernel) LostCards(ctx context.Context, posted func(Card) bool) (orphans []Request, err error) {
	var lost []Effect
	err = s.Store.View(ctx, func(rd Reader) error {
		return Every(ctx, rd, RequestQuery{Team: s.Team, Awaits: forApprovers, Limit: 200}, func(r Request) (bool, error) {
			channel := s.ChannelOf(r)
			if channel == "" {
				orphans = append(orphans, r)
				return true, nil
			}
			cards, err := rd.Cards(ctx, r.CardSubject())
			stands := slices.ContainsFunc(cards, func(c Card) bool { return c.Channel == channel && posted(c) })
			if !stands || r.Trouble.OfChannel() {
				lost = append(lost, NewEffect(Notify, Audience(r, KindAnswer), fmt.Sprintf("%s/cards/%d/in/%s", r.ID, r.Version, channel),
					DrawRequest{Request: r.ID, Audience: Approvers}))
			}
			return true, err
		})
	})
	if err == nil && len(lost) > 0 {
		err = Commit(ctx, s.Store, Change{Effects: lost})
	}
	return orphans, err
}
