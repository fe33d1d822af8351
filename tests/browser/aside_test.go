package browser

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	endurance "countersign/tests/endurance/product"
)

// scripted answers as a model would that does what it is asked: the task decides, and
// the language that the task names.
func scripted(t *testing.T) string {
	t.Helper()
	ids := regexp.MustCompile(`"ID":"([^"]+)"`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var req struct{ Messages []struct{ Content string } }
		if err := json.Unmarshal(raw, &req); err != nil || len(req.Messages) != 2 {
			http.Error(w, "no chat", http.StatusBadRequest)
			return
		}
		task, material := req.Messages[0].Content, req.Messages[1].Content
		answer := map[string]any{}
		switch {
		case strings.Contains(task, "Order the causes"):
			var order []string
			for _, m := range ids.FindAllStringSubmatch(material, -1) {
				order = append([]string{m[1]}, order...)
			}
			answer["order"] = order
		case strings.Contains(task, "Explain the finding in Simplified Chinese"):
			answer["text"] = "对端给出的证书没有通过检查，原因见上面引用的文字。请先完成第一个步骤，然后再试一次。"
		case strings.Contains(task, "Explain the finding"):
			answer["text"] = "The certificate that the other side showed did not pass, for the reason in the words quoted above. Do the first step, then try again."
		case strings.Contains(material, "past its best-before"):
			answer["id"], answer["quote"] = "expired", "past its best-before"
		case strings.Contains(material, "the usual gang"):
			answer["fields"] = map[string]any{
				"product": map[string]any{"values": []string{"expressway-e"}, "quote": "boxes at the edge"},
				"service": map[string]any{"values": []string{"server"}, "quote": "boxes at the edge"},
				"ca":      map[string]any{"values": []string{"private"}, "quote": "the usual gang"},
				"purpose": map[string]any{"values": []string{"for the pilot in Berlin"}, "quote": ""},
				"version": map[string]any{"values": []string{"X99.9"}, "quote": ""}, // invented
			}
		case strings.Contains(material, "老地方"):
			answer["fields"] = map[string]any{
				"product": map[string]any{"values": []string{"generic"}, "quote": "那台机器"},
				"service": map[string]any{"values": []string{"tls-server"}, "quote": "那台机器"},
				"ca":      map[string]any{"values": []string{"private"}, "quote": "老地方"},
			}
		default:
			http.Error(w, "out of order", http.StatusInternalServerError)
			return
		}
		said, _ := json.Marshal(answer)
		content, _ := json.Marshal(string(said))
		_, _ = fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%s},"finish_reason":"stop"}]}`, content)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1"
}

// presents is a TLS server of this machine with a certificate, its key and what it sends
// along.
func presents(t *testing.T, dir, leaf string, chain ...string) string {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(bundle(t, dir, leaf+"-served.pem", append([]string{leaf + ".pem"}, chain...)...), filepath.Join(dir, leaf+".key"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// ended makes a certificate whose time was over yesterday.
func ended(t *testing.T, dir string) string {
	t.Helper()
	ca, err := tls.LoadX509KeyPair(filepath.Join(dir, "inter.pem"), filepath.Join(dir, "inter.key"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(4711), Subject: pkix.Name{CommonName: "expe.example.com"}, DNSNames: []string{"expe.example.com"},
		NotBefore: time.Now().Add(-300 * 24 * time.Hour), NotAfter: time.Now().Add(-24 * time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, ca.Leaf, key.Public(), ca.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"ended.pem": {Type: "CERTIFICATE", Bytes: der}, "ended.key": {Type: "PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "ended"
}

// assisted is the product with a model, and with this machine as what may be looked at.
func assisted(t *testing.T) product {
	t.Helper()
	w := endurance.New(t, binary, endurance.Options{Model: scripted(t), Probe: []string{"127.0.0.0/8:1-65535"}})
	w.Start().Connected()
	return product{url: w.URL()}
}

// TestLook: support has hosts looked at by a button and by words, and reads what they
// present beside what was pasted.
func TestLook(t *testing.T) {
	dir := material(t)
	over, bare := presents(t, dir, ended(t, dir), "inter.pem"), presents(t, dir, "new")
	p := assisted(t)
	u := p.as(t, "U0ANSELM", "C0SUPPORT")
	u.size(1180, 1100)
	u.types(`#main [data-testid="composer"]`, "@Countersign we renewed this yesterday, clients of "+over+" still say: certificate has expired", false)
	u.drops(filepath.Join(dir, "new.pem"))
	u.openThread()
	u.reads(thread, "What to do", "Look at "+over+" from here")
	u.button("Look at " + over)
	u.reads(thread, over+" as seen from here", "TLS 1.3", "Look again", "The new certificate is installed but the old one is still served")
	u.size(1400, 2000)
	u.shot("look")

	bolin := p.as(t, "U0BOLIN", "D0BOLIN")
	bolin.size(1180, 1100)
	bolin.says("探测 " + over)
	bolin.reads(message, "从此处看到的", "CN=Example Issuing CA", "来自语言模型")
	bolin.reads(message, "证书已过期")
	bolin.reads(message, "有效期至")
	bolin.lacks("#main", "数据包")
	bolin.shot("look-zh")
	bolin.phone("look-zh")
	bolin.says("看一下 " + bare)
	bolin.reads(message, "可能是这个原因", "缺少中间 CA 证书", "只发送了一张证书")
	bolin.shot("look-leaf-zh")
	bolin.says("探测 203.0.113.7:443")
	bolin.reads(message, "probe.allow")
	bolin.shot("look-refused-zh")
}

