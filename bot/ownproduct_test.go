package bot_test

import (
	"os"
	"path/filepath"
	"testing"

	"countersign/certs"
	"countersign/slacksim"
)

// cube is a product of an operator's own: one file, nothing else.
const cube = `
products:
  - id: cube
    name: {en: "Border Element (CUBE)", zh-Hans: "边界元素 (CUBE)", zh-Hant: "邊界元素 (CUBE)"}
    version: "17.9"
    features: [mixed-mode]
profiles:
  - id: cube/sip
    title: SIP TLS
    purpose: SIP trunks over TLS.
    as_of: 2026-11-29
    topologies: [single]
    asks: [{field: nodes, required: true}, {field: version}, {field: ca}]
    common_name: [{from: node, reason: "The host.", source: practice}]
    names: [{from: node, reason: "The host.", source: practice}]
    eku: [{id: serverAuth, need: required, reason: "Answers TLS.", source: practice}]
    ku: [{id: digitalSignature, need: required, reason: "Signs.", source: practice}]
    keys: [{type: rsa, sizes: [2048], source: practice}]
    ca: {default: private, days: 365, reason: "Internal.", source: practice}
    wildcard: {allowed: false, reason: "One host.", source: practice}
    upload: {accepts: [pem], extension: pem, source: practice}
    steps: [{phase: install, text: "Import it.", commands: ["crypto pki import"], source: practice}]
    source: practice
`

// TestOwnProduct: a product that an operator put into a file is offered, asked what it
// asks, requested and issued, from the form and in a thread, like one of ours.
func TestOwnProduct(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "cube.yaml"), []byte(cube), 0o600))
	r := newRig(t, slacksim.Default())
	own, err := certs.Load(dir)
	must(t, err)
	r.service.Catalogue = own
	r.socket(t)
	ella, approvals := r.As("ella"), r.As("anselm").In("#cert-approvals")

	ella.UsesShortcut("Request a certificate")
	ella.ChoosesIn(ella.SeesModal("Product", "Border Element (CUBE)"), "product", "cube")
	ella.Submits(ella.SeesModal("Software version"), map[string]any{"product": "cube", "version": "17.9", "environment": "production"})
	ella.Submits(ella.SeesModal("Node (FQDN)", "Mixed mode"), map[string]any{"nodes": "cube1.example.org", "topology": "single"})
	ella.Submits(ella.SeesModal("Signed by"), map[string]any{"ca": "private", "csr": "ours", "purpose": "SIP trunk"})
	ella.Submits(ella.SeesModal("The plan", "SIP TLS", "cube1.example.org"), nil)
	card := approvals.Sees("REQ-1", "Border Element (CUBE) 17.9", "SIP TLS")
	approvals.Clicks(card, "Approve")
	approvals.SeesChange(card, "Issued")
	ella.Sees("REQ-1", "crypto pki import")

	ella.Runs("/cert renew REQ-1")
	ella.Submits(ella.SeesModal("The plan", "Replaces the certificate of", "The same names"), nil)
	second := approvals.Sees("REQ-2", "Replaces the certificate of")
	approvals.Clicks(second, "Approve")
	approvals.SeesChange(second, "Issued")
	installed := ella.Sees("REQ-2", "It is installed")
	ella.Clicks(installed, "It is installed")
	approvals.SeesChange(card, "Superseded")
	// Nobody else gets that far: the attempt is answered and leads nowhere.
	sam := r.As("sam")
	sam.Runs("/cert renew REQ-2")
	sam.Sees("REQ-2")
}
