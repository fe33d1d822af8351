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
		if p.Email != "" && strings.EqualFold(p.Email, email) && !p.Deleted && p.in(c.ws.Team) {
			return object{"user": c.userJSON(p, c.args.flag("include_locale"))}, nil
		}
	}
	return nil, no("users_not_found")
}

// ofTeam refuses what a token of the whole organisation asks without saying of which
// workspace (Slack, "Changes to APIs for org-wide apps"); with one of a workspace the
// argument says nothing.
func (c *call) ofTeam() error {
	switch id := c.args.str("team_id"); {
	case !c.ws.App.OrgWide || id == c.ws.Team.ID:
		return nil
	case id == "":
		return no("missing_argument")
	}
	return no("team_access_not_granted")
}

func usersList(c *call) (object, error) {
	if err := c.ofTeam(); err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(c.people))
	for id, p := range c.people {
		if p.in(c.ws.Team) {
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
	if err := c.ofTeam(); err != nil {
		return nil, err
	}
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
	if err := c.ofTeam(); err != nil {
		return nil, err
	}
	for i := range c.ws.UserGroups {
		if g := &c.ws.UserGroups[i]; g.ID == c.args.str("usergroup") {
			return object{"users": c.groupMembers(g)}, nil
		}
	}
	return nil, no("no_such_subteam")
}