// TestModelBeside: what a model says about an answer stands below it and says whose
// words it is: in other words, the likeliest of rivals, a cause for a text that has none.
func TestModelBeside(t *testing.T) {
	p := assisted(t)
	u := p.as(t, "U0ANSELM", "C0SUPPORT")
	u.size(1180, 1100)
	u.says("@Countersign TLS negotiation failure on the traversal zone, both Expressways")
	u.openThread()
	u.reads(thread, "It is one of these", "From a language model", "Do the first step, then try again", "The likeliest of these")
	u.shot("model-rank")
	other := p.as(t, "U0ELLA", "D0ELLA")
	other.size(1180, 900)
	other.says("/cert diagnose the flux gate frobnicated past its best-before")
	other.reads(message, "From a language model", "Possible, by these words of yours", "past its best-before", "If that is it")
	other.shot("model-possible")
	zh := p.as(t, "U0BOLIN", "D0BOLIN")
	zh.size(1180, 1100)
	zh.says("穿越区域（traversal zone）断了，事件日志里只有 TLS 协商失败")
	zh.reads(message, "可能是以下之一", "来自语言模型", "请先完成第一个步骤", "它认为其中最可能的是")
	zh.shot("model-rank-zh")
	zh.phone("model-rank-zh")
}

// TestProposals: a sentence that leaves much open is answered by the question; what a
// model reads in it is taken by clicks, turned down by one, and by nobody else.
func TestProposals(t *testing.T) {
	p := assisted(t)
	ella := p.as(t, "U0ELLA", "C0CERTIFICATES")
	ella.size(1180, 1100)
	ella.says("@Countersign new certificate please for expe1.example.com, the boxes at the edge; the usual gang signs, for the pilot in Berlin")
	ella.openThread()
	ella.reads(thread, "Which product is the certificate for?", "A language model reads this", "by your words boxes at the edge", "the usual gang", "for the pilot in Berlin")
	ella.lacks(thread, "X99.9")
	ella.shot("proposed")
	ella.phone("proposed")

	anselm := p.as(t, "U0ANSELM", "C0CERTIFICATES")
	anselm.openThread()
	anselm.reads(thread, "A language model reads this")
	anselm.button("Take all")
	anselm.reads("body", "Somebody else is filling this in")

	ella.click(thread+` [data-action-id="talk.take.ca"]`, "")
	ella.until(`!document.querySelector('[data-testid="thread"] [data-action-id="talk.take.ca"]')`)
	ella.reads(thread, "Signed by  Internal CA")
	ella.shot("proposed-one-taken")
	ella.button("Take all")
	ella.reads(thread, "Which software version does it run?")
	ella.saysInThread("X15.5")
	ella.reads(thread, "Which registration, presence or federation domains are there?") // the version could be skipped as well
	ella.button("Skip")
	ella.reads(thread, "The plan", "for the pilot in Berlin", "taken by you")
	ella.shot("proposed-plan")

	bolin := p.as(t, "U0BOLIN", "D0BOLIN")
	bolin.size(1180, 1000)
	bolin.says("请申请一张新证书，给那台机器用，老地方签发")
	bolin.reads(message, "证书用于哪个产品", "语言模型从您的文字中读出以下内容", "依据您的原文", "全部采用")
	bolin.shot("proposed-zh")
	bolin.button("不采用")
	bolin.until(`!document.body.innerText.includes("语言模型从您的文字中读出以下内容")`)
	bolin.reads(message, "证书用于哪个产品")
	bolin.shot("proposed-no-zh")
}
