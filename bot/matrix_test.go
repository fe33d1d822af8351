package bot_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"countersign"
	"countersign/slacksim"
)

// TestNobodyTouchesAnothers: every way in, aimed at what is Ella's, by every kind of person
// who has no right to it, through both doors: nothing of hers changes, and the refusal is
// recorded.
func TestNobodyTouchesAnothers(t *testing.T) {
	for _, door := range []string{"socket", "http"} {
		t.Run(door, func(t *testing.T) {
			w := newWorld(t, door)
			before := w.hers(t)
			for _, r := range routes() {
				for _, p := range everybody {
					if r.allows(p) {
						continue
					}
					_, refused := w.seen.now(p.person())
					opened := len(w.Transcript().Find("api", "views.open"))
					first := r.make(w, p)
					for range 2 { // the second is a replay
						if _, err := w.Forge(context.Background(), r.kind, first); err != nil {
							t.Errorf("%s by %s: not acknowledged: %v", r, p.kind, err)
						}
					}
					w.bot.Wait()
					if now := len(w.Transcript().Find("api", "views.open")); p.outside && now != opened {
						t.Errorf("%s by %s: a form was opened", r, p.kind)
					}
					if _, now := w.seen.now(p.person()); now == refused && (p.outside && r.kind != "events_api" || !r.form && !r.may2(p)) {
						t.Errorf("%s by %s: no refusal is recorded", r, p.kind)
					}
				}
				if now := w.hers(t); now != before {
					t.Fatalf("%s by one of them changed what is hers:\n%s", r, difference(before, now))
				}
			}
		})
	}
}

// may2: of what people say, only what concerns the bot is refused in so many words; and a
// workflow names people by IDs of this workspace: the same ID elsewhere is nobody it could name.
func (r route) may2(p who) bool {
	return r.kind == "events_api" && (r.name == "event app_home_opened" || r.name == "event function_executed" && p.team != "T0ACME")
}

func difference(a, b string) string {
	was, is := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range was {
		if i < len(is) && was[i] != is[i] {
			return "was " + was[i] + "\nis  " + is[i]
		}
	}
	return ""
}

// TestNothingWaitsForSlack: whatever comes in is committed and acknowledged while Slack
// answers nothing but views.open.
func TestNothingWaitsForSlack(t *testing.T) {
	for _, r := range routes() {
		if r.may == "" {
			continue
		}
		t.Run(r.String(), func(t *testing.T) {
			w := newWorld(t, "socket")
			p := everybody[slices.IndexFunc(everybody, r.allows)]
			commits, refused := w.seen.now(p.person())
			w.gate.close()
			if _, err := w.Forge(context.Background(), r.kind, r.make(w, p)); err != nil {
				t.Errorf("not acknowledged: %v", err)
			}
			now, refusedNow := w.seen.now(p.person()) // the acknowledgement is out: what is committed now was before
			if !r.form && !r.late && now == commits {
				t.Error("acknowledged, and nothing is committed")
			}
			if refusedNow != refused {
				t.Errorf("refused %s, who may", p.kind)
			}
			if n := w.gate.givenUp.Load(); n > 0 {
				t.Errorf("%d calls were waited for", n)
			}
			w.gate.open()
			w.bot.Wait()
		})
	}
}

// TestRedelivered: the same delivery once more is acknowledged and changes nothing.
func TestRedelivered(t *testing.T) {
	for _, r := range routes() {
		if r.may == "" || r.form || r.late {
			continue
		}
		t.Run(r.String(), func(t *testing.T) {
			w := newWorld(t, "http")
			payload := r.make(w, everybody[slices.IndexFunc(everybody, r.allows)])
			var after []string
			for range 2 {
				if _, err := w.Forge(context.Background(), r.kind, payload); err != nil {
					t.Errorf("not acknowledged: %v", err)
				}
				w.bot.Wait()
				stats, err := w.db.Stats(context.Background())
				must(t, err)
				after = append(after, w.hers(t)+fmt.Sprint(stats))
			}
			if after[0] != after[1] {
				t.Errorf("once more it %s", difference(after[0], after[1]))
			}
		})
	}
}

