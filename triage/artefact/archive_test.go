package artefact

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"countersign/locales"
	"countersign/triage"
)

type file struct {
	name string
	data []byte
}

func zipOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func tarOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.data)), Mode: 0o644, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func gz(t testing.TB, data []byte) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func open(t testing.TB, name string, data []byte, limits Limits) *Bundle {
	t.Helper()
	b, err := openBytes(context.Background(), name, data, Options{Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func names(b *Bundle) []string {
	var out []string
	for _, p := range b.Parts {
		out = append(out, string(p.Kind)+" "+p.Name)
	}
	return out
}

func utf16le(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// TestBundle opens a log bundle with everything in it, in each kind of archive.
func TestBundle(t *testing.T) {
	l := pki(t)
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: l.leaf.cert.Raw})
	capture := failing(t).pcap()
	inner := []file{
		{"logs/readme.txt", []byte("nothing to see\n")},
		{"logs/tvcs.log", []byte("first line\n2026-01-01 tvcs: Event=\"Inbound TLS Negotiation Error\" Detail=\"certificate has expired\"\n")},
		{"../../etc/passwd.log", []byte("stepping up\n")},
		{"certs/server.pem", certPEM},
		{"certs/server.cer", l.leaf.cert.Raw},
		{"certs/server.b64", []byte(strings.Join(strings.Split(string(certPEM), "\n")[1:8], "\n"))},
		{"trace.pcap.gz", gz(t, capture)},
		{"page/help.html", []byte("<html>")},
		{"core.bin", bytes.Repeat([]byte{0, 1, 2, 255}, 100)},
		{"windows.txt", utf16le("\u4e00 certificate has expired\r\n")},
		{"more.zip", zipOf(t, file{"deep.log", []byte("deep\n")})},
	}
	want := []string{"log X/logs/readme.txt", "log X/logs/tvcs.log", "log X/etc/passwd.log", "material X/certs/server.pem", "material X/certs/server.cer",
		"material X/certs/server.b64", "capture X/trace.pcap", "log X/windows.txt", "log X/more.zip/deep.log"}
	for name, data := range map[string][]byte{
		"b.zip": zipOf(t, inner...), "b.tar": tarOf(t, inner...), "b.tar.gz": gz(t, tarOf(t, inner...)), "b.tgz": gz(t, tarOf(t, inner...)),
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, name, data, Limits{})
			top := strings.NewReplacer("b.tgz", "b.tar", "b.tar.gz", "b.tar").Replace(name)
			var wanted []string
			for _, w := range want {
				wanted = append(wanted, strings.Replace(w, "X", top, 1))
			}
			if got := names(b); !slices.Equal(got, wanted) {
				t.Fatalf("parts\n%s\nwant\n%s\n%v", strings.Join(got, "\n"), strings.Join(wanted, "\n"), kinds(b.Observations))
			}
			if !bytes.Equal(b.Parts[4].Data, l.leaf.cert.Raw) {
				t.Error("DER did not come out as it went in")
			}
			if c := b.Parts[6].Capture; c == nil || len(c.Streams) != 1 || len(c.Streams[0].Presented) != 2 {
				t.Error("the capture was not read")
			}
			if !strings.Contains(b.Parts[7].Text, "一 certificate") {
				t.Errorf("UTF-16 text: %q", b.Parts[7].Text)
			}
			if f := b.Found(); len(f) != 7 || f[3].Side != Server || f[3].ServerName != "expe.example.com" || !bytes.Equal(f[3].Data, l.leaf.cert.Raw) || f[5].Side != Client {
				t.Errorf("%d found", len(f))
			}
			if b.Skipped != 1 {
				t.Errorf("%d skipped, want the binary", b.Skipped)
			}
			text, err := io.ReadAll(b.Logs(context.Background()))
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(string(text), "\n")
			found := false
			for i, line := range lines {
				if strings.Contains(line, "Inbound TLS") {
					found = true
					if in, no := b.Locate(i + 1); no != 2 || in != top+"/logs/tvcs.log" {
						t.Errorf("line %d is %s:%d", i+1, in, no)
					}
				}
			}
			if !found || !strings.Contains(lines[0], "first line") {
				t.Errorf("the logs, the speaking ones first, are %q", text)
			}
		})
	}
}

