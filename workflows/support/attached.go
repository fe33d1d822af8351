package support

import (
	"bytes"
	"context"
	"strings"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/triage"
	"countersign/triage/artefact"
	"countersign/workflows"
)

// wholeLog is the longest log that a case keeps whole, in bytes; of longer ones the
// lines in which something stands out.
const wholeLog = 24 << 10

// Attached is what the files of one message hold.
type Attached struct {
	Material check.Material
	Logs     []logText
	seen     []Observation
	redacted []triage.Redaction
	Unread   []workflows.Text // files that gave nothing, each with the reason and the next step
	capture  bool
	Key      bool // a private key is in one of them, in whatever encoding
}

// logText is a log, or an excerpt of one, redacted.
type logText struct {
	name string
	line int
	text string
}

// OpenFiles reads files of any kind: captures, archives of logs, logs, certificates in
// print or encoded. What cannot be read becomes an observation, so that nothing a
// person sends is passed over in silence.
func (s *Service) OpenFiles(ctx context.Context, files []workflows.File) (*Attached, error) {
	a := &Attached{}
	for _, f := range files {
		f.Name = workflows.WithoutSecrets(f.Name)
		if f.Src == nil {
			f.Src, f.Size = bytes.NewReader(f.Data), int64(len(f.Data))
		}
		if f.Problem == "" && f.Size == 0 {
			f.Problem = "empty"
		}
		if f.Problem != "" {
			a.Unread = append(a.Unread, certs.T("workflows.file."+f.Problem, "Name", f.Name))
			continue
		}
		b, err := artefact.Open(ctx, f.Name, f.Src, f.Size, artefact.Options{Now: s.Now()})
		if err != nil {
			return a, err
		}
		if err := s.takeBundle(ctx, a, b); err != nil {
			return a, err
		}
	}
	a.Pair()
	return a, nil
}

func (s *Service) takeBundle(ctx context.Context, a *Attached, b *artefact.Bundle) error {
	a.Key = a.Key || b.Key
	if len(b.Parts) == 0 { // nothing in it could be read, and it says why
		for _, o := range b.Observations {
			a.Unread = append(a.Unread, TextOf(o.Text))
		}
		return nil
	}
	long, all := false, int64(0)
	for _, p := range b.Parts {
		a.capture = a.capture || p.Kind == artefact.Pcap
		if p.Kind == artefact.Log {
			all += p.Size
			long = long || p.Size > wholeLog || p.Text == "" && p.Size > 0
		}
	}
	long = long || all > 2*wholeLog // together they would not fit
	for _, f := range b.Found() {
		m, findings := check.Read(f.Name, f.Data, check.ReadOptions{})
		a.Material.Items = append(a.Material.Items, m.Items...)
		if f.Side == "" {
			a.form(f.Name, f.Data, m, findings)
		}
		if m.HasPrivateKey() { // otherwise items point into it (check.Read), and nothing in it is secret
			a.redacted = append(a.redacted, triage.Redaction{Kind: "private-key", Count: len(m.Of(check.PrivateKey))})
			clear(f.Data)
		}
	}
	if long {
		if err := s.excerpts(ctx, a, b); err != nil {
			return err
		}
	} else {
		for _, p := range b.Parts {
			if p.Kind == artefact.Log && len(workflows.ProseLines(p.Text)) > 0 { // not armour alone
				text, redacted := triage.Redact(p.Text)
				a.redacted = append(a.redacted, redacted...)
				a.Logs = append(a.Logs, logText{p.Name, 1, text})
			}
		}
	}
	for _, o := range b.All() {
		if o.Kind == "material.cut" { // whatever the rest comes to, this is said
			a.Unread = append(a.Unread, TextOf(o.Text))
			continue
		}
		if len(a.seen) < maxSeen {
			a.seen = append(a.seen, o)
		}
	}
	return nil
}

// excerpts reads long logs once and keeps what stands out.
func (s *Service) excerpts(ctx context.Context, a *Attached, b *artefact.Bundle) error {
	r := b.Logs(ctx)
	found, err := s.KB().Excerpts(ctx, r)
	if closed := r.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	for _, e := range found {
		name, line := b.Locate(e.Line)
		a.Logs = append(a.Logs, logText{name, line, e.Text})
	}
	if len(found) == 0 {
		a.seen = append(a.seen, Observation{Kind: "log.nothing", Source: b.Name, Text: triage.T("workflows.seen.nothing_in_log", "Name", b.Name)})
	}
	return nil
}

// closed are results of reading a container or key that is whole, and needs its password.
var closed = map[string]bool{"read.p12-password": true, "read.p12-wrong-password": true, "read.key-encrypted": true}

// form looks at how a file of certificates is written.
func (a *Attached) form(name string, data []byte, m check.Material, findings []certs.Finding) {
	certificates := len(m.Of(check.Certificate))
	for _, f := range append(findings, check.BundleForm(name, data)...) {
		o, ok := observed(f, name)
		if f.Rule == "form.no-line-break" {
			switch {
			case m.HasPrivateKey():
				o.Supports, ok = map[string]float64{"private-key-no-trailing-newline": 4}, true
			case certificates > 1:
				o.Supports, ok = map[string]float64{"wrong-bundle-order": 4}, true
			}
		}
		switch {
		case closed[f.Rule]: // whole and closed: its form is right, and its password is all it lacks
			o.Kind, o.Supports, ok = "file.closed", map[string]float64{"encrypted-key-wrong-password": 1.5}, true
		case f.Severity == certs.Error && strings.HasPrefix(f.Rule, "read.") && f.Rule != "read.private-key" && certificates == 0:
			o.Kind, ok = "file.damaged", true
		}
		if ok && len(a.seen) < maxSeen {
			a.seen = append(a.seen, o)
		}
	}
}

// Pair compares private keys with what came along, while they are here: they are not
// kept.
func (a *Attached) Pair() {
	if !a.Material.HasPrivateKey() {
		return
	}
	for _, f := range check.Match(a.Material.Items).Findings {
		o, ok := observed(f, "")
		switch f.Rule {
		case "match.yes", "match.right-one":
			o.Kind, o.Supports, ok = "pair.match", map[string]float64{"key-cert-mismatch": excluded, "name-mismatch": -3}, true
		case "match.unreadable":
			o.Supports, ok = map[string]float64{"encrypted-key-wrong-password": 1.5}, true
		}
		if ok {
			o.Source = a.Material.Of(check.PrivateKey)[0].Place.String()
			a.seen = append(a.seen, o)
		}
	}
}

// into puts everything that files hold into a case.
func (a *Attached) into(c *workflows.Case) {
	for _, l := range a.Logs {
		c.Add(l.name, l.line, l.text)
	}
	c.Seen = append(c.Seen[:len(c.Seen):len(c.Seen)], a.seen...)
	if !attach(c, a.Material.Items) {
		c.Seen = append(c.Seen, Observation{Kind: "file.many", Text: triage.T("workflows.seen.many")})
	}
	c.Seen = c.Seen[:min(len(c.Seen), maxSeen)]
}

// Empty reports that nothing was read and nothing is to be said of it.
func (a *Attached) Empty() bool {
	return len(a.Logs) == 0 && len(a.seen) == 0 &&
		len(a.Material.Of(check.Certificate))+len(a.Material.Of(check.Request)) == 0
}
