package bot

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// Check is one thing that was looked at before work begins. Text says what is fine, or
// what is wrong and what to do.
type Check struct {
	Name string // stable: "slack bot token", "channel C0123"
	OK   bool
	Text workflows.Text
}

// Wanted is what a workspace must offer.
type Wanted struct {
	Team     string
	Scopes   []string // of the bot token, as in manifest.yml
	Channels []string // that the bot posts in
	Groups   map[string][]string
	Need     map[string]int // approvals that policies want of a group
}

// skew is how far our clock may be from Slack's: a signed request older than five
// minutes is refused (Slack, "Verifying requests").
const skew = time.Minute

// checker asks a workspace about an app's rights in it.
type checker struct {
	cfg  Config
	want Wanted
	api  *slack.Client
	me   *slack.AuthTestResponse
	org  string // as in Directory
	all  []Check
}

// CheckWorkspace looks at tokens, scopes, channels and groups. It changes nothing and
// posts nothing.
func CheckWorkspace(ctx context.Context, cfg Config, want Wanted) []Check {
	c := &checker{cfg: cfg, want: want, api: client(cfg)}
	if !c.token(ctx) {
		return c.all
	}
	c.socket(ctx)
	for _, id := range want.Channels {
		c.channel(ctx, id)
	}
	for _, name := range slices.Sorted(maps.Keys(want.Groups)) {
		c.group(ctx, name, want.Groups[name])
	}
	return c.all
}

func (c *checker) add(name string, ok bool, key string, pairs ...string) bool {
	c.all = append(c.all, Check{Name: name, OK: ok, Text: textOf("bot.check."+key, pairs...)})
	return ok
}

// refused adds the failure of a call.
func (c *checker) refused(name, method string, err error) bool {
	if code := codeOf(err); code != "" {
		known := "bot.check.error." + code
		if _, ok := lasting[code]; !ok {
			return c.add(name, false, "error", "Method", method, "Code", code)
		}
		c.all = append(c.all, Check{Name: name, Text: textOf(known, "Method", method, "Needed", needed(err))})
		return false
	}
	return c.add(name, false, "unreachable", "Method", method)
}

func needed(err error) string {
	if se, ok := err.(slack.SlackErrorResponse); ok { //nolint:errorlint // slack-go returns it as it is
		return se.Needed
	}
	return ""
}

// token looks at the bot token, its workspace, its scopes and the clock.
func (c *checker) token(ctx context.Context) bool {
	const name = "slack bot token"
	if !strings.HasPrefix(c.cfg.BotToken, "xoxb-") {
		return c.add(name, false, "kind_bot")
	}
	me, err := c.api.AuthTestContext(ctx)
	if err != nil {
		return c.refused(name, "auth.test", err)
	}
	c.me = me
	c.add(name, true, "token", "Team", me.Team, "User", me.User)
	org, works, err := serves(ctx, c.api, me, c.want.Team)
	if err != nil {
		return c.refused("slack workspace", "auth.teams.list", err)
	}
	if !works {
		return c.add("slack workspace", false, "team_other", "Have", me.TeamID, "Want", c.want.Team)
	}
	c.org = org
	c.add("slack workspace", true, "team", "Have", c.want.Team)
	c.scopes(me.Header)
	c.clock(me.Header)
	return true
}

func (c *checker) scopes(h http.Header) {
	have := strings.FieldsFunc(h.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	switch missing, extra := missingFrom(have, c.want.Scopes), missingFrom(c.want.Scopes, have); {
	case len(missing) > 0:
		c.add("slack scopes", false, "scopes_missing", "Scopes", strings.Join(missing, ", "))
	case len(extra) > 0:
		c.add("slack scopes", true, "scopes_extra", "Scopes", strings.Join(extra, ", "))
	default:
		c.add("slack scopes", true, "scopes", "Count", strconv.Itoa(len(have)))
	}
}

func (c *checker) clock(h http.Header) {
	theirs, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	off := time.Since(theirs).Abs()
	c.add("slack clock", off < skew, map[bool]string{true: "clock", false: "clock_off"}[off < skew], "Seconds", strconv.Itoa(int(off.Seconds())))
}

// socket opens no connection: it asks for the address of one.
func (c *checker) socket(ctx context.Context) {
	const name = "slack app token"
	switch {
	case c.cfg.AppToken == "":
		c.add(name, c.cfg.SigningSecret != "", "http")
	case !strings.HasPrefix(c.cfg.AppToken, "xapp-"):
		c.add(name, false, "kind_app")
	default:
		if _, _, err := c.api.StartSocketModeContext(ctx); err != nil {
			c.refused(name, "apps.connections.open", err)
			return
		}
		c.add(name, true, "socket")
	}
}

// channel asks whether messages can be posted in a channel, as far as that can be known
// without posting one.
func (c *checker) channel(ctx context.Context, id string) {
	name, bot := "channel "+id, c.me.User
	ch, err := c.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: id})
	why := closedCodes[codeOf(err)]
	switch {
	case why != "":
		c.add(name, false, "channel_"+why, "Channel", id, "Bot", bot)
		return
	case err != nil:
		c.refused(name, "conversations.info", err)
		return
	case ch.IsArchived:
		why = "is_archived"
	case !ch.IsMember:
		why = "not_in_channel"
	case ch.IsReadOnly || restricted(ch, c.me.UserID):
		why = "restricted_action"
	default:
		c.add(name, true, "channel", "Name", ch.Name, "Bot", bot)
		return
	}
	c.add(name, false, "channel_"+why, "Name", ch.Name, "Bot", bot)
}

// restricted says that only some may post in a channel, and that user is not named among them.
func restricted(ch *slack.Channel, user string) bool {
	if ch.Properties == nil {
		return false
	}
	may := ch.Properties.PostingRestrictedTo
	return len(may.Type)+len(may.User) > 0 && !slices.Contains(may.User, user)
}

// manyPeople are more than have to be asked about one by one once there are enough.
const manyPeople = 50

// group counts the people of a group who may act: no bots, guests or deactivated
// accounts, as the rules at every door refuse those.
func (c *checker) group(ctx context.Context, group string, ids []string) {
	name := "group " + group
	people := map[string]bool{}
	for _, id := range ids {
		if !strings.HasPrefix(id, "S") {
			people[id] = true
			continue
		}
		members, err := c.api.GetUserGroupMembersContext(ctx, id, slack.GetUserGroupMembersOptionTeamID(c.want.Team))
		if codeOf(err) == "no_such_subteam" {
			c.add(name, false, "group_unknown", "Group", group, "ID", id)
			return
		}
		if err != nil {
			c.refused(name, "usergroups.users.list", err)
			return
		}
		for _, m := range members {
			people[m] = true
		}
	}
	need, able := max(c.want.Need[group], 1), 0
	for id := range people {
		u, err := c.api.GetUserInfoContext(ctx, id)
		if codeOf(err) == "user_not_found" {
			c.add(name, false, "user_unknown", "Group", group, "ID", id)
			return
		}
		if err != nil {
			c.refused(name, "users.info", err)
			return
		}
		if !u.IsBot && !u.Deleted && !guest(u) && homeOf(u, c.want.Team, c.org) == c.want.Team {
			able++
		}
		if able > need && len(people) > manyPeople {
			able = len(people)
			break
		}
	}
	switch count := strconv.Itoa(able); {
	case able < need:
		c.add(name, false, "group_small", "Group", group, "Count", count, "Need", strconv.Itoa(need))
	case able == need:
		c.add(name, true, "group_tight", "Group", group, "Count", count)
	default:
		c.add(name, true, "group", "Group", group, "Count", count)
	}
}