// TestBombs: what would not end is ended, said, and cheap.
func TestBombs(t *testing.T) {
	zeros := gz(t, bytes.Repeat([]byte("        \n"), 7<<20))
	quine := zipOf(t, file{"a.log", []byte("x\n")})
	for range 12 {
		quine = zipOf(t, file{"in.zip", quine})
	}
	var many []file
	for i := range 500 {
		many = append(many, file{fmt.Sprintf("%d.log", i), []byte("line\n")})
	}
	locked := zipOf(t, file{"secret.log", []byte("hidden\n")})
	locked[6] |= 1
	if i := bytes.Index(locked, []byte("PK\x01\x02")); i > 0 {
		locked[i+8] |= 1
	}
	good := zipOf(t, file{"a.log", []byte("kept\n")}, file{"b.log", bytes.Repeat([]byte("lost "), 5000)})
	for _, tt := range []struct {
		name string
		data []byte
		kind string
	}{
		{"zeros.gz", zeros, "archive.bomb"},
		{"zeros.zip", zipOf(t, file{"zeros.log.gz", zeros}), "archive.bomb"},
		{"nested.zip", quine, "archive.depth"},
		{"many.tar", tarOf(t, many...), "archive.entries"},
		{"locked.zip", locked, "archive.locked"},
		{"cut.tar.gz", gz(t, tarOf(t, file{"a.log", bytes.Repeat([]byte("abc\n"), 9000)}))[:120], "archive.damaged"},
		{"cut.zip", good[:len(good)-40], "archive.damaged"},
		{"x.7z", []byte("7z\xbc\xaf\x27\x1c0000"), "archive.kind"},
		{"x.bin", bytes.Repeat([]byte{0, 9, 200}, 50), "file.unknown"},
		{"empty", nil, "file.unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := open(t, tt.name, tt.data, Limits{Entries: 400, Unpacked: 32 << 20})
			if !slices.Contains(kinds(b.Observations), tt.kind) {
				t.Errorf("observed %v, want %s; parts %v", kinds(b.Observations), tt.kind, names(b))
			}
		})
	}
}

func TestCleanNames(t *testing.T) {
	for in, want := range map[string]string{
		"../../etc/passwd": "etc/passwd", `C:\Windows\x.log`: "Windows/x.log", "a\x1b[31mb": "a\ufffd[31mb", "": "file", "/": "file",
		"a/./b//c": "a/b/c", "..": "file", "\u202egol.exe": "\ufffdgol.exe",
	} {
		if got := cleanName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if long := cleanName(strings.Repeat("d/", 500) + "x.log"); len(long) > longestPath+4 || !strings.HasSuffix(long, "x.log") {
		t.Errorf("long name: %q", long)
	}
}

// TestRealTar reads what GNU tar and zip of the system write.
func TestRealTar(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "messages"), []byte("certificate has expired\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link.log")); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out.tar.gz")
	if msg, err := exec.Command("tar", "-C", dir, "-czf", out, "messages", "link.log").CombinedOutput(); err != nil {
		t.Skipf("no tar here: %s", msg)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, "out.tar.gz", raw, Limits{})
	if got := names(b); !slices.Equal(got, []string{"log out.tar/messages"}) {
		t.Errorf("parts %v", got)
	}
}

// TestDiagnose: a bundle is diagnosed as a whole, short or long, and the evidence says
// where it stands.
func TestDiagnose(t *testing.T) {
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	cat, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := pki(t)
	tp, _ := exchange(t, 5061, l.expired.serve(), []string{"-tls1_2", "-CAfile", l.root.certFile, "-verify_return_error"})
	verr := []byte("ok\nverify error:num=10:certificate has expired\n")
	long := append(bytes.Repeat([]byte("just a line of a log that says nothing\n"), 60_000), verr...)
	for _, tt := range []struct {
		name   string
		data   []byte
		cause  string
		source string
		line   int
	}{
		{"trace.pcap", tp.pcap(), "expired", "trace.pcap#", 0},
		{"short.log", verr, "expired", "short.log", 2},
		{"long.log", long, "expired", "long.log", 60_002},
		{"b.tar.gz", gz(t, tarOf(t, file{"a.txt", []byte("x\ny\n")}, file{"big/tvcs.log", long})), "expired", "b.tar/big/tvcs.log", 60_002},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := open(t, tt.name, tt.data, Limits{})
			for _, words := range []string{"", "it fails since today\nplease help"} {
				a, err := b.Diagnose(context.Background(), kb, triage.Input{Text: words}, locales.SimplifiedChinese, cat.Say)
				if err != nil {
					t.Fatal(err)
				}
				if len(a.Findings) == 0 || a.Findings[0].Cause.ID != tt.cause {
					t.Fatalf("verdict %s, %+v", a.Verdict, a.Findings)
				}
				e := a.Findings[0].Evidence[0]
				if !strings.HasPrefix(e.Source, tt.source) || e.Line != tt.line || strings.Contains(e.Source, "\x00") {
					t.Errorf("evidence at %q line %d, want %s line %d: %s", e.Source, e.Line, tt.source, tt.line, e.Text)
				}
			}
		})
	}
}

// openBytes is Open for a file in memory.
func openBytes(ctx context.Context, name string, data []byte, options Options) (*Bundle, error) {
	return Open(ctx, name, bytes.NewReader(data), int64(len(data)), options)
}
