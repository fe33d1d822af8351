package bot

import (
	"maps"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// asked remembers where people used a message shortcut, so that one whose answer stands
// elsewhere can be told so where they are. It is never stored: who has a response_url may
// post with it. After a restart the answer itself, in their direct message, has to do.
type asked struct {
	mu    sync.Mutex
	where map[askedAt]askedWith
}

type askedAt struct {
	by    workflows.Person
	place workflows.Place
}

type askedWith struct {
	cb slack.InteractionCallback // of which only what whisper needs
	at time.Time
}

// A response_url works for half an hour (Slack, "Handling user interaction").
const (
	askedFor = 25 * time.Minute
	maxAsked = 1000
)

func (a *asked) from(by workflows.Person, place workflows.Place, cb slack.InteractionCallback) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.where == nil {
		a.where = map[askedAt]askedWith{}
	}
	if len(a.where) >= maxAsked {
		maps.DeleteFunc(a.where, func(_ askedAt, w askedWith) bool { return time.Since(w.at) > askedFor })
	}
	if len(a.where) >= maxAsked {
		return
	}
	kept := slack.InteractionCallback{ResponseURL: cb.ResponseURL}
	kept.Message.ThreadTimestamp = cb.Message.ThreadTimestamp
	a.where[askedAt{by, place}] = askedWith{kept, time.Now()}
}

// take gives what is remembered, once.
func (a *asked) take(by workflows.Person, place workflows.Place) (slack.InteractionCallback, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w, ok := a.where[askedAt{by, place}]
	delete(a.where, askedAt{by, place})
	return w.cb, ok && w.cb.ResponseURL != "" && time.Since(w.at) < askedFor
}
