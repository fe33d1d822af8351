package workflows

// Payload is what the effects of one kind carry: names of state, never its content. There
// is one type a kind; the names in JSON are those of the rows that databases hold.
type Payload interface{ Kind() string }

// What most payloads are: the name of one thing.
type (
	ofRequest struct {
		Request RequestID `json:"request"`
	}
	ofIndexed struct {
		Request RequestID `json:"request"`
		Index   int       `json:"index,omitempty"` // of the hand-over, the ask or the question
	}
	ofConversation struct {
		Conversation string `json:"conversation"`
	}
	ofTaught struct {
		Taught string `json:"taught"`
	}
)

// Of the Work lane.
type (
	// MakeCSR makes the key and the CSR of a request.
	MakeCSR ofRequest
	// Issue has an approved request signed.
	Issue ofRequest
	// Revoke has the certificate of a request revoked.
	Revoke ofRequest
	// RevokeUnused has a certificate revoked that nobody gets.
	RevokeUnused struct {
		Request RequestID `json:"request"`
		SHA256  string    `json:"event"`
	}
	// FindLost looks for what was signed for a request that ended without it.
	FindLost ofRequest
	// StoreCertificate puts the certificate of a request beside its key.
	StoreCertificate ofRequest
	// DestroyKey removes a key that is of no more use.
	DestroyKey ofRequest
	// HandOver hands a key over.
	HandOver struct {
		Request RequestID   `json:"request"`
		Person  Person      `json:"person,omitzero"`
		Index   int         `json:"index,omitempty"` // of the release
		With    []RequestID `json:"with,omitempty"`  // whose first hand-overs go in the same message
	}
	// WatchHandover looks what has become of a hand-over.
	WatchHandover ofIndexed
	// EndHandover takes a hand-over back that may still be open.
	EndHandover ofIndexed
	// ExamineHandover finds out why a hand-over does not open.
	ExamineHandover ofIndexed
	// EndAsk closes an ask for a key that nobody decided on.
	EndAsk ofIndexed
)

// Of the Notify lane, done by the chat adapter, which reads the state anew.
type (
	// DrawRequest draws, or redraws, every card of a request.
	DrawRequest struct {
		Request  RequestID `json:"request"`
		Event    string    `json:"event,omitempty"` // Afresh, or nothing
		Audience string    `json:"kind,omitempty"`  // Approvers; without it the requester's, which queues that one
	}
	// NotifyRequester tells the requester directly about an event.
	NotifyRequester struct {
		Request   RequestID `json:"request"`
		Event     string    `json:"event"`
		Decisions int       `json:"index,omitempty"` // how many there were
		Text      *Text     `json:"text,omitempty"`  // why, where the request does not say it
	}
	// NotifyKey tells the requester directly about a hand-over, or an ask for one.
	NotifyKey struct {
		Request RequestID `json:"request"`
		Index   int       `json:"index,omitempty"`
		Event   string    `json:"event"`
	}
	// RaiseAlarm says that a key counts as stolen.
	RaiseAlarm struct {
		Request RequestID `json:"request"`
		Index   int       `json:"index,omitempty"` // of the hand-over
		Whom    string    `json:"event"`           // Approvers, or the operators
		Report  string    `json:"kind"`            // one of the Report constants, or "again"
	}
	// CarryQuestion takes an approver's question to the requester.
	CarryQuestion ofIndexed
	// RemindApprovers tells them that a request of a group waits for them, on a card of which
	// everything else was decided.
	RemindApprovers ofRequest
	// CarryAnswer takes the requester's answer to the approvers.
	CarryAnswer ofIndexed
	// DrawTurn draws the present turn of a conversation where it stands.
	DrawTurn struct {
		Conversation string `json:"conversation"`
		Event        string `json:"event,omitempty"` // that it asks what was asked before, or nothing
	}
	// RetireTurns takes the buttons off the turns of a conversation that were answered.
	RetireTurns ofConversation
	// PostPlan posts a plan as a file where its conversation stands.
	PostPlan ofConversation
	// DrawCase draws the answer to a case.
	DrawCase struct {
		Case   string `json:"case"`
		Event  string `json:"event,omitempty"`  // Afresh, or nothing
		Taught string `json:"taught,omitempty"` // what was just taught from it
	}
	// PostCase posts something of a case beside its answer.
	PostCase struct {
		Case   string `json:"case"`
		What   string `json:"event"`
		Person Person `json:"person,omitzero"` // who wanted it
	}
	// DrawLesson draws the card of a taught cause.
	DrawLesson ofTaught
	// NotifyTeacher tells who taught a cause what became of it.
	NotifyTeacher ofTaught
	// Direct finds a person's direct message, and takes there what they gave elsewhere.
	Direct struct {
		Person       Person `json:"person"`
		Lang         string `json:"lang,omitempty"`
		What         string `json:"event"`
		Conversation string `json:"conversation,omitempty"`
		Said         string `json:"said,omitempty"`   // redacted: no state has it yet
		Errand       string `json:"errand,omitempty"` // that waits for what comes of it
	}
	// FinishErrand answers an automation outside that waited for a request or a conversation.
	FinishErrand struct {
		Errand       string    `json:"errand"`
		Request      RequestID `json:"request,omitempty"`
		Conversation string    `json:"conversation,omitempty"`
		Refused      *Text     `json:"text,omitempty"` // why it was not begun
	}
	// OperatorsNotice tells the operators what was found, say about the database.
	OperatorsNotice struct {
		Text Text `json:"text"`
	}
	// WorkWaits tells the operators why work waits.
	WorkWaits struct{ Failing }
	// WorkDead tells the operators of an effect that was given up.
	WorkDead struct{ Failing }
)

