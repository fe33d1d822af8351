package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"countersign/bot"
	"countersign/certs"
	"countersign/locales"
	"countersign/vault/hashicorp"
	"countersign/workflows"
)

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
	Policies []policyConfig           `yaml:"policies"`  // strict ones first: workflows.Kernel.PolicyFor
	Slack    slackConfig              `yaml:"slack"`     //
	Vault    hashicorp.Config         `yaml:"vault"`     // the server behind custodies and issuers of type vault
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

func (c config) custody(name string) (custodyConfig, bool) {
	k, ok := c.Custody[name]
	k.Type = cmp.Or(k.Type, name)
	return k, ok || name == typeEmbedded
}

func (c config) issuer(name string) (issuerConfig, bool) {
	i, ok := c.Issuers[name]
	i.Type = cmp.Or(i.Type, name)
	return i, ok || name == typeEmbedded
}

// auditKeeper is the custody with the key of the audit record: what the configuration
// says, else the first in Vault, else the embedded one.
func (c config) auditKeeper() string {
	if c.AuditKey != "" {
		return c.AuditKey
	}
	for _, name := range slices.Sorted(maps.Keys(c.Custody)) {
		if k, _ := c.custody(name); k.Type == typeVault {
			return name
		}
	}
	return typeEmbedded
}

// uses tells which custodies and issuers the policies name, and with them the audit
// record.
func (c config) uses() (custodies, issuers []string) {
	custodies = []string{c.auditKeeper()}
	for _, p := range c.Policies {
		custodies, issuers = append(custodies, p.Custody), append(issuers, p.Issuer)
	}
	slices.Sort(custodies)
	slices.Sort(issuers)
	return slices.Compact(custodies), slices.Compact(issuers)
}
