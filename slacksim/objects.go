package slacksim

import (
	"bytes"
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"countersign/slacksim/markup"
)

// userJSON is a user object as users.info answers it. The address needs a
// scope of its own. The caller holds mu.
func (s *state) userJSON(p *Person, withLocale bool) object {
	loc, err := time.LoadLocation(p.TZ)
	if err != nil {
		loc = time.UTC
	}
	label, offset := time.Now().In(loc).Zone()
	first, last, _ := strings.Cut(p.RealName, " ")
	profile := object{"real_name": p.RealName, "real_name_normalized": p.RealName, "display_name": p.DisplayName,
		"display_name_normalized": p.DisplayName, "first_name": first, "last_name": last, "title": p.Title, "team": p.Team.ID,
		"status_text": "", "status_text_canonical": "", "status_emoji": "", "status_emoji_display_info": []any{}, "status_expiration": 0,
		"avatar_hash": "sim", "phone": "", "skype": "", "fields": object{}}
	for _, size := range []string{"24", "32", "48", "72", "192", "512"} {
		profile["image_"+size] = s.base + "/icon.png"
	}
	own := p.in(s.ws.Team)
	if p.Email != "" && own && slices.Contains(s.ws.App.BotScopes, "users:read.email") {
		profile["email"] = p.Email
	}
	if p.Bot {
		profile["bot_id"] = "B0" + strings.TrimPrefix(p.ID, "U0")
		if p.ID == s.ws.App.BotUserID {
			profile["bot_id"], profile["api_app_id"] = s.ws.App.BotID, s.ws.App.ID
		}
	}
	out := object{"id": p.ID, "team_id": p.Team.ID, "name": p.Handle, "deleted": p.Deleted, "real_name": p.RealName, "tz": p.TZ,
		"tz_label": label, "tz_offset": offset, "profile": profile, "is_bot": p.Bot, "is_admin": p.Admin, "is_owner": false,
		"is_primary_owner": false, "is_restricted": p.Guest, "is_ultra_restricted": false, "is_app_user": false,
		"updated": 1_700_000_000, "color": "4bbe2e", "is_email_confirmed": true, "who_can_share_contact_card": "EVERYONE"}
	if p.strangerTo(s.ws.Team) {
		out["is_stranger"] = true
	}
	if org := p.Team.Org; org != "" {
		teams := []string{} // an array in JSON even where empty
		for _, t := range p.Teams {
			teams = append(teams, t.ID)
		}
		if p.Team.ID != org && !slices.Contains(teams, p.Team.ID) {
			teams = append(teams, p.Team.ID)
		}
		out["enterprise_user"] = object{"id": p.ID, "enterprise_id": org, "enterprise_name": "Organisation " + org, "is_admin": false,
			"is_owner": false, "is_primary_owner": false, "teams": teams}
	}
	if withLocale {
		out["locale"] = p.Locale
	}
	return out
}

func (s *state) icons() object {
	return object{"image_36": s.base + "/icon.png", "image_48": s.base + "/icon.png", "image_72": s.base + "/icon.png"}
}

// channelJSON is a conversation object as conversations.info answers it. The caller
// holds mu.
func (s *state) channelJSON(ch *channel) object {
	out := object{"id": ch.ID, "created": ch.created, "is_archived": ch.Archived, "is_im": ch.kind == direct, "is_org_shared": false,
		"context_team_id": s.ws.Team.ID, "updated": ch.created * 1000}
	if ch.kind == direct {
		out["user"] = ch.with
		out["is_user_deleted"] = s.people[ch.with].Deleted
		out["priority"] = 0
		return out
	}
	ext := s.external(ch)
	maps.Copy(out, object{
		"name": ch.Name, "name_normalized": ch.Name, "is_channel": ch.kind == public, "is_group": ch.kind != public,
		"is_private": ch.kind != public, "is_mpim": ch.kind == group, "is_general": false, "is_shared": ext, "is_ext_shared": ext,
		"is_pending_ext_shared": false, "is_member": ch.members[s.ws.App.BotUserID], "creator": s.ws.App.BotUserID, "unlinked": 0,
		"topic":   object{"value": ch.Topic, "creator": "", "last_set": 0},
		"purpose": object{"value": "", "creator": "", "last_set": 0}, "previous_names": []string{}, "num_members": len(ch.members),
		"shared_team_ids": []string{s.ws.Team.ID}, "is_read_only": ch.Restricted,
	})
	if ch.Restricted {
		out["properties"] = object{"posting_restricted_to": object{"type": []string{"admin"}, "user": []string{}}}
	}
	return out
}

