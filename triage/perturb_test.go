package triage_test

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"countersign/triage"
	"countersign/triage/eval"
)

// devCorpus lies beside the checkout; a clone without it skips what needs it.
const devCorpus = "../../shared/corpus/triage-dev.jsonl"

func items(t testing.TB, name string) []eval.Item {
	t.Helper()
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not here", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, err := eval.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func run(t testing.TB, list []eval.Item) eval.Report {
	t.Helper()
	kb, err := triage.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := eval.Run(context.Background(), kb, list)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(of) }

func TestDevCorpus(t *testing.T) {
	r := run(t, items(t, devCorpus))
	if p := percent(r.All.First, r.All.Items); p < 95 {
		t.Errorf("first answer right: %.1f %%, want 95", p)
	}
	if p := percent(r.All.Top3, r.All.Items); p < 99 {
		t.Errorf("true cause among three: %.1f %%, want 99", p)
	}
	if r.All.FalseCert > 0 {
		t.Errorf("%d negatives were called a certificate cause", r.All.FalseCert)
	}
	if r.All.NoEvidence > 0 {
		t.Errorf("%d claims without a span of the text", r.All.NoEvidence)
	}
}

func TestOwnCorpora(t *testing.T) {
	names, err := filepath.Glob("testdata/eval/*.jsonl")
	if err != nil || len(names) == 0 {
		t.Fatalf("no examples of our own: %v", err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			r := run(t, items(t, name))
			if p := percent(r.All.First, r.All.Items); p < 90 {
				t.Errorf("first answer right: %.1f %%, want 90", p)
			}
			if r.All.FalseCert > 0 || r.All.NoEvidence > 0 {
				t.Errorf("%d negatives called certificate causes, %d claims without a span", r.All.FalseCert, r.All.NoEvidence)
			}
		})
	}
}

// A tenfold confidence bin may be off by sampling, but 0.9 must be right nine times
// in ten.
func TestCalibration(t *testing.T) {
	r := run(t, items(t, devCorpus))
	top := r.Bins[9]
	if top.N < 20 || float64(top.Right) < 0.9*float64(top.N) {
		t.Errorf("confidence above 0.9: right %d of %d", top.Right, top.N)
	}
}

// perturb is one way in which the same words arrive otherwise.
type perturb struct {
	name string
	do   func(r *rand.Rand, s string) string
}

var perturbs = []perturb{
	{"upper", func(_ *rand.Rand, s string) string { return strings.ToUpper(s) }},
	{"lower", func(_ *rand.Rand, s string) string { return strings.ToLower(s) }},
	{"title", func(_ *rand.Rand, s string) string {
		last := ' '
		return strings.Map(func(r rune) rune {
			if last == ' ' {
				last = r
				return unicode.ToUpper(r)
			}
			last = r
			return r
		}, s)
	}},
	{"wrapped", func(_ *rand.Rand, s string) string { return wrap(s, 34) }},
	{"wrapped hard", func(_ *rand.Rand, s string) string { return wrapHard(s, 46) }},
	{"quoted", func(_ *rand.Rand, s string) string {
		return "> " + strings.ReplaceAll(strings.ReplaceAll(wrap(s, 50), "&", "&amp;"), "\n", "\n> ")
	}},
	{"code", func(_ *rand.Rand, s string) string { return "```\n" + s + "\n```" }},
	{"smart", func(_ *rand.Rand, s string) string {
		return strings.NewReplacer("'", "’", "\"", "“", "-", "‑", " - ", " — ").Replace(s)
	}},
	{"blanks", func(_ *rand.Rand, s string) string { return strings.ReplaceAll(s, " ", "  ") }},
	{"zero width", func(r *rand.Rand, s string) string { return sprinkle(r, s, "\u200b", 9) }},
	{"full width", func(_ *rand.Rand, s string) string { return fullWidth(s) }},
	{"typos", typos},
	{"typos again", typos},
	{"synonyms", synonyms},
	{"chinese frame", func(_ *rand.Rand, s string) string {
		return "大家好，我们这边遇到下面的问题，麻烦看一下：\n" + s + "\n谢谢！"
	}},
	{"english frame", func(_ *rand.Rand, s string) string {
		return "Hi team, since this morning we see the following on our side:\n" + s + "\nAny idea what to do? Thanks"
	}},
	{"log frame", func(_ *rand.Rand, s string) string {
		return "2026-11-20T08:01:02Z app01 service[311]: starting worker 4\n2026-11-20T08:01:03Z app01 service[311]: " + s + "\n2026-11-20T08:01:04Z app01 service[311]: worker 4 done"
	}},
}

