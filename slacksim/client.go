package slacksim

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/slacksim/markup"
)

// client is Slack's client in people's hands: what they do in it, and what it
// shows them.
type client struct {
	*state
	*conversations
	*modals
	*pages
	events     *events
	courier    *courier
	transcript *Transcript
}

// directory resolves what people type. Its methods are called with mu held.
type directory struct{ *state }

func (d directory) Mention(text string) (found string, length int) {
	try := func(name, as string) {
		if len(name) > length && len(text) >= len(name) && strings.EqualFold(text[:len(name)], name) {
			found, length = as, len(name)
		}
	}
	for _, p := range d.people {
		for _, name := range []string{p.Handle, p.DisplayName, p.RealName} {
			try(name, "<@"+p.ID+">")
		}
	}
	for i := range d.ws.UserGroups {
		g := &d.ws.UserGroups[i]
		try(g.Handle, "<!subteam^"+g.ID+"|@"+g.Handle+">")
	}
	return found, length
}

func (d directory) Channel(name string) string {
	if ch := d.find("#" + name); ch != nil {
		return ch.ID
	}
	return ""
}

// maxTyped is how much a person can type in one message.
const maxTyped = 12_000

// Say posts what a person typed and answers its ts. thread may be empty.
func (s *client) Say(personID, channelID, thread, typed string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ch, err := s.inChannel(personID, channelID)
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(typed) == "" {
		return "", fmt.Errorf("nothing to say")
	}
	if n := utf8.RuneCountInString(typed); n > maxTyped {
		return "", fmt.Errorf("your message is too long: %d characters of at most %d", n, maxTyped)
	}
	if thread != "" && ch.at(thread) == nil {
		return "", fmt.Errorf("no thread %q", thread)
	}
	if ch.Archived || ch.Restricted && !p.Admin {
		return "", fmt.Errorf("you cannot post in #%s: %s", ch.Name, ch.closed())
	}
	m := &message{user: p.ID, text: markup.FromTyped(typed, directory{s.state}), threadTS: thread, clientMsgID: envelopeID()}
	s.transcript.add(Entry{Direction: ByPerson, Kind: "say", Name: p.Handle, Payload: quoted(typed)})
	s.post(ch, m)
	if ch.kind != direct && mentions(m.text, s.ws.App.BotUserID) && !ch.members[s.ws.App.BotUserID] {
		s.tell(ch, p.ID, thread, "You mentioned <@"+s.ws.App.BotUserID+">, but they're not in this channel.")
	}
	return m.ts, nil
}

// Upload is a file that a person shares.
type Upload struct {
	Name     string
	Data     []byte
	Snippet  bool   // pasted as one
	Canvas   bool   // made in Slack
	External string // where it really is, such as gdrive: Slack has the link only
	Access   string // what events say of it instead of its facts: check_file_info or access_denied (file object, file_access)
}

// Share uploads files and posts them as one message; with no channel the
// files are only kept, for a file_input. It answers the ids and the ts.
func (s *client) Share(personID, channelID, thread, typed string, uploads ...Upload) (ids []string, ts string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[personID]
	var ch *channel
	if channelID != "" {
		if p, ch, err = s.inChannel(personID, channelID); err != nil {
			return nil, "", err
		}
	}
	if p == nil || len(uploads) == 0 {
		return nil, "", fmt.Errorf("nothing to upload")
	}
	var files []*file
	for _, u := range uploads {
		f := &file{id: s.nextID("F"), name: path.Base(strings.ReplaceAll(u.Name, `\`, "/")), user: p.ID, data: u.Data, size: len(u.Data),
			uploaded: true, created: time.Now().Unix(), canvas: u.Canvas, external: u.External, access: u.Access}
		if u.Snippet {
			f.snippet = "text"
		}
		s.files[f.id] = f
		files, ids = append(files, f), append(ids, f.id)
	}
	if ch == nil {
		return ids, "", nil
	}
	m := &message{user: p.ID, text: markup.FromTyped(typed, directory{s.state}), threadTS: thread, files: files, clientMsgID: envelopeID()}
	s.transcript.add(Entry{Direction: ByPerson, Kind: "upload", Name: p.Handle, Payload: quoted(files[0].name)})
	s.share(ch, m)
	return ids, m.ts, nil
}

// React adds a person's emoji to a message.
func (s *client) React(personID, channelID, ts, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[personID]
	if p == nil {
		return fmt.Errorf("no person %q", personID)
	}
	ch, m, err := s.seen(p, channelID, ts)
	if err != nil {
		return err
	}
	return s.react(ch, m, p.ID, name)
}

// OpenHome opens the app's Home tab for a person.
func (s *client) OpenHome(personID string) error { return s.OpenTab(personID, "home") }

// OpenTab opens a tab of the app for a person: home, or messages for the
// direct message with it.
func (s *client) OpenTab(personID, tab string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[personID]
	if p == nil || p.Bot || p.Deleted || !p.in(s.ws.Team) {
		return fmt.Errorf("%q has no tab of the app", personID)
	}
	event := object{"type": "app_home_opened", "user": p.ID, "channel": s.directWith(p.ID).ID, "tab": tab}
	if v := s.homes[p.ID]; v != nil && tab == "home" {
		event["view"] = s.viewJSON(v)
	}
	s.events.emit("app_home_opened", event)
	return nil
}

// interact delivers an interaction; where the app misses it the person is told.
func (s *client) interact(ctx context.Context, personID, name string, payload object) error {
	if _, err := s.courier.interact(ctx, "interactive", name, payload, false); err != nil {
		return s.toast(personID, fmt.Sprintf("%s didn't respond (%v).", s.ws.App.Name, err))
	}
	return nil
}

// interactionBase is what all interaction payloads share.
func (s *client) interactionBase(kind string, p *Person) object {
	at := p.Team // a stranger's own; who is of the organisation clicks in this workspace
	out := object{"type": kind, "api_app_id": s.ws.App.ID, "token": s.ws.App.VerificationToken, "enterprise": nil,
		"is_enterprise_install": s.ws.App.OrgWide,
		// The person's home workspace or the organisation, wherever they click (bolt-js #1875).
		"user": object{"id": p.ID, "username": p.Handle, "name": p.Handle, "team_id": p.Team.ID}}
	if !p.strangerTo(s.ws.Team) {
		at = s.ws.Team
	}
	team := object{"id": at.ID, "domain": at.Domain}
	if org := s.ws.Team.Org; org != "" && at.Org == org {
		team["enterprise_id"], team["enterprise_name"] = org, "Organisation "+org
		out["enterprise"] = object{"id": org, "name": "Organisation " + org}
	}
	out["team"] = team
	return out
}
