package browser

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// scheme has the page drawn for a light or a dark desktop.
func (u *user) scheme(name string) {
	u.t.Helper()
	if _, err := chromedp.Call(u.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}}); err != nil {
		u.t.Fatal(err)
	}
}

// TestPlanInChinese: the card of a plan, its form of exceptions and what its requester gets, in
// both Chinese scripts, wide and narrow, light and dark.
func TestPlanInChinese(t *testing.T) {
	p := start(t)
	sam := p.as(t, "U0SAM", "D0SAM") // Traditional Chinese
	sam.says("請為 Expressway-E 叢集 expe1.example.com、expe2.example.com 申請憑證，叢集名稱 expe.example.com，X15.5，MRA，網域 example.com，內部 CA，RSA 2048")
	sam.reads(message, "為什麼需要")
	sam.says("新的邊緣叢集")
	sam.reads(message, "expe1.example.com", "expe2.example.com")
	sam.size(1180, 1300)
	sam.shot("plan-zh-hant")
	sam.button("送交核准")
	sam.reads(message, "REQ-1, REQ-2", "等待核准")

	bolin := p.as(t, "U0BOLIN", "D0BOLIN") // Simplified Chinese
	bolin.click(`[data-testid="tab-home"]`, "")
	bolin.size(1180, 900)
	bolin.reads(home, "REQ-1", "REQ-2")
	bolin.scheme("dark")
	bolin.shot("home-approver-zh-hans-dark")
	bolin.scheme("light")
	bolin.atHome("REQ-1", "审批…")
	bolin.reads(modal, "证书请求 REQ-1, REQ-2", "全部批准（2）", "部分批准…")
	bolin.shot("plan-approver-zh-hans")
	bolin.size(390, 844)
	bolin.shot("plan-approver-zh-hans-phone")
	bolin.size(1180, 900)
	bolin.click(modal+" button", "部分批准…")
	bolin.reads(modal, "取消勾选要拒绝的证书")
	bolin.shot("except-zh-hans")
	bolin.submit()
	bolin.reads(home, "目前没有等待您处理的事项")
	sam.reads(message, "憑證已簽發", "取得 2 個私密金鑰…", "已全部安裝")
	sam.shot("issued-zh-hant")
	sam.scheme("dark")
	sam.size(390, 844)
	sam.shot("issued-zh-hant-phone-dark")
}

// TestStolenReachesApprovers: who says that a key was stolen need not know what to click: its
// approvers have the ask, with the button.
func TestStolenReachesApprovers(t *testing.T) {
	p := start(t)
	ella := p.as(t, "U0ELLA", "D0ELLA")
	ella.says("I need a TLS server certificate for portal.example.org, internal CA")
	ella.reads(message, "Why is it needed?")
	ella.says("Portal, CHG0048213")
	ella.reads(message, "The plan")
	ella.button("Send for approval")
	anselm := p.as(t, "U0ANSELM", "C0CERTAPPROVALS")
	anselm.reads(message, "Certificate request REQ-1")
	anselm.buttonOf("Certificate request REQ-1", "Approve")
	anselm.confirm()
	ella.reads(message, "is here, valid until")
	ella.says("the private key of REQ-1 was stolen")
	ella.reads(message, "The approvers of REQ-1 are asked to revoke it")
	anselm.reads(message, "may be in other hands", "Revoke…", "Do not revoke")
	anselm.shot("stolen")
}
