package bot

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// Limits of a table: rows and cells are Slack's (reference page of the table block, which has
// no more than one a message), the text of all cells is what we leave it of maxBlockSum.
const (
	maxTableRows  = 100
	maxTableCells = 20
	maxTableText  = 6000
)

// table lays rows out below a head. Cells are text as it is, in which Slack reads no markup; of
// more rows than fit the last says how many are left out. It stands once in a message that is
// posted or redrawn (messages.go falls back where the workspace takes none), and in no modal, no
// App Home and no answer to a command: there, plainer makes sections of it.
func table(head []string, rows [][]string) *slack.TableBlock {
	t := slack.NewTableBlock("")
	sum := 0
	add := func(row []string, wrap bool) bool {
		cells, size := make([]slack.TableCell, 0, len(row)), 0
		for _, text := range row[:min(len(row), maxTableCells)] {
			if text == "" {
				text = "–" // Slack refuses empty text
			}
			text = clip(shown(text), maxField)
			size += utf8.RuneCountInString(text)
			cells = append(cells, slack.NewTableRawTextCell(text))
		}
		if !wrap && sum+size > maxTableText {
			return false
		}
		sum += size
		t.Rows = append(t.Rows, cells)
		return true
	}
	add(head, true)
	for i, row := range rows {
		if len(t.Rows) < maxTableRows-1 && add(row, false) {
			continue
		}
		rest := make([]string, len(row))
		rest[0] = "+" + strconv.Itoa(len(rows)-i)
		add(rest, true)
		break
	}
	for range head {
		t.ColumnSettings = append(t.ColumnSettings, slack.ColumnSetting{Align: slack.ColumnAlignmentLeft, IsWrapped: true})
	}
	return t
}

// tableSections are a table as text: a line a row.
func tableSections(t *slack.TableBlock) []slack.Block {
	var blocks []slack.Block
	text := ""
	for i, row := range t.Rows {
		line := ""
		for j, cell := range row {
			c, ok := cell.(*slack.TableRawTextCell)
			if !ok {
				continue
			}
			if j > 0 {
				line += "  ·  "
			}
			line += escape(c.Text)
		}
		if i == 0 {
			line = "*" + line + "*"
		}
		if utf8.RuneCountInString(text+line) > maxSection-100 {
			blocks, text = append(blocks, section(text)), ""
		}
		text += clip(line, maxSection-200) + "\n"
	}
	return append(blocks, section(text))
}

// planTable is the certificates of a plan at a glance; of one, what stands below says it.
func planTable(s speaker, plan workflows.Plan) []slack.Block {
	if len(plan.Specs) < 3 { // fewer are seen at a glance below it
		return nil
	}
	var rows [][]string
	for _, spec := range plan.Specs {
		names := make([]string, 0, len(spec.Names))
		for _, n := range spec.Names {
			names = append(names, n.Value)
		}
		rows = append(rows, []string{spec.CommonName, s.profile(spec.Profile), strings.Join(spec.For, ", "), clip(strings.Join(names, ", "), 300)})
	}
	return []slack.Block{table([]string{s.raw("bot.fact.subject"), s.raw("bot.fact.profile"), s.raw("bot.fact.nodes"), s.raw("bot.inspect.names")}, rows)}
}

// manyNames is how many names of a certificate are read more easily in a table than in a line.
const manyNames = 6
