package bot

import (
	"context"
	"slices"

	"github.com/slack-go/slack"
)

// serves reports whether a token works for a workspace, and org, the organisation that it is
// in; "" where the token is one of the whole organisation: then auth.test names that, and
// auth.teams.list the workspaces where the app is.
func serves(ctx context.Context, api *slack.Client, me *slack.AuthTestResponse, team string) (org string, works bool, err error) {
	if me.TeamID == team || me.EnterpriseID == "" {
		return me.EnterpriseID, me.TeamID == team, nil
	}
	for cursor := ""; ; {
		teams, next, err := api.ListTeamsContext(ctx, slack.ListTeamsParameters{Cursor: cursor})
		if err != nil {
			return "", false, describe("auth.teams.list", err)
		}
		if slices.ContainsFunc(teams, func(t slack.Team) bool { return t.ID == team }) {
			return "", true, nil
		}
		if cursor = next; cursor == "" {
			return "", false, nil
		}
	}
}
