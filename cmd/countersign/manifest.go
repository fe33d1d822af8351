package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"go.yaml.in/yaml/v3"

	"countersign"
	"countersign/vault/hashicorp"
)

type manifestCmd struct {
	HTTP string `name:"http" placeholder:"URL" help:"For HTTPS instead of Socket Mode: how Slack reaches this bot, such as https://countersign.example.com."`
}

// Run writes the manifest of the Slack app.
func (m manifestCmd) Run(c *console) error {
	raw := countersign.Manifest
	if m.HTTP != "" {
		var err error
		if raw, err = manifestFor(m.HTTP); err != nil {
			return err
		}
	}
	_, err := c.out.Write(raw)
	return err
}

// manifestFor is the manifest with request URLs below base in the place of Socket Mode.
func manifestFor(base string) ([]byte, error) {
	if !safeAddress(base) {
		return nil, fmt.Errorf("--http is %q; it takes an address like https://countersign.example.com, http on this machine alone", base)
	}
	base = strings.TrimSuffix(base, "/") + "/slack/"
	var doc yaml.Node
	if err := yaml.Unmarshal(countersign.Manifest, &doc); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	settings := entry(doc.Content[0], "settings")
	set(entry(settings, "event_subscriptions"), "request_url", base+"events")
	set(entry(settings, "interactivity"), "request_url", base+"interactive")
	entry(settings, "socket_mode_enabled").Value = "false"
	for _, command := range entry(entry(doc.Content[0], "features"), "slash_commands").Content {
		set(command, "url", base+"commands")
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	err := errors.Join(e.Encode(&doc), e.Close())
	return out.Bytes(), err
}

// entry is the value of a key; one that manifest.yml does not have is an empty node.
func entry(of *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(of.Content); i += 2 {
		if of.Content[i].Value == key {
			return of.Content[i+1]
		}
	}
	return &yaml.Node{}
}

func set(in *yaml.Node, key, value string) {
	in.Content = append(in.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &yaml.Node{Kind: yaml.ScalarNode, Value: value})
}

// safeAddress is true for one that nobody on the way can listen to: https, or this machine.
func safeAddress(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.RawQuery == "" && u.Fragment == "" && hashicorp.CheckAddress(address) == nil
}
