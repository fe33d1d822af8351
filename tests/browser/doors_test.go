package browser

import (
	"path/filepath"
	"testing"
)

// menu opens the menu of the message that shows the words and picks an entry. A menu
// closes when the messages behind it are drawn anew: then it is opened again.
func (u *user) menu(words, entry string) {
	u.t.Helper()
	u.until(`(() => { const item = [...document.querySelectorAll('[data-testid="message-menu"] button, [data-testid="message-menu"] [role="menuitem"]')].find(e => e.innerText.includes(` + quoted(entry) + `));
		if (item) { item.click(); return true; }
		const m = [...document.querySelectorAll('#main [data-testid="message"]')].find(e => e.innerText.includes(` + quoted(words) + `));
		m?.querySelector('[data-testid="message-more"]')?.click(); return false; })()`)
}

// TestDiagnoseThis: somebody else's message, and somebody's file, answered in their
// threads at the request of a colleague.
func TestDiagnoseThis(t *testing.T) {
	p := start(t)
	ella := p.as(t, "U0ELLA", "C0SUPPORT")
	ella.says("Jabber says: the host name in the certificate does not match cucm1")
	sam := p.as(t, "U0SAM", "C0SUPPORT")
	sam.size(1180, 1000)
	sam.menu("Jabber says", "Diagnose this")
	sam.until(`document.querySelector('#main [data-testid="replies"]')`)
	sam.openThread()
	sam.reads(thread, "解決步驟", "host name")
	sam.shot("shortcut")
	ella.openThread()
	ella.reads(thread, "解決步驟") // in the language of who asked
}

// TestDiagnoseForm: the command without a text opens a form; the answer comes to the
// direct message.
func TestDiagnoseForm(t *testing.T) {
	p := start(t)
	u := p.as(t, "U0BOLIN", "C0SUPPORT")
	u.size(1180, 900)
	u.says("/cert diagnose")
	u.reads(modal, "诊断错误", "敏感信息")
	u.shot("form-zh")
	u.types(modal+` [data-block-id="reason"][data-action-id="value"]`, "上传服务器证书时页面提示：证书与 CSR 不匹配", false)
	u.submit()
	u.reads(modal, "私信")
	u.click(`[data-testid="modal-close"]`, "")
	dm := p.as(t, "U0BOLIN", "D0BOLIN")
	dm.reads(message, "解决步骤", "CSR")
	dm.size(1180, 1000)
	dm.shot("form-answer-zh")
}

// TestFileInChannel: files with a mention are answered in the thread of their message.
func TestFileInChannel(t *testing.T) {
	dir := material(t)
	p := start(t)
	u := p.as(t, "U0ANSELM", "C0SUPPORT")
	u.size(1180, 1000)
	u.types(`#main [data-testid="composer"]`, "@Countersign why is this chain refused? unable to get local issuer certificate", false)
	u.drops(bundle(t, dir, "server.pem", "new.pem"), bundle(t, dir, "trust.pem", "stranger.pem", "root.pem"), filepath.Join(dir, "box.csr"))
	u.openThread()
	u.reads(thread, "Example Issuing CA", "What to do")
	u.shot("channel-files")
}
