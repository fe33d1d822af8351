package workbench

import "countersign/workflows"

// Body is what rows of the outbox hold, whatever their kind, for tests to look at.
type Body struct {
	Request      workflows.RequestID `json:"request,omitempty"`
	Conversation string              `json:"conversation,omitempty"`
	Case         string              `json:"case,omitempty"`
	Taught       string              `json:"taught,omitempty"`
	Event        string              `json:"event,omitempty"`
	Person       workflows.Person    `json:"person,omitzero"`
	Index        int                 `json:"index,omitempty"`
	Place        *workflows.Place    `json:"place,omitempty"`
	Lang         string              `json:"lang,omitempty"`
	Files        []string            `json:"files,omitempty"`
	Said         string              `json:"said,omitempty"`
	More         int                 `json:"more,omitempty"`
	Text         *workflows.Text     `json:"text,omitempty"`
	Kind         string              `json:"kind,omitempty"`
	Texts        []workflows.Text    `json:"texts,omitempty"`
	Reason       string              `json:"reason,omitempty"`
}

// ReadBody reads the body of e.
func ReadBody(e workflows.Effect) (Body, error) { return workflows.ReadPayload[Body](e) }
