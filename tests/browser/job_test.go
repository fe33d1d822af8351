package browser

import "testing"

const (
	message = `[data-testid="message"]`
	thread  = `[data-testid="thread"]`
	modal   = `[data-testid="modal"]`
)

// TestByForm: the engineer fills in the form, the approver approves, the certificate
// is there.
func TestByForm(t *testing.T) {
	p := start(t)
	ella := p.as(t, "U0ELLA", "C0CERTIFICATES")
	ella.says("/cert new")
	ella.reads(modal, "Request certificates", "Product")
	ella.choose("product", "expressway-e")
	ella.reads(modal, "Software version")
	ella.fill("version", "X15.5")
	ella.submit()
	ella.reads(modal, "Node (FQDN)")
	ella.fill("nodes", "expe1.example.com, expe_2.example.com")
	ella.choose("topology", "cluster")
	ella.reads(modal, "Cluster name (FQDN)")
	ella.fill("cluster_fqdn", "expe.example.com")
	ella.fill("domains", "example.com")
	ella.submit()
	ella.until(`document.querySelector('[data-error-for="nodes"]')`) // the underscore
	ella.shot("form-error")
	ella.js(`(() => { const e = document.querySelector('[data-testid="modal"] [data-block-id="nodes"][data-action-id="value"]'); e.value = ''; e.dispatchEvent(new Event('input', {bubbles: true})); })()`)
	ella.fill("nodes", "expe1.example.com, expe2.example.com")
	ella.submit()
	ella.reads(modal, "Why is it needed?")
	ella.choose("ca", "private")
	ella.fill("subject.O", "Example Ltd")
	ella.fill("purpose", "New edge cluster for mobile and remote access, CHG0048213")
	ella.submit()
	ella.reads(modal, "The plan", "expe1.example.com", "expe2.example.com", "Registration domain")
	ella.size(1180, 1000)
	ella.js(`document.querySelectorAll('[data-testid="modal"] *').forEach(e => { e.scrollTop = 0; })`)
	ella.shot("plan")
	ella.size(1360, 757)
	ella.submit()
	ella.reads(modal, "REQ-1", "REQ-2")
	ella.click(`[data-testid="modal-close"]`, "")

	anselm := p.as(t, "U0ANSELM", "C0CERTAPPROVALS")
	anselm.reads(message, "Certificate requests REQ-1, REQ-2", "New edge cluster", "serverAuth", "expe.example.com", "Awaited")
	anselm.size(1180, 1000)
	anselm.shot("approval")
	anselm.size(1360, 757)
	anselm.buttonOf("Certificate requests REQ-1, REQ-2", "Approve all 2")
	anselm.confirm()
	anselm.reads(message, "Issued", "approved")
	anselm.shot("approved")

	dm := p.as(t, "U0ELLA", "D0ELLA")
	dm.reads(message, "is here, valid until", "Install it, in this order", "signing request (CSR)", "Get the 2 private keys…")
	dm.shot("issued")
	dm.size(390, 844)
	dm.shot("phone")
}

// TestByThread: the engineer is asked question by question, changes an answer, and the
// approver rejects with a reason.
func TestByThread(t *testing.T) {
	p := start(t)
	ella := p.as(t, "U0ELLA", "C0CERTIFICATES")
	ella.says("@Countersign please make a new certificate")
	ella.openThread()
	ella.reads(thread, "Which product is the certificate for?")
	ella.saysInThread("any other TLS service")
	ella.reads(thread, "For which service?")
	ella.saysInThread("TLS server")
	ella.reads(thread, "What is the fully qualified name of the node?")
	ella.saysInThread("portal example.org")
	ella.reads(thread, "portal")
	ella.saysInThread("change the nodes to portal.example.org")
	ella.reads(thread, "Which kind of CA is to sign?")
	ella.button("Internal CA")
	ella.reads(thread, "Why is it needed? The approvers read this.")
	ella.saysInThread("back")
	ella.reads(thread, "Which kind of CA is to sign?")
	ella.button("Internal CA")
	ella.saysInThread("<!channel> customer portal")
	ella.reads(thread, "The plan", "portal.example.org")
	ella.shot("thread")
	ella.button("Send for approval")
	ella.reads(thread, "Recorded: REQ-1")

	anselm := p.as(t, "U0ANSELM", "C0CERTAPPROVALS")
	anselm.reads(message, "Certificate request REQ-1", "<!channel> customer portal")
	anselm.button("Reject…")
	anselm.reads(modal, "The requester reads this")
	anselm.types(modal+` [data-block-id="reason"][data-action-id="value"]`, "Use the shared portal certificate instead", false)
	anselm.submit()
	anselm.reads(message, "Rejected", "Use the shared portal certificate instead")
	dm := p.as(t, "U0ELLA", "D0ELLA")
	dm.reads(message, "rejected REQ-1", "Use the shared portal certificate instead")
	dm.shot("rejected")
}

// TestByFreeText: one sentence in English, one in Chinese, from another approver, who
// may not approve his own.
func TestByFreeText(t *testing.T) {
	p := start(t)
	ella := p.as(t, "U0ELLA", "C0CERTIFICATES")
	ella.says("@Countersign I need a CSR for the expe1/expe2 Expressway-E cluster in example.com, cluster name expe.example.com, X15.5, MRA domain example.com, internal CA")
	ella.openThread()
	ella.reads(thread, "What I know so far", "Why is it needed?")
	ella.saysInThread("New edge")
	ella.reads(thread, "The plan", "expe1.example.com", "expe2.example.com")
	ella.shot("free-text")
	ella.button("Send for approval")
	ella.reads(thread, "REQ-1, REQ-2")

	bolin := p.as(t, "U0BOLIN", "C0CERTIFICATES")
	bolin.says("@Countersign 请为 git.example.cn 申请一张普通 TLS 服务器证书，内部 CA 签发")
	bolin.until(`document.querySelectorAll('#main [data-testid="replies"]').length === 2`) // his own has one too
	bolin.openThread()
	bolin.reads(thread, "为什么需要？审批人会看到。")
	bolin.saysInThread("新的代码仓库")
	bolin.reads(thread, "证书方案", "git.example.cn")
	bolin.shot("free-text-zh")
	bolin.button("提交审批")
	bolin.reads(thread, "REQ-3")
	approvals := p.as(t, "U0BOLIN", "C0CERTAPPROVALS")
	approvals.reads(message, "Certificate request REQ-3")
	approvals.buttonOf("Certificate request REQ-3", "Approve")
	approvals.confirm()
	approvals.reads(`body`, "必须由他人决定")
	approvals.shot("own-request")
}

// TestPastedError: support staff paste an error and read the answer in Traditional
// Chinese.
func TestPastedError(t *testing.T) {
	p := start(t)
	sam := p.as(t, "U0SAM", "D0SAM")
	sam.says("Expressway-C 換完憑證後 MRA 登入失敗：SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48")
	sam.reads(message, "解決步驟", "48")
	sam.size(1180, 900)
	sam.shot("support-zh")
}
