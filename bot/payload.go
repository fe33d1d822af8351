package bot

import (
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"countersign/workflows"
)

// What the values of buttons carry: names of state, no authority. Each type writes the value
// and reads it back; the values of messages that earlier versions posted are read too.

// asShown is a request as a card shows it: Mark is its hash, or that of what it holds.
type asShown struct {
	Request workflows.RequestID
	Mark    string
}

func (v asShown) String() string { return string(v.Request) + " " + v.Mark }

func readShown(a *slack.BlockAction) (asShown, bool) {
	id, mark, _ := strings.Cut(a.Value, " ")
	return asShown{workflows.RequestID(id), mark}, true
}

// shownGroup is a group as a card shows it: Hash is workflows.GroupHash of its requests, or "".
type shownGroup struct{ Group, Hash string }

func (v shownGroup) String() string { return strings.TrimSpace(v.Group + " " + v.Hash) }

func readGroup(a *slack.BlockAction) (shownGroup, bool) {
	group, hash, _ := strings.Cut(a.Value, " ")
	return shownGroup{group, hash}, true
}

// readRequest takes a value that names a request, whatever follows.
func readRequest(a *slack.BlockAction) (workflows.RequestID, bool) {
	id, _, _ := strings.Cut(a.Value, " ")
	return workflows.RequestID(id), true
}

// numbered is one of the hand-overs of a request's key, or of the asks for one.
type numbered struct {
	Request workflows.RequestID
	Index   int
}

func (v numbered) String() string { return string(v.Request) + " " + strconv.Itoa(v.Index) }

func readNumbered(a *slack.BlockAction) (numbered, bool) {
	id, rest, _ := strings.Cut(a.Value, " ")
	i, err := strconv.Atoi(rest)
	return numbered{workflows.RequestID(id), i}, err == nil
}

// promptTurn is a turn of a conversation: the field that it asks, or the page or plan that it
// shows, and the marks of what it proposes.
type promptTurn struct {
	Conversation string
	About        string
	Marks        []string
}

func (v promptTurn) String() string {
	if len(v.Marks) > 0 {
		return v.Conversation + " " + v.About + " " + strings.Join(v.Marks, ",")
	}
	return strings.TrimSpace(v.Conversation + " " + v.About)
}

// readTurn takes the value of a button; a select has none, and its block says it.
func readTurn(a *slack.BlockAction) (promptTurn, bool) {
	words := strings.Fields(a.Value)
	if len(words) == 0 {
		words = strings.Fields(a.BlockID)
		words = words[min(1, len(words)):]
	}
	var v promptTurn
	switch {
	case len(words) == 0:
		return v, false
	case len(words) == 3:
		v.Marks = strings.Split(words[2], ",")
	}
	v.Conversation = words[0]
	if len(words) > 1 {
		v.About = words[1]
	}
	return v, true
}

// readProposed is readTurn for a turn that proposes something.
func readProposed(a *slack.BlockAction) (promptTurn, bool) {
	v, ok := readTurn(a)
	return v, ok && len(v.Marks) > 0
}

// readName takes a value that is a name by itself: of a case, of a taught cause.
func readName(a *slack.BlockAction) (string, bool) { return a.Value, true }

// caseAnswer is an answer to the question of a case.
type caseAnswer struct{ Case, Question, Option string }

// readChosen takes a button, whose action ends in question and option, or a select, whose
// option says both and whose block ends in the case.
func readChosen(a *slack.BlockAction) (caseAnswer, bool) {
	id := a.Value
	_, both, _ := strings.Cut(a.ActionID, actCaseAnswer+".")
	if a.SelectedOption.Value != "" {
		id, both = a.BlockID[strings.LastIndexByte(a.BlockID, ' ')+1:], a.SelectedOption.Value
	}
	question, option, ok := strings.Cut(both, ".")
	return caseAnswer{id, question, option}, ok
}

// feedback is how an answer to a case did.
type feedback struct{ Case, Outcome string }

// Outcomes that are said with a click.
const (
	outcomeSolved = "solved"
	outcomeWrong  = "wrong"
)

func (v feedback) String() string { return v.Case + " " + v.Outcome }

func readFeedback(a *slack.BlockAction) (feedback, bool) {
	id, outcome, ok := strings.Cut(a.Value, " ")
	return feedback{id, outcome}, ok && (outcome == outcomeSolved || outcome == outcomeWrong)
}

// fixStep is one step of the fix of a cause, and what it is to be.
type fixStep struct {
	Case, Cause string
	Step        int // from 0
	Done        bool
}

// What a step of a fix is to be.
const (
	stepDone = "done"
	stepOpen = "open"
)

func (v fixStep) String() string {
	then := stepOpen
	if v.Done {
		then = stepDone
	}
	return v.Case + " " + v.Cause + " " + strconv.Itoa(v.Step) + " " + then
}

func readFixStep(a *slack.BlockAction) (fixStep, bool) {
	words := strings.Fields(a.Value)
	if len(words) != 4 {
		return fixStep{}, false
	}
	step, err := strconv.Atoi(words[2])
	return fixStep{words[0], words[1], step, words[3] == stepDone}, err == nil
}

// requestStep is one step of an installation, of a request or a group, and what it is to be.
type requestStep struct {
	Subject string
	Mark    string
	Done    bool
}

func (v requestStep) String() string {
	then := stepOpen
	if v.Done {
		then = stepDone
	}
	return v.Subject + " " + v.Mark + " " + then
}

func readRequestStep(a *slack.BlockAction) (requestStep, bool) {
	words := strings.Fields(a.Value)
	if len(words) != 3 {
		return requestStep{}, false
	}
	return requestStep{words[0], words[1], words[2] == stepDone}, true
}

// host is a host that a case wants probed.
type host struct{ Case, Target string }

func (v host) String() string { return v.Case + " " + v.Target }

func readHost(a *slack.BlockAction) (host, bool) {
	id, target, _ := strings.Cut(a.Value, " ")
	return host{id, target}, true
}
