package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"countersign/certs"
	"countersign/certs/check"
)

// oneOf reads a file that must hold the certificate (or CSR) that a check is about:
// the first that is no CA, else the first.
func oneOf(c *console, file string, kinds ...check.Kind) (*check.Item, []*check.Item, error) {
	items, findings, err := readAll(c, []string{file}, nil)
	if err != nil {
		return nil, nil, err
	}
	var first *check.Item
	for _, it := range items {
		for _, k := range kinds {
			if it.Kind != k {
				continue
			}
			if first == nil {
				first = it
			}
			if it.Cert != nil && !it.Cert.IsCA {
				return it, items, nil
			}
		}
	}
	if first == nil {
		var b strings.Builder
		c.printFindings(&b, findings)
		return nil, nil, fmt.Errorf("%s\n%s", c.say("cli.check.none", "File", file), strings.TrimSpace(b.String()))
	}
	return first, items, nil
}

type verifyCmd struct {
	Trust     []string  `required:"" help:"Trust list." type:"existingfile"`
	Untrusted []string  `help:"What the peer sends besides its own certificate." type:"existingfile"`
	CRL       []string  `name:"crl" help:"CRLs to check revocation with." type:"existingfile"`
	OCSP      []string  `name:"ocsp" help:"OCSP responses to check revocation with." type:"existingfile"`
	Responder []string  `help:"Designated OCSP signing certificates, as uploaded to tomcat-trust." type:"existingfile"`
	CC        bool      `name:"common-criteria" help:"Common Criteria mode: what cannot be established as good fails."`
	Host      string    `help:"Name or address that was connected to."`
	Purpose   string    `help:"server or client." enum:"server,client," default:""`
	Verifier  string    `help:"Verify as this product does: expressway or cucm." enum:"expressway,cucm," default:""`
	Time      time.Time `help:"Verify as of this time (RFC 3339)." format:"2006-01-02T15:04:05Z07:00"`
	Strict    bool      `help:"Refuse what a public CA or a browser would."`
	Picture   string    `help:"Write the chain as a picture (PNG)." type:"path"`
	JSON      bool      `name:"json" help:"Write JSON."`
	Cert      string    `arg:"" help:"The certificate."`
}

func (v verifyCmd) Run(c *console) error {
	leaf, beside, err := oneOf(c, v.Cert, check.Certificate)
	if err != nil {
		return err
	}
	trust, tf, err := readAll(c, v.Trust, nil)
	if err != nil {
		return err
	}
	untrusted, uf, err := readAll(c, v.Untrusted, nil)
	if err != nil {
		return err
	}
	now := v.Time
	if now.IsZero() {
		now = time.Now()
	}
	opts := check.VerifyOptions{Trust: trust, Untrusted: append(beside, untrusted...), Host: v.Host, Purpose: check.Purpose(v.Purpose),
		Now: now, Verifier: check.Verifier(v.Verifier), Strict: v.Strict}
	if len(v.CRL)+len(v.OCSP)+len(v.Responder) > 0 || v.CC {
		r := &check.RevocationOptions{CommonCriteria: v.CC}
		for _, f := range []struct {
			files []string
			into  *[]*check.Item
		}{{v.CRL, &r.CRLs}, {v.OCSP, &r.OCSP}, {v.Responder, &r.Responders}} {
			items, rf, err := readAll(c, f.files, nil)
			if err != nil {
				return err
			}
			*f.into, tf = items, append(tf, rf...)
		}
		opts.Revocation = r
	}
	got := check.Verify(leaf, opts)
	if v.Picture != "" {
		png, err := check.DrawChain(got.Chain, check.LabelsFor(got.Chain, now, c.text))
		if err != nil {
			return err
		}
		if err := os.WriteFile(v.Picture, png, 0o644); err != nil { //nolint:gosec // public material
			return fmt.Errorf("picture: %w", err)
		}
	}
	lines := []string{c.say(map[bool]string{true: "cli.verify.ok", false: "cli.verify.no"}[got.OK], "Name", leaf.Title())}
	lines = append(lines, strings.TrimRight(got.Chain.Text(check.LabelsFor(got.Chain, now, c.text)), "\n"))
	return c.report(v.JSON, got, append(append(tf, uf...), got.Findings...), got.OK, lines...)
}

type compareCmd struct {
	Product string   `help:"What the certificate is on: expressway-c, cucm, ..."`
	Profile string   `help:"What it is for: a profile id. What the profile does not need may go." predictor:"profile"`
	Version string   `help:"Software version of the product."`
	Trust   []string `help:"What the systems that meet it trust today." type:"existingfile"`
	JSON    bool     `name:"json" help:"Write JSON."`
	Old     string   `arg:"" help:"The certificate in use."`
	New     string   `arg:"" help:"Its successor, or its CSR."`
}

