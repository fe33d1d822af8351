package workflows

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
)

// servedKey is the setting that says which workspace the store was kept for.
const servedKey = "workspace"

// TakeOver brings what was kept for another workspace to the one that is served now, before
// anything else is done: the app was moved inside an organisation, say, where people keep
// their user IDs. Otherwise who asked for something would be somebody else by now, and could
// approve it. Decisions stay as they were made, so what they approved is asked for again. It
// may be called again after it was interrupted.
func (s *Kernel) TakeOver(ctx context.Context) error {
	old, err := Read(ctx, s.Store, func(rd Reader) (string, error) { return rd.Setting(ctx, servedKey) })
	if CodeOf(err) == NotFound {
		old, err = s.servedBefore(ctx)
	}
	for more := true; err == nil && old != s.Team && more; {
		more, err = s.takeOver(ctx, old)
	}
	if err == nil && old != s.Team {
		err = s.served(ctx, s.Team)
	}
	if err != nil {
		return fmt.Errorf("workflows: taking over from workspace %q: %w", old, err)
	}
	return nil
}

// servedBefore notes which workspace a store is for that does not say so yet: that of the
// newest request, since the configuration may have changed with the version.
func (s *Kernel) servedBefore(ctx context.Context) (string, error) {
	newest, err := Read(ctx, s.Store, func(rd Reader) ([]Request, error) { return rd.Requests(ctx, RequestQuery{Limit: 1}) })
	if err != nil {
		return "", err
	}
	team := s.Team
	if len(newest) > 0 {
		team = newest[0].Requester.Team
	}
	return team, s.served(ctx, team)
}

func (s *Kernel) served(ctx context.Context, team string) error {
	return Commit(ctx, s.Store, Change{Settings: map[string]string{servedKey: team}})
}

// takeOver takes some of what there is, and reports whether there may be more.
func (s *Kernel) takeOver(ctx context.Context, old string) (more bool, err error) {
	const some = 200
	err = s.Store.Update(ctx, "", func(rd Reader) (c Change, err error) {
		requests, err := rd.Requests(ctx, RequestQuery{Team: old, Limit: some})
		if err != nil {
			return c, err
		}
		for _, r := range requests {
			if err := renamed(&r, old, s.Team); err != nil {
				return c, err
			}
			c.Requests = append(c.Requests, r)
			c.Audit = append(c.Audit, Audit{At: s.Now(), Actor: Robot, Verb: "take-over", Subject: string(r.ID), Detail: Detail("from", old)})
			if !r.State.Ended() {
				c.Effects = append(c.Effects, Redraw(r))
			}
		}
		if more = len(requests) > 0; more {
			return c, nil
		}
		known, err := rd.RememberedList(ctx, old, 1000) // of which people are offered the newest
		if err != nil {
			return c, err
		}
		for _, m := range known {
			if err := renamed(&m, old, s.Team); err != nil {
				return c, err
			}
			m.Team = s.Team
			c.Deployments = append(c.Deployments, m)
		}
		for _, state := range []TaughtState{Proposed, Live} {
			taught, err := rd.TaughtList(ctx, old, state, some)
			if err != nil {
				return c, err
			}
			for _, t := range taught {
				if err := renamed(&t, old, s.Team); err != nil {
					return c, err
				}
				c.Taught = append(c.Taught, t)
			}
			more = more || len(taught) == some
		}
		return c, nil
	})
	return more, err
}

// renamed has everybody in v be of another workspace. Inside a text of JSON the quotes of
// the key would be escaped.
func renamed(v any, from, to string) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	quote := func(team string) []byte { return fmt.Appendf(nil, `"team":%q`, team) }
	return json.Unmarshal(bytes.ReplaceAll(raw, quote(from), quote(to)), v)
}
