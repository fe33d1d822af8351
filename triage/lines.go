package triage

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"

	"countersign/certs"
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
	return n.Decode((*[]string)(l))
}

// Steps are texts in several languages, written as one block a language; the blocks
// must have the same number of lines. A task ("@trust") is written in the English one.
type Steps []Text

// UnmarshalYAML reads language blocks into steps.
func (s *Steps) UnmarshalYAML(n *yaml.Node) error {
	var byLang map[string]Lines
	if err := n.Decode(&byLang); err != nil {
		return err
	}
	if len(byLang[certs.English]) == 0 {
		return fmt.Errorf("line %d: steps need at least English (en)", n.Line)
	}
	steps := make(Steps, len(byLang[certs.English]))
	var said []*Text
	for i, line := range byLang[certs.English] {
		steps[i].In = map[string]string{certs.English: line}
		if !isTask(line) {
			said = append(said, &steps[i])
		}
	}
	delete(byLang, certs.English)
	for lang, lines := range byLang {
		if tag, err := language.Parse(lang); err != nil || tag.String() != lang {
			return fmt.Errorf("line %d: language %q is no tag such as en or zh-Hant", n.Line, lang)
		}
		if len(lines) != len(said) {
			return fmt.Errorf("line %d: %s has %d steps, en has %d beside tasks", n.Line, lang, len(lines), len(said))
		}
		for i, line := range lines {
			said[i].In[lang] = line
		}
	}
	*s = steps
	return nil
}
