package artefact

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"countersign/triage"
)

// TestLongBundles: files of certificates beyond what is kept of a text are read all the
// same, to a bound, and said to be cut beyond it; they are no logs, and nothing is denied.
func TestLongBundles(t *testing.T) {
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	one := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pki(t).leaf.cert.Raw})
	bag := append([]byte("Bag Attributes\n    friendlyName: x\nsubject=CN = a\n\nissuer=CN = b\n\n"), one...)
	log := bytes.Repeat([]byte("just a line of a log that says nothing\n"), 40_000)
	der := bytes.Repeat(pki(t).leaf.cert.Raw, 3000)
	for _, tt := range []struct {
		name   string
		data   []byte
		kind   Kind
		blocks int // -1: some, but not all
	}{
		{"many.pem", bytes.Repeat(one, 1500), Material, 1500},
		{"bags.pem", bytes.Repeat(bag, 1500), Material, 1500},
		{"utf16.pem", utf16le(string(bytes.Repeat(one, 700))), Material, 700},
		{"too-many.pem", bytes.Repeat(one, 12_000), Material, -1},
		{"log-with.log", slices.Concat(log, one, log), Log, 1},
		{"log.log", log, Log, 0},
		{"no-end.log", append([]byte("-----BEGIN CERTIFICATE-----\n"), bytes.Repeat([]byte("MIIB\n"), 300_000)...), Log, 0},
		{"base64.txt", []byte(folded(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1, 2, 3}, 500_000)))), Material, 0},
		{"big.p7b", der, Material, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := open(t, tt.name, tt.data, Limits{})
			cut := slices.Contains(kinds(b.Observations), "material.cut")
			if len(tt.data) > maxMaterial != cut {
				t.Errorf("%d bytes, observed %v", len(tt.data), kinds(b.Observations))
			}
			if len(b.Parts) != 1 || b.Parts[0].Kind != tt.kind {
				t.Fatalf("parts %v, want a %s", names(b), tt.kind)
			}
			if n := bytes.Count(b.Parts[0].Data, []byte("-----END CERTIFICATE-----")); tt.blocks >= 0 && n != tt.blocks || tt.blocks < 0 && (n < 5000 || n >= 12_000) {
				t.Errorf("%d blocks are kept, want %d", n, tt.blocks)
			}
			if len(b.Parts[0].Data) > maxMaterial {
				t.Errorf("%d bytes are kept", len(b.Parts[0].Data))
			}
			if tt.kind != Material {
				return
			}
			a, err := b.Diagnose(context.Background(), kb, triage.Input{}, "en", nil)
			if err != nil || slices.ContainsFunc(a.Findings, func(f triage.Finding) bool { return strings.HasPrefix(f.Cause.ID, "not-certificate") }) {
				t.Errorf("%+v %v", a.Findings, err)
			}
		})
	}
	huge := append([]byte{0x30, 0x84, 0, 0xf0, 0, 0}, make([]byte, maxMaterial)...)
	if b := open(t, "huge.p7b", huge, Limits{}); !slices.Contains(kinds(b.Observations), "material.cut") {
		t.Errorf("a container that is not read is passed over in silence: %v", kinds(b.Observations))
	}
}

func folded(s string) string {
	var out strings.Builder
	for len(s) > 64 {
		out.WriteString(s[:64] + "\n")
		s = s[64:]
	}
	return out.String() + s + "\n"
}

// TestKeysInFiles: a private key in any file, in any encoding, is told; certificates,
// logs and captures are not.
func TestKeysInFiles(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	armour := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	cert := pki(t).leaf.cert.Raw
	for name, data := range map[string][]byte{
		"key.der": der, "key.pem": armour, "key.txt": []byte(hex.EncodeToString(der)), "log.log": []byte("08:01:03 tvcs: loaded " + hex.EncodeToString(der) + " from disk\n"),
		"b64": []byte(base64.StdEncoding.EncodeToString(der)), "utf16.txt": utf16le(string(armour)), "in.zip": zipOf(t, file{"a/b.log", []byte(hex.EncodeToString(der))}),
		"in.tar.gz": gz(t, tarOf(t, file{"key.bin", der})), "store.jks": append([]byte("\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x01\x00\x01x"), der...),
		"gz.txt": []byte(base64.StdEncoding.EncodeToString(gz(t, armour))),
	} {
		if b := open(t, name, data, Limits{}); !b.Key {
			t.Errorf("%s: the key in it is not told", name)
		}
	}
	for name, data := range map[string][]byte{
		"cert.der": cert, "cert.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), "cert.txt": []byte(hex.EncodeToString(cert)),
		"trace.pcap": failing(t).pcap(), "log.log": []byte("08:01:03 tvcs: private key does not match\n"), "x.bin": bytes.Repeat([]byte{0, 9, 200}, 50),
	} {
		if b := open(t, name, data, Limits{}); b.Key {
			t.Errorf("%s: taken for a key", name)
		}
	}
}

