package chromium

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A page that never stands still: a button is clicked all the same, and what cannot be
// done is still an error.
func TestOn(t *testing.T) {
	ctx, stop, err := Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(`data:text/html,<body><script>
		const draw = () => { document.body.innerHTML = '<input id=i><button id=b>b</button>'; };
		draw(); setInterval(draw, 40)</script>`)); err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if err := On(ctx, chromedp.Click(chromedp.CSS(`#b`))); err != nil {
			t.Fatal(err)
		}
		if err := On(ctx, chromedp.SendKeys(chromedp.CSS(`#i`), "x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := On(ctx, chromedp.Click(chromedp.CSS(`#3`))); err == nil {
		t.Error("a selector that is none was clicked")
	}
}
