package workflows_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"countersign/workflows"
)

// TestRowsOfBefore: what earlier versions have queued is read as it was meant, and written
// as they write it: a version that is put back reads it too.
func TestRowsOfBefore(t *testing.T) {
	p := func(raw string, read func(workflows.Effect) (any, error)) {
		t.Helper()
		got, err := read(workflows.Effect{Body: []byte(raw)})
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			return
		}
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var before, after any
		if json.Unmarshal([]byte(raw), &before) != nil || json.Unmarshal(again, &after) != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("%s is written %s", raw, again)
		}
	}
	who, at := `"person":{"team":"T1","id":"U1"}`, `"place":{"channel":"C1","thread":"1.0"}`
	p(`{"request":"REQ-1"}`, as[workflows.MakeCSR])
	p(`{"request":"REQ-1"}`, as[workflows.Issue])
	p(`{"request":"REQ-1"}`, as[workflows.Revoke])
	p(`{"request":"REQ-1"}`, as[workflows.FindLost])
	p(`{"request":"REQ-1"}`, as[workflows.StoreCertificate])
	p(`{"request":"REQ-1"}`, as[workflows.DestroyKey])
	p(`{"request":"REQ-1","event":"c0ffee"}`, as[workflows.RevokeUnused])
	p(`{"request":"REQ-1",`+who+`,"index":2}`, as[workflows.HandOver])
	p(`{"request":"REQ-1",`+who+`}`, as[workflows.HandOver])
	p(`{"request":"REQ-1","index":1}`, as[workflows.WatchHandover])
	p(`{"request":"REQ-1","index":1}`, as[workflows.EndHandover])
	p(`{"request":"REQ-1","index":1}`, as[workflows.ExamineHandover])
	p(`{"request":"REQ-1","index":1}`, as[workflows.EndAsk])
	p(`{"request":"REQ-1","event":"again","kind":"approvers"}`, as[workflows.DrawRequest])
	p(`{"request":"REQ-1"}`, as[workflows.DrawRequest])
	p(`{"request":"REQ-1","event":"trouble","index":3,"text":{"key":"vault.sealed"}}`, as[workflows.NotifyRequester])
	p(`{"request":"REQ-1","index":1,"event":"opened"}`, as[workflows.NotifyKey])
	p(`{"request":"REQ-1","index":1,"event":"operators","kind":"not_me"}`, as[workflows.RaiseAlarm])
	p(`{"request":"REQ-1","index":1}`, as[workflows.CarryQuestion])
	p(`{"request":"REQ-1","index":1}`, as[workflows.CarryAnswer])
	p(`{"conversation":"C-1","event":"same"}`, as[workflows.DrawTurn])
	p(`{"conversation":"C-1"}`, as[workflows.RetireTurns])
	p(`{"conversation":"C-1"}`, as[workflows.PostPlan])
	p(`{"case":"K-1","event":"again","taught":"T-1"}`, as[workflows.DrawCase])
	p(`{"case":"K-1","event":"long",`+who+`}`, as[workflows.PostCase])
	p(`{"taught":"T-1"}`, as[workflows.DrawLesson])
	p(`{"taught":"T-1"}`, as[workflows.NotifyTeacher])
	p(`{"conversation":"C-1",`+who+`,"lang":"en","event":"move","said":"x"}`, as[workflows.Direct])
	p(`{`+who+`,`+at+`,"lang":"en","files":["F1"],"said":"x","more":2}`, as[workflows.ReadFiles])
	p(`{"text":{"key":"storage.forged"}}`, as[workflows.OperatorsNotice])
	p(`{"request":"REQ-1","kind":"csr","text":{"key":"vault.sealed"}}`, as[workflows.WorkWaits])
	p(`{"request":"REQ-1","kind":"csr","reason":"unknown kind"}`, as[workflows.WorkDead])
	p(`{"case":"K-1",`+who+`,`+at+`}`, as[workflows.ProbeHost])
	p(`{"case":"K-1"}`, as[workflows.AskModel])
	p(`{"conversation":"C-1"}`, as[workflows.ReadAnswer])
	for event, want := range map[string]workflows.Reply{
		"help":                   {Say: workflows.SayHelp},
		"cancel:":                {Say: workflows.SayCancel},
		"request:REQ-7":          {Say: workflows.SayRequest, About: "REQ-7"},
		"refused:workflows.refu": {Say: workflows.SayRefused, About: "workflows.refu"},
		"case_looked:K-1":        {Say: workflows.SayCaseProbed, About: "K-1"},
	} {
		raw := `{` + who + `,` + at + `,"lang":"en","event":"` + event + `"}`
		p(raw, as[workflows.Reply])
		if got, _ := workflows.ReadPayload[workflows.Reply](workflows.Effect{Body: []byte(raw)}); got.Say != want.Say || got.About != want.About {
			t.Errorf("%s is read as %+v", event, got)
		}
	}
	old := `{` + who + `,` + at + `,"event":"text","text":{"key":"workflows.refuse.not_yours"}}`
	if got, err := workflows.ReadPayload[workflows.Reply](workflows.Effect{Body: []byte(old)}); err != nil || got.Say != workflows.SayTexts || len(got.Texts) != 1 || got.Texts[0].Key != "workflows.refuse.not_yours" {
		t.Errorf("a refusal of before: %+v, %v", got, err)
	}
}

func as[P any](e workflows.Effect) (any, error) {
	return workflows.ReadPayload[P](e)
}
