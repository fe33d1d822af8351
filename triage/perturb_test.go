package triage_test

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
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
	list, err := eval.ReadFiles(name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not here", name)
	}
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

// Whoever reads this: figures of texts that the experience has learned are no measure of
// how often an answer is right; go run ./triage/eval/run has those. A fall below these says
// that something that worked does so no longer.
func TestLabelledTexts(t *testing.T) {
	names, err := filepath.Glob("testdata/eval/*.jsonl")
	if err != nil || len(names) == 0 {
		t.Fatalf("no examples of our own: %v", err)
	}
	var all []eval.Item
	for _, name := range append(names, devCorpus) {
		all = append(all, items(t, name)...)
	}
	r := run(t, all)
	if p := percent(r.All.PositiveFirst, r.All.Positives); p < 94 {
		t.Errorf("first answer right: %.1f %%, want 94", p)
	}
	if p := percent(r.All.PositiveTop3, r.All.Positives); p < 96 {
		t.Errorf("true cause among three: %.1f %%, want 96", p)
	}
	if p := percent(r.All.KnownWrong, r.All.Known); p > 3 {
		t.Errorf("known cause wrong: %.1f %%, want 3 at most", p)
	}
	if p := percent(r.All.FalseCert, r.All.Negatives); p > 1 {
		t.Errorf("negatives called a certificate cause: %.1f %%, want 1 at most", p)
	}
	if r.All.NoEvidence > 0 {
		t.Errorf("%d claims without a span of the text", r.All.NoEvidence)
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
	{"typos everywhere", func(r *rand.Rand, s string) string { return typosIn(r, s, 3) }},
	{"telegram", func(_ *rand.Rand, s string) string { return telegram.Replace(" " + s + " ") }},
	{"paraphrase", func(r *rand.Rand, s string) string { return exchange(r, s, paraphrases) }},
	{"paraphrase again", func(r *rand.Rand, s string) string { return exchange(r, s, paraphrases) }},
	{"english in chinese", func(r *rand.Rand, s string) string { return exchange(r, s, mixed) }},
	{"chinese in english", func(r *rand.Rand, s string) string { return exchange(r, s, turned(mixed)) }},
	{"between noise", func(_ *rand.Rand, s string) string {
		return strings.ReplaceAll(s, "\n", "\n2026-11-20T08:01:02Z app01 cron[77]: (root) CMD (run-parts /etc/cron.hourly)\n")
	}},
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
	for i, p := range perturbs {
		rnd := rand.New(rand.NewPCG(7, uint64(11+i)))
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

func typos(r *rand.Rand, s string) string { return typosIn(r, s, 6) }

// typosIn spoils about one word in every so many, never the first letter, never names
// with digits or dots.
func typosIn(r *rand.Rand, s string, every int) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if len(w) < 6 || r.IntN(every) != 0 || strings.ContainsFunc(w, func(c rune) bool { return c > unicode.MaxASCII || !unicode.IsLetter(c) }) {
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

// telegram leaves out the small words.
var telegram = strings.NewReplacer(
	" the ", " ", " a ", " ", " an ", " ", " is ", " ", " are ", " ", " was ", " ", " of ", " ", " has been ", " ",
	" please ", " ", " that ", " ", "的", "", "了", "", "请", "",
)

// paraphrases are ways to say the same; the first of a row gives way to one of the others.
var paraphrases = [][]string{
	{"certificates", "certs", "the certs"}, {"certificate", "cert", "crt", "cert file"}, {" failed", " fails", " failing"},
	{" cannot ", " can't ", " is unable to ", " can not "}, {"does not ", "doesn't ", "wont "}, {"is not ", "isn't "},
	{"unable to ", "cannot ", "could not "}, {"server", "srv", "server"}, {"upload", "import", "load"}, {"renewal", "renewing", "replacement"},
	{"missing", "not there", "absent"}, {"authentication", "auth"}, {"private key", "priv key", "key"}, {"hostname", "host name", "hostnames"},
	{"证书", "憑證", "cert", "证书文件"}, {"失败", "不成功", "失敗了"}, {"无法", "不能", "没法"}, {"上传", "导入", "上載"}, {"没有", "缺少", "沒有"},
	{"不受信任", "不被信任", "不可信"}, {"续订", "更新", "续期"}, {"服务器", "伺服器", "server"}, {"连接", "連線", "链接"}, {"过期", "到期", "失效"},
}

// mixed are the words that people leave in the other language, Chinese first.
var mixed = [][]string{
	{"證書", " certificate "}, {"证书", " certificate "}, {"憑證", " cert "}, {"失败", " failed "}, {"失敗", " failed "}, {"上传", " upload "}, {"上傳", " upload "},
	{"服务器", " server "}, {"伺服器", " server "}, {"过期", " expired "}, {"過期", " expired "}, {"不受信任", " untrusted "},
	{"區域", " zone "}, {"区域", " zone "}, {"隧道", " tunnel "}, {"主機名", " hostname "}, {"主机名", " hostname "}, {"私钥", " private key "}, {"終端", " endpoint "},
	{"登入", " login "}, {"登录", " login "}, {"格式", " format "}, {"中间", " intermediate "}, {"公钥", " public key "}, {"错误", " error "}, {"连接", " connection "},
}

// turned is rows the other way round.
func turned(rows [][]string) [][]string {
	out := make([][]string, len(rows))
	for i, row := range rows {
		out[i] = []string{strings.TrimSpace(row[1]), row[0]}
	}
	return out
}

// exchange puts another word of its row for three words in four.
func exchange(r *rand.Rand, s string, rows [][]string) string {
	for _, row := range rows {
		parts := strings.Split(s, row[0])
		var b strings.Builder
		for i, part := range parts {
			if i > 0 {
				if r.IntN(4) == 0 {
					b.WriteString(row[0])
				} else {
					b.WriteString(row[1+r.IntN(len(row)-1)])
				}
			}
			b.WriteString(part)
		}
		s = b.String()
	}
	return s
}
