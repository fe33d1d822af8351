package bot

import (
	"context"
	"time"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// csrForm takes the CSR of a request whose box makes its own.
func (b requestClicks) csrForm(ctx context.Context, c click, id workflows.RequestID) (any, bool) {
	if err := b.service.Issuance.MayGiveCSR(ctx, c.by, id); err != nil {
		return b.decided(c, id, err)
	}
	r, err := b.service.Lists.Show(ctx, c.by, id)
	if err != nil {
		return b.acknowledged(c, err)
	}
	return b.shows(c, csrModal(b.speaker(c.by), r, nil, "file"))
}

// csrSubmitted takes the CSR as text at once, or has the file read. What is refused is said in
// the form, which keeps what was typed.
func (b requestClicks) csrSubmitted(ctx context.Context, v submission) (any, bool) {
	s := b.speaker(v.by)
	in := workflows.Message{Receipt: v.receipt(), By: v.by, Lang: s.lang, Text: v.words()}
	switch file := fileOf(v.View.State); {
	case file != "" && in.Text != "":
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": s.raw("bot.csr.either")}), true
	case file != "":
		reading := modal(s, viewDone, "bot.csr.title", "", v.at, []slack.Block{section(s.say("bot.csr.reading"))})
		reading.ExternalID = "csr/" + workflows.Fingerprint([]byte(in.Receipt))[:24]
		if err := b.service.Inbox.DropFile(ctx, in, v.request(), file, reading.ExternalID); err != nil && !seen(err) {
			return b.viewFailed(v.InteractionCallback, v.by, err)
		}
		return slack.NewUpdateViewSubmissionResponse(&reading), true
	}
	r, err := b.service.Inbox.DropCSR(ctx, in, v.request())
	if seen(err) {
		r, err = b.service.Lists.Show(ctx, v.by, v.request())
	}
	switch code := workflows.CodeOf(err); {
	case err == nil:
		taken := csrTaken(s, r)
		return slack.NewUpdateViewSubmissionResponse(&taken), true
	case code == workflows.Invalid || code == workflows.Conflict:
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": clip(b.explain(s, v.by, err), maxHint)}), true
	}
	return b.viewFailed(v.InteractionCallback, v.by, err)
}

// takeCSR takes the CSR out of a file, and says in the form what came of it, or in the direct
// message where that was closed meanwhile.
func (b *fileReader) takeCSR(ctx context.Context, e workflows.Effect, body workflows.ReadFiles, files []workflows.File) error {
	place, err := b.dmPlace(ctx, body.Person)
	if err != nil {
		return err
	}
	s := b.speaker(body.Person)
	in := workflows.Message{By: body.Person, Place: place, Lang: s.lang}
	return b.service.Inbox.TakeCSR(ctx, e, in, body.Request, files, func(r workflows.Request, no *workflows.Error) bool {
		view := csrTaken(s, r)
		if no != nil {
			r, err := b.service.Lists.Show(ctx, body.Person, body.Request)
			if err != nil {
				return false
			}
			view = csrModal(s, r, no, "file "+workflows.Fingerprint([]byte(e.Key))[:12])
		}
		return b.follows(ctx, body.View, view)
	})
}

// follows puts a view in the place of one that an acknowledgement shows. A file may be read
// before that is there: then it would take the place of what came of the file. So it has a name
// of its own, and is waited for as long as Slack waits for acknowledgements; then it was closed.
func (b *fileReader) follows(ctx context.Context, name string, view slack.ModalViewRequest) bool {
	for end := time.Now().Add(3 * time.Second); ; {
		_, err := b.api.UpdateViewContext(ctx, view, name, "", "")
		if codeOf(err) != "not_found" || time.Now().After(end) || !sleep(ctx, 200*time.Millisecond) {
			return err == nil
		}
	}
}

// fileOf is the file in a form; "" where there is none.
func fileOf(state *slack.ViewState) string {
	if state == nil {
		return ""
	}
	for _, inputs := range state.Values {
		for _, f := range inputs[valueID].Files {
			return f.ID
		}
	}
	return ""
}