// messageJSON is a message object as conversations.history answers it, without
// metadata. The caller holds mu.
func (s *state) messageJSON(ch *channel, m *message) object {
	out := object{"type": "message", "ts": m.ts, "text": m.text, "team": s.ws.Team.ID}
	if p := s.people[m.user]; p != nil {
		out["team"] = p.Team.ID
	}
	if m.subtype != "" {
		out["subtype"] = m.subtype
	}
	if m.viaHook || m.other != nil {
		out["subtype"] = "bot_message"
	} else {
		out["user"] = m.user
	}
	if m.other != nil {
		m.other.fields(out, s.ws.Team.ID)
	} else if m.fromApp {
		s.appFields(out, m)
	} else if m.clientMsgID != "" {
		out["client_msg_id"] = m.clientMsgID
	}
	if m.blocks != nil {
		out["blocks"] = m.blocks
	} else if !m.fromApp && m.other == nil && m.text != "" {
		out["blocks"] = []any{object{"type": "rich_text", "block_id": "rt" + m.ts[len(m.ts)-6:], "elements": markup.RichText(m.text)}}
	}
	if m.attachments != nil {
		out["attachments"] = m.attachments
	}
	if len(m.files) > 0 {
		out["files"] = listOf(m.files, s.fileJSON)
		out["upload"] = !m.fromApp
	}
	if m.edited != "" {
		out["edited"] = object{"user": m.user, "ts": m.edited}
	}
	if len(m.reactions) > 0 {
		out["reactions"] = listOf(m.reactions, func(r *reaction) object { return object{"name": r.name, "users": r.users, "count": len(r.users)} })
	}
	s.threadFields(out, ch, m)
	return out
}

func (s *state) appFields(out object, m *message) {
	app := &s.ws.App
	out["bot_id"], out["app_id"] = app.BotID, app.ID
	out["bot_profile"] = object{"id": app.BotID, "app_id": app.ID, "name": app.Name, "deleted": false, "updated": 1_700_000_000,
		"team_id": s.ws.Team.ID, "icons": s.icons()}
	if m.username != "" {
		out["username"] = m.username
	}
}

func (s *state) threadFields(out object, ch *channel, m *message) {
	if m.threadTS != "" {
		out["thread_ts"] = m.threadTS
		if parent := ch.at(m.threadTS); parent != nil && parent != m {
			out["parent_user_id"] = parent.user
		}
		if m.broadcast {
			out["subtype"] = "thread_broadcast"
		}
	}
	if m.threadTS != m.ts {
		return
	}
	thread := ch.thread(m.ts)
	var users []string
	for _, r := range thread[1:] {
		if !slices.Contains(users, r.user) {
			users = append(users, r.user)
		}
	}
	out["reply_count"], out["reply_users"], out["reply_users_count"] = len(thread)-1, users, len(users)
	out["latest_reply"] = thread[len(thread)-1].ts
	out["is_locked"], out["subscribed"] = false, false
}

func (s *state) nameOf(m *message) string {
	if m.other != nil {
		return m.other.Name
	}
	if m.username != "" {
		return m.username
	}
	if m.user == slackbot {
		return "Slackbot"
	}
	if p := s.people[m.user]; p != nil {
		return p.RealName
	}
	return s.ws.App.Name
}

// seenMessage is a message as the page shows it.
func (s *state) seenMessage(ch *channel, m *message) object {
	out := s.messageJSON(ch, m)
	out["channel"] = ch.ID
	out["user_name"] = s.nameOf(m)
	if m.onlyFor != "" {
		out["is_ephemeral"] = true
	}
	return out
}

