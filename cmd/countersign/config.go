package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"go.yaml.in/yaml/v3"

	"countersign/bot"
	"countersign/certs"
	"countersign/workflows"
)

// secret is a value that never shows itself.
type secret string

func (secret) String() string            { return "REDACTED" }
func (secret) GoString() string          { return "REDACTED" }
func (secret) LogValue() slog.Value      { return slog.StringValue("REDACTED") }
func (secret) MarshalYAML() (any, error) { return "REDACTED", nil }

// config is the whole configuration. Tokens come from the environment, everything else
// from the file.
type config struct {
	Data     string              `yaml:"data"`     // directory of database and embedded custody
	Team     string              `yaml:"team"`     // workspace ID: T...
	Language string              `yaml:"language"` // of cards in channels
	Listen   string              `yaml:"listen"`   // health, metrics, key hand-over; with signing secret also Slack's HTTP door
	Public   string              `yaml:"public"`   // how a browser reaches Listen, for key hand-overs
	Support  string              `yaml:"support"`  // group that reviews taught causes
	Profiles []string            `yaml:"profiles"` // directories with profiles of your own
	Causes   []string            `yaml:"causes"`   // directories with causes of your own
	Groups   map[string][]string `yaml:"groups"`   // user IDs (U...) and user groups (S...)
	Policies []policyConfig      `yaml:"policies"`
	Slack    slackConfig         `yaml:"slack"`
}

type slackConfig struct {
	APIURL        string `yaml:"api_url"` // only for a workspace that is not Slack's
	Operators     string `yaml:"operators"`
	BotToken      secret `yaml:"-"`
	AppToken      secret `yaml:"-"`
	SigningSecret secret `yaml:"-"`
}

type policyConfig struct {
	Name         string         `yaml:"name"`
	Profiles     []string       `yaml:"profiles"`
	Environments []string       `yaml:"environments"`
	CAs          []certs.CAKind `yaml:"cas"`
	Approvers    string         `yaml:"approvers"`
	Need         int            `yaml:"need"`
	Channel      string         `yaml:"channel"`
	Custody      string         `yaml:"custody"`
	Issuer       string         `yaml:"issuer"`
	DecideWithin time.Duration  `yaml:"decide_within"`
}

// readConfig reads file and environment and refuses what cannot work, all of it at once.
func readConfig(file string) (config, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return config{}, fmt.Errorf("configuration: %w; see docs/operations.md for an example", err)
	}
	c := config{Data: "data", Language: "en"}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&c); err != nil {
		return config{}, fmt.Errorf("configuration %s: %w", file, err)
	}
	c.Slack.BotToken = secret(os.Getenv("COUNTERSIGN_SLACK_BOT_TOKEN"))
	c.Slack.AppToken = secret(os.Getenv("COUNTERSIGN_SLACK_APP_TOKEN"))
	c.Slack.SigningSecret = secret(os.Getenv("COUNTERSIGN_SLACK_SIGNING_SECRET"))
	return c, c.check()
}

func (c config) check() error {
	var all []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			all = append(all, fmt.Errorf("configuration: "+format, args...))
		}
	}
	need(c.Team != "", "team is missing: the workspace ID, T...")
	need(c.Slack.BotToken != "", "COUNTERSIGN_SLACK_BOT_TOKEN is not set: the bot token, xoxb-...")
	need(c.Slack.AppToken != "" || c.Slack.SigningSecret != "", "set COUNTERSIGN_SLACK_APP_TOKEN (Socket Mode) or COUNTERSIGN_SLACK_SIGNING_SECRET (HTTP)")
	need(c.Slack.AppToken != "" || c.Listen != "", "the HTTP door needs listen")
	need(len(c.Policies) > 0, "policies is empty: nobody could approve anything")
	for _, p := range c.Policies {
		need(p.Name != "", "a policy has no name")
		need(len(c.Groups[p.Approvers]) > 0, "policy %s: group %q has no members", p.Name, p.Approvers)
		need(p.Channel != "", "policy %s: channel is missing", p.Name)
		need(p.Custody == "embedded", "policy %s: custody %q is not known", p.Name, p.Custody)
		need(p.Issuer == "embedded", "policy %s: issuer %q is not known", p.Name, p.Issuer)
	}
	return errors.Join(all...)
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
		SigningSecret: string(c.Slack.SigningSecret), ChannelLang: c.Language, Operators: c.Slack.Operators}
}
