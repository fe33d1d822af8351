package keys

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// grouped64 writes base64 in groups of n.
func grouped64(n int, sep string) func([]byte) string {
	return func(b []byte) string { return groups(base64.StdEncoding.EncodeToString(b), n, sep) }
}

func groups(s string, n int, sep string) string {
	var out []string
	for ; len(s) > n; s = s[n:] {
		out = append(out, s[:n])
	}
	return strings.Join(append(out, s), sep)
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, s)
}

// numbered writes each byte with its index.
func numbered(b []byte, sep, format string) string {
	var out []string
	for i, c := range b {
		out = append(out, fmt.Sprintf(format, i, c))
	}
	return strings.Join(out, sep)
}

func signed(b []byte, sep string) string {
	var out []string
	for _, c := range b {
		out = append(out, fmt.Sprint(int8(c)))
	}
	return strings.Join(out, sep)
}

// moreEncodings are those of programs and of what a text goes through on its way.
var moreEncodings = map[string]func([]byte) string{
	"Buffer of Node": func(b []byte) string {
		return "{\n  \"type\": \"Buffer\",\n  \"data\": [\n    " + joined(b, ",\n    ", "%d") + "\n  ]\n}"
	},
	"Buffer of Node, CRLF": func(b []byte) string { return "[\r\n" + joined(b, ",\r\n", "%d") + "\r\n]" },
	"signed lines":         func(b []byte) string { return "[\n  " + signed(b, ",\n  ") + "\n]" },
	"0x lines":             func(b []byte) string { return joined(b, ",\n", "0x%x") },
	"0x%02X lines":         func(b []byte) string { return joined(b, ",\n\n", "0x%02X") },
	"hex lines":            func(b []byte) string { return joined(b, "\n", "%02x") },
	"hex words, lines":     func(b []byte) string { return strings.ReplaceAll(spaced(b, 2), " ", "\n") },
	"three a line": func(b []byte) string {
		return each(b, 3, func(_ int, r []byte) string { return joined(r, ", ", "%d") + "," })
	},
	"Rust":            func(b []byte) string { return joined(b, ",\n", "%du8") },
	"octal list":      func(b []byte) string { return joined(b, ", ", "%o") },
	"octal, 0":        func(b []byte) string { return joined(b, ", ", "0%o") },
	"octal, 0o":       func(b []byte) string { return joined(b, ", ", "0o%o") },
	"octal lines":     func(b []byte) string { return joined(b, "\n", "%03o") },
	"binary lines":    func(b []byte) string { return joined(b, "\n", "%08b") },
	"map":             func(b []byte) string { return "{" + numbered(b, ",", `"%d":%d`) + "}" },
	"map, indented":   func(b []byte) string { return "{\n" + numbered(b, ",\n  ", `"%d": %d`) + "\n}" },
	"PHP array":       func(b []byte) string { return "Array\n(\n" + numbered(b, "\n", "    [%d] => %d") + "\n)" },
	"assignments":     func(b []byte) string { return numbered(b, "\n", "buf[%d] = 0x%02x;") },
	"hex with offset": func(b []byte) string { return numbered(b, "\n", "%04x: %02x") },
	"\\u00":           func(b []byte) string { return `"` + joined(b, "", `\u%04x`) + `"` },
	"\\u{}":           func(b []byte) string { return `"` + joined(b, "", `\u{%x}`) + `"` },
	"\\x{}":           func(b []byte) string { return `"` + joined(b, "", `\x{%x}`) + `"` },
	"\\U":             func(b []byte) string { return `"` + joined(b, "", `\U%08x`) + `"` },
	"&#x;":            func(b []byte) string { return joined(b, "", "&#x%02x;") },
	"&#;":             func(b []byte) string { return joined(b, "", "&#%d;") },
	"bytes as characters": func(b []byte) string {
		var out strings.Builder
		for _, c := range b {
			if c < ' ' || c == '"' || c == '\\' || c == 0xff { // as JSON.stringify has them
				fmt.Fprintf(&out, `\u%04x`, c)
			} else {
				out.WriteRune(rune(c))
			}
		}
		return `"` + out.String() + `"`
	},
	"base64 in fives":              grouped64(5, " "),
	"base64 in fours":              grouped64(4, " "),
	"base64 in eights":             grouped64(8, " "),
	"base64 in tens":               grouped64(10, " "),
	"base64 in fours, lines":       grouped64(4, "\n"),
	"base64 in tens, lines":        grouped64(10, "\n"),
	"base64 in eights, commas":     grouped64(8, ", "),
	"base64 in eights, strings":    grouped64(8, "\",\""),
	"base64 in fours, sixteen":     func(b []byte) string { return lines(grouped64(4, " ")(b), 80) },
	"base64, zero width":           grouped64(64, "\u200b"),
	"base64, BOM":                  grouped64(20, "\ufeff"),
	"base64, joiner":               grouped64(5, "\u2060"),
	"base64, soft hyphens":         grouped64(64, "\u00ad"),
	"base64, grapheme joiner":      grouped64(1, "\u034f"),
	"base64, tags":                 grouped64(7, "\U000e0041"),
	"base64, \\u200b":              grouped64(9, `\u200b`),
	"base64, &#8203;":              grouped64(9, "&#8203;"),
	"base64, hard blanks":          grouped64(4, "\u00a0"),
	"base64, ideographic blanks":   grouped64(8, "\u3000"),
	"base64, full width":           func(b []byte) string { return fullWidth(base64.StdEncoding.EncodeToString(b)) },
	"base64, full width, in lines": func(b []byte) string { return fullWidth(lines(base64.StdEncoding.EncodeToString(b), 64)) },
	"hex, zero width":              func(b []byte) string { return joined(b, "\u200b", "%02x") },
	"hex, full width":              func(b []byte) string { return fullWidth(hex.EncodeToString(b)) },
	"numbers, zero width":          func(b []byte) string { return joined(b, ",\u200b", "%d") },
	"numbers, full width":          func(b []byte) string { return fullWidth(joined(b, ", ", "%d")) },
	"numbers, curly quotes":        func(b []byte) string { return joined(b, ", ", "\u201c%d\u201d") },
}
