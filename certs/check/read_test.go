package check

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

// What people really send, and what must come out of it.
func TestReadWhateverIsAround(t *testing.T) {
	root := newCA(t, "Example Root CA", nil)
	leaf := newLeaf(t, "expe1.example.com", root)
	one := string(pemOf(leaf))
	two := string(pemOf(leaf, root))
	body := strings.TrimSuffix(strings.TrimPrefix(one, "-----BEGIN CERTIFICATE-----\n"), "-----END CERTIFICATE-----\n")
	lines := strings.Split(strings.TrimSpace(body), "\n")
	shuffled := append([]string{lines[1], lines[0]}, lines[2:]...)
	b64 := func(s string) string {
		var out strings.Builder
		e := base64.StdEncoding.EncodeToString([]byte(s))
		for len(e) > 76 {
			out.WriteString(e[:76] + "\r\n")
			e = e[76:]
		}
		return out.String() + e + "\r\n"
	}
	mail := "From: ca@example.net\r\nSubject: Your certificate\r\nContent-Type: multipart/mixed; boundary=\"xx\"\r\n\r\n--xx\r\n" +
		"Content-Type: text/plain\r\n\r\nDear customer,\r\nplease find your certificate attached. Kind regards, the CA\r\n--xx\r\n" +
		"Content-Type: application/octet-stream; name=\"cert.pem\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(two) + "--xx--\r\n"

	for _, tc := range []struct {
		name  string
		in    string
		count int
		rules string // findings expected, in order
	}{
		{"plain", one, 1, ""},
		{"bundle", two, 2, ""},
		{"CRLF", strings.ReplaceAll(two, "\n", "\r\n"), 2, ""},
		{"CR only", strings.ReplaceAll(two, "\n", "\r"), 2, ""},
		{"BOM", "\ufeff" + one, 1, ""},
		{"UTF-16 little", "\xff\xfe" + utf16of(one, binary.LittleEndian), 1, ""},
		{"UTF-16 big", "\xfe\xff" + utf16of(one, binary.BigEndian), 1, ""},
		{"quoted mail", "On Monday someone wrote:\n> " + strings.ReplaceAll(strings.TrimSpace(one), "\n", "\n> ") + "\n> regards\n", 1, ""},
		{"whole mail with attachment", mail, 2, ""},
		{"quoted-printable", "Hello=20\n" + strings.ReplaceAll(one, "=", "=3D") + "Bye", 1, ""},
		{"em dashes", strings.ReplaceAll(one, "-----", "—–—"), 1, "warning read.odd-armour"},
		{"full width hyphens", strings.ReplaceAll(one, "-----", "－－－－－"), 1, "warning read.odd-armour"},
		{"four hyphens", strings.ReplaceAll(one, "-----", "----"), 1, "warning read.odd-armour"},
		{"spaces inside", strings.ReplaceAll(strings.ReplaceAll(one, "-----BEGIN", "----- BEGIN"), "CATE-----", "CATE -----"), 1, "warning read.odd-armour"},
		{"small letters", strings.ReplaceAll(strings.ReplaceAll(one, "BEGIN CERTIFICATE", "Begin Certificate"), "END CERTIFICATE", "End Certificate"), 1, "warning read.odd-armour"},
		{"smart quotes", "“" + strings.TrimSpace(one) + "”", 1, ""},
		{"JSON", `{"certificate":"` + strings.ReplaceAll(one, "\n", `\n`) + `"}`, 1, ""},
		{"JSON web key", `{"kty":"EC","x5c":["` + strings.ReplaceAll(strings.TrimSpace(body), "\n", "") + `"]}`, 1, "warning read.no-armour"},
		{"SAML metadata", "<KeyInfo><ds:X509Data><ds:X509Certificate>" + strings.TrimSpace(body) + "</ds:X509Certificate></ds:X509Data>\n", 1, "warning read.no-armour"},
		{"one line", strings.ReplaceAll(strings.TrimSpace(one), "\n", " "), 1, ""},
		{"indented", "    " + strings.ReplaceAll(one, "\n", "\n    "), 1, ""},
		{"HTML", strings.ReplaceAll(one, "\n", "<br/>\n"), 1, ""},
		{"code fence", "```\n" + one + "```", 1, ""},
		{"non-breaking spaces", strings.ReplaceAll(one, "\n", "\u00a0\n"), 1, "warning read.odd-armour?"},
		{"no END", strings.TrimSuffix(one, "-----END CERTIFICATE-----\n") + "Kind regards, Joe Bloggs\n", 1, "warning read.no-end"},
		{"no BEGIN", strings.TrimPrefix(one, "-----BEGIN CERTIFICATE-----\n"), 1, "warning read.no-begin"},
		{"bare base64", body, 1, "warning read.no-armour"},
		{"DER named .pem", string(leaf.der), 1, ""},
		{"DER one after the other", string(leaf.der) + string(root.der), 2, ""},
		{"DER with a line break", string(leaf.der) + "\r\n", 1, ""},
		{"truncated", one[:len(one)/2], 0, "error read.cut"},
		{"truncated, END kept", strings.Join(append(append([]string{"-----BEGIN CERTIFICATE-----"}, lines[:4]...), "-----END CERTIFICATE-----"), "\n"), 0, "error read.short error read.damaged"},
		{"truncated DER", string(leaf.der[:200]), 0, "error read.short error read.damaged"},
		{"lines in the wrong order", "-----BEGIN CERTIFICATE-----\n" + strings.Join(shuffled, "\n") + "\n-----END CERTIFICATE-----\n", 0, "error read.damaged"},
		{"END before BEGIN", "-----END CERTIFICATE-----\n" + strings.Join(lines, "\n") + "\n-----BEGIN CERTIFICATE-----\n", 1, "error read.end-without-begin warning read.no-armour error read.empty-block"},
		{"wrong label", strings.ReplaceAll(one, "CERTIFICATE", "CERTIFICATE REQUEST"), 1, "warning read.wrong-label"},
		{"two labels", strings.Replace(one, "END CERTIFICATE", "END PKCS7", 1), 1, "warning read.label-mismatch warning read.wrong-label?"},
		{"twice encoded", "-----BEGIN CERTIFICATE-----\n" + b64(one) + "-----END CERTIFICATE-----\n", 1, "warning read.twice"},
		{"stray character", strings.Replace(one, "\n", "\n§", 1), 1, "warning read.junk"},
		{"empty", "", 0, "error read.empty"},
		{"white space", " \r\n\t", 0, "error read.empty"},
		{"prose", "My zone is down, please help", 0, "error read.nothing"},
		{"decoded view", "Certificate:\n    Data:\n        Version: 3 (0x2)\n    Signature Algorithm: sha256WithRSAEncryption\n", 0, "error read.decoded-only"},
		{"Java key store", "\xfe\xed\xfe\xed\x00\x00\x00\x02", 0, "error read.foreign.jks"},
		{"ZIP", "PK\x03\x04", 0, "error read.foreign.archive"},
		{"SSH key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU=\n-----END OPENSSH PRIVATE KEY-----\n", 0, "error read.foreign.ssh"},
		{"empty block", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", 0, "error read.empty-block"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, fs := Read("in", []byte(tc.in), ReadOptions{})
			complete(t, fs)
			if len(m.Items) != tc.count {
				t.Errorf("read %d items, want %d; %v", len(m.Items), tc.count, rulesOf(fs))
			}
			got := strings.Join(rulesOf(fs), " ")
			if want, optional := strings.CutSuffix(tc.rules, "?"); got != want && !(optional && (got == "" || strings.HasPrefix(want, got))) {
				t.Errorf("findings %q, want %q", got, tc.rules)
			}
			for _, it := range m.Items {
				if it.Cert == nil || !bytes.Equal(it.DER, it.Cert.Raw) {
					t.Error("an item is not the certificate it stood for")
				}
			}
		})
	}
}

