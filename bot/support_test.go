package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/workflows"
)

const expired = "Expressway-E: certificate verify failed: certificate has expired"

// caseOf is the case that was answered at a place.
func (r *rig) caseOf(t *testing.T, at workflows.Place) (c workflows.Case) {
	t.Helper()
	must(t, r.db.View(context.Background(), func(rd workflows.Reader) (err error) { c, err = rd.CaseAt(context.Background(), at); return err }))
	return c
}

// TestEveryWayToAnAnswer: wherever an error is put, its answer comes where its person
// looks for it.
func TestEveryWayToAnAnswer(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella := r.As("ella")
	support := ella.In("#support")

	ella.Says(expired)
	ella.Sees("The certificate has expired")
	asked := support.Says("@Countersign " + expired)
	support.InThread(asked).Sees("The certificate has expired")
	ella.Uploads("tvcs.log", []byte(expired), "")
	ella.Sees("The certificate has expired", "tvcs.log:1")
	dropped := support.Uploads("tvcs.log", []byte(expired), "@Countersign have a look")
	support.InThread(dropped).Sees("The certificate has expired", "tvcs.log:1")

	quiet := support.Uploads("edge.log", []byte(expired), "look what I found")
	said := support.Says(expired)
	r.As("anselm").In("#support").UsesMessageShortcut("Diagnose this", quiet)
	support.InThread(quiet).Sees("The certificate has expired", "edge.log:1")
	support.UsesMessageShortcut("Diagnose this", said)
	support.InThread(said).Sees("The certificate has expired")
	support.UsesMessageShortcut("Diagnose this", said)
	support.Sees("answered in its thread already")

	ella.Runs("/cert diagnose")
	ella.Submits(ella.SeesModal("Diagnose an error"), map[string]any{"reason": expired})
	ella.Sees("The certificate has expired")
	ella.Closes(ella.SeesModal("direct message"))
	ella.Runs("/cert diagnose " + expired)
	ella.Sees("in your direct message")
	ella.Sees("The certificate has expired")
}

// TestNotForEverybody: who may not is told so, and nothing comes of it.
func TestNotForEverybody(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	gil, buildbot := r.As("gil").In("#partner-project"), r.As("buildbot").In("#support")
	gil.Says("@Countersign " + expired)
	gil.Sees("members of this workspace only")
	buildbot.Says("@Countersign " + expired)
	buildbot.Sees("Bots cannot use this")
	said := r.As("ella").In("#partner-project").Says("@Countersign " + expired)
	card := r.As("ella").In("#partner-project").InThread(said).Sees("What to do")
	gil.InThread(said).Clicks(card, "This solved it")
	gil.InThread(said).Sees("members of this workspace only")
	r.Quiet(300 * time.Millisecond)
	if c := r.caseOf(t, workflows.Place{Channel: said.Channel, Thread: said.TS}); c.Outcome != "" {
		t.Errorf("a stranger ended the case: %q", c.Outcome)
	}
}

// TestTogether: people who click at the same time, on cards that are old by then, lose
// nothing of each other and are told.
func TestTogether(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	sam, anselm := r.As("sam").In("#support"), r.As("anselm").In("#support")
	said := sam.Says("@Countersign MRA registration is refused: sslv3 alert certificate unknown, no reason given")
	place := workflows.Place{Channel: said.Channel, Thread: said.TS}
	card := sam.InThread(said).Sees("同一時刻對端記錄寫了什麼")
	sam.Clicks(card, "已過期")
	anselm.Clicks(card, "名稱不匹配")
	anselm.InThread(said).Sees("Somebody has answered this already")
	now := sam.SeesChange(card, "憑證已過期", "→ 已過期", "重新回答")
	sam.Clicks(now, "重新回答")
	sam.SeesChange(now, "同一時刻對端記錄寫了什麼", "看不到") // the question too is quoted where it was answered
	anselm.Clicks(card, "看不到")                 // it leads on, whoever clicks
	now = sam.SeesChange(card, "→ 看不到", "重新回答")

	cause := r.caseOf(t, place).Cause
	steps := len(r.service.Support.KB().Cause(cause).Fix)
	if steps < 3 {
		t.Fatalf("%s has %d steps", cause, steps)
	}
	for n, who := range []*slacksim.Actor{sam, anselm, sam} {
		who.Clicks(now, fmt.Sprintf("case step %s %d", r.caseOf(t, place).ID, n)) // all on the card as it was
	}
	sam.SeesChange(now, fmt.Sprintf("已完成 %d/%d", 3, steps))

	anselm.Clicks(now, "已解決")
	anselm.Clicks(now, "已解決")
	sam.SeesChange(now, "表示已解決")
	sam.Clicks(now, "回答有誤…")
	sam.Submits(sam.SeesModal("實際原因是什麼"), map[string]any{"reason": "不對"})
	sam.SeesModal("已有人說明了結果")
	c := r.caseOf(t, place)
	if c.Outcome != "solved" || c.Ended.ID != anselm.ID() || len(c.Done(cause)) != 3 {
		t.Errorf("the case is %q by %s with %v ticked", c.Outcome, c.Ended.ID, c.Ticks)
	}
}

