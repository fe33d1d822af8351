package workflows

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// SpentKey is the setting that keeps what the model has cost.
const SpentKey = "model.spent"

// The kinds of effects. Those of the Work lane are done by Worker, those of the
// Notify lane by the chat adapter, which reads the state anew when it does them.
const (
	KindCSR      = "csr"      // make the key and the CSR
	KindIssue    = "issue"    // have it signed
	KindRelease  = "release"  // hand a key over
	KindWatch    = "watch"    // look what has become of a hand-over
	KindTakeBack = "takeback" // end a hand-over
	KindDoubt    = "doubt"    // find out why a hand-over does not open
	KindAskEnd   = "ask.end"  // close an ask for a key that nobody decided on
	KindRevoke   = "revoke"   // have the certificate revoked
	KindLost     = "lost"     // look for what was signed for a request that ended without it
	KindUnused   = "stray"    // have a certificate revoked that nobody gets
	KindKeep     = "keep"     // put the certificate beside its key
	KindDestroy  = "destroy"  // the key is not needed

	KindCards    = "cards"     // draw, or redraw, every card of a request
	KindNotify   = "tell"      // a direct message to the requester about an Event
	KindKey      = "key"       // a direct message to the requester about a hand-over
	KindAlarm    = "alarm"     // a key counts as stolen: to the approvers, or to the operators
	KindAsk      = "ask"       // an approver's question, to the requester
	KindAnswer   = "answer"    // the requester's answer, to the approvers
	KindRemind   = "remind"    // something new to decide stands on a card that approvers have seen
	KindPrompt   = "prompt"    // draw a conversation where it stands
	KindRetire   = "retire"    // take the buttons off the turns of a conversation that were answered
	KindPlan     = "plan"      // post a plan as a file where its conversation stands
	KindCase     = "case"      // draw the answer to a triage case
	KindCasePost = "case.post" // post the long form or the hand-over beside a case's answer
	KindTeach    = "teach"     // draw the card of a taught cause
	KindTaught   = "taught"    // tell who taught a cause what became of it
	KindReply    = "reply"     // one of the standing answers, drawn when it is delivered
	KindDirect   = "direct"    // find a person's direct message, and take there what they gave elsewhere
	KindErrand   = "errand"    // answer an automation outside
	KindFiles    = "files"     // fetch files that a person sent, and answer them
	KindWaits    = "waits"     // tell the operators why work waits
	KindDead     = "dead"      // tell the operators of an effect that was given up
	KindRecord   = "record"    // tell the operators what was found about the database
)

// About is what an effect says of the state that it is about, whatever its kind.
type About struct {
	Request      RequestID `json:"request,omitempty"`
	Conversation string    `json:"conversation,omitempty"`
	Case         string    `json:"case,omitempty"`
	Place        *Place    `json:"place,omitempty"`
}

// About reads what e is about; nothing, where its body cannot be read.
func (e Effect) About() About {
	a, err := ReadPayload[About](e)
	if err != nil {
		return About{}
	}
	return a
}

// ErrUnreadable is a body that is not of its effect's kind.
var ErrUnreadable = errors.New("workflows: unreadable body")

// ReadPayload decodes the body of e.
func ReadPayload[P any](e Effect) (p P, err error) {
	if err := json.Unmarshal(e.Body, &p); err != nil {
		return p, errors.Join(ErrUnreadable, fmt.Errorf("effect %s: %w", e.Key, err))
	}
	return p, nil
}

// NewEffect makes an effect that carries p.
func NewEffect(lane Lane, subject, key string, p Payload) Effect {
	raw, err := json.Marshal(p)
	if err != nil {
		raw = []byte("{}") // plain strings and ints cannot fail
	}
	return Effect{Lane: lane, Subject: subject, Kind: p.Kind(), Key: key, Body: raw}
}

// Redraw has every card of r drawn as it is after this step.
func Redraw(r Request) Effect {
	return NewEffect(Notify, r.CardSubject(), fmt.Sprintf("%s/cards/%d", r.ID, r.Version), DrawRequest{Request: r.ID})
}

