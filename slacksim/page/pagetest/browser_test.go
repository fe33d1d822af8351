package pagetest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"countersign/tests/chromium"
)

var browser context.Context

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pagetest")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx, stop, err := chromium.Start(dir)
	if err != nil {
		panic(err)
	}
	defer stop()
	browser = ctx
	return m.Run()
}

// page is one tab. It fails the test when the page throws, or is refused by its
// own content security policy.
type page struct {
	t   *testing.T
	ctx context.Context
	s   *server
}

func open(t *testing.T, s *server, path string) *page {
	t.Helper()
	tab, closeTab := chromedp.NewContext(browser)
	ctx, cancel := context.WithTimeout(tab, 5*time.Minute)
	t.Cleanup(closeTab)
	t.Cleanup(cancel)
	listen := chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			d := e.ExceptionDetails
			t.Errorf("page threw: %s %v at %s:%d", d.Text, d.Exception, d.URL, d.LineNumber+1)
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError && strings.Contains(e.Entry.Text, "Content Security Policy") {
				t.Errorf("page broke its policy: %s", e.Entry.Text)
			}
		}
	})
	if listen != nil {
		t.Fatal(listen)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	p := &page{t: t, ctx: ctx, s: s}
	p.run(chromedp.Navigate(s.url+path), chromedp.WaitVisible(chromedp.CSS(`[data-testid="person-switcher"]`)))
	return p
}

func (p *page) run(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.shot("failed")
		p.t.Fatalf("%s: %v", p.t.Name(), err)
	}
}

// on acts on one element, which the page may be drawing anew.
func (p *page) on(act chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromium.On(p.ctx, act); err != nil {
		p.shot("failed")
		p.t.Fatalf("%s: %v", p.t.Name(), err)
	}
}

// eval runs an expression in the page.
func eval[T any](p *page, js string) T {
	p.t.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](js))
	if err != nil {
		p.shot("failed")
		p.t.Fatalf("%s: %v", js, err)
	}
	return out
}

// until waits for a JavaScript condition.
func (p *page) until(js string) {
	p.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !eval[bool](p, "Boolean("+js+")") {
		if time.Now().After(deadline) {
			p.shot("failed")
			p.t.Fatalf("never true: %s", js)
		}
		time.Sleep(25 * time.Millisecond)
	}
}

func (p *page) click(selector string) {
	p.t.Helper()
	// What is drawn anew or moves under the mouse is not hit, and clicked again.
	mark := "(() => { const e = document.querySelector(" + quote(selector) + "); if (!e) return false; window.hit = false;" +
		"e.addEventListener('click', () => { window.hit = true; }, {once: true, capture: true}); return true; })()"
	for range 10 {
		p.until(mark)
		p.on(chromedp.Click(chromedp.CSS(selector)))
		if eval[bool](p, "window.hit === true") {
			return
		}
	}
	p.t.Fatalf("cannot click %s", selector)
}

func (p *page) typeInto(selector, text string) {
	p.t.Helper()
	p.until("document.querySelector(" + quote(selector) + ")")
	p.on(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// text is what a person reads in an element.
func (p *page) text(selector string) string {
	p.t.Helper()
	p.until("document.querySelector(" + quote(selector) + ")")
	return eval[string](p, "document.querySelector("+quote(selector)+").innerText")
}

// wait returns the n-th call (from 1) of a path.
func (p *page) wait(path string, n int) object {
	p.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if calls := p.s.called(path); len(calls) >= n {
			return calls[n-1].Body
		}
	}
	p.shot("failed")
	p.t.Fatalf("call %d of %s never came", n, path)
	return nil
}

// shot keeps a picture of the page where PAGETEST_SHOTS names a folder.
func (p *page) shot(name string) {
	dir := os.Getenv("PAGETEST_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("screenshot: %v", err)
		return
	}
	file := strings.NewReplacer("/", "-", " ", "-").Replace(p.t.Name()) + "-" + name + ".png"
	if err := os.WriteFile(filepath.Join(dir, file), png, 0o600); err != nil {
		p.t.Logf("screenshot: %v", err)
	}
}

// looks takes the four pictures that matter: wide and narrow, light and dark.
func (p *page) looks(name string) {
	if os.Getenv("PAGETEST_SHOTS") == "" {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		for _, size := range []struct {
			label string
			w, h  int64
		}{{"wide", 1360, 900}, {"phone", 390, 844}} {
			p.scheme(scheme)
			p.size(size.w, size.h)
			p.run(chromedp.Sleep(150 * time.Millisecond))
			p.shot(name + "-" + size.label + "-" + scheme)
		}
	}
	p.scheme("light")
	p.size(1360, 900)
}

func (p *page) scheme(name string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) size(w, h int64) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: w, Height: h, DeviceScaleFactor: 1, Mobile: w < 500})
	if err != nil {
		p.t.Fatal(err)
	}
}

func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`).Replace(s) + "'"
}
