package bot_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"countersign/bot"
	"countersign/slacksim"
)

// TestCheckWorkspace: what a workspace lacks is found by name, with what to do; what is fine
// is said to be.
func TestCheckWorkspace(t *testing.T) {
	r := newRig(t, slacksim.Default())
	want := bot.Wanted{Team: "T0ACME", Scopes: r.App().BotScopes, Channels: []string{"C0CERTAPPROVALS"},
		Groups: map[string][]string{"pki": {"S0PKIAPPROVERS"}}, Need: map[string]int{"pki": 1}}
	bad := func(cfg bot.Config, want bot.Wanted) (lacks []string) {
		for _, c := range bot.CheckWorkspace(context.Background(), cfg, want) {
			if !c.OK {
				lacks = append(lacks, c.Name)
			}
			if c.Text.Key == "" || !r.cat.Has("en", c.Text.Key) {
				t.Errorf("%s: %+v is no text", c.Name, c.Text)
			}
		}
		return lacks
	}
	if lacks := bad(r.cfg, want); len(lacks) > 0 {
		t.Errorf("nothing is wrong, and it finds %v", lacks)
	}
	for name, c := range map[string]struct {
		ail   func(*bot.Config, *bot.Wanted)
		lacks string
	}{
		"another workspace":     {func(_ *bot.Config, w *bot.Wanted) { w.Team = "T0OTHER" }, "workspace"},
		"a scope more":          {func(_ *bot.Config, w *bot.Wanted) { w.Scopes = append(slices.Clone(w.Scopes), "admin") }, "scopes"},
		"a channel of nowhere":  {func(_ *bot.Config, w *bot.Wanted) { w.Channels = []string{"C0NOWHERE"} }, "C0NOWHERE"},
		"nobody in the group":   {func(_ *bot.Config, w *bot.Wanted) { w.Groups = map[string][]string{"pki": {"U0NOBODY"}} }, "group pki"},
		"more than there are":   {func(_ *bot.Config, w *bot.Wanted) { w.Need = map[string]int{"pki": 9} }, "group pki"},
		"a group of nowhere":    {func(_ *bot.Config, w *bot.Wanted) { w.Groups = map[string][]string{"pki": {"S0NOWHERE"}} }, "group pki"},
		"no token":              {func(c *bot.Config, _ *bot.Wanted) { c.BotToken = "xoxb-wrong" }, "token"},
		"no token for sockets":  {func(c *bot.Config, _ *bot.Wanted) { c.AppToken = "xapp-wrong" }, "app token"},
		"Slack is not there":    {func(c *bot.Config, _ *bot.Wanted) { c.APIURL = "http://127.0.0.1:1/" }, "token"},
		"a token of a person's": {func(c *bot.Config, _ *bot.Wanted) { c.BotToken = "xoxp-user" }, "token"},
	} {
		cfg, w := r.cfg, want
		c.ail(&cfg, &w)
		if lacks := bad(cfg, w); !slices.ContainsFunc(lacks, func(l string) bool { return strings.Contains(l, c.lacks) }) {
			t.Errorf("%s: finds %q", name, lacks)
		}
	}
}
