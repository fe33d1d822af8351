package main

import (
	"errors"
	"maps"
	"net"
	"path"
	"regexp"
	"slices"
	"strings"

	"countersign/certs"
	"countersign/locales"
	"countersign/triage/llm"
	"countersign/vault/hashicorp"
)

// readConfig reads file and environment and refuses what cannot work, all of it at once.
func readConfig(file string) (config, error) {
	c, err := parseConfig(file)
	if err != nil {
		return c, err
	}
	return c, c.check()
}

// What Slack's IDs look like. A name in the place of an ID is the commonest mistake:
// Slack would answer channel_not_found, much later.
var (
	teamID    = regexp.MustCompile(`^[TE][A-Z0-9]+$`)
	channelID = regexp.MustCompile(`^[CG][A-Z0-9]+$`)
	memberID  = regexp.MustCompile(`^[UWS][A-Z0-9]+$`)
)

func (c config) check() error {
	var p problems
	p.need(teamID.MatchString(c.Team), "team is %q; it takes the workspace ID, T...", c.Team)
	p.need(slices.Contains(locales.All, c.Language), "language %q: choose one of %s", c.Language, strings.Join(locales.All, ", "))
	p.need(c.Slack.BotToken != "", "COUNTERSIGN_SLACK_BOT_TOKEN is not set: the bot token, xoxb-...")
	p.need(c.Slack.AppToken != "" || c.Slack.SigningSecret != "", "set COUNTERSIGN_SLACK_APP_TOKEN (Socket Mode) or COUNTERSIGN_SLACK_SIGNING_SECRET (HTTP)")
	p.need(c.Slack.AppToken != "" || c.Listen != "", "the HTTP door needs listen")
	p.need(c.Slack.Operators == "" || channelID.MatchString(c.Slack.Operators), "slack.operators is %q; it takes a channel ID, C...", c.Slack.Operators)
	p.need(c.Slack.Support == "" || channelID.MatchString(c.Slack.Support), "slack.support is %q; it takes a channel ID, C...", c.Slack.Support)
	if c.Listen != "" {
		_, _, err := net.SplitHostPort(c.Listen)
		p.need(err == nil, "listen is %q; it takes host:port", c.Listen)
	}
	// Private keys are fetched there.
	p.need(c.Public == "" || safeAddress(c.Public), "public is %q; it takes an address like https://countersign.example.com, http on this machine alone", c.Public)
	for name, members := range c.Groups {
		for _, id := range members {
			p.need(memberID.MatchString(id), "group %s: %q is no ID of a user (U...) or user group (S...)", name, id)
		}
	}
	p.need(c.Support == "" || len(c.Groups[c.Support]) > 0, "support: group %q has no members", c.Support)
	p.need(len(c.Policies) > 0, "policies is empty: nobody could approve anything")
	seen := map[string]bool{}
	for _, policy := range c.Policies {
		p.need(policy.Name != "", "a policy has no name")
		p.need(!seen[policy.Name], "policy %s stands twice", policy.Name)
		seen[policy.Name] = true
		c.checkPolicy(&p, policy)
	}
	c.checkKeys(&p)
	c.checkSupport(&p)
	return errors.Join(p...)
}

func (c config) checkPolicy(p *problems, policy policyConfig) {
	members := c.Groups[policy.Approvers]
	p.need(len(members) > 0, "policy %s: group %q has no members", policy.Name, policy.Approvers)
	grows := slices.ContainsFunc(members, func(id string) bool { return strings.HasPrefix(id, "S") })
	p.need(len(members) == 0 || grows || policy.Need <= len(members), "policy %s: approvals needed: %d, members of group %s: %d", policy.Name, policy.Need, policy.Approvers, len(members))
	p.need(channelID.MatchString(policy.Channel), "policy %s: channel is %q; it takes a channel ID, C...", policy.Name, policy.Channel)
	for what, patterns := range map[string][]string{"profiles": policy.Profiles, "names": policy.Names} {
		for _, pattern := range patterns {
			_, err := path.Match(pattern, "x")
			p.need(err == nil && pattern != "", "policy %s: %s: %q is no pattern", policy.Name, what, pattern)
			plain := !strings.HasSuffix(pattern, ".") && !strings.ContainsFunc(pattern, func(r rune) bool { return r > 127 })
			p.need(plain, "policy %s: %s: %q would match nothing: write names without a dot at the end, and international ones as xn--...", policy.Name, what, pattern)
		}
	}
	p.need(policy.Owners == "" || len(c.Groups[policy.Owners]) > 0, "policy %s: owners: group %q has no members", policy.Name, policy.Owners)
	for _, kind := range policy.CAs {
		p.need(kind == certs.PublicCA || kind == certs.PrivateCA, "policy %s: cas: %q is neither public nor private", policy.Name, kind)
	}
	p.need(policy.DestroyAfter >= 0 && policy.DecideWithin >= 0 && policy.Days >= 0, "policy %s: decide_within, destroy_ended_after and days take no less than 0", policy.Name)
	_, ok := c.custody(policy.Custody)
	p.need(ok, "policy %s: custody %q is not one of %s", policy.Name, policy.Custody, known(c.Custody))
	_, ok = c.issuer(policy.Issuer)
	p.need(ok, "policy %s: issuer %q is not one of %s", policy.Name, policy.Issuer, known(c.Issuers))
}

