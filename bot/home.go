package bot

import (
	"context"
	"sync"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// homes draws App Home.
type homes struct {
	*responder
	due    sync.Map // user IDs whose home is about to be drawn
	opened sync.Map // a *sync.Mutex by user ID, of those who opened App Home since the start
}

// publishHome draws App Home for one person, one drawing at a time, so that an older
// state never comes after a newer one.
func (b *homes) publishHome(ctx context.Context, p workflows.Person) error {
	turn, _ := b.opened.LoadOrStore(p.ID, &sync.Mutex{})
	turn.(*sync.Mutex).Lock()
	defer turn.(*sync.Mutex).Unlock()
	if err := b.directory.Know(ctx, p); err != nil {
		return err
	}
	h, err := b.service.Lists.HomeOf(ctx, p)
	s := b.speaker(p)
	v := homeView(s, h)
	if err != nil {
		v.Blocks.BlockSet = []slack.Block{section(":no_entry_sign: " + b.explain(s, p, err))}
	}
	_, err = b.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: p.ID, View: v})
	return describe("views.publish", err)
}

// refreshHomes redraws the homes, of those who have opened theirs, that show r, each once
// however many requests change meanwhile. It is a convenience: a failure costs freshness
// until the home is opened again.
func (b *homes) refreshHomes(r workflows.Request) {
	for _, p := range append(b.service.ApproversOf(r), r.Requester) {
		b.refreshHome(p)
	}
}

// refreshHome redraws the home of one who has opened it.
func (b *homes) refreshHome(p workflows.Person) {
	if _, open := b.opened.Load(p.ID); !open {
		return
	}
	if _, waits := b.due.LoadOrStore(p.ID, true); waits {
		return
	}
	b.goAfter("home", func(ctx context.Context) error {
		b.due.Delete(p.ID) // what changes from here on is for the next time
		return b.publishHome(ctx, p)
	})
}
