package bot

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
	"countersign/workflows/support"
)

// inspectView says what the pasted material is, object by object.
func inspectView(s speaker, x support.Examined) message {
	head := []slack.Block{header(s.raw("bot.inspect.title"))}
	var middle []slack.Block
	tabled := false
	for _, it := range x.Items {
		lines := []string{"*" + s.text(it.Summary) + "*"}
		add := func(key string, values ...string) {
			if len(values) > 0 && values[0] != "" {
				lines = append(lines, s.raw("bot.inspect."+key)+"  "+clip(codes(values), 1200))
			}
		}
		names, rows := make([]string, 0, len(it.Names)), make([][]string, 0, len(it.Names))
		for _, n := range it.Names {
			names = append(names, strings.ToUpper(n.Type)+":"+n.Value)
			rows = append(rows, []string{strings.ToUpper(n.Type), n.Value})
		}
		add("subject", it.Subject)
		inTable := !tabled && len(names) > manyNames
		if !inTable {
			add("names", names...)
		}
		add("issuer", it.Issuer)
		add("usages", append(append([]string{}, it.EKU...), it.KU...)...)
		if !it.NotAfter.IsZero() {
			lines = append(lines, s.raw("bot.inspect.valid")+"  "+s.day(it.NotBefore)+" – "+s.day(it.NotAfter))
		}
		add("sha256", it.SHA256)
		middle = append(middle, section(strings.Join(lines, "\n")))
		if inTable {
			tabled = true // Slack takes one a message
			middle = append(middle, table([]string{s.raw("bot.inspect.names"), strconv.Itoa(len(names))}, rows))
		}
	}
	if x.Compared != nil {
		middle = append(middle, compareBlocks(s, *x.Compared)...)
	}
	middle = append(middle, inspectFindings(s, x.Findings)...)
	return message{Text: s.say("bot.inspect.title"), Blocks: fit(head, middle, []slack.Block{note(s.say("bot.inspect.next"))}, note(s.say("bot.card.more")))}
}

// inspectFindings are what was found out about the material: what is wrong with its
// rule, what is merely so in words alone.
func inspectFindings(s speaker, list []workflows.Finding) []slack.Block {
	var blocks []slack.Block
	for _, f := range list {
		if f.Severity == "info" {
			blocks = append(blocks, note(":information_source: "+s.text(f.Text)))
		} else {
			blocks = append(blocks, findingBlocks(s, []workflows.Finding{f})...)
		}
	}
	return blocks
}

// showView is one request in full, for reading.
func showView(s speaker, r workflows.Request, tail ...slack.Block) message {
	head := []slack.Block{header(title(r)), section(stateLine(s, r))}
	head = append(append(head, unusedBlocks(s, r)...), deploymentFacts(s, r))
	head = append(head, mismatchBlocks(s, r)...)
	middle := append(findingBlocks(s, r.Spec.Findings), requestBlocks(s, r)...)
	middle = append(middle, history(s, r, maxBlocks)...)
	return message{Text: clip(escape(title(r)), maxMessageText), Blocks: fit(head, middle, tail, note(s.say("bot.card.more")))}
}

// compareBlocks show what changed between two certificates, and what is left to do.
func compareBlocks(s speaker, c support.Comparison) []slack.Block {
	blocks := []slack.Block{slack.NewDividerBlock(), header(s.raw("bot.compare.title"))}
	text := ""
	for _, ch := range c.Changes {
		if ch.Same {
			continue
		}
		text += "*" + s.say("bot.compare.field."+ch.Field) + "*\n– " + clip(code(ch.Old), 500) + "\n+ " + clip(code(ch.New), 500) + "\n"
	}
	if text == "" {
		text = s.say("bot.compare.same")
	}
	blocks = append(blocks, section(text))
	blocks = append(blocks, findingBlocks(s, c.Findings)...)
	for _, step := range c.Steps {
		blocks = append(blocks, stepBlock(s, step))
	}
	return blocks
}
