package bot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"countersign/slacksim/blockkit"
)

// TestTable: whatever is laid out in a table is one that Slack takes, and so is the text that
// stands for it where a workspace has none; both show what fits and count the rest.
func TestTable(t *testing.T) {
	for _, c := range []struct {
		name string
		rows int
		cell string
		want string
	}{
		{"none", 0, "x", "Name"}, {"few", 3, "a.example.com", "a.example.com"}, {"more rows than a table has", 300, "a", "+202"},
		{"more text than a message has", 99, strings.Repeat("証", 500), "+"}, {"empty cells", 3, "", "–"}, {"long cells", 1, strings.Repeat("x", 5000), "x…"},
		{"hostile", 2, hostile, "!channel"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rows [][]string
			for i := range c.rows {
				rows = append(rows, []string{fmt.Sprint(i), c.cell})
			}
			as := map[string][]slack.Block{"table": {table([]string{"No.", "Name"}, rows)}}
			as["text"] = plainer(as["table"], anyKind)
			for kind, blocks := range as {
				raw := encode(t, blocks)
				if problems := blockkit.CheckBlocks(raw); len(problems) > 0 {
					t.Errorf("as %s: %v", kind, blockkit.Messages(problems))
				}
				if weigh(blocks) > maxBlockSum {
					t.Errorf("as %s: %d characters", kind, weigh(blocks))
				}
				if !strings.Contains(string(raw), c.want) {
					t.Errorf("as %s it shows no %q: %.300s", kind, c.want, raw)
				}
				for _, l := range liveIn(t, encode(t, map[string]any{"blocks": blocks})) {
					if l.Kind != "bold" && l.Kind != "code" {
						t.Errorf("as %s live: %v", kind, l)
					}
				}
			}
		})
	}
}
