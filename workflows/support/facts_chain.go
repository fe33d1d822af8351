package support

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/triage/probe"
	"countersign/workflows"
)

// chainFacts says where the chain of a file breaks: against the trust lists that were
// given, or for want of one within itself. One certificate alone shows nothing about
// what else was sent.
func chainFacts(c workflows.Case, found, trust []*check.Item, v check.Verifier, now time.Time, add func(certs.Finding, string)) {
	var leaf *check.Item
	var others []*check.Item
	for _, it := range found {
		if leaf == nil && LeafCert(it) {
			leaf = it
		} else {
			others = append(others, it)
		}
	}
	if leaf == nil {
		return
	}
	host, where, met := wanted(c, leaf)
	if host != "" {
		for _, f := range check.Verify(leaf, check.VerifyOptions{Trust: []*check.Item{leaf}, Host: host, Now: now}).Findings {
			if strings.HasPrefix(f.Rule, "verify.host") {
				add(f, where)
			}
		}
	} else if met && (c.Probed(leaf.Place.File) || presented(c, leaf)) {
		add(certs.Finding{Rule: "verify.name-met", Text: certs.T("workflows.seen.name_met", "Title", leaf.Title())}, where)
	}
	if len(trust) == 0 && !slices.ContainsFunc(others, func(it *check.Item) bool { return !LeafCert(it) }) {
		return // two certificates of servers, a renewal perhaps, are no chain
	}
	opts := check.VerifyOptions{Untrusted: others, Trust: trust, Now: now, Verifier: v}
	if len(trust) == 0 {
		opts.Trust, opts.Verifier = selfSigned(others), ""
	}
	for _, f := range check.Verify(leaf, opts).Findings {
		outside := f.Rule == "verify.root-missing" || f.Rule == "verify.root-untrusted"
		if len(trust) == 0 && outside || f.Rule == "verify.expired" || f.Rule == "verify.self-signed" && len(trust) == 0 {
			continue // nobody sends the root; dates were looked at already
		}
		add(f, leaf.Place.String())
	}
}

// asked are the ways in which tools say which name was wanted of a server.
var asked = regexp.MustCompile(`(?i)(?:target host ?name '|valid for [^\n]{1,300}?, not |hostname '|-servername |s_client [^\n]{0,80}?-connect |` +
	`DNS name matching |altnames: Host: |verify (?:subject )?name[:= ]+)([a-z0-9][a-z0-9.-]{0,250}\.[a-z]{2,30})\b`)

// wanted finds in the text of a case a name that was asked of a server and that leaf
// does not have, and where it stands. met: names were asked for, and leaf has them all.
func wanted(c workflows.Case, leaf *check.Item) (host, where string, met bool) {
	if c.Probed(leaf.Place.File) {
		t, err := probe.ParseTarget(leaf.Place.File)
		switch {
		case err != nil:
			return "", "", false
		case leaf.Cert.VerifyHostname(t.ServerName) == nil:
			return "", leaf.Place.File, true
		case t.ServerName != "":
			return t.ServerName, leaf.Place.File, false
		}
		return "", "", false
	}
	for _, m := range asked.FindAllStringSubmatchIndex(c.Input, 20) {
		name := c.Input[m[2]:m[3]]
		if leaf.Cert.VerifyHostname(name) != nil {
			file, line := c.Locate(strings.Count(c.Input[:m[2]], "\n") + 1)
			return name, check.Place{File: named(file), Line: line}.String(), false
		}
		met = true
	}
	return "", leaf.Place.String(), met
}
