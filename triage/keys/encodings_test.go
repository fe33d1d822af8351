package keys

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"
)

func lines(s string, n int) string {
	var out strings.Builder
	for len(s) > n {
		out.WriteString(s[:n] + "\n")
		s = s[n:]
	}
	return out.String() + s + "\n"
}

// each writes the bytes in rows of n.
func each(b []byte, n int, f func(offset int, row []byte) string) string {
	var out strings.Builder
	for at := 0; at < len(b); at += n {
		out.WriteString(f(at, b[at:min(len(b), at+n)]) + "\n")
	}
	return out.String()
}

func joined(b []byte, sep, format string) string {
	var out []string
	for _, c := range b {
		out = append(out, fmt.Sprintf(format, c))
	}
	return strings.Join(out, sep)
}

func characters(b []byte) string {
	out := bytes.Clone(b)
	for i, c := range out {
		if c < 32 || c > 126 {
			out[i] = '.'
		}
	}
	return string(out)
}

// words writes rows of words, of which the machine has the lowest byte first.
func words(b []byte, size int, format string) string {
	var out []string
	for at := 0; at < len(b); at += size {
		v := uint64(0)
		for i := size - 1; i >= 0; i-- {
			v <<= 8
			if at+i < len(b) {
				v |= uint64(b[at+i])
			}
		}
		out = append(out, fmt.Sprintf(format, v))
	}
	return strings.Join(out, " ")
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b) //nolint:errcheck // into memory
	w.Close()  //nolint:errcheck // the same
	return out.Bytes()
}

func deflated(b []byte) []byte {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	w.Write(b) //nolint:errcheck // into memory
	w.Close()  //nolint:errcheck // the same
	return out.Bytes()
}

