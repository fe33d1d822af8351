package bot

import (
	"github.com/slack-go/slack"

	"countersign/workflows"
)

// The form that takes the CSR of a box that makes its own.
const (
	actCSR  = "request.csr"
	viewCSR = "request.csr"
)

// csrModal says how the CSR is made, and takes it as a file or as text. no is why the one before
// was refused, nil at first; file names the input for the next, since what was in an input of the
// same name may stay there.
func csrModal(s speaker, r workflows.Request, no *workflows.Error, file string) slack.ModalViewRequest {
	blocks := []slack.Block{section("*" + escape(title(r)) + "*")}
	if no != nil {
		blocks = append(blocks, section(":no_entry_sign: "+s.text(no.Text)))
	}
	blocks = append(append(blocks, section(s.say("bot.device.steps"))), boxSteps(s, []workflows.Request{r})...)
	upload := slack.NewInputBlock(file, plainText(s.raw("bot.csr.file"), maxLabel), nil, slack.NewFileInputBlockElement(valueID).WithMaxFiles(1))
	text := wordsInput(s, "bot.csr.text", "bot.csr.help", 3000)
	upload.Optional, text.Optional = true, true
	return modal(s, viewCSR, "bot.csr.title", "bot.csr.submit", routing{Request: string(r.ID)}, append(blocks, upload, text))
}

// csrTaken says that the CSR is with its request now, and what follows.
func csrTaken(s speaker, r workflows.Request) slack.ModalViewRequest {
	return modal(s, viewDone, "bot.csr.title", "", routing{Request: string(r.ID)},
		[]slack.Block{section(s.raw("bot.csr.taken", "Request", code(string(r.ID)))), section(stateLine(s, r))})
}