func (p compareCmd) Run(c *console) error {
	opts := check.CompareOptions{Now: time.Now(), Product: p.Product, Profile: p.Profile, Version: p.Version}
	if p.Product+p.Profile != "" {
		cat, profile, err := profileOf(p.Profile)
		if err != nil && (cat == nil || p.Profile != "") {
			return err
		}
		opts.Catalogue = cat
		opts.Product = cmp.Or(p.Product, profile.Product())
	}
	older, _, err := oneOf(c, p.Old, check.Certificate, check.Request)
	if err != nil {
		return err
	}
	newer, _, err := oneOf(c, p.New, check.Certificate, check.Request)
	if err != nil {
		return err
	}
	trust, findings, err := readAll(c, p.Trust, nil)
	if err != nil {
		return err
	}
	opts.Trust = trust
	got := check.Compare(older, newer, opts)
	var lines []string
	for _, ch := range got.Changes {
		mark := map[bool]string{true: "=", false: "!"}[ch.Same]
		lines = append(lines, fmt.Sprintf("%s %-10s %s", mark, ch.Field, ch.Old))
		if !ch.Same {
			lines = append(lines, fmt.Sprintf("  %-10s %s", "", ch.New))
		}
	}
	for i, s := range got.Steps {
		commands := make([]string, len(s.Commands))
		for k, command := range s.Commands {
			commands[k] = c.menu(command)
		}
		lines = append(lines, fmt.Sprintf("%2d. %s %s", i+1, c.text(s.Text), strings.Join(commands, " ; ")))
	}
	return c.report(p.JSON, got, append(findings, got.Findings...), got.OK, lines...)
}

type lintCmd struct {
	Profile string `help:"Hold it against this profile too." predictor:"profile"`
	Version string `help:"Software version of the product."`
	CA      string `name:"ca" help:"public or private." enum:"public,private" default:"private"`
	JSON    bool   `name:"json" help:"Write JSON."`
	File    string `arg:"" help:"Certificate or CSR."`
}

func (l lintCmd) Run(c *console) error {
	cat, _, err := profileOf(l.Profile)
	if err != nil && (cat == nil || l.Profile != "") {
		return err
	}
	it, _, err := oneOf(c, l.File, check.Certificate, check.Request)
	if err != nil {
		return err
	}
	got := check.Lint(it, check.LintOptions{CA: certs.CAKind(l.CA), Profile: l.Profile, Version: l.Version, Catalogue: cat, Now: time.Now()})
	return c.report(l.JSON, got, got.Findings, got.OK, c.say(map[bool]string{true: "cli.lint.ok", false: "cli.lint.no"}[got.OK], "Name", it.Title(), "Count", fmt.Sprint(got.Checked)))
}

type bundleCmd struct {
	Target string       `required:"" help:"Profile id of the system that takes it." predictor:"profile"`
	Out    string       `required:"" help:"Directory for the files." type:"path"`
	Form   []check.Form `help:"Further forms: der, p7b, p7b-der."`
	JSON   bool         `name:"json" help:"Write JSON."`
	Files  []string     `arg:"" help:"Certificate and chain, in any order."`
}

func (b bundleCmd) Run(c *console) error {
	_, profile, err := profileOf(b.Target)
	if err != nil {
		return err
	}
	items, findings, err := readAll(c, b.Files, nil)
	if err != nil {
		return err
	}
	got := check.Bundle(items, check.BundleOptions{Upload: profile.Upload, Forms: b.Form, Now: time.Now()})
	var lines []string
	if err := os.MkdirAll(b.Out, 0o755); err != nil { //nolint:gosec // public material
		return fmt.Errorf("out: %w", err)
	}
	for _, f := range got.Files {
		name := filepath.Join(b.Out, filepath.Base(f.Name))
		if err := os.WriteFile(name, f.Data, 0o644); err != nil { //nolint:gosec // public material
			return fmt.Errorf("bundle: %w", err)
		}
		lines = append(lines, name+"  "+c.text(f.Text))
	}
	return c.report(b.JSON, got, append(findings, got.Findings...), got.OK, lines...)
}

type clientTestCmd struct {
	Trust    []string `required:"" help:"The trusted CA list." type:"existingfile"`
	CRL      []string `name:"crl" help:"CRLs uploaded to the box." type:"existingfile"`
	CheckCRL bool     `name:"check-crl" help:"Certificate revocation checking is on."`
	Pattern  string   `help:"Regex to match against certificate."`
	Format   string   `help:"Username format, such as #captureCommonName#."`
	JSON     bool     `name:"json" help:"Write JSON."`
	Cert     string   `arg:"" help:"The client's certificate."`
}

func (t clientTestCmd) Run(c *console) error {
	client, _, err := oneOf(c, t.Cert, check.Certificate)
	if err != nil {
		return err
	}
	trust, findings, err := readAll(c, t.Trust, nil)
	if err != nil {
		return err
	}
	lists, lf, err := readAll(c, t.CRL, nil)
	if err != nil {
		return err
	}
	got := check.ClientTest(client, check.ClientTestOptions{Trust: trust, CRLs: lists, CheckCRL: t.CheckCRL, Now: time.Now(), Pattern: t.Pattern, Format: t.Format})
	lines := []string{got.Page}
	if got.User != "" {
		lines = append(lines, c.say("cli.client_test.user", "User", got.User))
	}
	return c.report(t.JSON, got, append(append(findings, lf...), got.Findings...), got.OK, lines...)
}
