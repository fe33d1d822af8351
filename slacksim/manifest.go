package slacksim

import (
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"
)

// manifest is the part of Slack's app manifest that changes what the
// workspace does (docs.slack.dev/reference/app-manifest).
type manifest struct {
	Display struct {
		Name string `yaml:"name"`
	} `yaml:"display_information"`
	Features struct {
		AppHome struct {
			HomeTab     bool `yaml:"home_tab_enabled"`
			MessagesTab bool `yaml:"messages_tab_enabled"`
			ReadOnly    bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		BotUser struct {
			DisplayName string `yaml:"display_name"`
		} `yaml:"bot_user"`
		Shortcuts []struct {
			Name        string `yaml:"name"`
			Type        string `yaml:"type"`
			CallbackID  string `yaml:"callback_id"`
			Description string `yaml:"description"`
		} `yaml:"shortcuts"`
		Commands []Command `yaml:"slash_commands"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			Bot []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			Enabled bool `yaml:"is_enabled"`
		} `yaml:"interactivity"`
	} `yaml:"settings"`
}

// Manifest replaces what an app manifest declares: scopes, events, commands,
// shortcuts, interactivity and tabs. A scope that the manifest lacks is then
// lacking, as in Slack. file is YAML or JSON.
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
	if m.Display.Name != "" {
		a.Name = m.Display.Name
	}
	a.BotScopes = m.OAuth.Scopes.Bot
	a.Events = m.Settings.Events.Bot
	a.Interactivity = m.Settings.Interactivity.Enabled
	a.HomeTab = m.Features.AppHome.HomeTab
	a.MessagesTab = m.Features.AppHome.MessagesTab && !m.Features.AppHome.ReadOnly
	a.Commands, a.Shortcuts = m.Features.Commands, nil
	for _, s := range m.Features.Shortcuts {
		if s.Type != "global" && s.Type != "message" {
			return fmt.Errorf("parse app manifest: shortcut %q has type %q, want global or message", s.Name, s.Type)
		}
		a.Shortcuts = append(a.Shortcuts, Shortcut{CallbackID: s.CallbackID, Name: s.Name, Description: s.Description, OnMessage: s.Type == "message"})
	}
	return nil
}
