package slacksim

import (
	"slices"
	"strings"
	"time"
)

func usersInfo(c *call) (object, error) {
	p := c.people[c.args.str("user")]
	if p == nil {
		return nil, no("user_not_found")
	}
	return object{"user": c.userJSON(p, c.args.flag("include_locale"))}, nil
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
			return object{"user": c.userJSON(p, c.args.flag("include_locale"))}, nil
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
	page, next, err := paged(c.args, ids)
	if err != nil {
		return nil, err
	}
	members := listOf(page, func(id string) object { return c.userJSON(c.people[id], c.args.flag("include_locale")) })
	return object{"members": members, "cache_ts": time.Now().Unix(), "response_metadata": object{"next_cursor": next}}, nil
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