// Approvers are an audience: of a redraw, of an alarm.
const Approvers = "approvers"

// ForApprovers is the redraw of the copies of r that are not the requester's. It stands in a
// queue of its own, so that neither audience waits for the channel of the other. Of one
// version it is wanted once, however many redraws have come to it; but one that trusts no
// record (Afresh) is wanted for itself.
func ForApprovers(e Effect, p DrawRequest, r Request) Effect {
	key := fmt.Sprintf("%s/cards/%d/%s", r.ID, r.Version, Approvers)
	if p.Event == Afresh {
		key = e.Key + "/" + Approvers
	}
	p.Audience = Approvers
	return NewEffect(Notify, Audience(r, KindAnswer), key, p)
}

// Audience is the queue of what is said about a request, or about the group that it is of: its
// order is kept for the requester, and for the approvers, each by themselves.
func Audience(r Request, kind string) string {
	if kind == KindAnswer {
		return r.CardSubject() + "/" + Approvers
	}
	return r.CardSubject()
}

// Afresh is the event of a redraw that trusts no record of what was drawn before.
const Afresh = "again"

// Notification sends the requester a message about event, once. It says how many decisions
// there were: told late, it still knows who took that step.
func Notification(r Request, event string) Effect {
	return NewEffect(Notify, r.CardSubject(), fmt.Sprintf("%s/tell/%s/%d", r.ID, event, r.Version),
		NotifyRequester{Request: r.ID, Event: event, Decisions: len(r.Decisions)})
}

// NotifyOperators has the operators told, once for key.
func NotifyOperators(key string, why Text) Effect {
	return NewEffect(Notify, "operators", key, OperatorsNotice{why})
}

// Task is work on r, once.
func Task(r Request, p Payload) Effect {
	return NewEffect(Work, string(r.ID), fmt.Sprintf("%s/%s", r.ID, p.Kind()), p)
}

// DetachedTask is work that nothing of the request waits for: it stands in a queue of its own,
// and its failures are not the request's.
func DetachedTask(r Request, p Payload, due time.Time) Effect {
	e := NewEffect(Work, string(r.ID)+"/"+p.Kind(), fmt.Sprintf("%s/%s", r.ID, p.Kind()), p)
	e.Due = due
	return e
}

// Prompt has the present turn of c drawn.
func Prompt(c Conversation) Effect {
	return NewEffect(Notify, c.ID, fmt.Sprintf("%s/prompt/%d", c.ID, c.Version), DrawTurn{Conversation: c.ID})
}

// Retire has the buttons taken off the turns of c before the one that e draws. It stands in
// a queue of its own: the next turn does not wait for it.
func Retire(e Effect, c Conversation) Effect {
	return NewEffect(Notify, c.ID+"/"+KindRetire, e.Key+"/"+KindRetire, RetireTurns{Conversation: c.ID})
}

// Detail writes the facts of an audit row.
func Detail(pairs ...string) string {
	m := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			m[pairs[i]] = pairs[i+1]
		}
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return ""
	}
	return string(raw)
}

// TakeBack ends a hand-over that may still be open.
func TakeBack(r Request, i int) Effect {
	return NewEffect(Work, fmt.Sprintf("%s/takeback/%d", r.ID, i), fmt.Sprintf("%s/takeback/%d/%d", r.ID, i, r.Version), EndHandover{Request: r.ID, Index: i})
}

// TakeAllBack ends every hand-over of r that may still be open.
func TakeAllBack(r Request, now time.Time) []Effect {
	var all []Effect
	for i, h := range r.Releases {
		if h.Live(now) {
			all = append(all, TakeBack(r, i))
		}
	}
	return all
}

// AboutKey tells the requester about a hand-over, or an ask for one.
func AboutKey(r Request, i int, event string) Effect {
	return NewEffect(Notify, r.CardSubject(), fmt.Sprintf("%s/key/%d/%s/%d", r.ID, i, event, r.Version), NotifyKey{Request: r.ID, Index: i, Event: event})
}
