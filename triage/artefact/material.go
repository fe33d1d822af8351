package artefact

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
)

// long reads a text that is too long to be kept, of which head is the beginning: the PEM
// blocks in it are kept, and where there is nothing else it is a file of certificates.
func (o *opener) long(e entry, head []byte) error {
	size := &counter{r: io.MultiReader(bytes.NewReader(head), e.r)}
	in := bufio.NewReaderSize(size, 64<<10)
	m := sieve{bare: onlyBase64(string(head[:bytes.LastIndexByte(head, '\n')+1]))}
	lines := bufio.NewReaderSize(decodeStream(in), longestLine)
	for {
		line, err := lines.ReadSlice('\n')
		m.line(line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
	p := Part{Name: e.name, Kind: Log, Size: size.n}
	if m.kept.Len() > 0 && o.reserve(m.kept.Len()) {
		p.Data = m.kept.Bytes()
		if m.other == 0 {
			p.Kind = Material
		}
	}
	if m.full {
		o.cut(e.name)
	}
	o.b.Parts = append(o.b.Parts, p)
	return nil
}

// longestLine bounds what is looked at as one line, in bytes.
const longestLine = 64 << 10

// sieve keeps the certificates of a text that goes by line by line.
type sieve struct {
	bare   bool // base64 without armour
	inside bool
	block  int // bytes of the block so far
	kept   bytes.Buffer
	other  int  // lines that are neither certificates nor what tools write around them
	full   bool // there was more than is kept
}

func (m *sieve) line(raw []byte) {
	line := bytes.TrimSpace(raw)
	switch {
	case bytes.HasPrefix(line, []byte("-----BEGIN ")):
		m.inside, m.block = true, 0
	case m.inside && m.block > maxMaterial/8:
		m.inside = false // it has no end: that was no block
		m.other++
		return
	case m.inside:
	case m.bare && isBase64(string(line)):
	case around(string(line)):
		return
	default:
		m.other++
		return
	}
	if m.block += len(raw); m.kept.Len()+len(raw) > maxMaterial {
		m.full = true
	} else {
		m.kept.Write(raw)
	}
	if bytes.HasPrefix(line, []byte("-----END ")) {
		m.inside = false
	}
}

// onlyMaterial: apart from PEM blocks and the comments that tools write around them
// there is nothing to diagnose.
func onlyMaterial(text string) bool {
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "-----BEGIN "):
			inside = true
		case strings.HasPrefix(line, "-----END "):
			inside = false
		case inside || isBase64(line) || around(line):
		default:
			return false
		}
	}
	return true
}

// around reports whether a line is what tools write around PEM blocks.
func around(line string) bool {
	return line == "" || line[0] == '#' || strings.HasPrefix(line, "===") ||
		slices.ContainsFunc(bagWords, func(w string) bool { return strings.HasPrefix(line, w) })
}

// bagWords begin the lines that openssl pkcs12 and pkcs7 write around PEM blocks.
var bagWords = []string{"Bag Attributes", "localKeyID", "friendlyName", "subject=", "issuer=", "Key Attributes", "X509v3 Key Usage:", "Microsoft CSP Name"}

func onlyBase64(text string) bool {
	lines := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if !isBase64(line) {
			return false
		}
		lines++
	}
	return lines >= 4
}

func isBase64(line string) bool {
	if len(line) < 20 && !strings.HasSuffix(line, "=") {
		return len(line) > 0 && len(line) < 20 && strings.Trim(line, base64Alphabet) == "" && len(line)%4 == 0
	}
	return strings.Trim(line, base64Alphabet) == ""
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
