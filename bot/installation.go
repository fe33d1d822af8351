package bot

import (
	"context"

	"github.com/slack-go/slack"
)

// serves reports whether a token works for a workspace, and whether it is one of a whole
// organisation: then auth.test names the organisation, and auth.teams.list the workspaces
// where the app is.
func serves(ctx context.Context, api *slack.Client, me *slack.AuthTestResponse, team string) (works, orgWide bool, err error) {
	if me.TeamID == team || me.EnterpriseID == "" {
		return me.TeamID == team, false, nil
	}
	for cursor := ""; ; {
		teams, next, err := api.ListTeamsContext(ctx, slack.ListTeamsParameters{Cursor: cursor})
		if err != nil {
			return false, false, describe("auth.teams.list", err)
		}
		for _, t := range teams {
			if t.ID == team {
				return true, true, nil
			}
		}
		if cursor = next; cursor == "" {
			return false, false, nil
		}
	}
}