// fileJSON is a file object as files.info answers it. The caller holds mu.
func (s *state) fileJSON(f *file) object {
	if thin := f.thin(); thin != nil {
		return thin
	}
	filetype, pretty, mime := f.kind()
	place := s.base + "/files-pri/" + s.ws.Team.ID + "-" + f.id + "/"
	escaped := url.PathEscape(strings.ToLower(f.name))
	out := object{
		"id": f.id, "created": f.created, "timestamp": f.created, "name": f.name, "title": cmp.Or(f.title, f.name), "mimetype": mime,
		"filetype": filetype, "pretty_type": pretty, "user": f.user, "user_team": s.ws.Team.ID, "editable": false, "size": len(f.data),
		"mode": "hosted", "is_external": false, "external_type": "", "is_public": false, "public_url_shared": false,
		"display_as_bot": false, "username": "", "url_private": place + escaped, "url_private_download": place + "download/" + escaped,
		"permalink": s.base + "/files/" + f.user + "/" + f.id + "/" + escaped, "is_starred": false, "has_rich_preview": false,
		"file_access": "visible", "media_display_type": "unknown",
	}
	if f.altText != "" {
		out["alt_txt"] = f.altText
	}
	if f.snippet != "" {
		out["mode"], out["editable"] = "snippet", true
	}
	if f.canvas {
		out["mode"], out["filetype"], out["pretty_type"], out["mimetype"] = "canvas", "quip", "Canvas", "application/vnd.slack-docs"
	}
	if f.external != "" {
		out["mode"], out["is_external"], out["external_type"] = "external", true, f.external
		out["url_private"], out["external_url"] = "https://files.example.org/"+escaped, "https://files.example.org/"+escaped
		delete(out, "url_private_download")
	}
	if strings.HasPrefix(mime, "text/") {
		preview := f.data[:min(len(f.data), 400)]
		out["preview"] = strings.ToValidUTF8(string(preview), "")
		out["lines"] = bytes.Count(f.data, []byte("\n")) + 1
	}
	channels, groups, ims := []string{}, []string{}, []string{} // arrays in JSON even where empty
	shares := object{}
	for id, times := range f.shares {
		ch := s.channels[id]
		side := "public"
		switch ch.kind {
		case public:
			channels = append(channels, id)
		case private, group:
			groups, side = append(groups, id), "private"
		case direct:
			ims, side = append(ims, id), "private"
		}
		list := listOf(times, func(ts string) object { return object{"ts": ts, "channel_name": ch.Name, "team_id": s.ws.Team.ID} })
		if shares[side] == nil {
			shares[side] = object{}
		}
		shares[side].(object)[id] = list
	}
	out["channels"], out["groups"], out["ims"], out["shares"] = channels, groups, ims, shares
	return out
}

// viewJSON is a view object as the API answers it. The caller holds mu.
func (s *state) viewJSON(v *view) object {
	out := object{"id": v.id, "team_id": s.people[v.person].Team.ID, "type": v.Kind, "blocks": v.blocks, "private_metadata": v.PrivateMetadata,
		"callback_id": v.CallbackID, "external_id": v.ExternalID, "state": object{"values": v.state.clone()}, "hash": v.hash, "title": v.Title,
		"submit": v.Submit, "close": v.Close, "clear_on_close": v.ClearOnClose, "notify_on_close": v.NotifyOnClose,
		"root_view_id": cmp.Or(v.root, v.id), "previous_view_id": nil, "app_id": s.ws.App.ID, "bot_id": s.ws.App.BotID,
		"app_installed_team_id": s.ws.Team.ID, "submit_disabled": v.SubmitDisabled}
	if v.blocks == nil {
		out["blocks"] = []any{}
	}
	if v.previous != "" {
		out["previous_view_id"] = v.previous
	}
	if v.Kind == "home" {
		out["title"] = object{"type": "plain_text", "text": "View Title", "emoji": true}
	}
	return out
}