// known lists the names that may stand in a policy.
func known[V any](declared map[string]V) string {
	names := slices.Sorted(maps.Keys(declared))
	if !slices.Contains(names, typeEmbedded) {
		names = append(names, typeEmbedded)
	}
	return strings.Join(names, ", ")
}

func (c config) checkKeys(p *problems) {
	used := c.Vault.Address != ""
	for _, name := range slices.Sorted(maps.Keys(c.Custody)) {
		k, _ := c.custody(name)
		p.need(name != "device", "custody device: this name stands for keys that a system made itself")
		p.need(k.Type == typeVault || k.Type == typeEmbedded, "custody %s: type %q is not embedded or vault", name, k.Type)
		p.need((k.Type == typeEmbedded) == (name == typeEmbedded), "custody %s: the embedded custody, and no other, is called embedded", name)
		checkFields(p, "custody "+name, k.Type, k)
		used = used || k.Type == typeVault
	}
	for _, name := range slices.Sorted(maps.Keys(c.Issuers)) {
		i, _ := c.issuer(name)
		c.checkIssuer(p, name, i)
		used = used || i.Type == typeVault
	}
	keeper, ok := c.custody(c.auditKeeper())
	p.need(ok, "audit_key: custody %q is not one of %s", c.AuditKey, known(c.Custody))
	p.need(!c.embeddedKeys() || c.Listen != "", "the embedded custody hands keys over on a page: it needs listen, and public for browsers elsewhere")
	if used {
		checkVault(p, c.Vault)
	}
	p.need(keeper.Type != typeVault || c.Vault.Recorder != (hashicorp.LoginConfig{}), "vault: recorder is missing: it alone may use the key of the audit record; "+
		"run deploy/vault/setup.sh of this version, make a secret-id for the AppRole countersign-recorder, and add it (docs/vault.md, section 3)")
}

// embeddedKeys reports whether a policy keeps private keys in the embedded custody.
func (c config) embeddedKeys() bool {
	return slices.ContainsFunc(c.Policies, func(p policyConfig) bool { return p.Custody == typeEmbedded })
}

func (c config) checkIssuer(p *problems, name string, i issuerConfig) {
	what := "issuers: " + name
	checkFields(p, what, i.Type, i)
	p.need((i.Type == typeEmbedded) == (name == typeEmbedded), "%s: the embedded CA, and no other, is called embedded", what)
	kind, err := i.kind()
	p.need(err == nil, "%s: %v", what, err)
	if kind.check != nil {
		kind.check(p, what, i)
	}
}

// checkSupport refuses what cannot work of both, without reading files.
func (c config) checkSupport(p *problems) {
	_, err := c.Probe.prober()
	p.need(err == nil, "%v", err)
	if c.LLM.BaseURL == "" {
		p.need(c.LLM == llmConfig{Key: c.LLM.Key}, "llm: base_url is missing: an address like https://llm.example.com/v1; leave the section out for none")
		return
	}
	without := c.LLM
	without.KeyFile = ""
	out, err := without.config()
	if err == nil {
		_, err = llm.New(out)
	}
	p.need(err == nil, "%v", err)
	p.need(c.LLM.Key == "" || c.LLM.KeyFile == "", "llm: set key_file or COUNTERSIGN_LLM_KEY, not both")
	for name, b := range map[string]llmBudget{"per_case": c.LLM.PerCase, "per_day": c.LLM.PerDay, "per_month": c.LLM.Monthly} {
		p.need(b.Cost == 0 || c.LLM.Price.In+c.LLM.Price.Out > 0, "llm: %s: a cost needs price.in and price.out", name)
		p.need(b.Calls >= 0 && b.Tokens >= 0, "llm: %s: calls and tokens are counts", name)
	}
}