// TestNamesHoldNoSecret: names of files are shown and kept, so secrets in them are not.
func TestNamesHoldNoSecret(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range map[string]string{
		"cucm-backup-password=Winter2026!.log":                       "Winter2026!",
		"logs/ghp_16C7e42F292c6912E7710c838347Ae178B4a/x.log":        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
		"key_" + hex.EncodeToString(der) + ".txt":                    hex.EncodeToString(der)[40:80],
		strings.Repeat("d/", 200) + hex.EncodeToString(der) + ".log": hex.EncodeToString(der)[200:230],
		"private_key_" + hex.EncodeToString(der[7:39]) + ".pem":      hex.EncodeToString(der[7:39])[10:40],
		base64.RawURLEncoding.EncodeToString(der) + ".b64":           base64.RawURLEncoding.EncodeToString(der)[20:60],
	} {
		got := cleanName(name)
		if strings.Contains(got, secret) || !strings.Contains(got, "‹redacted:") {
			t.Errorf("%q is shown as %q", name, got)
		}
		if again := cleanName(got); again != got {
			t.Errorf("a second time %q becomes %q", got, again)
		}
		b := open(t, "b.zip", zipOf(t, file{name, []byte("line\n")}), Limits{})
		for _, p := range b.Parts {
			if strings.Contains(p.Name, secret) {
				t.Errorf("a part is called %q", p.Name)
			}
		}
	}
	for _, name := range []string{"admin/Setup2024Q1.log", "certs/expressway-e_private.key", "tokens/token_1234567890.log", "3b372304be920cff2d480b52075cd5083b372304be920cff2d480b52075cd508.pem"} {
		if got := cleanName(name); got != name {
			t.Errorf("%q became %q", name, got)
		}
	}
}

// ending is a source that ends its context when it has been read up to a place, and
// counts what is read of it afterwards.
type ending struct {
	*bytes.Reader
	at    int64
	end   context.CancelFunc
	ended bool
	after int64
}

func (e *ending) ReadAt(p []byte, off int64) (int, error) {
	n, err := e.Reader.ReadAt(p, off)
	if e.ended {
		e.after += int64(n)
	}
	if off+int64(n) >= e.at {
		e.ended = true
		e.end()
	}
	return n, err
}

// TestEndsWithItsContext: reading stops within a bounded number of bytes when its context
// has ended, whatever is being read, and says that it did.
func TestEndsWithItsContext(t *testing.T) {
	noise := make([]byte, 6<<20)
	rand.Read(noise) //nolint:errcheck // it does not fail
	var frames [][]byte
	for i := range 60_000 {
		frames = append(frames, packetOf(i, false, syn, 9, nil))
	}
	var arp [][]byte
	for range 200_000 {
		arp = append(arp, []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 8, 6, 0, 1})
	}
	one := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pki(t).leaf.cert.Raw})
	empty := gz(t, nil)
	for name, data := range map[string][]byte{
		"connections": captureOf(frames), "no TCP": captureOf(arp), "log": bytes.Repeat([]byte("just a line of a log that says nothing\n"), 200_000),
		"bundle": bytes.Repeat(one, 5000), "stored": zipOf(t, file{"a.bin", noise}), "gzip": gz(t, noise), "tar": tarOf(t, file{"a.log", noise}, file{"b.log", noise}),
		"nothing, often compressed": bytes.Repeat(empty, 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			ctx, end := context.WithCancel(context.Background())
			defer end()
			src := &ending{Reader: bytes.NewReader(data), at: 1 << 20, end: end}
			if name == "stored" { // the list of its entries comes first, and is at the end
				src.at = int64(len(data))
			}
			_, err := Open(ctx, "x", src, int64(len(data)), Options{})
			if err == nil || ctx.Err() == nil {
				t.Fatalf("it was read to the end: %v", err)
			}
			if src.after > 512<<10 {
				t.Errorf("%d bytes were read after the end of the context", src.after)
			}
		})
	}
}
