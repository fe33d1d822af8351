package main

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"countersign/certs"
	"countersign/language"
	"countersign/workflows/intake"
)

type planCmd struct {
	Answers  string   `required:"" help:"Deployment, JSON or YAML, or what understand --json wrote; - is standard input." type:"existingfile"`
	Profiles []string `help:"Directories with profiles of your own." type:"existingdir"`
	JSON     bool     `name:"json" help:"Write JSON."`
}

func (p planCmd) plan(c *console) (certs.Plan, error) {
	cat, err := certs.Load(p.Profiles...)
	if err != nil {
		return certs.Plan{}, err
	}
	raw, err := readBounded(c, p.Answers)
	if err != nil {
		return certs.Plan{}, fmt.Errorf("answers: %w", err)
	}
	d, err := readAnswers(raw)
	if err != nil {
		return certs.Plan{}, fmt.Errorf("answers %s: %w", p.Answers, err)
	}
	return cat.Plan(d, time.Now()), nil
}

// readAnswers takes a deployment, or what `understand --json` printed.
func readAnswers(raw []byte) (certs.Deployment, error) {
	var understood struct {
		Intent *language.Intent `json:"intent"`
		language.Understanding
	}
	if len(raw) <= certs.MaxAnswers && json.Unmarshal(raw, &understood) == nil && understood.Intent != nil {
		return intake.DeploymentOf(understood.Understanding), nil
	}
	return certs.ReadDeployment(bytes.NewReader(raw))
}

func (p planCmd) Run(c *console) error {
	plan, err := p.plan(c)
	if err != nil {
		return err
	}
	if p.JSON {
		err = writeJSON(c.out, plan)
	} else {
		_, err = fmt.Fprint(c.out, intake.PlanText(plan, intake.Words{Say: c.text, Menu: c.menu, IDs: true}))
	}
	if err == nil && !plan.Ready() {
		return exit(1)
	}
	return err
}

type csrCmd struct {
	planCmd
	Out string `required:"" help:"Directory for keys (mode 0600) and CSRs." type:"path"`
}

// Run makes keys as files: for a person at their own desk. The bot never does.
func (p csrCmd) Run(c *console) error {
	plan, err := p.plan(c)
	if err != nil {
		return err
	}
	if !plan.Ready() {
		fmt.Fprint(c.err, intake.PlanText(plan, intake.Words{Say: c.text, Menu: c.menu, IDs: true}))
		return exit(1)
	}
	if err := os.MkdirAll(p.Out, 0o700); err != nil {
		return fmt.Errorf("out: %w", err)
	}
	all := []made{}
	for _, spec := range plan.Specs {
		if spec.OwnCSR || spec.BuiltIn {
			fmt.Fprintln(c.err, c.say("cli.csr.device", "Profile", spec.Profile, "Name", spec.CommonName))
			all = append(all, made{Profile: spec.Profile, For: spec.For, CommonName: spec.CommonName, Device: true})
			continue
		}
		m, err := makeCSR(p.Out, spec)
		if err != nil {
			return err
		}
		all = append(all, m)
		if !p.JSON {
			fmt.Fprintln(c.out, m.CSR)
		}
	}
	if p.JSON {
		return writeJSON(c.out, all)
	}
	return nil
}

// made is one CSR that was written, or one that the system makes itself.
type made struct {
	Profile    string   `json:"profile"`
	For        []string `json:"for"`
	CommonName string   `json:"common_name"`
	CSR        string   `json:"csr,omitempty"` // file
	Key        string   `json:"key,omitempty"` // file
	Device     bool     `json:"device,omitempty"`
}

// fileName names the files of a certificate by its first node and profile: peers of a
// cluster share the common name.
func fileName(spec certs.Spec) string {
	name := spec.CommonName
	if len(spec.For) > 0 {
		name = spec.For[0]
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_' {
			return r
		}
		if r == '/' {
			return '-'
		}
		return '_'
	}, name+"."+spec.Profile)
}

func makeCSR(out string, spec certs.Spec) (made, error) {
	m := made{Profile: spec.Profile, For: spec.For, CommonName: spec.CommonName}
	key, err := certs.GenerateKey(rand.Reader, spec.Key)
	if err != nil {
		return m, err
	}
	csr, err := certs.CSR(spec, key)
	if err != nil {
		return m, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return m, fmt.Errorf("encode key: %w", err)
	}
	defer clear(der)
	base := filepath.Join(out, fileName(spec))
	// Never over an existing key: that would make an issued certificate useless.
	m.CSR, m.Key = base+".csr.pem", base+".key.pem"
	if err := writeNew(m.Key, "PRIVATE KEY", der, 0o600); err != nil {
		return m, err
	}
	return m, writeNew(m.CSR, "CERTIFICATE REQUEST", csr, 0o644)
}

func writeNew(name, kind string, der []byte, mode os.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("%w; nothing is overwritten, choose another place", err)
	}
	if err := pem.Encode(f, &pem.Block{Type: kind, Bytes: der}); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return f.Close()
}
