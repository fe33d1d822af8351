package chromium

import (
	"context"
	"errors"
	"slices"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/chromedp"
)

// Chromium's words for an element that left the page, or is not laid out yet.
var gone = []string{
	"Could not find node with given id",
	"Node is detached from document",
	"Node does not have a layout object",
	"Could not compute content quads.",
}

// On acts on one element (a click, typed keys), from its selector again for as long as
// the page draws that element anew between finding and acting: the browser then refuses
// before the mouse or a key was used. It ends with ctx at the latest.
func On(ctx context.Context, act chromedp.Action[chromedp.Void]) error {
	for {
		err := chromedp.Do(ctx, act)
		var refused *cdproto.Error
		if !errors.As(err, &refused) || !slices.Contains(gone, refused.Message) || ctx.Err() != nil {
			return err
		}
	}
}
