package support

import "strings"

const base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

// withoutBlocks blanks whole blocks of armoured base64: they are read as artefacts, and no
// word is in them. Blocks that are not whole stay, as something may be said of that. Places
// in the text stay what they are.
func withoutBlocks(text string) string {
	const begin, end = "-----BEGIN ", "-----END "
	if !strings.Contains(text, begin) {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	from := -1 // where the block begins that may be whole
	for i, line := range lines {
		switch bare := strings.TrimSpace(line); {
		case strings.HasPrefix(bare, begin):
			from = i
		case from >= 0 && strings.HasPrefix(bare, end) && i > from+1:
			for k := from; k <= i; k++ {
				whole := len(strings.TrimRight(lines[k], "\r\n"))
				lines[k] = strings.Repeat(" ", whole) + lines[k][whole:]
			}
			from = -1
		case bare == "" || strings.Trim(bare, base64Letters) != "":
			from = -1
		}
	}
	return strings.Join(lines, "")
}
