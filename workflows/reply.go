package workflows

import (
	"encoding/json"
	"strings"
)

// Standing is one of the standing answers, drawn from state when it is delivered.
type Standing string

// The standing answers. What those below the first are about is Reply.About.
const (
	SayHelp       Standing = "help"
	SayList       Standing = "list"        // the person's own requests
	SayWelcome    Standing = "welcome"     // to thanks
	SayButtons    Standing = "buttons"     // that decisions are clicked
	SaySecret     Standing = "secret"      // a private key was in what they wrote
	SayInspectHow Standing = "inspect_how" // how to have certificates inspected
	SayTexts      Standing = "texts"       // Reply.Texts
	SayErrand     Standing = "errand"      // that a workflow asks them for a certificate, in the words of Reply.Texts

	SayOverheard   Standing = "overheard"    // requests whose private key they pasted, or "": to them alone
	SayRefused     Standing = "refused"      // a catalogue key
	SayRequest     Standing = "request"      // a request
	SayCancel      Standing = "cancel"       // a request to cancel, or "": which of theirs
	SayPassedOn    Standing = "passed_on"    // a request whose question was answered
	SayInstalled   Standing = "installed"    // a request whose certificate is in place
	SayKept        Standing = "kept"         // a request with which a remark was kept
	SayRevocation  Standing = "revocation"   // a request whose revocation was asked for, or "": which of theirs
	SayOurs        Standing = "ours"         // a request whose certificate somebody has shown
	SayCaseSame    Standing = "case_same"    // a case to which a remark has added nothing
	SayCaseChanged Standing = "case_changed" // a case whose answer it has changed
	SayCaseSolved  Standing = "case_solved"  // a case that is solved
	SayCaseStuck   Standing = "case_stuck"   // a case whose answer did not help
	SayCaseProbed  Standing = "case_looked"  // a case for which a host was probed
)

// Reply says one of the standing answers at a place.
type Reply struct {
	Person Person
	Place  *Place
	Lang   string
	Say    Standing
	About  string
	Texts  []Text // of files that gave nothing, or of a refusal
	Link   string // to the message that they asked about
}

// reply is a Reply as rows hold it: what it is about stands behind a colon.
type reply struct {
	Person Person `json:"person"`
	Place  *Place `json:"place"`
	Lang   string `json:"lang,omitempty"`
	Event  string `json:"event"`
	Text   *Text  `json:"text,omitempty"` // of rows before Texts took it
	Texts  []Text `json:"texts,omitempty"`
	Link   string `json:"link,omitempty"`
}

// MarshalJSON writes the row.
func (r Reply) MarshalJSON() ([]byte, error) {
	event := string(r.Say)
	if r.Say.about() {
		event += ":" + r.About
	}
	return json.Marshal(reply{Person: r.Person, Place: r.Place, Lang: r.Lang, Event: event, Texts: r.Texts, Link: r.Link})
}

// UnmarshalJSON reads the row.
func (r *Reply) UnmarshalJSON(raw []byte) error {
	var row reply
	if err := json.Unmarshal(raw, &row); err != nil {
		return err
	}
	say, about, _ := strings.Cut(row.Event, ":")
	*r = Reply{Person: row.Person, Place: row.Place, Lang: row.Lang, Say: Standing(say), About: about, Texts: row.Texts, Link: row.Link}
	if say == "text" && row.Text != nil {
		r.Say, r.Texts = SayTexts, []Text{*row.Text}
	}
	return nil
}

// about reports that the answer is about something.
func (s Standing) about() bool {
	switch s {
	case SayOverheard, SayRefused, SayRequest, SayCancel, SayPassedOn, SayInstalled, SayKept, SayRevocation, SayOurs, SayCaseSame, SayCaseChanged, SayCaseSolved, SayCaseStuck, SayCaseProbed:
		return true
	case SayHelp, SayList, SayWelcome, SayButtons, SaySecret, SayInspectHow, SayTexts, SayErrand:
		return false
	}
	return false
}
