package bot

import (
	"testing"

	"github.com/slack-go/slack"
)

// TestHomeOf: who is a member, by what users.info says on Enterprise Grid, through Slack
// Connect and elsewhere.
func TestHomeOf(t *testing.T) {
	in := func(org string, teams ...string) slack.EnterpriseUser {
		return slack.EnterpriseUser{EnterpriseID: org, Teams: teams}
	}
	for name, c := range map[string]struct {
		u    slack.User
		org  string
		want string
	}{
		"of a workspace alone":                    {slack.User{TeamID: "T1"}, "", "T1"},
		"at home here":                            {slack.User{TeamID: "T1", Enterprise: in("E1", "T1", "T2")}, "E1", "T1"},
		"at home in another, and here":            {slack.User{TeamID: "T2", Enterprise: in("E1", "T2", "T1")}, "E1", "T1"},
		"at home in the organisation":             {slack.User{TeamID: "E1", Enterprise: in("E1", "T1")}, "E1", "T1"},
		"installed in the organisation":           {slack.User{TeamID: "E1", Enterprise: in("E1", "T1")}, "", "T1"},
		"in another workspace only":               {slack.User{TeamID: "T2", Enterprise: in("E1", "T2")}, "E1", "T2"},
		"in none of its workspaces":               {slack.User{TeamID: "E1", Enterprise: slack.EnterpriseUser{EnterpriseID: "E1", Teams: []string{}}}, "E1", "E1"},
		"no list, our organisation":               {slack.User{TeamID: "E1"}, "E1", "T1"},
		"no list, named by its ID":                {slack.User{TeamID: "T2", Enterprise: in("E1")}, "E1", "T1"},
		"no list, installed in the organisation":  {slack.User{TeamID: "E1", Enterprise: in("E1")}, "", "E1"},
		"no list, a stranger":                     {slack.User{TeamID: "E1", IsStranger: true}, "E1", "E1"},
		"of another organisation":                 {slack.User{TeamID: "T9", Enterprise: in("E9", "T9")}, "E1", "T9"},
		"of another organisation, without a list": {slack.User{TeamID: "E9", Enterprise: in("E9")}, "E1", "E9"},
		"of nowhere":                              {slack.User{}, "", ""},
	} {
		if got := homeOf(&c.u, "T1", c.org); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