func utf16of(s string, order binary.ByteOrder) string {
	var out bytes.Buffer
	_ = binary.Write(&out, order, utf16.Encode([]rune(s)))
	return out.String()
}

// Positions must be those of the person's own text.
func TestReadPlaces(t *testing.T) {
	a, b := newLeaf(t, "a.example.com", nil), newLeaf(t, "b.example.com", nil)
	m, _ := Read("log.txt", []byte("one\ntwo\n"+string(pemOf(a))+"between\n"+string(pemOf(b))), ReadOptions{})
	if len(m.Items) != 2 {
		t.Fatal("not two")
	}
	lines := strings.Count(string(pemOf(a)), "\n")
	for i, want := range []Place{{File: "log.txt", Line: 3, EndLine: 2 + lines}, {File: "log.txt", Line: 4 + lines, EndLine: 3 + lines + strings.Count(string(pemOf(b)), "\n"), Index: 1}} {
		if fmt.Sprint(m.Items[i].Place) != fmt.Sprint(want) {
			t.Errorf("item %d at %+v, want %+v", i, m.Items[i].Place, want)
		}
	}
}

// Size, count and depth are bounded, and each bound is said.
func TestReadBounds(t *testing.T) {
	leaf := newLeaf(t, "a.example.com", nil)
	one := pemOf(leaf)

	_, fs := Read("big", make([]byte, 50<<20), ReadOptions{})
	if !hasRule(fs, "read.too-big") {
		t.Error("50 MB: ", rulesOf(fs))
	}
	m, fs := Read("many", bytes.Repeat(one, 10_000), ReadOptions{})
	if len(m.Items) != 10_000 || len(fs) != 0 {
		t.Errorf("10,000 certificates: %d, %v", len(m.Items), rulesOf(fs))
	}
	m, fs = Read("more", bytes.Repeat(one, 120), ReadOptions{Limits: Limits{Items: 100}})
	if len(m.Items) != 100 || !hasRule(fs, "read.too-many") {
		t.Errorf("%d, %v", len(m.Items), rulesOf(fs))
	}
	nested := one
	for range 20 {
		nested = []byte(base64.StdEncoding.EncodeToString(append([]byte("-----BEGIN X-----\n-----END X-----\n"), nested...)))
	}
	_, fs = Read("nested", nested, ReadOptions{})
	if !hasRule(fs, "read.too-deep") {
		t.Error("nested base64: ", rulesOf(fs))
	}
	deep := bytes.Repeat([]byte{0x30, 0x80}, 1<<20)
	if _, fs = Read("deep", deep, ReadOptions{}); !hasErrors(fs) {
		t.Error("a million indefinite sequences: ", rulesOf(fs))
	}
	broken := bytes.Repeat([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 1000)
	if _, fs = Read("broken", broken, ReadOptions{}); len(fs) > 101 {
		t.Errorf("%d findings", len(fs))
	}
}
