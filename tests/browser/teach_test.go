package browser

import "testing"

// TestWrongAnswer: who knows better says what it was; the card says it from then on,
// with what to do about that.
func TestWrongAnswer(t *testing.T) {
	p := start(t)
	u := p.as(t, "U0BOLIN", "D0BOLIN")
	u.size(1180, 1000)
	u.says("Expressway-E 报错：certificate verify failed: certificate has expired")
	u.reads(message, "这是已知原因", "回答有误")
	u.button("回答有误…")
	u.reads(modal, "实际原因是什么")
	u.click(modal+` [data-block-id="cause"][data-action-id="value"]`, "")
	u.shot("wrong-list")
	u.types(modal+` [data-block-id="cause"] input`, "时钟", false)
	u.shot("wrong-filter")
	u.click(`[role="option"]`, "")
	u.types(modal+` [data-block-id="reason"][data-action-id="value"]`, "时钟慢了三年，password=hunter2secret", false)
	u.shot("wrong-filled")
	u.submit()
	u.reads(message, "表示实际原因是")
	u.lacks("#main", "hunter2")
	u.shot("wrong-zh")
	sam := p.as(t, "U0SAM", "C0SUPPORT")
	sam.reads(message, "says that my answer was wrong", "I answered", "Teach this cause")
	sam.shot("wrong-told")
}

// TestTeach: an answer that nobody has is taught from its case, reviewed by a second
// person, and given at once.
func TestTeach(t *testing.T) {
	const text = "Nov 21 10:00:00 lift-7 badgeSrv[212]: cert blob rejected rc=-77 by reader firmware"
	p := start(t)
	sam := p.as(t, "U0SAM", "D0SAM")
	sam.size(1180, 1000)
	sam.says(text)
	sam.button("回答有誤…")
	sam.reads(modal, "實際原因是什麼")
	sam.submit()
	sam.reads(message, "表示回答有誤")
	sam.until(`!document.querySelector('[data-testid="modal"]')`)
	sam.button("教我這個原因…")
	sam.reads(modal, "教學新原因")
	sam.size(1180, 1300)
	sam.shot("teach-2")
	sam.submit()
	sam.shot("teach-2b")
	sam.fill("headline", "門禁讀卡機韌體不支援 SHA-256")
	sam.fill("cause", "badge-reader-firmware")
	sam.js(`(() => { const e = document.querySelector('[data-testid="modal"] [data-block-id="wordings"][data-action-id="value"]'); e.value = ''; e.dispatchEvent(new Event('input', {bubbles: true})); })()`)
	sam.fill("wordings", "cert blob rejected rc=-77")
	sam.fill("fix", "更新讀卡機韌體到 4.2。")
	sam.fill("near", "badgeSrv: cert blob accepted rc=0")
	sam.shot("teach-3")
	sam.submit()
	sam.reads(modal, "badge-reader-firmware")
	sam.shot("teach-4")
	sam.click(`[data-testid="modal-close"]`, "")

	own := p.as(t, "U0SAM", "C0SUPPORT")
	own.reads(message, "New cause:")
	own.size(1180, 1000)
	own.shot("teach-5")
	own.buttonOf("New cause:", "Approve")
	own.confirm()
	own.reads("body", "支援群組的另一位成員")
	own.shot("teach-6")

	bolin := p.as(t, "U0BOLIN", "C0SUPPORT")
	bolin.buttonOf("New cause:", "Approve")
	bolin.confirm()
	bolin.reads("body", "支持组")
	bolin.shot("teach-7")

	anselm := p.as(t, "U0ANSELM", "C0SUPPORT")
	anselm.size(1180, 1000)
	anselm.buttonOf("New cause:", "Approve")
	anselm.confirm()
	anselm.reads(message, "Live.")
	anselm.shot("teach-8")
	sam.reads(message, "現已對所有人生效", "這是已知原因", "更新讀卡機韌體到 4.2")
	sam.until(`!document.querySelector('#main .list').innerText.includes('表示回答有誤')`)
	sam.shot("teach-9")

	ella := p.as(t, "U0ELLA", "D0ELLA")
	ella.says("badgeSrv[9]: cert blob rejected rc=-77")
	ella.reads(message, "known cause", "門禁讀卡機韌體不支援 SHA-256")
	ella.shot("teach-10")
}