// However the dev corpus is typed, wrapped or framed, at most three points are lost.
func TestPerturbedDevCorpus(t *testing.T) {
	list := items(t, devCorpus)
	base := run(t, list)
	want := percent(base.All.First, base.All.Items) - 3
	var sum float64
	for _, p := range perturbs {
		rnd := rand.New(rand.NewPCG(7, 11))
		changed := make([]eval.Item, len(list))
		for i, it := range list {
			changed[i] = it
			changed[i].Text = p.do(rnd, it.Text)
		}
		r := run(t, changed)
		got := percent(r.All.First, r.All.Items)
		sum += got
		t.Logf("%-14s first %.1f %%, top3 %.1f %%", p.name, got, percent(r.All.Top3, r.All.Items))
		if got < want {
			t.Errorf("%s: first answer right %.1f %%, want %.1f", p.name, got, want)
			for _, w := range r.Wrong {
				t.Logf("  %s want %s got %v: %.120q", w.Item.ID, w.Item.CauseID, w.Causes, w.Item.Text)
			}
		}
		if r.All.FalseCert > 0 || r.All.NoEvidence > 0 {
			t.Errorf("%s: %d negatives called certificate causes, %d claims without a span", p.name, r.All.FalseCert, r.All.NoEvidence)
		}
	}
	t.Logf("mean %.1f %%", sum/float64(len(perturbs)))
}

func wrap(s string, width int) string {
	var b strings.Builder
	col := 0
	for _, r := range s {
		if r == ' ' && col >= width {
			b.WriteByte('\n')
			col = 0
			continue
		}
		if r == '\n' {
			col = -1
		}
		col++
		b.WriteRune(r)
	}
	return b.String()
}

// wrapHard breaks inside words, as terminals do, but leaves long tokens alone only at
// their ends.
func wrapHard(s string, width int) string {
	var b strings.Builder
	col := 0
	for _, r := range s {
		if r == '\n' {
			col = 0
		} else if col == width {
			b.WriteByte('\n')
			col = 0
		}
		col++
		b.WriteRune(r)
	}
	return b.String()
}

func sprinkle(r *rand.Rand, s, what string, every int) string {
	var b strings.Builder
	for _, c := range s {
		if r.IntN(every) == 0 {
			b.WriteString(what)
		}
		b.WriteRune(c)
	}
	return b.String()
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xFEE0
		}
		return r
	}, s)
}

// typos spoils about one word in six, never the first letter, never names with digits
// or dots.
func typos(r *rand.Rand, s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if len(w) < 6 || r.IntN(6) != 0 || strings.ContainsFunc(w, func(c rune) bool { return c > unicode.MaxASCII || !unicode.IsLetter(c) }) {
			continue
		}
		k := 1 + r.IntN(len(w)-3)
		switch r.IntN(4) {
		case 0:
			w = w[:k] + w[k+1:]
		case 1:
			w = w[:k] + string(w[k+1]) + string(w[k]) + w[k+2:]
		case 2:
			w = w[:k] + string(w[k]) + w[k:]
		default:
			w = w[:k] + "e" + w[k+1:]
		}
		words[i] = w
	}
	return strings.Join(words, " ")
}

func synonyms(_ *rand.Rand, s string) string {
	return strings.NewReplacer(
		"certificates", "certs", "cannot", "can't", "does not", "doesn't", "is not", "isn't",
		"证书", "憑證", "服务器", "伺服器", "信任列表", "信任清單",
	).Replace(s)
}
