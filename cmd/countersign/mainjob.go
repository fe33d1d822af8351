package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"countersign/slacksim"
	"countersign/slacksim/markup"
)

// player is one person of the walkthrough. What they do and what they are shown is
// printed as it happens.
type player struct {
	*slacksim.Actor
	sc   *scene
	name string
}

// fallback is what Slack shows where it cannot render a date or link: its last part.
var fallback = regexp.MustCompile(`<[!#@h][^<>|]*\|([^<>]*)>`)

// line prints who did or showed something, with more lines set under it.
func (sc *scene) line(who, what string) {
	what = markup.Unescape(fallback.ReplaceAllString(strings.TrimSpace(what), "$1"))
	fmt.Fprintf(sc.c.out, "%-12s %s\n", who, strings.ReplaceAll(what, "\n", "\n"+strings.Repeat(" ", 13)))
}

func (p player) in(channel string) player        { p.Actor = p.In(channel); return p }
func (p player) under(m slacksim.Message) player { p.Actor = p.InThread(m); return p }

func (p player) types(line string) {
	p.sc.line(p.name, line)
	p.Runs(line)
}

func (p player) says(text string) slacksim.Message {
	p.sc.line(p.name, text)
	return p.Says(text)
}

func (p player) clicks(m slacksim.Message, button string) {
	p.sc.line(p.name, "["+button+"]")
	p.Clicks(m, button)
}

func (p player) chooses(v slacksim.View, what, value string) {
	p.sc.line(p.name, what+": "+value)
	p.ChoosesIn(v, what, value)
}

// fills submits a step of a form.
func (p player) fills(v slacksim.View, values map[string]any) {
	for _, what := range slices.Sorted(maps.Keys(values)) {
		p.sc.line(p.name, strings.ReplaceAll(fmt.Sprintf("%s: %v", what, values[what]), "\n", ", "))
	}
	p.Submits(v, values)
}

func (p player) sees(words ...string) slacksim.Message {
	m := p.Sees(words...)
	p.sc.line("Countersign", m.Shown())
	return m
}

func (p player) seesForm(words ...string) slacksim.View {
	v := p.SeesModal(words...)
	p.sc.line("Countersign", v.Shown())
	return v
}

// mainJob: an Expressway-E cluster by form and approval, a web server by free text in
// a thread, and a diagnosis.
func mainJob(sc *scene, st *slacksim.Stage) {
	ella, anselm, sam := player{st.As("ella"), sc, "Ella"}, player{st.As("anselm"), sc, "Anselm"}, player{st.As("sam"), sc, "Sam"}
	approvals, certificates := anselm.in("cert-approvals"), ella.in("certificates")

	certificates.types("/cert new")
	ella.chooses(ella.SeesModal("Product"), "Product", "expressway-e")
	ella.fills(ella.SeesModal("Software version"), map[string]any{"Service": []string{"server"}, "Software version": "X15.5"})
	ella.chooses(ella.SeesModal("Topology"), "Topology", "cluster")
	ella.fills(ella.SeesModal("Cluster name (FQDN)"), map[string]any{"Nodes (FQDN, one a line)": "expe1.example.com\nexpe2.example.com",
		"Cluster name (FQDN)": "expe.example.com", "Domains": "example.com", "Features in use": []string{"mra"}})
	ella.fills(ella.SeesModal("Why is it needed?"), map[string]any{"Signed by": "private", "Organisation (O)": "Example Ltd",
		"Country (C), two letters": "GB", "Why is it needed?": "New edge cluster for mobile and remote access"})
	ella.fills(ella.seesForm("The plan", "expe1.example.com", "expe2.example.com"), nil)
	ella.seesForm("REQ-1", "REQ-2")
	for _, id := range []string{"REQ-1", "REQ-2"} {
		card := approvals.sees("Certificate request " + id)
		approvals.clicks(card, "Approve")
		approvals.SeesChange(card, "approved")
		ella.sees(id, "is here")
	}

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
