package slacksim

func apiTest(c *call) (object, error) {
	if code := c.args.str("error"); code != "" {
		return nil, no(code)
	}
	return object{"args": c.args.json()}, nil
}

func authTest(c *call) (object, error) {
	app, team := &c.ws.App, &c.ws.Team
	if c.token == appToken {
		return object{"app_name": app.Name, "app_id": app.ID}, nil
	}
	out := object{"url": "https://" + team.Domain + ".slack.com/", "team": team.Name, "user": app.Handle, "team_id": team.ID,
		"user_id": app.BotUserID, "bot_id": app.BotID, "is_enterprise_install": app.OrgWide}
	if team.Org != "" {
		out["enterprise_id"] = team.Org
	}
	if app.OrgWide {
		out["team_id"], out["team"] = team.Org, "Organisation "+team.Org
	}
	return out, nil
}

// authTeamsList gives the workspaces that the token speaks for.
func authTeamsList(c *call) (object, error) {
	return object{"teams": []any{object{"id": c.ws.Team.ID, "name": c.ws.Team.Name}}, "response_metadata": object{"next_cursor": ""}}, nil
}

func connectionsOpen(c *call) (object, error) {
	return object{"url": c.sockets.ticket()}, nil
}

func botsInfo(c *call) (object, error) {
	app := &c.ws.App
	if id := c.args.str("bot"); id != "" && id != app.BotID {
		return nil, no("bot_not_found")
	}
	return object{"bot": object{"id": app.BotID, "deleted": false, "name": app.Name, "updated": 1_700_000_000, "app_id": app.ID,
		"user_id": app.BotUserID, "icons": c.icons()}}, nil
}

func teamInfo(c *call) (object, error) {
	if id := c.args.str("team"); id != "" && id != c.ws.Team.ID {
		return nil, no("team_not_found")
	}
	return object{"team": object{"id": c.ws.Team.ID, "name": c.ws.Team.Name, "domain": c.ws.Team.Domain, "email_domain": "",
		"url": "https://" + c.ws.Team.Domain + ".slack.com/", "icon": object{"image_default": true}}}, nil
}
