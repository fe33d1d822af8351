package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"countersign/bot"
	"countersign/certs"
	"countersign/locales"
	"countersign/vault"
	"countersign/workflows"
)

// secret is a value that never shows itself.
type secret string

func (secret) String() string            { return "REDACTED" }
func (secret) GoString() string          { return "REDACTED" }
func (secret) LogValue() slog.Value      { return slog.StringValue("REDACTED") }
func (secret) MarshalYAML() (any, error) { return "REDACTED", nil }

// config is the whole configuration. It holds no secret: tokens come from the
// environment or from files that it names.
type config struct {
	Data     string                   `yaml:"data"`      // directory of database and embedded custody
	Team     string                   `yaml:"team"`      // workspace ID: T...
	Language string                   `yaml:"language"`  // of cards in channels
	Listen   string                   `yaml:"listen"`    // health, metrics, key hand-over; with signing secret also Slack's HTTP door
	Public   string                   `yaml:"public"`    // how a browser reaches Listen, for key hand-overs
	Support  string                   `yaml:"support"`   // group that reviews taught causes
	Profiles []string                 `yaml:"profiles"`  // directories with profiles of your own
	Causes   []string                 `yaml:"causes"`    // directories with causes of your own
	Groups   map[string][]string      `yaml:"groups"`    // user IDs (U...) and user groups (S...)
	Policies []policyConfig           `yaml:"policies"`  // strict ones first: workflows.Service.PolicyFor
	Slack    slackConfig              `yaml:"slack"`     //
	Vault    vault.Config             `yaml:"vault"`     // the server behind custodies and issuers of type vault
	Custody  map[string]custodyConfig `yaml:"custody"`   // by the name that policies use
	Issuers  map[string]issuerConfig  `yaml:"issuers"`   // by the name that policies use
	AuditKey string                   `yaml:"audit_key"` // custody that keeps the key of the audit record
	Probe    probeConfig              `yaml:"probe"`     // hosts that may be looked at
	LLM      llmConfig                `yaml:"llm"`       // the optional model
}

type slackConfig struct {
	APIURL        string `yaml:"api_url"` // only for a workspace that is not Slack's
	Operators     string `yaml:"operators"`
	Support       string `yaml:"support"` // channel where taught causes are reviewed; operators when empty
	BotToken      secret `yaml:"-"`
	AppToken      secret `yaml:"-"`
	SigningSecret secret `yaml:"-"`
}

type policyConfig struct {
	Name         string         `yaml:"name"`
	Names        []string       `yaml:"names"`
	Profiles     []string       `yaml:"profiles"`
	Environments []string       `yaml:"environments"`
	CAs          []certs.CAKind `yaml:"cas"`
	Approvers    string         `yaml:"approvers"`
	Need         int            `yaml:"need"`
	Owners       string         `yaml:"owners"`
	Channel      string         `yaml:"channel"`
	Custody      string         `yaml:"custody"`
	Issuer       string         `yaml:"issuer"`
	DecideWithin time.Duration  `yaml:"decide_within"`
	DestroyAfter time.Duration  `yaml:"destroy_ended_after"` // keys of superseded and revoked certificates
	Days         int            `yaml:"days"`
}

// readConfig reads file and environment and refuses what cannot work, all of it at once.
func readConfig(file string) (config, error) {
	c, err := parseConfig(file)
	if err != nil {
		return c, err
	}
	return c, c.check()
}

// parseConfig reads file and environment.
func parseConfig(file string) (config, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return config{}, fmt.Errorf("configuration: %w; see docs/operations.md for an example", err)
	}
	c := config{Data: "data", Language: locales.English}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("the file is empty; see docs/operations.md for an example")
		}
		return config{}, fmt.Errorf("configuration %s: %w", file, err)
	}
	c.Slack.BotToken = secret(os.Getenv("COUNTERSIGN_SLACK_BOT_TOKEN"))
	c.Slack.AppToken = secret(os.Getenv("COUNTERSIGN_SLACK_APP_TOKEN"))
	c.Slack.SigningSecret = secret(os.Getenv("COUNTERSIGN_SLACK_SIGNING_SECRET"))
	c.LLM.Key = secret(os.Getenv("COUNTERSIGN_LLM_KEY"))
	return c, nil
}

// problems collects what is wrong with a configuration, so that it is said at once.
type problems []error

func (p *problems) need(ok bool, format string, args ...any) {
	if !ok {
		*p = append(*p, fmt.Errorf("configuration: "+format, args...))
	}
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
	if c.Public != "" {
		u, err := url.Parse(c.Public)
		p.need(err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http"), "public is %q; it takes an address like https://countersign.example.com", c.Public)
	}
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
	c.checkAside(&p)
	return errors.Join(p...)
}

func (c config) checkPolicy(p *problems, policy policyConfig) {
	members := c.Groups[policy.Approvers]
	p.need(len(members) > 0, "policy %s: group %q has no members", policy.Name, policy.Approvers)
	grows := slices.ContainsFunc(members, func(id string) bool { return strings.HasPrefix(id, "S") })
	p.need(len(members) == 0 || grows || policy.Need <= len(members), "policy %s: needs %d approvals, group %s has %d members", policy.Name, policy.Need, policy.Approvers, len(members))
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
	names := sortedKeys(declared)
	if !slices.Contains(names, typeEmbedded) {
		names = append(names, typeEmbedded)
	}
	return strings.Join(names, ", ")
}

func (c config) policies() []workflows.Policy {
	out := make([]workflows.Policy, 0, len(c.Policies))
	for _, p := range c.Policies {
		out = append(out, workflows.Policy(p))
	}
	return out
}

func (c config) slack() bot.Config {
	return bot.Config{APIURL: c.Slack.APIURL, BotToken: string(c.Slack.BotToken), AppToken: string(c.Slack.AppToken),
		SigningSecret: string(c.Slack.SigningSecret), ChannelLang: c.Language, Operators: c.Slack.Operators, SupportChannel: c.Slack.Support}
}
