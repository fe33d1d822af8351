package main

import (
	"crypto/tls"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"countersign/locales"
	"countersign/triage/llm"
	"countersign/triage/probe"
)

// probeConfig says which hosts may be looked at. Nothing may unless allow names it.
type probeConfig struct {
	Allow       []string      `yaml:"allow"`       // host, *.domain, address, network; with ports: host:8443,5061
	Ports       []string      `yaml:"ports"`       // of rules that name none: 443, 7001-7010; empty: the usual ones of TLS
	Timeout     time.Duration `yaml:"timeout"`     // of one connection; 0 is 10 s
	Certificate string        `yaml:"certificate"` // PEM file shown to servers that ask for a client certificate
	KeyFile     string        `yaml:"key_file"`    // its key
}

// prober makes the rules of a configuration.
func (c probeConfig) prober() (probe.Prober, error) {
	p := probe.Prober{Policy: probe.Policy{Timeout: c.Timeout}}
	var ports []probe.Ports
	if len(c.Ports) > 0 {
		r, err := probe.ParseRule("x:" + strings.Join(c.Ports, ","))
		if err != nil {
			return p, fmt.Errorf("probe: ports: %q is no list of ports such as [443, 7001-7010]", strings.Join(c.Ports, ", "))
		}
		ports = r.Ports
	}
	for _, line := range c.Allow {
		r, err := probe.ParseRule(line)
		if err != nil {
			return p, fmt.Errorf("probe: allow: %w", err)
		}
		if len(r.Ports) == 0 {
			r.Ports = ports
		}
		p.Policy.Allow = append(p.Policy.Allow, r)
	}
	if (c.Certificate == "") != (c.KeyFile == "") {
		return p, fmt.Errorf("probe: certificate and key_file go together")
	}
	return p, nil
}

// load is prober with the client certificate read from its files.
func (c probeConfig) load() (probe.Prober, error) {
	p, err := c.prober()
	if err != nil || c.Certificate == "" {
		return p, err
	}
	pair, err := tls.LoadX509KeyPair(c.Certificate, c.KeyFile)
	if err != nil {
		return p, fmt.Errorf("probe: certificate %s with key_file %s: %w", c.Certificate, c.KeyFile, err)
	}
	p.Certificate = &pair
	return p, nil
}

// llmConfig is the optional model behind any OpenAI-compatible endpoint. Without
// base_url there is none.
type llmConfig struct {
	BaseURL string        `yaml:"base_url"` // https://llm.example.com/v1
	Model   string        `yaml:"model"`
	KeyFile string        `yaml:"key_file"`   // or COUNTERSIGN_LLM_KEY; neither for an endpoint without keys
	Plain   bool          `yaml:"plain_http"` // allow http to another machine
	Timeout time.Duration `yaml:"timeout"`    // of one call; 0 is 20 s
	Input   int           `yaml:"input"`      // bytes of a case that one call may hold; 0 is 8,000
	Output  int           `yaml:"tokens"`     // of one answer; 0 is 700
	Price   struct {
		In  money `yaml:"in"` // of a million tokens, in the currency of the budgets
		Out money `yaml:"out"`
	} `yaml:"price"`
	PerCase llmBudget `yaml:"per_case"`
	PerDay  llmBudget `yaml:"per_day"`
	Monthly llmBudget `yaml:"per_month"`
	Key     secret    `yaml:"-"`
}

// llmBudget bounds what is spent; what it does not say keeps its default.
type llmBudget struct {
	Calls  int   `yaml:"calls"`
	Tokens int   `yaml:"tokens"`
	Cost   money `yaml:"cost"`
}

func (b llmBudget) budget() llm.Budget {
	return llm.Budget{Calls: b.Calls, Tokens: b.Tokens, Cost: int64(b.Cost)}
}

// money is an amount in millionths of a currency, written as a decimal.
type money int64

// UnmarshalText reads a decimal such as 2.50.
func (m *money) UnmarshalText(text []byte) error {
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil || !(v >= 0 && v <= 1e9) {
		return fmt.Errorf("%q is no amount of money such as 2.50", text)
	}
	*m = money(math.Round(v * 1e6))
	return nil
}

// config gives what the assistant takes. The key is read from its file at each start.
func (c llmConfig) config() (llm.Config, error) {
	out := llm.Config{URL: c.BaseURL, Model: c.Model, Key: llm.Secret(c.Key), Plain: c.Plain, Timeout: c.Timeout, Input: c.Input, Output: c.Output,
		PerCase: c.PerCase.budget(), PerDay: c.PerDay.budget(), PerMonth: c.Monthly.budget(), PriceIn: int64(c.Price.In), PriceOut: int64(c.Price.Out)}
	var err error
	if out.Languages, err = modelLanguages(locales.Open()); err != nil {
		return out, err
	}
	if c.BaseURL != "" && c.KeyFile != "" {
		raw, err := os.ReadFile(c.KeyFile)
		if err != nil {
			return out, fmt.Errorf("llm: key_file: %w", err)
		}
		out.Key = llm.Secret(strings.TrimSpace(string(raw)))
	}
	return out, nil
}

// modelLanguages are the languages of the catalogue that say how a model may speak them.
func modelLanguages(cat *locales.Catalogue) (llm.Languages, error) {
	out := llm.Languages{}
	for _, lang := range cat.Languages() {
		l, err := cat.Language(lang)
		if err != nil {
			return nil, err
		}
		if l.Model != nil {
			out[lang] = llm.Language(*l.Model)
		}
	}
	return out, nil
}
