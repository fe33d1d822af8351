package conformance

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/slack-go/slack"

	"countersign/slacksim"
	"countersign/tests/chromium"
)

// tab is the workspace's page in a real Chromium.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func browse(t *testing.T, address string) *tab {
	t.Helper()
	ctx, stop, err := chromium.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	ctx, done := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(done)
	b := &tab{t: t, ctx: ctx}
	b.run(chromedp.Navigate(address), chromedp.WaitVisible(chromedp.CSS(`[data-testid="person-switcher"]`)))
	return b
}

func (b *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.shot("failed")
		b.t.Fatal(err)
	}
}

// on acts on one element, which the page may be drawing anew.
func (b *tab) on(act chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromium.On(b.ctx, act); err != nil {
		b.shot("failed")
		b.t.Fatal(err)
	}
}

// until waits for a condition of the page.
func (b *tab) until(js string) {
	b.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(25 * time.Millisecond) {
		now, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("Boolean("+js+")"))
		if err != nil {
			b.t.Fatal(err)
		}
		if now {
			return
		}
		if time.Now().After(deadline) {
			b.shot("failed")
			b.t.Fatalf("the page never came to: %s", js)
		}
	}
}

// reads waits until the first element of a selector shows the words.
func (b *tab) reads(selector, words string) {
	b.t.Helper()
	b.until(`document.querySelector('` + selector + `')?.innerText.includes('` + words + `')`)
}

func (b *tab) click(selector string) {
	b.t.Helper()
	b.until(`document.querySelector('` + selector + `')`)
	b.on(chromedp.Click(chromedp.CSS(selector)))
}

func (b *tab) enter(selector, text string) {
	b.t.Helper()
	b.until(`document.querySelector('` + selector + `')`)
	b.on(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// shot keeps a picture where PAGETEST_SHOTS names a folder.
func (b *tab) shot(name string) {
	dir := os.Getenv("PAGETEST_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "conformance-"+name+".png"), png, 0o600)
	}
	if err != nil {
		b.t.Logf("screenshot: %v", err)
	}
}

// Eight people played in tabs of one browser, which keeps six connections to an address: all
// of them are told what happens, and all can still act.
func TestManyTabs(t *testing.T) {
	stage := slacksim.Start(t, slacksim.Default())
	first := browse(t, stage.URL()+"/?person=U0ELLA&channel=C0CERTIFICATES")
	tabs := []*tab{first}
	for range 7 {
		ctx, closeTab := chromedp.NewContext(first.ctx)
		t.Cleanup(closeTab)
		b := &tab{t: t, ctx: ctx}
		b.run(chromedp.Navigate(stage.URL()+"/?person=U0ANSELM&channel=C0CERTIFICATES"), chromedp.WaitVisible(chromedp.CSS(`[data-testid="person-switcher"]`)))
		tabs = append(tabs, b)
	}
	last := tabs[len(tabs)-1]
	last.enter(`#main [data-testid=composer]`, "told to everybody\r")
	for _, b := range tabs {
		b.reads(`#main .list`, "told to everybody")
	}
}

// Who reads the app's Home and loads the page anew reads the app's Home.
func TestHomeStays(t *testing.T) {
	stage := slacksim.Start(t, slacksim.Default())
	b := browse(t, stage.URL()+"/?person=U0ELLA&channel=D0ELLA")
	b.click(`[data-testid=tab-home]`)
	const shown = `document.querySelector('[data-testid=home]') && document.querySelector('[data-testid=tab-home]').getAttribute('aria-selected') === 'true'`
	b.until(shown)
	b.run(chromedp.Reload())
	b.until(shown)
	b.until(`!document.querySelector('#main [data-testid=composer]')`)
}

// What an agent proposes is asked with a click, and what it is doing stands where it does it.
func TestAgentOnThePage(t *testing.T) {
	ws := slacksim.Default()
	ws.App.AgentView, ws.App.BotScopes = true, append(ws.App.BotScopes, "assistant:write")
	stage := slacksim.Start(t, ws)
	api := slack.New(stage.App().BotToken, slack.OptionAPIURL(stage.APIURL()))
	b := browse(t, stage.URL()+"/?person=U0ELLA&channel=D0ELLA")
	b.until(`document.querySelector('#main [data-testid=composer]')`)
	offer := slack.AssistantThreadsSetSuggestedPromptsParameters{ChannelID: "D0ELLA"}
	offer.AddPrompt("Ask", "What is asked?")
	if err := api.SetAssistantThreadsSuggestedPrompts(offer); err != nil {
		t.Fatal(err)
	}
	b.click(`#main [data-testid=prompt]`)
	b.reads(`#main .list`, "What is asked?")
	said := stage.As("ella").Messages()[0]
	if err := api.SetAssistantThreadsStatus(slack.AssistantThreadsSetStatusParameters{ChannelID: "D0ELLA", ThreadTS: said.TS, Status: "is thinking…"}); err != nil {
		t.Fatal(err)
	}
	b.run(chromedp.Navigate(stage.URL() + "/?person=U0ELLA&channel=D0ELLA&thread=" + said.TS))
	b.reads(`[data-testid=thread]`, "Countersign is thinking…")
	if _, _, err := api.PostMessage("D0ELLA", slack.MsgOptionText("It is.", false), slack.MsgOptionTS(said.TS)); err != nil {
		t.Fatal(err)
	}
	b.until(`document.querySelector('[data-testid=thread]').innerText.includes('It is.') && !document.querySelector('[data-testid=thread]').innerText.includes('is thinking')`)
}

// The real page, the real workspace and a real app together: what one of them
// alone cannot show.
func TestPageWithApp(t *testing.T) {
	stage := slacksim.Start(t, slacksim.Default())
	startBolt(t, stage, "socket")
	b := browse(t, stage.URL()+"/?person=U0ELLA&channel="+"C0CERTIFICATES")
	const composer, list, thread = `#main [data-testid=composer]`, `#main .list`, `[data-testid=thread]`

	b.enter(composer, "hello from the page\r")
	b.click(`[data-testid=replies]`)
	b.reads(thread, "Hello @Ella Brandt")

	b.click(`[data-testid=thread-close]`)
	asked := stage.As("ella").In("#certificates").Says("@countersign expe1.example.com")
	b.click(`[data-testid=replies][data-ts="` + asked.TS + `"]`)
	b.reads(thread, "Asked: @Countersign expe1.example.com")
	b.click(thread + ` [data-action-id=approve]`)
	b.reads(thread, "Approved 42 by @Ella Brandt")
	b.reads(list, "Noted.")

	b.enter(composer, "/cert new\r")
	b.reads(`[data-testid=modal]`, "Fill this in")
	b.click(`[data-testid=modal-submit]`)
	b.until(`[...document.querySelectorAll('[data-testid=modal] .error')].some((e) => !e.hidden && e.innerText)`)
	const field = `[data-testid=modal] [data-block-id=host][data-action-id=name]`
	b.enter(field, "short")
	b.click(`[data-testid=modal-submit]`)
	b.reads(`[data-testid=modal]`, "A full name, please")
	b.shot("modal")
	b.enter(field, ".example.com")
	b.click(`[data-testid=modal-submit]`)
	b.until(`!document.querySelector('[data-testid=modal]')`)
	stage.As("ella").Sees("Requested short.example.com of anyone (kept)")

	// What the person typed went through the page as typed.
	for _, m := range stage.As("ella").In("#certificates").Messages() {
		if strings.Contains(m.Text, "hello from the page") && m.User != "U0ELLA" {
			t.Errorf("the page spoke as %s", m.User)
		}
	}
}
