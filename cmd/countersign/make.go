package main

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"countersign/certs"
	"countersign/workflows"
)

type planCmd struct {
	Answers  string   `required:"" help:"Deployment, JSON or YAML." type:"existingfile"`
	Profiles []string `help:"Directories with profiles of your own." type:"existingdir"`
	JSON     bool     `name:"json" help:"Write JSON."`
}

func (p planCmd) plan() (certs.Plan, error) {
	cat, err := certs.Load(p.Profiles...)
	if err != nil {
		return certs.Plan{}, err
	}
	f, err := os.Open(p.Answers)
	if err != nil {
		return certs.Plan{}, fmt.Errorf("answers: %w", err)
	}
	defer f.Close()
	d, err := certs.ReadDeployment(f)
	if err != nil {
		return certs.Plan{}, fmt.Errorf("answers %s: %w", p.Answers, err)
	}
	return cat.Plan(d, time.Now()), nil
}

func (p planCmd) Run(c *console) error {
	plan, err := p.plan()
	if err != nil {
		return err
	}
	if p.JSON {
		err = writeJSON(c.out, plan)
	} else {
		_, err = fmt.Fprint(c.out, workflows.PlanText(plan, c.text))
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
	plan, err := p.plan()
	if err != nil {
		return err
	}
	if !plan.Ready() {
		fmt.Fprint(c.err, workflows.PlanText(plan, c.text))
		return exit(1)
	}
	if err := os.MkdirAll(p.Out, 0o700); err != nil {
		return fmt.Errorf("out: %w", err)
	}
	for _, spec := range plan.Specs {
		if spec.OwnCSR || spec.BuiltIn {
			fmt.Fprintln(c.err, c.say("cli.csr.device", "Profile", spec.Profile, "Name", spec.CommonName))
			continue
		}
		if err := makeCSR(c, p.Out, spec); err != nil {
			return err
		}
	}
	return nil
}

func makeCSR(c *console, out string, spec certs.Spec) error {
	key, err := certs.GenerateKey(rand.Reader, spec.Key)
	if err != nil {
		return err
	}
	csr, err := certs.CSR(spec, key)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode key: %w", err)
	}
	name := strings.NewReplacer("/", "-", "*", "_").Replace(spec.CommonName + "." + spec.Profile)
	base := filepath.Join(out, name)
	// Never over an existing key: that would make an issued certificate useless.
	if err := writeNew(base+".key.pem", "PRIVATE KEY", der, 0o600); err != nil {
		return err
	}
	if err := writeNew(base+".csr.pem", "CERTIFICATE REQUEST", csr, 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.out, base+".csr.pem")
	return err
}

func writeNew(name, kind string, der []byte, mode os.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("%w; nothing is overwritten, choose another --out", err)
	}
	if err := pem.Encode(f, &pem.Block{Type: kind, Bytes: der}); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return f.Close()
}
