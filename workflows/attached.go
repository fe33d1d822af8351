package workflows

import (
	"context"
	"strings"

	"countersign/certs/check"
	"countersign/triage/artefact"
)

// maxSeen bounds the observations that a case keeps.
const maxSeen = 100

// attached is what the files of one message hold.
type attached struct {
	material check.Material
	log      strings.Builder
	seen     []artefact.Observation
	tooBig   int
}

// openFiles reads files of any kind: captures, archives of logs, logs, certificates in
// print or encoded. What cannot be read becomes an observation, so that nothing a
// person sends is passed over in silence.
func (s *Service) openFiles(ctx context.Context, files []File) (attached, error) {
	var a attached
	for _, f := range files {
		if f.TooBig {
			a.tooBig++
			continue
		}
		b, err := artefact.OpenBytes(ctx, f.Name, f.Data, artefact.Options{Now: s.Now()})
		if err != nil {
			return a, err
		}
		for _, p := range b.Parts {
			a.take(p)
		}
		for _, o := range b.All() {
			if len(a.seen) < maxSeen {
				a.seen = append(a.seen, o)
			}
		}
	}
	return a, nil
}

func (a *attached) take(p artefact.Part) {
	switch p.Kind {
	case artefact.Material:
		m, _ := check.Read(p.Name, p.Data, check.ReadOptions{})
		a.material.Items = append(a.material.Items, m.Items...)
		if m.HasPrivateKey() { // otherwise items point into it (check.Read), and nothing in it is secret
			clear(p.Data)
		}
	case artefact.Log:
		m, _ := check.Read(p.Name, []byte(p.Text), check.ReadOptions{})
		a.material.Items = append(a.material.Items, m.Items...)
		if len(m.Items) == 0 || !onlyPEM(p.Text) {
			a.log.WriteString(p.Text + "\n")
		}
	case artefact.Pcap: // its observations say what is in it
	}
}

// onlyPEM reports whether a text is armour and nothing around it.
func onlyPEM(text string) bool {
	inside := false
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "-----BEGIN"):
			inside = true
		case strings.HasPrefix(line, "-----END"):
			inside = false
		case line != "" && !inside:
			return false
		}
	}
	return true
}
