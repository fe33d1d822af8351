package browser

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"countersign/tests/chromium"
)

var (
	chrome context.Context
	binary string
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "countersign-browser")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "countersign")
	build := exec.Command("go", "build", "-o", binary, "countersign/cmd/countersign")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		panic("the product does not build: " + err.Error())
	}
	ctx, stop, err := chromium.Start(filepath.Join(dir, "chrome"))
	if err != nil {
		panic(err)
	}
	defer stop()
	chrome = ctx
	return m.Run()
}

// product is a running demo.
type product struct{ url string }

func start(t *testing.T) product {
	t.Helper()
	cmd := exec.Command(binary, "demo", "--addr", "127.0.0.1:0", "--data", t.TempDir())
	cmd.Env = append(os.Environ(), "LANG=C")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo did not end well: %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url := regexp.MustCompile(`http://\S+`).FindString(lines.Text()); url != "" {
			go func() {
				for lines.Scan() { //nolint:revive // drain, so that the product never blocks on us
				}
			}()
			return product{url: url}
		}
	}
	t.Fatal("the demo printed no address")
	return product{}
}

// user is one person's tab.
type user struct {
	t    *testing.T
	ctx  context.Context
	mark int
}

// as opens the page as a person in a channel, or in the direct message with the app.
func (p product) as(t *testing.T, person, channel string) *user {
	t.Helper()
	tab, closeTab := chromedp.NewContext(chrome)
	ctx, cancel := context.WithTimeout(tab, 10*time.Minute)
	t.Cleanup(closeTab)
	t.Cleanup(cancel)
	if err := chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("the page threw: %s", e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError && strings.Contains(e.Entry.Text, "Content Security Policy") {
				t.Errorf("the page broke its policy: %s", e.Entry.Text)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	u := &user{t: t, ctx: ctx}
	u.do(chromedp.Navigate(p.url + "/?person=" + person + "&channel=" + channel))
	u.until(`document.querySelector('#main [data-testid="composer"]')`)
	return u
}

func (u *user) do(actions ...chromedp.Action[chromedp.Void]) {
	u.t.Helper()
	if err := chromedp.Do(u.ctx, actions...); err != nil {
		u.shot("failed")
		u.t.Fatal(err)
	}
}

// on acts on one element, which the page may be drawing anew.
func (u *user) on(act chromedp.Action[chromedp.Void]) {
	u.t.Helper()
	if err := chromium.On(u.ctx, act); err != nil {
		u.shot("failed")
		u.t.Fatal(err)
	}
}

func (u *user) js(expression string) string {
	u.t.Helper()
	out, err := chromedp.Run(u.ctx, chromedp.Evaluate[any](expression))
	if err != nil {
		u.t.Fatalf("%s: %v", expression, err)
	}
	return fmt.Sprint(out)
}

// until waits for a JavaScript condition.
func (u *user) until(condition string) {
	u.t.Helper()
	for deadline := time.Now().Add(time.Minute); u.js("Boolean("+condition+")") != "true"; time.Sleep(30 * time.Millisecond) {
		if time.Now().After(deadline) {
			u.shot("failed")
			u.t.Fatalf("never true: %s\nthe person reads:\n%s", condition, u.js(`document.body.innerText.slice(-3000)`))
		}
	}
}

// reads waits until an element shows all the words.
func (u *user) reads(selector string, words ...string) {
	u.t.Helper()
	for _, w := range words {
		u.until(fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.innerText.includes(%q))`, selector, w))
	}
}

// click clicks the last visible element that a JavaScript expression gives.
func (u *user) click(selector, text string) {
	u.t.Helper()
	find := fmt.Sprintf(`(() => { const all = [...document.querySelectorAll(%q)].filter(e => e.offsetParent !== null && e.innerText.trim().includes(%q));
		return all[all.length - 1]; })()`, selector, text)
	u.press(find)
}

// press clicks the element that find gives, once it is there. What is drawn anew in
// between loses its mark, and what moves may not be hit: then it is clicked again.
func (u *user) press(find string) {
	u.t.Helper()
	u.mark++
	mark := fmt.Sprintf(`(() => { const e = %s; if (!e) return false; e.setAttribute('data-now', '%d');
		e.addEventListener('click', () => { window.hit = %d; }, {once: true, capture: true}); e.scrollIntoView({block: 'center'}); return true; })()`, find, u.mark, u.mark)
	for range 10 {
		u.until(mark)
		ctx, cancel := context.WithTimeout(u.ctx, 2*time.Second)
		err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`[data-now="`+strconv.Itoa(u.mark)+`"]`)))
		cancel()
		if err == nil && u.js("String(window.hit)") == strconv.Itoa(u.mark) {
			return
		}
	}
	u.shot("failed")
	u.t.Fatalf("cannot click: %s", find)
}

// types writes into an element and, where enter is wanted, sends.
func (u *user) types(selector, text string, enter bool) {
	u.t.Helper()
	u.until(fmt.Sprintf(`document.querySelector(%q)`, selector))
	if enter {
		text += kb.Enter
	}
	u.on(chromedp.SendKeys(chromedp.CSS(selector), text))
}

func (u *user) says(text string) { u.t.Helper(); u.types(`#main [data-testid="composer"]`, text, true) }
func (u *user) saysInThread(text string) {
	u.t.Helper()
	u.types(`[data-testid="thread"] [data-testid="composer"]`, text, true)
}

// fill writes into an input of the modal.
func (u *user) fill(field, text string) {
	u.t.Helper()
	u.types(`[data-testid="modal"] [data-block-id="`+field+`"][data-action-id="value"]`, text, false)
}

// choose picks an option of a select, radio group or checkbox list in the modal.
func (u *user) choose(field, value string) {
	u.t.Helper()
	base := `[data-testid="modal"] [data-block-id="` + field + `"][data-action-id="value"]`
	u.until(fmt.Sprintf(`document.querySelector(%q)`, base))
	if u.js(fmt.Sprintf(`Boolean(document.querySelector(%q))`, base+` input[value="`+value+`"]`)) == "true" {
		u.click(base+` label:has(input[value="`+value+`"])`, "")
		return
	}
	u.click(base, "")
	u.click(`[role="option"][data-value="`+value+`"]`, "")
}

func (u *user) submit() { u.t.Helper(); u.click(`[data-testid="modal-submit"]`, "") }

// button clicks a button of the newest message that has it.
func (u *user) button(label string) {
	u.t.Helper()
	u.click(`[data-testid="message"] button, [data-testid="reply"] button, [data-testid="thread"] button`, label)
}

// buttonOf clicks a button of the message that shows the words.
func (u *user) buttonOf(words, label string) {
	u.t.Helper()
	find := fmt.Sprintf(`(() => { const m = [...document.querySelectorAll('[data-testid="message"]')].find(e => e.innerText.includes(%q));
		return m && [...m.querySelectorAll('button')].find(b => b.innerText.trim() === %q); })()`, words, label)
	u.press(find)
}

func (u *user) confirm() { u.t.Helper(); u.click(`[data-testid="confirm-yes"]`, "") }

// openThread opens the thread of the newest message that has replies.
func (u *user) openThread() { u.t.Helper(); u.click(`#main [data-testid="replies"]`, "") }

func (u *user) size(w, h int64) {
	u.t.Helper()
	_, err := chromedp.Call(u.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: w, Height: h, DeviceScaleFactor: 1})
	if err != nil {
		u.t.Fatal(err)
	}
}

// shot keeps a picture where COUNTERSIGN_SHOTS names a folder.
func (u *user) shot(name string) {
	dir := os.Getenv("COUNTERSIGN_SHOTS")
	if dir == "" {
		return
	}
	time.Sleep(300 * time.Millisecond) // let transitions end: the picture only
	png, err := chromedp.Run(u.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		u.t.Logf("screenshot: %v", err)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		u.t.Logf("screenshot: %v", err)
	}
}

func quoted(text string) string { return strconv.Quote(text) }
