package bot

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// replacesBlocks say what a request ends when it is installed, and how the certificate
// that comes differs from the one that goes.
func replacesBlocks(s speaker, old *workflows.Replaced, spec workflows.Spec) []slack.Block {
	if old == nil {
		return nil
	}
	text := s.raw("bot.replaces.what", "Request", code(string(old.Request)), "Who", who(old.Owner), "Serial", code(old.Serial), "Day", s.day(old.NotAfter))
	var changes []string
	change := func(key string, pairs ...string) { changes = append(changes, "• "+s.raw(key, pairs...)) }
	if old.CommonName != spec.CommonName {
		change("bot.replaces.cn", "Old", code(old.CommonName), "New", code(spec.CommonName))
	}
	names := make([]string, len(spec.Names))
	for i, n := range spec.Names {
		names[i] = n.Value
	}
	if added := missingFrom(old.Names, names); len(added) > 0 {
		change("bot.replaces.added", "Names", clip(codes(added), 600))
	}
	if dropped := missingFrom(names, old.Names); len(dropped) > 0 {
		change("bot.replaces.dropped", "Names", clip(codes(dropped), 600))
	}
	if old.Key != spec.Key {
		change("bot.replaces.key", "Old", s.key(old.Key), "New", s.key(spec.Key))
	}
	if len(changes) == 0 {
		change("bot.replaces.same", "Key", s.key(spec.Key))
	}
	return []slack.Block{section(text + "\n" + strings.Join(changes, "\n"))}
}

// missingFrom gives what of names is not in list.
func missingFrom(list, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(list, n) })
}

// renewalNote says at the review what the request doubles, and what the renewal will replace,
// or that it will not.
func renewalNote(s speaker, c workflows.Conversation, plan workflows.Plan) []slack.Block {
	blocks := twinNote(s, c)
	if c.Replaces == nil {
		return blocks
	}
	for _, spec := range plan.Specs {
		if c.Replaces.Fits(spec) {
			return append(blocks, replacesBlocks(s, c.Replaces, spec)...)
		}
	}
	return append(blocks, section(s.raw("bot.replaces.nothing", "Request", code(string(c.Replaces.Request)))))
}