func utf16le(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func quotedPrintable(s string) string {
	var out strings.Builder
	column := 0
	for _, c := range []byte(s) {
		piece := string(c)
		if c < 33 && c != '\n' || c > 126 || c == '=' || c == '-' {
			piece = fmt.Sprintf("=%02X", c)
		}
		if column += len(piece); column > 60 {
			out.WriteString("=\n")
			column = len(piece)
		}
		if c == '\n' {
			column = 0
		}
		out.WriteString(piece)
	}
	return out.String()
}

// encodings are the ways in which people paste bytes.
var encodings = map[string]func([]byte) string{
	"base64":        func(b []byte) string { return base64.StdEncoding.EncodeToString(b) },
	"base64 lines":  func(b []byte) string { return lines(base64.StdEncoding.EncodeToString(b), 64) },
	"base64 narrow": func(b []byte) string { return lines(base64.StdEncoding.EncodeToString(b), 12) },
	"base64 quoted": func(b []byte) string {
		return "> " + strings.ReplaceAll(strings.TrimSpace(lines(base64.StdEncoding.EncodeToString(b), 76)), "\n", "\n> ")
	},
	"base64 of a diff": func(b []byte) string {
		return "+" + strings.ReplaceAll(strings.TrimSpace(lines(base64.StdEncoding.EncodeToString(b), 64)), "\n", "\n+")
	},
	"base64 in strings": func(b []byte) string {
		return "\"" + strings.ReplaceAll(strings.TrimSpace(lines(base64.StdEncoding.EncodeToString(b), 64)), "\n", "\" +\n\t\"") + "\";"
	},
	"base64 in a list": func(b []byte) string {
		return `["` + strings.ReplaceAll(strings.TrimSpace(lines(base64.StdEncoding.EncodeToString(b), 64)), "\n", `","`) + `"]`
	},
	"base64 with spaces": func(b []byte) string {
		return strings.ReplaceAll(lines(base64.StdEncoding.EncodeToString(b), 64), "\n", " ")
	},
	"base64 behind times": func(b []byte) string {
		return each([]byte(base64.StdEncoding.EncodeToString(b)), 64, func(at int, row []byte) string {
			return fmt.Sprintf("Nov 20 08:01:%02d cms1 user.info: ", at/64%60) + string(row)
		})
	},
	"base64 in a URL": func(b []byte) string {
		return "data:application/octet-stream;base64," + base64.StdEncoding.EncodeToString(b)
	},
	"base64 at a path": func(b []byte) string { return "/etc/ssl/" + base64.StdEncoding.EncodeToString(b) },
	"base64url":        func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) },
	"base64 percent": func(b []byte) string {
		return strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(base64.StdEncoding.EncodeToString(b))
	},
	"base64 in JSON": func(b []byte) string {
		return strings.NewReplacer("+", `\u002b`, "/", `\/`, "=", `\u003d`).Replace(base64.StdEncoding.EncodeToString(b))
	},
	"base64 \\n": func(b []byte) string {
		return strings.ReplaceAll(lines(base64.StdEncoding.EncodeToString(b), 64), "\n", `\n`)
	},
	"base64 \\\\n": func(b []byte) string {
		return strings.ReplaceAll(lines(base64.StdEncoding.EncodeToString(b), 64), "\n", `\\n`)
	},
	"base64 twice": func(b []byte) string {
		return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString(b)))
	},
	"base32": func(b []byte) string { return base32.StdEncoding.EncodeToString(b) },
	"hex":    func(b []byte) string { return hex.EncodeToString(b) },
	"HEX":    func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) },
	"0x":     func(b []byte) string { return "0x" + hex.EncodeToString(b) },
	"hex in a log": func(b []byte) string {
		return "2026-11-20T08:01:03Z expe1 tvcs: Level=\"DEBUG\" Detail=\"der=" + hex.EncodeToString(b) + "\" result=1"
	},
	"xxd -p":          func(b []byte) string { return lines(hex.EncodeToString(b), 60) },
	"hex with spaces": func(b []byte) string { return joined(b, " ", "%02x") },
	"hex with colons": func(b []byte) string { return joined(b, ":", "%02X") },
	"hex in colon rows": func(b []byte) string {
		return each(b, 15, func(_ int, r []byte) string { return "    " + joined(r, ":", "%02x") + ":" })
	},
	"hex with dashes": func(b []byte) string { return joined(b, "-", "%02X") },
	"xxd": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string {
			return fmt.Sprintf("%08x: %-41s%s", at, strings.TrimSpace(spaced(r, 2)), characters(r))
		})
	},
	"xxd -b": func(b []byte) string {
		return each(b, 6, func(at int, r []byte) string {
			return fmt.Sprintf("%08x: %s  %s", at, joined(r, " ", "%08b"), characters(r))
		})
	},
	"xxd -e": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string {
			return fmt.Sprintf("%08x: %s  %s", at, words(r, 4, "%08x"), characters(r))
		})
	},
	"hexdump": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("%07x %s", at, words(r, 2, "%04x")) })
	},
	"hexdump -C": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string {
			return fmt.Sprintf("%08x  %s  %s  |%s|", at, joined(r[:min(8, len(r))], " ", "%02x"), joined(r[min(8, len(r)):], " ", "%02x"), characters(r))
		}) + fmt.Sprintf("%08x", len(b))
	},
	"hexdump -C in a log": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string {
			return fmt.Sprintf("2026-11-20 08:01:03 cms1 debug: %08x  %s |%s|", at, joined(r, " ", "%02x"), characters(r))
		})
	},
	"od": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("%07o %s", at, words(r, 2, "%06o")) })
	},
	"od -b": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("%07o %s", at, joined(r, " ", "%03o")) })
	},
	"od -t x1": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("%07o %s", at, joined(r, " ", "%02x")) })
	},
	"od -t u1": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("%07o %s", at, joined(r, " ", "%3d")) })
	},
	"Wireshark": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string {
			return fmt.Sprintf("%04x   %s   %s", at, joined(r, " ", "%02x"), characters(r))
		})
	},
	"tcpdump -x": func(b []byte) string {
		return each(b, 16, func(at int, r []byte) string { return fmt.Sprintf("\t0x%04x:  %s", at, spaced(r, 2)) })
	},
	"C array": func(b []byte) string {
		return "unsigned char k[] = {\n" + each(b, 12, func(_ int, r []byte) string { return "  " + joined(r, ", ", "0x%02x") + "," }) + "};"
	},
	"C string":     func(b []byte) string { return `"` + joined(b, "", `\x%02x`) + `"` },
	"octal string": func(b []byte) string { return `"` + joined(b, "", `\%03o`) + `"` },
	"Go bytes":     func(b []byte) string { return fmt.Sprint(b) },
	"Java bytes": func(b []byte) string {
		var out []string
		for _, c := range b {
			out = append(out, fmt.Sprint(int8(c)))
		}
		return "[" + strings.Join(out, ", ") + "]"
	},
	"Java casts":        func(b []byte) string { return "{" + joined(b, ", ", "(byte)0x%02x") + "}" },
	"percent":           func(b []byte) string { return joined(b, "", "%%%02X") },
	"gzip in base64":    func(b []byte) string { return base64.StdEncoding.EncodeToString(gzipped(b)) },
	"gzip in base64url": func(b []byte) string { return base64.RawURLEncoding.EncodeToString(gzipped(b)) },
	"zlib in hex":       func(b []byte) string { return hex.EncodeToString(deflated(b)) },
	"gzip hexdump": func(b []byte) string {
		return each(gzipped(b), 16, func(at int, r []byte) string { return fmt.Sprintf("%08x  %s", at, joined(r, " ", "%02x")) })
	},
	"UTF-16 in base64": func(b []byte) string {
		return base64.StdEncoding.EncodeToString(utf16le(base64.StdEncoding.EncodeToString(b)))
	},
	"hex in base64": func(b []byte) string { return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(b))) },
	"three deep": func(b []byte) string {
		return hex.EncodeToString(gzipped([]byte(base64.StdEncoding.EncodeToString(b))))
	},
}

