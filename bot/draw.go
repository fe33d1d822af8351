package bot

// The kinds of cards.
const (
	cardApproval  = "approval"
	cardRequester = "requester"
	cardCase      = "case"
	cardPrompt    = "prompt" // followed by the field asked and the key of the turn

	passed   = "passed"   // Drawn of a turn that was answered and has its buttons yet
	answered = "answered" // Drawn of a turn whose buttons were taken off
)
