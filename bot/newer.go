package bot

import (
	"slices"
	"strings"
	"sync"

	"github.com/slack-go/slack"
)

// newer is what this workspace has refused of the newer parts of Slack: kinds of blocks and
// methods. It is learnt when it is refused, kept while the process runs, and done without.
type newer struct {
	mu      sync.Mutex
	lacking map[string]bool
}

func (n *newer) lacks(what string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.lacking[what]
}

// miss notes that something is lacking; false where that was known.
func (n *newer) miss(what string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.lacking == nil {
		n.lacking = map[string]bool{}
	}
	known := n.lacking[what]
	n.lacking[what] = true
	return !known
}

// Kinds of blocks that not every workspace takes yet, each with what stands for it.
var older = map[slack.MessageBlockType]func(slack.Block) []slack.Block{
	slack.MBTTable: func(b slack.Block) []slack.Block {
		t, _ := b.(*slack.TableBlock)
		return tableSections(t)
	},
	slack.MBTContextActions: feedbackRow,
	slack.MBTMarkdown:       markdownSections,
}

// plainer is blocks without the newer kinds of which without says so.
func plainer(blocks []slack.Block, without func(slack.MessageBlockType) bool) []slack.Block {
	var out []slack.Block
	for _, b := range blocks {
		if instead := older[b.BlockType()]; instead != nil && without(b.BlockType()) {
			out = append(out, instead(b)...)
		} else {
			out = append(out, b)
		}
	}
	return out
}

func anyKind(slack.MessageBlockType) bool { return true }

// taken is blocks as the workspace takes them, as far as is known.
func (b *workspace) taken(blocks []slack.Block) []slack.Block {
	return plainer(blocks, func(kind slack.MessageBlockType) bool { return b.newer.lacks(string(kind)) })
}

// refusedBlocks learns from an error which kinds of blocks are not taken here. again: without
// the newer kinds, it may be.
func (b *workspace) refusedBlocks(method string, err error, blocks []slack.Block) (again bool) {
	if code := codeOf(err); code != "invalid_blocks" && code != "invalid_attachments" && code != "msg_blocks_too_long" {
		return false
	}
	text := describe(method, err).Error()
	for _, block := range blocks {
		kind := block.BlockType()
		if older[kind] == nil {
			continue
		}
		again = true
		if strings.Contains(text, "unsupported type: "+string(kind)) && b.newer.miss(string(kind)) {
			b.log.Warn("the workspace takes no blocks of this kind, other ones are shown", "kind", string(kind))
		}
	}
	if again && !slices.ContainsFunc(blocks, func(block slack.Block) bool { return b.newer.lacks(string(block.BlockType())) }) {
		b.log.Error("blocks refused", "err", text)
	}
	return again
}
