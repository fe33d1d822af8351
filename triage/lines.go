package triage

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Lines is a list of short texts, written in YAML either as a list or as one block
// with a text a line, which needs no quoting.
type Lines []string

// UnmarshalYAML reads either form. Blank lines of a block mean nothing.
func (l *Lines) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		for _, line := range strings.Split(n.Value, "\n") {
			if line = strings.TrimSpace(line); line != "" {
				*l = append(*l, line)
			}
		}
		return nil
	}
	var list []string
	if err := n.Decode(&list); err != nil {
		return err
	}
	*l = list
	return nil
}

// Steps are texts in several languages, written as one block a language; the blocks
// must have the same number of lines.
type Steps []Text

// UnmarshalYAML reads language blocks into steps.
func (s *Steps) UnmarshalYAML(n *yaml.Node) error {
	var byLang map[string]Lines
	if err := n.Decode(&byLang); err != nil {
		return err
	}
	if len(byLang["en"]) == 0 {
		return fmt.Errorf("line %d: steps need at least English (en)", n.Line)
	}
	steps := make(Steps, len(byLang["en"]))
	for lang, lines := range byLang {
		if !slices.Contains(languages, lang) {
			return fmt.Errorf("line %d: language %q is not one of %s", n.Line, lang, strings.Join(languages, ", "))
		}
		if len(lines) != len(steps) {
			return fmt.Errorf("line %d: %s has %d steps, en has %d", n.Line, lang, len(lines), len(steps))
		}
		for i, line := range lines {
			if steps[i].In == nil {
				steps[i].In = map[string]string{}
			}
			steps[i].In[lang] = line
		}
	}
	*s = steps
	return nil
}

// MarshalYAML writes the language blocks that UnmarshalYAML reads.
func (s Steps) MarshalYAML() (any, error) {
	out := map[string]string{}
	for _, step := range s {
		for lang, line := range step.In {
			out[lang] += line + "\n"
		}
	}
	return out, nil
}

// Marshal gives causes as one file that Load and Parse read: what was taught can be
// exported, reviewed and put into a directory of causes.
func Marshal(family string, causes ...*Cause) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	f := struct {
		Family string   `yaml:"family"`
		Causes []*Cause `yaml:"causes"`
	}{family, causes}
	if err := enc.Encode(f); err != nil {
		return nil, fmt.Errorf("triage: write causes: %w", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("triage: write causes: %w", err)
	}
	return b.Bytes(), nil
}

// languages are those a cause may speak.
var languages = []string{"en", "zh-Hans", "zh-Hant"}