// TestFailureOfOurs: what could not be committed is not acknowledged, so that Slack delivers
// it again or leaves what was typed where it is; a command is told that it failed.
func TestFailureOfOurs(t *testing.T) {
	w := newWorld(t, "http")
	w.seen.broken = errors.New("the disk holds private things")
	for _, r := range routes() {
		if r.may == "" || r.form {
			continue
		}
		p := everybody[slices.IndexFunc(everybody, r.allows)]
		ack, err := w.Forge(context.Background(), r.kind, r.make(w, p))
		if err == nil && r.kind != "slash_commands" && !strings.HasPrefix(r.name, "shortcut ") {
			t.Errorf("%s is acknowledged: %s", r, ack)
		}
		if r.kind == "slash_commands" && (err != nil || !strings.Contains(string(ack), "reference")) {
			t.Errorf("%s is answered %s, %v", r, ack, err)
		}
		if strings.Contains(string(ack), "private things") {
			t.Errorf("%s tells too much: %s", r, ack)
		}
	}
	w.bot.Wait()
}

// TestNotUnderstood: what the bot does not know is acknowledged, changes nothing, and
// nothing of its content is in the log.
func TestNotUnderstood(t *testing.T) {
	w := newWorld(t, "http")
	log := w.said
	before, sam := w.hers(t), everybody[4]
	secret := "hunter2-not-for-the-log"
	all := []route{click("", "request.unheard", "REQ-101 "+secret, ""), click("", "key.unheard", "REQ-106 0 "+secret, ""), click("", "talk.unheard", "C-1 "+secret, ""),
		click("", "case.unheard", secret, ""), click("", "teach.unheard", secret, ""), click("", "key.opened", "REQ-110 "+secret, ""), click("", "talk.take.x", "C-1 "+secret, ""),
		submit("", "unheard", "", map[string]string{"r": secret}, map[string]any{"reason": secret}, ""), shortcut("unheard", "")}
	for _, r := range all {
		if _, err := w.Forge(context.Background(), r.kind, r.make(w, sam)); err != nil {
			t.Errorf("%s: %v", r.name, err)
		}
	}
	for kind, payload := range map[string]map[string]any{"interactive": {"type": 7, "x": secret}, "events_api": {"type": "event_callback", "team_id": "T0ACME", "event": map[string]any{"type": "message", "text": map[string]any{secret: secret}}}} {
		if _, err := w.Forge(context.Background(), kind, payload); err != nil {
			t.Errorf("unreadable %s: %v", kind, err)
		}
	}
	w.bot.Wait()
	if now := w.hers(t); now != before {
		t.Errorf("changed: %s", difference(before, now))
	}
	if text := log.String(); strings.Contains(text, secret) || strings.Count(text, "not understood") < len(all) {
		t.Errorf("the log:\n%s", text)
	}
}

// TestEveryRouteHasARow: an action, a view, a command, a shortcut or an event without a row
// above fails here.
func TestEveryRouteHasARow(t *testing.T) {
	have := map[string]bool{}
	for _, r := range routes() {
		have[r.name] = true
	}
	var app slacksim.App
	must(t, app.ManifestYAML(countersign.Manifest))
	want := []string{"valueID"}
	for _, s := range app.Shortcuts {
		want = append(want, "shortcut "+s.CallbackID)
	}
	named := regexp.MustCompile(`^(?:act|view)[A-Z]`)
	files, err := filepath.Glob("*.go")
	must(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		must(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GenDecl:
				for _, spec := range n.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && n.Tok == token.CONST && named.MatchString(v.Names[0].Name) {
						want = append(want, v.Names[0].Name)
					}
				}
			case *ast.FuncDecl:
				switch n.Name.Name {
				case "command":
					want = append(want, caseWords(n, "command ")...)
				case "event":
					want = append(want, caseWords(n, "event ")...)
				}
			}
			return true
		})
	}
	if len(want) < 60 {
		t.Fatalf("found only %d routes in the code", len(want))
	}
	// What Slack says of people, groups and channels is nobody's doing: the tests of the directory
	// and of closed channels have it.
	told := regexp.MustCompile(`^event (user_change|team_join|subteam_.*|member_joined_channel|(channel|group)_(un)?archive|(channel|group)_left)$`)
	for _, name := range want {
		if !have[name] && !told.MatchString(name) {
			t.Errorf("%s has no row", name)
		}
	}
	for _, e := range app.Events {
		if name := "event " + strings.SplitN(e, ".", 2)[0]; !slices.Contains(want, name) {
			t.Errorf("%s is subscribed to and not handled", e)
		}
	}
}

// caseWords are the words of the cases of a function's switches.
func caseWords(f *ast.FuncDecl, prefix string) []string {
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		c, ok := n.(*ast.CaseClause)
		if !ok {
			return true
		}
		for _, x := range c.List {
			if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if word, err := strconv.Unquote(lit.Value); err == nil {
					out = append(out, prefix+word)
				}
			}
		}
		return true
	})
	return out
}
