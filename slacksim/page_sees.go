package slacksim

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

func (s *pageAPI) pageState(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("person") == "" { // a page opened for the first time plays the first person
		s.mu.Lock()
		q := r.URL.Query()
		q.Set("person", s.ws.People[0].ID)
		s.mu.Unlock()
		r.URL.RawQuery = q.Encode()
	}
	s.look(w, r, func(p *Person) (object, error) {
		app := &s.ws.App
		out := object{"team": object{"id": s.ws.Team.ID, "name": s.ws.Team.Name, "domain": s.ws.Team.Domain}, "person": s.personJSON(p), "home": nil,
			"app": object{"id": app.ID, "name": app.Name, "user_id": app.BotUserID, "bot_id": app.BotID, "commands": listOf(app.Commands, commandJSON),
				"shortcuts": listOf(app.Shortcuts, shortcutJSON), "home_tab": app.HomeTab, "messages_tab": app.MessagesTab}}
		if v := s.homes[p.ID]; v != nil {
			out["home"] = s.viewJSON(v)
		}
		people := []any{}
		for i := range s.ws.People {
			one := s.personJSON(&s.ws.People[i])
			one["unread"] = s.unread(&s.ws.People[i])
			people = append(people, one)
		}
		channels := []any{}
		for _, id := range s.order {
			if ch := s.channels[id]; ch.members[p.ID] {
				channels = append(channels, s.pageChannel(ch, p))
			}
		}
		groups := object{}
		for i := range s.ws.UserGroups {
			groups[s.ws.UserGroups[i].ID] = s.ws.UserGroups[i].Handle
		}
		out["people"], out["channels"], out["groups"] = people, channels, groups
		return out, nil
	})
}

func (s *pageAPI) personJSON(p *Person) object {
	return object{"id": p.ID, "name": p.Handle, "real_name": p.RealName, "display_name": p.DisplayName, "title": p.Title, "locale": p.Locale,
		"tz": p.TZ, "team_id": p.Team.ID, "team_name": p.Team.Name, "is_stranger": !p.in(s.ws.Team), "is_restricted": p.Guest,
		"is_bot": p.Bot, "deleted": p.Deleted}
}

func commandJSON(c Command) object {
	return object{"command": c.Name, "name": c.Name, "description": c.Description, "usage_hint": c.UsageHint}
}

func shortcutJSON(c Shortcut) object {
	kind := "global"
	if c.OnMessage {
		kind = "message"
	}
	return object{"callback_id": c.CallbackID, "name": c.Name, "description": c.Description, "type": kind}
}

func (s *pageAPI) pageChannel(ch *channel, p *Person) object {
	kind := "channel"
	switch ch.kind {
	case direct:
		kind = "im"
	case group:
		kind = "mpim"
	case public, private:
	}
	out := object{"id": ch.ID, "name": ch.Name, "kind": kind, "unread": ch.unread(p), "members": slices.Sorted(maps.Keys(ch.members)), "topic": ch.Topic,
		"is_private": ch.kind != public, "is_ext_shared": s.external(ch)}
	if ch.kind == direct {
		out["user"] = s.ws.App.BotUserID
		if ch.with != p.ID {
			out["user"] = ch.with
		}
	}
	return out
}

// unread is the number of messages a person has not seen, everywhere.
func (s *pageAPI) unread(p *Person) int {
	n := 0
	for _, ch := range s.channels {
		if ch.members[p.ID] {
			n += ch.unread(p)
		}
	}
	return n
}

func (s *pageAPI) pageMessages(w http.ResponseWriter, r *http.Request) {
	s.look(w, r, func(p *Person) (object, error) {
		q := r.URL.Query()
		_, ch, err := s.inChannel(p.ID, q.Get("channel"))
		if err != nil {
			return nil, err
		}
		thread := q.Get("thread")
		list := []any{}
		for _, m := range ch.messages {
			reply := m.threadTS != "" && m.threadTS != m.ts
			visible := m.onlyFor == "" || m.onlyFor == p.ID
			if thread == "" && reply && !m.broadcast || thread != "" && m.ts != thread && m.threadTS != thread || !visible {
				continue
			}
			list = append(list, s.seenMessage(ch, m))
		}
		if n := len(ch.messages); n > 0 {
			ch.read[p.ID] = ch.messages[n-1].ts
		}
		return object{"messages": list, "agent": s.agent.of(ch.ID + thread)}, nil
	})
}

func (s *pageAPI) pageView(w http.ResponseWriter, r *http.Request) {
	s.look(w, r, func(p *Person) (object, error) {
		stack := listOf(s.stacks[p.ID], func(v *view) object {
			o := s.viewJSON(v)
			if len(v.errors) > 0 {
				o["errors"] = v.errors
			}
			return o
		})
		return object{"stack": stack, "views": stack}, nil
	})
}

func (s *pageAPI) pageFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	p, err := s.who(r)
	f := s.files[r.URL.Query().Get("id")]
	if err == nil && (f == nil || !s.fileVisible(f, p.ID)) {
		err = errors.New("no such file")
	}
	s.mu.Unlock()
	if err != nil {
		refuse(w, http.StatusNotFound, err)
		return
	}
	// Whatever people upload must not run as a page of this origin.
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	kind := mimeOf(f.name)
	if !strings.HasPrefix(kind, "image/") || strings.HasPrefix(kind, "image/svg") {
		w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(f.name))
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(f.data) // the browser may have gone
}

func (s *pageAPI) pageTranscript(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/jsonl; charset=utf-8")
	_, _ = s.transcript.WriteTo(w) // the browser may have gone
}
