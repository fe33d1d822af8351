package browser

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestCapture: a capture is read: who refused whose certificate, and why.
func TestCapture(t *testing.T) {
	dir := material(t)
	p := start(t)
	u := p.as(t, "U0ANSELM", "D0ANSELM")
	u.size(1180, 1300)
	u.drops(captured(t, dir))
	u.reads(message, "exp-c.pcap", "Details as a file")
	u.shot("capture")
	b := p.as(t, "U0BOLIN", "D0BOLIN")
	b.size(1180, 1300)
	b.drops(filepath.Join(dir, "exp-c.pcap"))
	b.reads(message, "详细内容")
	b.shot("capture-zh")
	b.size(390, 844)
	b.shot("capture-phone")
}

// TestKeyPair: a key that does not fit its certificate is found out; the key is kept
// nowhere, and its owner told what to do.
func TestKeyPair(t *testing.T) {
	dir := material(t)
	p := start(t)
	u := p.as(t, "U0ANSELM", "D0ANSELM")
	u.size(1180, 1100)
	u.drops(filepath.Join(dir, "old.key"), filepath.Join(dir, "new.pem"))
	u.reads(message, "private key", "I did not store it", "different public keys", "known cause")
	u.shot("pair")
	u.drops(filepath.Join(dir, "new.key"), bundle(t, dir, "served.pem", "new.pem", "inter.pem"))
	u.reads(message, "What you sent", "belong together")
	u.shot("pair-fits")
}

// TestOddFiles: whatever a file is, something is said about it.
func TestOddFiles(t *testing.T) {
	p := start(t)
	u := p.as(t, "U0BOLIN", "D0BOLIN")
	u.size(1180, 1300)
	u.drops(written(t, "空文件.log", nil))
	u.until(`document.querySelectorAll('[data-testid="message"]').length === 2`)
	u.drops(written(t, "证书截图.png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89")))
	u.until(`document.querySelectorAll('[data-testid="message"]').length === 4`)
	u.drops(written(t, "曾经很好.pem", []byte("-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUZ\n-----END CERTIFICATE-----\n")))
	u.until(`document.querySelectorAll('[data-testid="message"]').length === 6`)
	u.shot("odd")
	u.drops(written(t, "系统日志.log", []byte(strings.Repeat("2026-11-20 10:00:00 INFO nothing to see here\n", 3000))))
	u.until(`document.querySelectorAll('[data-testid="message"]').length === 8`)
	u.shot("odd2")
	var many []string
	for _, name := range strings.Fields("a b c d e f g h i j k l m n o p q r s t") {
		many = append(many, written(t, name+".log", []byte(name+": certificate has expired\n")))
	}
	u.drops(many...)
	u.until(`document.querySelectorAll('[data-testid="message"]').length >= 10`)
	u.shot("many")
}
