package bot

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// cardShown begins the kinds of copies that approvers asked for in their direct messages.
// The person follows, then what tells several from each other.
const cardShown = "shown/"

func shownKind(to workflows.Person, e workflows.Effect) string {
	return cardShown + to.ID + "/" + workflows.Fingerprint([]byte(e.Key))[:12]
}

// shownTo is whose copy a kind of card is; "" for the others.
func shownTo(kind string) string {
	rest, is := strings.CutPrefix(kind, cardShown)
	id, _, _ := strings.Cut(rest, "/")
	return map[bool]string{true: id}[is]
}

// mayDecide says whether what is shown to somebody has the buttons of approvers. The step
// asks anew.
func (b *workspace) mayDecide(by workflows.Person, r workflows.Request) bool {
	return workflows.MayDecide(r, by, b.service.ApproversOf(r)) == nil
}

// requestFor is a request as somebody reads it, in their language: who may decide on it gets
// everything that a decision is about, and decides there.
func (b *workspace) requestFor(by workflows.Person, r workflows.Request, tail ...slack.Block) message {
	if b.mayDecide(by, r) {
		return approvalCard(b.speaker(by), r, b.awaitedOn([]workflows.Request{r}))
	}
	if row := requesterActions(b.speaker(by), r); row != nil && r.Requester == by {
		tail = append(tail, row)
	}
	return showView(b.speaker(by), r, tail...)
}

// groupFor is requestFor for the requests of a group.
func (b *workspace) groupFor(by workflows.Person, all []workflows.Request) message {
	s := b.speaker(by)
	if b.mayDecide(by, all[0]) {
		return groupCard(s, all, b.awaitedOn(all))
	}
	if all[0].Requester == by {
		return groupOfRequester(s, all)
	}
	m := groupCard(s, all, b.awaitedOn(all))
	m.Blocks = slices.DeleteFunc(m.Blocks, func(x slack.Block) bool { return x.BlockType() == slack.MBTAction })
	return m
}

// groupModal shows the requests of a group.
func (b *workspace) groupModal(by workflows.Person, all []workflows.Request) slack.ModalViewRequest {
	return modal(b.speaker(by), viewDone, "bot.show.title", "", routing{Group: all[0].Group}, b.groupFor(by, all).Blocks)
}

// showModal shows one request.
func (b *workspace) showModal(by workflows.Person, r workflows.Request) slack.ModalViewRequest {
	return modal(b.speaker(by), viewDone, "bot.show.title", "", routing{Request: string(r.ID)}, b.requestFor(by, r).Blocks)
}
