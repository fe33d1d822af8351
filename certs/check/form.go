package check

import (
	"bytes"
	"strconv"

	"countersign/certs"
)

// sourceS003 asks for "exactly one carriage return" at the end of a bundle.
const sourceS003 = "Generate CSR and apply certificates to CMS, certificate trust chains"

// BundleForm looks at a PEM file byte by byte, since products trip over what a reader
// forgives: the line break at the end, blank lines and text between certificates, a
// byte order mark, CR LF line ends. data is the file itself, not pasted text. DER and
// other binary files give no findings.
func BundleForm(name string, data []byte) []certs.Finding {
	if looksDER(data) || !bytes.Contains(data, []byte("-----BEGIN ")) {
		return nil
	}
	var out []certs.Finding
	say := func(rule string, s certs.Severity, pairs ...string) {
		out = append(out, sourced(finding(rule, s, append(pairs, "Place", name)...), sourceS003))
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		say("form.bom", certs.Warning)
		data = data[3:]
	}
	if bytes.Contains(data, []byte("\r\n")) {
		say("form.crlf", certs.Info)
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	}
	whole := bytes.TrimRight(data, "\n")
	switch breaks := len(data) - len(whole); {
	case !bytes.HasPrefix(whole[bytes.LastIndexByte(whole, '\n')+1:], []byte("-----END ")): // a text with certificates in it
	case breaks == 0:
		say("form.no-line-break", certs.Warning)
	case breaks > 1:
		say("form.line-breaks", certs.Warning, "Count", strconv.Itoa(breaks))
	}
	inside, number := false, 0
	for line := range bytes.Lines(whole) {
		number++
		line = bytes.TrimSuffix(line, []byte("\n"))
		switch {
		case bytes.HasPrefix(line, []byte("-----BEGIN ")):
			inside = true
		case bytes.HasPrefix(line, []byte("-----END ")):
			inside = false
		case inside && len(bytes.TrimSpace(line)) > 0:
		case len(bytes.TrimSpace(line)) == 0:
			say("form.blank-line", certs.Warning, "Line", strconv.Itoa(number))
			return out
		default:
			say("form.text", certs.Info, "Line", strconv.Itoa(number))
			return out
		}
	}
	return out
}