// TestRemarks: how it went is read out of what people write in the thread, mention or
// not; what they say to each other is left alone.
func TestRemarks(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	ella, anselm := r.As("ella").In("#support"), r.As("anselm").In("#support")
	said := ella.Says("@Countersign " + expired)
	card := ella.InThread(said).Sees("The certificate has expired")
	anselm.InThread(said).Says("who has the login for that box?")
	ella.InThread(said).Says("that didn't help, same error")
	ella.InThread(said).Sees("Not yet, then")
	ella.InThread(said).Says("still no luck")
	ella.InThread(said).Sees("Not yet, then")
	anselm.InThread(said).Says("works again, thanks")
	ella.InThread(said).Sees("stands at the answer as solved")
	now := ella.SeesChange(card, "says that this solved it", "Wrong answer…")
	anselm.Clicks(now, "Wrong answer…") // it was not, after all
	anselm.Submits(anselm.SeesModal("What was it, in your words"), map[string]any{"reason": "came back"})
	ella.SeesChange(card, "says that this is wrong")
	if c := r.caseOf(t, workflows.Place{Channel: said.Channel, Thread: said.TS}); c.Outcome != "wrong" || c.Ended.ID != anselm.ID() {
		t.Errorf("the case is %q by %s", c.Outcome, c.Ended.ID)
	}
	r.Quiet(300 * time.Millisecond)
}

// TestLongAndMany: what is long is cut where it must be, and what is not read is said.
func TestLongAndMany(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	sam := r.As("sam")
	sam.Says(strings.Repeat("系統日誌沒有異常。", 1300) + expired) // 12,000 characters, as much as one can type: 36 kB
	sam.Sees("憑證已過期")
	var many []slacksim.Upload
	for i := range 25 {
		many = append(many, slacksim.Upload{Name: fmt.Sprintf("日誌 %02d.log", i), Data: []byte("nothing here, line by line\n")})
	}
	many[19].Data = []byte(expired)
	_, _, err := r.Share(sam.ID(), "D0SAM", "", "", many...)
	must(t, err)
	sam.Sees("20", "5", ".zip")
	sam.Sees("憑證已過期", "日誌 19.log:1")

	must(t, r.Inject(slacksim.Fault{Kind: slacksim.FaultError, Match: "files.info", Code: "file_deleted"}))
	sam.Uploads("gone.log", []byte(expired), "")
	sam.Sees("已被刪除")
	sam.Uploads("空.log", nil, "")
	sam.Sees("空.log", "0 位元組")
}

// TestTaughtAndRejected: a proposal that is rejected is told with its reason, and the
// buttons of an old card decide nothing any more.
func TestTaughtAndRejected(t *testing.T) {
	r := newRig(t, slacksim.Default())
	r.socket(t)
	sam, anselm, bolin := r.As("sam"), r.As("anselm").In("#support"), r.As("bolin").In("#support")
	sam.Says("Nov 21 10:00:00 lift-7 badgeSrv[212]: cert blob rejected rc=-77 by reader firmware")
	card := sam.Sees("回答有誤…") // whatever the answer is
	sam.Clicks(card, "回答有誤…")
	sam.Submits(sam.SeesModal("實際原因是什麼"), map[string]any{"reason": "讀卡機韌體"})
	anselm.Sees("says that my answer was wrong", "badgeSrv", "讀卡機韌體")
	sam.Clicks(sam.SeesChange(card, "教我這個原因…"), "教我這個原因…")
	form := map[string]any{"headline": "讀卡機韌體過舊", "cause": "badge-reader-firmware", "wordings": "rejected", "fix": "更新韌體。"}
	view := sam.SeesModal("教學新原因")
	if again := sam.Submits(view, form); again.Errors["wordings"] == "" {
		t.Errorf("too short a wording was taken: %+v", again)
	}
	form["wordings"] = "cert blob rejected rc=-77"
	sam.Submits(view, form)
	proposal := anselm.Sees("New cause: 讀卡機韌體過舊", "cert blob rejected rc=-77", "Approve")
	bolin.Clicks(proposal, "Approve")
	bolin.Sees("支持组")
	r.As("sam").In("#support").Clicks(proposal, "Approve")
	r.As("sam").In("#support").Sees("必須由支援群組的另一位成員審核")
	anselm.Clicks(proposal, "Reject…")
	anselm.Submits(anselm.SeesModal("Why?"), map[string]any{"reason": "Too narrow: name the product"})
	anselm.SeesChange(proposal, "Rejected", "Too narrow")
	sam.Sees("拒絕了您提出的原因", "Too narrow")
	anselm.Clicks(proposal, "Approve")
	anselm.Sees("Somebody has decided on this already")
	if r.service.Support.KB().Cause("badge-reader-firmware") != nil {
		t.Error("rejected and live")
	}
}
