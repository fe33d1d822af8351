package slacksim

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
)

// userJSON is a user object as users.info answers it. The address needs a
// scope of its own. The caller holds mu.
func (c *call) userJSON(p *Person) object {
	loc, err := time.LoadLocation(p.TZ)
	if err != nil {
		loc = time.UTC
	}
	label, offset := time.Now().In(loc).Zone()
	first, last, _ := strings.Cut(p.RealName, " ")
	profile := object{"real_name": p.RealName, "real_name_normalized": p.RealName, "display_name": p.DisplayName,
		"display_name_normalized": p.DisplayName, "first_name": first, "last_name": last, "title": p.Title, "team": p.Team.ID,
		"status_text": "", "status_emoji": "", "avatar_hash": "sim", "phone": "", "skype": ""}
	own := p.Team.ID == c.ws.Team.ID
	if p.Email != "" && own && c.has("users:read.email") {
		profile["email"] = p.Email
	}
	if p.Bot {
		profile["bot_id"] = "B0" + strings.TrimPrefix(p.ID, "U0")
		if p.ID == c.ws.App.BotUserID {
			profile["bot_id"], profile["api_app_id"] = c.ws.App.BotID, c.ws.App.ID
		}
	}
	out := object{"id": p.ID, "team_id": p.Team.ID, "name": p.Handle, "deleted": p.Deleted, "real_name": p.RealName, "tz": p.TZ,
		"tz_label": label, "tz_offset": offset, "profile": profile, "is_bot": p.Bot, "is_admin": p.Admin, "is_owner": false,
		"is_primary_owner": false, "is_restricted": p.Guest, "is_ultra_restricted": false, "is_app_user": false,
		"updated": 1_700_000_000, "color": "4bbe2e", "is_email_confirmed": true}
	if !own {
		out["is_stranger"] = true
	}
	if c.args.flag("include_locale") {
		out["locale"] = p.Locale
	}
	return out
}

func usersInfo(c *call) (object, error) {
	p := c.people[c.args.str("user")]
	if p == nil {
		return nil, no("user_not_found")
	}
	return object{"user": c.userJSON(p)}, nil
}

func usersPresence(c *call) (object, error) {
	if c.people[c.args.str("user")] == nil {
		return nil, no("user_not_found")
	}
	return object{"presence": "active"}, nil
}

func usersLookup(c *call) (object, error) {
	email := c.args.str("email")
	for _, p := range c.people {
		if p.Email != "" && strings.EqualFold(p.Email, email) && !p.Deleted && p.Team.ID == c.ws.Team.ID {
			return object{"user": c.userJSON(p)}, nil
		}
	}
	return nil, no("users_not_found")
}

func usersList(c *call) (object, error) {
	ids := make([]string, 0, len(c.people))
	for id, p := range c.people {
		if p.Team.ID == c.ws.Team.ID {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	page, next, err := c.page(ids)
	if err != nil {
		return nil, err
	}
	members := make([]any, len(page))
	for i, id := range page {
		members[i] = c.userJSON(c.people[id])
	}
	return object{"members": members, "cache_ts": time.Now().Unix(), "response_metadata": object{"next_cursor": next}}, nil
}

// page cuts a list by the limit and cursor arguments.
func (c *call) page(all []string) (items []string, next string, err error) {
	limit := c.args.number("limit", 0)
	if limit < 0 || limit > 1000 {
		return nil, "", no("invalid_limit")
	}
	if limit == 0 {
		limit = 1000
	}
	start := 0
	if cursor := c.args.str("cursor"); cursor != "" {
		raw, decodeErr := base64.StdEncoding.DecodeString(cursor)
		n, numberErr := strconv.Atoi(strings.TrimPrefix(string(raw), "next:"))
		if decodeErr != nil || numberErr != nil || n < 0 || n > len(all) {
			return nil, "", no("invalid_cursor")
		}
		start = n
	}
	end := min(start+limit, len(all))
	if end < len(all) {
		next = base64.StdEncoding.EncodeToString([]byte("next:" + strconv.Itoa(end)))
	}
	return all[start:end], next, nil
}

func (s *Sim) groupMembers(g *UserGroup) []string {
	out := []string{}
	for _, handle := range g.Members {
		if p := s.byHandle(handle); p != nil && !p.Deleted {
			out = append(out, p.ID)
		}
	}
	return out
}

func usergroupsList(c *call) (object, error) {
	groups := []any{}
	for i := range c.ws.UserGroups {
		g := &c.ws.UserGroups[i]
		users := c.groupMembers(g)
		out := object{"id": g.ID, "team_id": c.ws.Team.ID, "is_usergroup": true, "name": g.Name, "description": "", "handle": g.Handle,
			"is_external": false, "date_create": 1_700_000_000, "date_update": 1_700_000_000, "date_delete": 0, "auto_type": nil,
			"prefs": object{"channels": []any{}, "groups": []any{}}, "user_count": len(users)}
		if c.args.flag("include_users") {
			out["users"] = users
		}
		groups = append(groups, out)
	}
	return object{"usergroups": groups}, nil
}

func usergroupsUsers(c *call) (object, error) {
	for i := range c.ws.UserGroups {
		if g := &c.ws.UserGroups[i]; g.ID == c.args.str("usergroup") {
			return object{"users": c.groupMembers(g)}, nil
		}
	}
	return nil, no("no_such_subteam")
}
