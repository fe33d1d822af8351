package main

import (
	"strings"

	"countersign/slacksim"
)

// mainJob: an Expressway-E cluster by form and approval, a web server by free text in
// a thread, and a diagnosis.
func mainJob(sc *scene, st *slacksim.Stage) {
	ella, anselm, sam := player{st.As("ella"), sc, "Ella"}, player{st.As("anselm"), sc, "Anselm"}, player{st.As("sam"), sc, "Sam"}
	approvals, certificates := anselm.in("cert-approvals"), ella.in("certificates")

	certificates.types("/cert new")
	ella.chooses(ella.SeesModal("Product"), "Product", "expressway-e")
	ella.fills(ella.SeesModal("Software version"), map[string]any{"Service": []string{"server"}, "Software version": "X15.5"})
	ella.chooses(ella.SeesModal("Topology"), "Topology", "cluster")
	ella.fills(ella.SeesModal("Cluster name (FQDN)"), map[string]any{"Nodes (FQDN, one per line)": "expe1.example.com\nexpe2.example.com",
		"Cluster name (FQDN)": "expe.example.com", "Domains": "example.com", "Features in use": []string{"mra"}})
	ella.fills(ella.SeesModal("Why is it needed?"), map[string]any{"Signed by": "private", "Organisation (O)": "Example Ltd",
		"Country (C)": "GB", "Why is it needed?": "New edge cluster for mobile and remote access"})
	ella.fills(ella.seesForm("The plan", "expe1.example.com", "expe2.example.com"), nil)
	ella.seesForm("REQ-1", "REQ-2")
	card := approvals.sees("Certificate requests REQ-1, REQ-2")
	approvals.clicks(card, "Approve all 2")
	approvals.SeesChange(card, "approved")
	ella.sees("REQ-1", "REQ-2", "is here")

	in := ella.under(certificates.says("@Countersign I need a certificate for our nginx reverse proxy portal.example.org, plus www.portal.example.org as extra SAN, internal CA, O=Example Ltd, C=GB"))
	in.sees("Why is it needed?")
	in.says("Customer portal goes live on Monday")
	in.clicks(in.sees("The plan", "www.portal.example.org"), "Send for approval")
	approvals.clicks(approvals.sees("Certificate request REQ-3"), "Approve")
	ella.sees("REQ-3", "is here")

	sam.says("SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48")
	answer := sam.WaitMessage(func(m slacksim.Message) bool {
		return strings.Contains(m.Shown(), "48") && m.Shown() != "" && m.User != sam.ID()
	}, st.Patience, "an answer with the evidence")
	sc.line("Countersign", answer.Shown())
}