// spaced writes groups of n bytes.
func spaced(b []byte, n int) string {
	var out []string
	for at := 0; at < len(b); at += n {
		out = append(out, hex.EncodeToString(b[at:min(len(b), at+n)]))
	}
	return strings.Join(out, " ")
}

// dressed writes armour as it travels in texts.
var dressed = map[string]func(string) string{
	"as it is": func(s string) string { return s },
	"percent":  func(s string) string { return joined([]byte(s), "", "%%%02x") },
	"form": func(s string) string {
		return strings.NewReplacer(" ", "+", "\n", "%0A", "+", "%2B", "/", "%2F", "=", "%3D").Replace(s)
	},
	"query": func(s string) string {
		return strings.NewReplacer(" ", "%20", "\n", "%0A", "+", "%2B", "/", "%2F", "=", "%3D").Replace(s)
	},
	"JSON":             func(s string) string { return `{"k":"` + strings.ReplaceAll(s, "\n", `\n`) + `"}` },
	"JSON in JSON":     func(s string) string { return `{"a":"{\"k\":\"` + strings.ReplaceAll(s, "\n", `\\n`) + `\"}"}` },
	"quoted-printable": quotedPrintable,
	"HTML":             func(s string) string { return joined([]byte(s), "", "&#%d;") },
	"log lines": func(s string) string {
		return "08:01:03 x: " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n08:01:03 x: ")
	},
	"line numbers": func(s string) string {
		return each2(s, func(i int, l string) string { return fmt.Sprintf("%6d\t%s", i, l) })
	},
	"UTF-16":        func(s string) string { return string(utf16le(s)) },
	"UTF-16 base64": func(s string) string { return base64.StdEncoding.EncodeToString(utf16le(s)) },
	"base64":        func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 lines":  func(s string) string { return lines(base64.StdEncoding.EncodeToString([]byte(s)), 76) },
	"gzip base64":   func(s string) string { return base64.StdEncoding.EncodeToString(gzipped([]byte(s))) },
	"hex":           func(s string) string { return hex.EncodeToString([]byte(s)) },
	"hexdump -C":    func(s string) string { return encodings["hexdump -C"]([]byte(s)) },
	"xxd":           func(s string) string { return encodings["xxd"]([]byte(s)) },
	"od":            func(s string) string { return encodings["od"]([]byte(s)) },
	"od -b":         func(s string) string { return encodings["od -b"]([]byte(s)) },
	"C array":       func(s string) string { return encodings["C array"]([]byte(s)) },
	"Go bytes":      func(s string) string { return encodings["Go bytes"]([]byte(s)) },
}

func each2(s string, f func(int, string) string) string {
	var out []string
	for i, l := range strings.Split(strings.TrimSpace(s), "\n") {
		out = append(out, f(i+1, l))
	}
	return strings.Join(out, "\n")
}
