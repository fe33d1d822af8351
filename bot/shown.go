package bot

import (
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
		return approvalCard(b.speaker(by), r)
	}
	return showView(b.speaker(by), r, tail...)
}

// showModal shows one request.
func (b *workspace) showModal(by workflows.Person, r workflows.Request) slack.ModalViewRequest {
	return modal(b.speaker(by), viewDone, "bot.show.title", "", routing{Request: string(r.ID)}, b.requestFor(by, r).Blocks)
}
