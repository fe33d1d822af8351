package slacksim

import (
	"fmt"
	"slices"
	"time"
)

// admin does what an administrator does, and the app hears of it.
type admin struct {
	*state
	conversations *conversations
	events        *events
}

// SetGroup gives a user group other members, by handle, as an administrator does. The app
// hears of it as subteam_members_changed and subteam_updated, where it subscribed.
func (s *admin) SetGroup(group string, handles ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.ws.UserGroups, func(g UserGroup) bool { return g.ID == group || g.Handle == group })
	if i < 0 {
		return fmt.Errorf("no user group %q", group)
	}
	g := &s.ws.UserGroups[i]
	before := s.groupMembers(g)
	g.Members = slices.Clone(handles)
	after := s.groupMembers(g)
	without := func(list, other []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return slices.Contains(other, id) })
	}
	added, removed, now := without(after, before), without(before, after), time.Now().Unix()
	s.events.emit("subteam_members_changed", object{"type": "subteam_members_changed", "subteam_id": g.ID, "team_id": s.ws.Team.ID,
		"date_previous_update": now - 1, "date_update": now, "added_users": added, "added_users_count": len(added),
		"removed_users": removed, "removed_users_count": len(removed)})
	s.events.emit("subteam_updated", object{"type": "subteam_updated", "subteam": object{"id": g.ID, "team_id": s.ws.Team.ID, "is_usergroup": true,
		"name": g.Name, "handle": g.Handle, "description": "", "is_external": false, "date_create": 1_700_000_000, "date_update": now, "date_delete": 0,
		"auto_type": nil, "created_by": s.ws.People[0].ID, "updated_by": s.ws.People[0].ID, "deleted_by": nil, "users": after, "user_count": len(after),
		"prefs": object{"channels": []string{}, "groups": []string{}}}})
	return nil
}

// ChangePerson changes an account as an administrator does: deactivates it, makes it a
// guest's. The app hears of it as user_change, where it subscribed.
func (s *admin) ChangePerson(person string, change func(*Person)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.byHandle(person)
	if p == nil {
		return fmt.Errorf("no person %q", person)
	}
	change(p)
	user := s.userJSON(p, true)
	s.events.emit("user_change", object{"type": "user_change", "user": user, "cache_ts": time.Now().Unix()})
	return nil
}
