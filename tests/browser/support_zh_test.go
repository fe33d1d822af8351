package browser

import (
	"testing"

	endurance "countersign/tests/endurance/product"
)

// phone looks at what is on view at the width of a phone: nothing may be wider.
func (u *user) phone(name string) {
	u.t.Helper()
	u.size(390, 844)
	u.until(`window.innerWidth === 390`)
	if w := u.js(`Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('.list')].map((e) => e.scrollWidth))`); w != "390" {
		u.t.Errorf("%s is %s pixels wide on a phone", name, w)
	}
	u.shot(name + "-phone")
	u.size(1180, 1100)
}

// TestChineseCase: the whole of a case in Simplified Chinese: vague text, a remark, a
// second log, and the question answered by a button.
func TestChineseCase(t *testing.T) {
	p := start(t)
	u := p.as(t, "U0BOLIN", "C0SUPPORT")
	u.size(1180, 1100)
	u.says("@Countersign 穿越区域（traversal zone）断了，事件日志里只有 TLS 协商失败")
	u.openThread()
	u.reads(thread, "可能是以下之一", "把握", "如果是第 1 个原因")
	u.size(720, 880)
	u.shot("support-zh")
	u.phone("zh-vague")
	u.saysInThread("是 C 报错")
	u.reads(thread, "已记录")
	u.dropsInThread(written(t, "事件日志.log", []byte("2026-11-20T09:12:01+08:00 expc tvcs: Event=\"Inbound TLS Negotiation Error\" Service=\"SIP\" Src-ip=\"10.1.2.3\" Src-port=\"25001\" Detail=\"Peer's TLS certificate identity was unacceptable\" Protocol=\"TLS\" Common-name=\"expe.example.com\" Level=\"1\"\n")))
	u.reads(thread, "据此", "上面的回答已更新", "事件日志.log:1")
	u.lacks(thread, "known")
	u.shot("zh-log")
	u.step(thread, 1)
	u.reads(thread, "已完成 1/")
	u.button("全部详情")
	u.reads(thread, "完整的回答")
	u.button("已解决")
	u.reads(thread, "表示已解决")
	u.shot("zh-solved")
}

// TestTicksOverRestart: what was ticked before the product was killed is ticked after.
func TestTicksOverRestart(t *testing.T) {
	w := endurance.New(t, binary, endurance.Options{})
	run := w.Start()
	run.Connected()
	u := product{url: w.URL()}.as(t, "U0SAM", "D0SAM")
	u.size(1180, 1100)
	u.says("瀏覽器連 Expressway-E 時報錯：certificate has expired")
	u.reads(message, "憑證已過期", "解決步驟")
	u.step("#main", 2)
	u.reads(message, "已完成 1/")
	run.Kill()
	u.step("#main", 1)
	u.reads("body", "Countersign didn't respond")
	u.reads(message, "已完成 1/")
	w.Start().Connected()
	u.step("#main", 1)
	u.reads(message, "已完成 2/")
	u.shot("restart")
	w.Healthy()
}
