package slacksim

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"
)

// manifest is the part of Slack's app manifest that changes what the
// workspace does (docs.slack.dev/reference/app-manifest).
type manifest struct {
	Display struct {
		Name string `yaml:"name"`
	} `yaml:"display_information"`
	Features struct {
		AgentView *struct {
			Description string   `yaml:"agent_description"`
			Prompts     []Prompt `yaml:"suggested_prompts"`
		} `yaml:"agent_view"`
		AssistantView *struct {
			Description string   `yaml:"assistant_description"`
			Prompts     []Prompt `yaml:"suggested_prompts"`
		} `yaml:"assistant_view"`
		AppHome struct {
			HomeTab     bool `yaml:"home_tab_enabled"`
			MessagesTab bool `yaml:"messages_tab_enabled"`
			ReadOnly    bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		UnfurlDomains []string `yaml:"unfurl_domains"`
		BotUser       struct {
			DisplayName string `yaml:"display_name"`
		} `yaml:"bot_user"`
		Shortcuts []struct {
			Name        string `yaml:"name"`
			Type        string `yaml:"type"`
			CallbackID  string `yaml:"callback_id"`
			Description string `yaml:"description"`
		} `yaml:"shortcuts"`
		Commands []struct {
			Command `yaml:",inline"`
			URL     string `yaml:"url"`
		} `yaml:"slash_commands"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Functions map[string]functionManifest `yaml:"functions"`
	Settings  struct {
		Runtime  string `yaml:"function_runtime"`
		OrgReady bool   `yaml:"org_deploy_enabled"`
		Events   struct {
			URL string   `yaml:"request_url"`
			Bot []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			Enabled bool   `yaml:"is_enabled"`
			URL     string `yaml:"request_url"`
			Options string `yaml:"message_menu_options_url"`
		} `yaml:"interactivity"`
		SocketMode bool `yaml:"socket_mode_enabled"`
	} `yaml:"settings"`
}

// check refuses what Slack refuses, in its words (docs.slack.dev, Configuring apps with
// app manifests).
func (m *manifest) check() error {
	socket, events, clicks := m.Settings.SocketMode, m.Settings.Events, m.Settings.Interactivity
	switch {
	case len(events.Bot) > 0 && events.URL == "" && !socket:
		return errors.New("invalid_manifest: Event Subscription requires either Request URL or Socket Mode Enabled (/settings/event_subscriptions)")
	case clicks.Enabled && clicks.URL == "" && !socket:
		return errors.New("invalid_manifest: Interactivity requires a Request URL (/settings/interactivity)")
	}
	switch agent, older := m.Features.AgentView, m.Features.AssistantView; {
	case agent != nil && older != nil:
		return errors.New("invalid_manifest: agent_view and assistant_view cannot both be set (/features)")
	case agent != nil && agent.Description == "":
		return errors.New("invalid_manifest: Missing required field agent_description (/features/agent_view)")
	case older != nil && older.Description == "":
		return errors.New("invalid_manifest: Missing required field assistant_description (/features/assistant_view)")
	case agent != nil && len(agent.Prompts) > maxPrompts, older != nil && len(older.Prompts) > maxPrompts:
		return errors.New("invalid_manifest: no more than 4 suggested_prompts (/features)")
	case agent == nil && older == nil && slices.Contains(m.OAuth.Scopes.Bot, "assistant:write"):
		return errors.New("invalid_manifest: assistant:write requires agent_view or assistant_view (/features)")
	}
	if err := m.checkFunctions(); err != nil {
		return err
	}
	for _, s := range m.Features.Shortcuts {
		if s.Type != "global" && s.Type != "message" {
			return fmt.Errorf("shortcut %q has type %q, want global or message", s.Name, s.Type)
		}
	}
	for _, c := range m.Features.Commands {
		if c.URL != m.Features.Commands[0].URL {
			return errors.New("commands with URLs of their own are not modelled")
		}
	}
	return nil
}

// urls are where the app takes its requests: none in Socket Mode, which goes before them.
func (m *manifest) urls() (u RequestURLs) {
	if m.Settings.SocketMode {
		return u
	}
	u = RequestURLs{Events: m.Settings.Events.URL, Interactivity: m.Settings.Interactivity.URL, Options: m.Settings.Interactivity.Options}
	if len(m.Features.Commands) > 0 {
		u.Commands = m.Features.Commands[0].URL
	}
	return u
}

// Manifest replaces what an app manifest declares: scopes, events, commands,
// shortcuts, interactivity, tabs and request URLs. A scope that the manifest lacks is
// then lacking, as in Slack. file is YAML or JSON.
func (a *App) Manifest(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read app manifest: %w", err)
	}
	return a.ManifestYAML(raw)
}

// ManifestYAML is Manifest for a manifest in memory.
func (a *App) ManifestYAML(raw []byte) error {
	var m manifest
	if err := yaml.Unmarshal(raw, &m); err != nil {
		return fmt.Errorf("parse app manifest: %w", err)
	}
	if err := m.check(); err != nil {
		return fmt.Errorf("parse app manifest: %w", err)
	}
	if m.Display.Name != "" {
		a.Name = m.Display.Name
	}
	a.BotScopes = m.OAuth.Scopes.Bot
	a.Events = m.Settings.Events.Bot
	a.Interactivity = m.Settings.Interactivity.Enabled
	a.HomeTab = m.Features.AppHome.HomeTab
	a.MessagesTab = m.Features.AppHome.MessagesTab && !m.Features.AppHome.ReadOnly
	a.AgentView, a.AssistantView = m.Features.AgentView != nil, m.Features.AssistantView != nil
	a.Functions, a.UnfurlDomains = m.functions(), m.Features.UnfurlDomains
	a.URLs, a.Commands, a.Shortcuts = m.urls(), nil, nil
	for _, c := range m.Features.Commands {
		a.Commands = append(a.Commands, c.Command)
	}
	for _, s := range m.Features.Shortcuts {
		a.Shortcuts = append(a.Shortcuts, Shortcut{CallbackID: s.CallbackID, Name: s.Name, Description: s.Description, OnMessage: s.Type == "message"})
	}
	return nil
}
