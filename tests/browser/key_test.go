package browser

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestKeyPage: the requester downloads their key, and the page says so and has nothing left
// to click, also when they go back, load it again or click the link a second time. That is
// no alarm: the message in Slack asks whether it was them, and their word raises one.
func TestKeyPage(t *testing.T) {
	p := start(t)
	ella := p.as(t, "U0ELLA", "D0ELLA")
	ella.requests(askedIn["en"])
	anselm := p.as(t, "U0ANSELM", "C0CERTAPPROVALS")
	anselm.button("Approve")
	anselm.confirm()
	ella.buttonOf("REQ-1 · portal.example.org", "Get the private key…")
	ella.confirm()
	ella.reads(message, "can be opened once")
	link := ella.js(`[...document.querySelectorAll('a')].map(a => a.href).findLast(h => h.includes('/key?lang=en#'))`)

	tab := p.page(t, link)
	saved := t.TempDir()
	if _, err := chromedp.Call(tab.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: saved}); err != nil { //nolint:misspell // chromedp's
		t.Fatal(err)
	}
	nothing := func(u *user, words ...string) {
		t.Helper()
		u.reads("main", words...)
		if left := u.js(`[...document.querySelectorAll('button, a')].filter(e => e.offsetParent !== null).length`); left != "0" {
			t.Errorf("%s things are left to click at %q", left, words)
		}
	}
	tab.reads("main", "Your private key")
	if at := tab.js("location.href"); strings.Contains(at, "#") {
		t.Errorf("the token stays in the address: %s", at)
	}
	tab.looks(t, "key")
	tab.click("button", "Download")
	nothing(tab, "Downloaded", "opens nothing any more", "Next: bring req-1-", ".key.pem")
	tab.looks(t, "key-done")
	var key []byte
	for deadline := time.Now().Add(time.Minute); len(key) == 0 && time.Now().Before(deadline); time.Sleep(30 * time.Millisecond) {
		if all, _ := filepath.Glob(filepath.Join(saved, "req-1-*.key.pem")); len(all) == 1 {
			key, _ = os.ReadFile(all[0]) // none while it is being written
		}
	}
	if !bytes.Contains(key, []byte("PRIVATE KEY")) {
		t.Errorf("what was saved: %.40s", key)
	}
	tab.do(chromedp.Reload())
	nothing(tab, "Downloaded", "opens nothing any more")
	tab.do(chromedp.Navigate(p.url))
	tab.js(`history.back()`)
	nothing(tab, "Downloaded", "opens nothing any more")

	second := p.page(t, link)
	nothing(second, "downloaded already", "That was not me")
	second.looks(t, "key-opened")
	for lang, words := range map[string]string{"zh-Hans": "此私钥已被下载", "zh-Hant": "此私密金鑰已被下載"} {
		other := p.page(t, strings.Replace(link, "lang=en", "lang="+lang, 1))
		nothing(other, words)
		other.looks(t, "key-opened-"+lang)
	}
	nothing(p.page(t, strings.TrimSuffix(link, link[len(link)-3:])), "Nothing to open here")

	ella.reads(message, "Somebody came with it once more", "Was that you?")
	anselm.until(`![...document.querySelectorAll('[data-testid="message"]')].some(e => e.innerText.includes('Key alarm'))`)
	ella.shot("key-card")
	ella.button("That was not me")
	ella.confirm()
	ella.reads(message, "counts as stolen from now on")
	anselm.reads(message, "Key alarm", "it was opened, and the receiver says that it was not them")
}

// page opens an address in a tab of its own.
func (p product) page(t *testing.T, address string) *user {
	t.Helper()
	u := p.as(t, "U0ELLA", "D0ELLA")
	u.do(chromedp.Navigate(address))
	return u
}

// looks keeps the pictures that matter of a page: wide and narrow, light and dark.
func (u *user) looks(t *testing.T, name string) {
	t.Helper()
	for _, scheme := range []string{"dark", "light"} {
		if _, err := chromedp.Call(u.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}); err != nil {
			t.Fatal(err)
		}
		u.size(390, 844)
		if w := u.js(`document.documentElement.scrollWidth`); w != "390" {
			t.Errorf("%s is %s pixels wide on a phone", name, w)
		}
		u.shot(name + "-phone-" + scheme)
		u.size(1000, 700)
		u.shot(name + "-" + scheme)
	}
}