// Failing is which effect the operators are told of, and why.
type Failing struct {
	About
	Of     string `json:"kind"`
	Text   *Text  `json:"text,omitempty"`
	Reason string `json:"reason,omitempty"` // for the log, where there are no words
}

// ReadFiles is of the Files lane: it fetches files that a person sent, and answers them.
type ReadFiles struct {
	Person Person   `json:"person"`
	Place  *Place   `json:"place"`
	Lang   string   `json:"lang,omitempty"`
	Files  []string `json:"files"`           // ids in the workspace
	More   int      `json:"more,omitempty"`  // files beyond those
	Said   string   `json:"said,omitempty"`  // with the files, redacted
	Link   string   `json:"link,omitempty"`  // to the message, where somebody asked about one with it
	Aside  bool     `json:"aside,omitempty"` // not said to the bot, but in a thread that it is in

	// Of a file that was put into the form of a request, which waits for a CSR; it has no Place.
	Request RequestID `json:"request,omitempty"`
	View    string    `json:"view,omitempty"` // what the form shows meanwhile
}

// Of the Background lane.
type (
	// ProbeHost looks at the host that a case wants probed.
	ProbeHost struct {
		Case   string `json:"case"`
		Person Person `json:"person"`
		Place  *Place `json:"place,omitempty"` // where somebody asked for it in words
	}
	// AskModel has the model say something about a case.
	AskModel struct {
		Case string `json:"case"`
	}
	// ReadAnswer has the model read what a person wrote in a conversation.
	ReadAnswer ofConversation
)

// Kind is the kind of the effects.
func (MakeCSR) Kind() string          { return KindCSR }
func (Issue) Kind() string            { return KindIssue }
func (Revoke) Kind() string           { return KindRevoke }
func (RevokeUnused) Kind() string     { return KindUnused }
func (FindLost) Kind() string         { return KindLost }
func (StoreCertificate) Kind() string { return KindKeep }
func (DestroyKey) Kind() string       { return KindDestroy }
func (HandOver) Kind() string         { return KindRelease }
func (WatchHandover) Kind() string    { return KindWatch }
func (EndHandover) Kind() string      { return KindTakeBack }
func (ExamineHandover) Kind() string  { return KindDoubt }
func (EndAsk) Kind() string           { return KindAskEnd }
func (DrawRequest) Kind() string      { return KindCards }
func (NotifyRequester) Kind() string  { return KindNotify }
func (NotifyKey) Kind() string        { return KindKey }
func (RaiseAlarm) Kind() string       { return KindAlarm }
func (CarryQuestion) Kind() string    { return KindAsk }
func (RemindApprovers) Kind() string  { return KindRemind }
func (CarryAnswer) Kind() string      { return KindAnswer }
func (DrawTurn) Kind() string         { return KindPrompt }
func (RetireTurns) Kind() string      { return KindRetire }
func (PostPlan) Kind() string         { return KindPlan }
func (DrawCase) Kind() string         { return KindCase }
func (PostCase) Kind() string         { return KindCasePost }
func (DrawLesson) Kind() string       { return KindTeach }
func (NotifyTeacher) Kind() string    { return KindTaught }
func (Reply) Kind() string            { return KindReply }
func (Direct) Kind() string           { return KindDirect }
func (FinishErrand) Kind() string     { return KindErrand }
func (ReadFiles) Kind() string        { return KindFiles }
func (OperatorsNotice) Kind() string  { return KindRecord }
func (WorkWaits) Kind() string        { return KindWaits }
func (WorkDead) Kind() string         { return KindDead }
func (ProbeHost) Kind() string        { return KindProbe }
func (AskModel) Kind() string         { return KindAssist }
func (ReadAnswer) Kind() string       { return KindPropose }
