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
	u.reads(message, "not in the verifier's trust store", "client 10.1.1.10:41000 sent the alert unknown_ca (48) to 10.2.2.20:7001", "exp-c.pcap#", "connections failed: 1")
	u.step("#main", 1)
	u.reads(message, "1 of 3 done")
	u.size(720, 880)
	u.shot("support")
	b := p.as(t, "U0BOLIN", "D0BOLIN")
	b.size(1180, 1300)
	b.drops(filepath.Join(dir, "exp-c.pcap"))
	b.reads(message, "客户端 10.1.1.10:41000 向 10.2.2.20:7001 发送警报 unknown_ca (48)", "1 个连接失败")
	b.shot("capture-zh")
	b.phone("capture")
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
	u.reads(message, "What you sent", "belongs to expe.example.com (served.pem:1)", "reply here")
	u.shot("pair-fits")
}

// TestOddFiles: whatever a file is, something is said about it.
func TestOddFiles(t *testing.T) {
	p := start(t)
	u := p.as(t, "U0BOLIN", "D0BOLIN")
	u.size(1180, 1300)
	u.drops(written(t, "空文件.log", nil))
	u.reads(message, "空文件.log 是空文件（0 字节）")
	u.drops(written(t, "证书截图.png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89")))
	u.reads(message, "证书截图.png 不是可读取的文本")
	u.drops(written(t, "曾经很好.pem", []byte("-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUZ\n-----END CERTIFICATE-----\n")))
	u.reads(message, "文件格式不对", "内容缺失")
	u.drops(written(t, "系统日志.log", []byte(strings.Repeat("2026-11-20 10:00:00 INFO nothing to see here\n", 3000))))
	u.reads(message, "没有任何一行像是证书或 TLS 故障")
	u.shot("odd-files")
	var many []string
	for _, name := range strings.Fields("a b c d e f g h i j k l m n o p q r s t u v") {
		many = append(many, written(t, name+".log", []byte(name+": certificate has expired\n")))
	}
	u.drops(many...)
	u.reads(message, "前 20 个文件，另有 2 个未读取", "证书已过期", "a.log:1")
	u.phone("odd-files")
}
