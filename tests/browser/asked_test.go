package browser

import (
	"fmt"
	"strings"
	"testing"

	"countersign/slacksim"
	endurance "countersign/tests/endurance/product"
)

// asked is what people read, in one language, from a question to a closed channel.
type asked struct {
	slack, product string // Slack's locale, and the language of what stands in channels
	form           string // the sentence that asks for a certificate
	purpose, plan, send, ask, decide, approve, reject, issued,
	question, reply, waits, yours, waiting, asks, how, inThread, passedOn, answers,
	home, closed, trouble, meanwhile, requester string
}

var askedIn = map[string]asked{
	"en": {slack: "en-US", product: "en",
		form:    "I need a TLS server certificate for portal.example.org, internal CA",
		purpose: "Why is it needed?", plan: "The plan", send: "Send for approval", ask: "Ask…", decide: "Decide…", approve: "Approve", reject: "Reject…", issued: "Issued, valid until",
		question: "Why does the portal need a name of its own?", reply: "Customers type it, it stands in the contract", waits: "Waiting for an answer from @Ella Brandt.", yours: "Waiting for your answer", waiting: "Waiting for approval",
		asks: "asks about", how: "Answer in the thread of this message", inThread: "Reply in thread", passedOn: "Passed on", answers: "answers",
		home: "Waiting for you", closed: "I am not in #cert-approvals", trouble: "so its card cannot be posted there", meanwhile: "its approvers find it", requester: "Requester"},
	"zh-Hant": {slack: "zh-TW", product: "zh-Hant",
		form:    "請為 portal.example.org 申請一張普通 TLS 伺服器憑證，由內部 CA 簽發",
		purpose: "為什麼需要", plan: "憑證方案", send: "送交核准", ask: "提問…", decide: "審核…", approve: "核准", reject: "拒絕…", issued: "已簽發，有效期至",
		question: "入口網站為什麼需要自己的名稱？", reply: "客戶會直接輸入這個網址，合約裡也寫了", waits: "等待 @Ella Brandt 回答。", yours: "等待您回答", waiting: "等待核准",
		asks: "提問：", how: "請在此訊息的討論串中回答", inThread: "在討論串中回覆", passedOn: "已轉", answers: "回答",
		home: "等待您處理", closed: "我不在 #cert-approvals", trouble: "無法在那裡張貼卡片", meanwhile: "核准人可在", requester: "申請人"},
}

// requests asks for a certificate, up to the click that sends it.
func (u *user) requests(in asked) {
	u.t.Helper()
	u.says(in.form)
	u.reads(message, in.purpose)
	u.says("Portal, CHG0048213")
	u.reads(message, in.plan)
	u.button(in.send)
}

// TestAnswerInThread: an approver asks with the button, the requester types the answer below
// the question, and the approver's card, which said whom it waits for, shows it. Then the
// approvers' channel is closed: who is told, and where it is decided meanwhile.
func TestAnswerInThread(t *testing.T) {
	for name, in := range askedIn {
		t.Run(name, func(t *testing.T) { answerInThread(t, name, in) })
	}
}

func answerInThread(t *testing.T, name string, in asked) {
	w := endurance.New(t, binary, endurance.Options{Language: in.product})
	for _, person := range []string{"ella", "anselm", "sam"} {
		if err := w.ChangePerson(person, func(p *slacksim.Person) { p.Locale = in.slack }); err != nil {
			t.Fatal(err)
		}
	}
	w.Start().Connected()
	p := product{url: w.URL()}
	ella := p.as(t, "U0ELLA", "D0ELLA")
	ella.size(1280, 900)
	ella.requests(in)

	anselm := p.as(t, "U0ANSELM", "C0CERTAPPROVALS")
	anselm.size(1280, 1000)
	anselm.reads(message, "REQ-1", in.waiting)
	anselm.button(in.ask)
	anselm.types(modal+` [data-block-id="reason"][data-action-id="value"]`, in.question, false)
	anselm.shot("ask-" + name)
	anselm.submit()
	anselm.reads(message, in.waits, in.question)
	anselm.shot("asked-card-" + name)
	ella.reads(message, in.asks, in.question, in.how, in.yours)
	ella.shot("question-" + name)

	ella.menu(in.how, in.inThread)
	ella.saysInThread(in.reply)
	ella.reads(thread, in.passedOn)
	anselm.reads(message, in.reply, in.waiting)
	anselm.lacks("#main", in.waits)
	anselm.shot("answered-card-" + name)
	anselm.openThread()
	anselm.reads(thread, in.answers, in.reply)
	anselm.shot("answered-thread-" + name)
	ella.until(`!document.querySelector('#main').innerText.includes(` + quoted(in.how) + `)`)
	ella.reads("#main "+message, in.reply, in.waiting)
	ella.shot("question-answered-" + name)

	if err := w.Remove("cert-approvals", "countersign"); err != nil {
		t.Fatal(err)
	}
	operators := p.as(t, "U0SAM", "C0SUPPORT")
	operators.size(1280, 900)
	operators.reads(message, in.closed, "/invite @countersign")
	operators.shot("closed-operators-" + name)
	ella.requests(in)
	ella.reads(message, "REQ-2", in.trouble, in.meanwhile, "/cert show REQ-2")
	ella.shot("closed-requester-" + name)

	home := p.as(t, "U0ANSELM", "D0ANSELM")
	home.size(1280, 900)
	home.click(`[data-testid="tab-home"]`, "")
	home.reads(`[data-testid="home"]`, in.home, "REQ-1", in.trouble, in.decide)
	if text := home.js(`document.querySelector('[data-testid="home"]').innerText`); strings.Contains(text, in.meanwhile) {
		t.Errorf("who is there reads where to go: %s", text)
	}
	home.shot("home-" + name)
	home.press(fmt.Sprintf(`[...document.querySelectorAll('[data-testid="home"] button')].find(b => b.innerText.trim() === %q)`, in.decide))
	home.reads(modal, in.requester, in.reject)
	home.size(1280, 1400)
	home.shot("home-decide-" + name)
	home.click(modal+" button", in.approve)
	home.confirm()
	ella.reads(message, in.issued)
	w.Healthy()
}
