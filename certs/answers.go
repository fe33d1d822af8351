package certs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxAnswers is the size beyond which nothing is read as a deployment, in bytes.
const MaxAnswers = 1 << 20

// ReadDeployment reads a deployment as JSON or YAML. It refuses unknown fields, more
// than one document and more than MaxAnswers bytes, naming line and field; it does
// not judge the answers, Plan does. The input is never repeated in an error.
func ReadDeployment(r io.Reader) (Deployment, error) {
	var d Deployment
	raw, err := io.ReadAll(io.LimitReader(r, MaxAnswers+1))
	if err != nil {
		return d, fmt.Errorf("read answers: %w", err)
	}
	if len(raw) > MaxAnswers {
		return d, fmt.Errorf("the answers are larger than %d bytes", MaxAnswers)
	}
	raw = bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))) // editors on Windows write a byte order mark
	if len(raw) == 0 {
		return d, errors.New("the answers are empty: write the deployment as YAML or JSON, with at least systems, each with product and nodes")
	}
	if raw[0] == '{' {
		err = readJSON(raw, &d)
	} else {
		err = strict(raw, &d)
		if err != nil {
			err = fmt.Errorf("answers: %s", withHint(err.Error()))
		}
	}
	if err != nil {
		return Deployment{}, err
	}
	return d, nil
}

func readJSON(raw []byte, d *Deployment) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(d); err != nil {
		return fmt.Errorf("answers: line %d: %s", lineAt(raw, offsetOf(err, dec)), withHint(plainJSON(err)))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("answers: line %d: something follows the end of the deployment", lineAt(raw, dec.InputOffset()))
	}
	// encoding/json takes the last of two equal keys without a word; the YAML reader,
	// for which JSON is YAML, refuses them.
	var again yaml.Node
	if err := yaml.Unmarshal(bytes.ReplaceAll(raw, []byte("\t"), []byte(" ")), &again); err == nil {
		var copied Deployment
		if err := again.Decode(&copied); err != nil && strings.Contains(err.Error(), "already defined") {
			return fmt.Errorf("answers: %s", plainYAML(err))
		}
	}
	return nil
}

func offsetOf(err error, dec *json.Decoder) int64 {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset
	case errors.As(err, &kind):
		return kind.Offset
	}
	return dec.InputOffset()
}

func lineAt(raw []byte, offset int64) int {
	return 1 + bytes.Count(raw[:min(int(offset), len(raw))], []byte("\n"))
}

func plainJSON(err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Sprintf("%s: a %s does not belong here", kind.Field, kind.Value)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "the file ends in the middle"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// withHint adds what may be written, where a field is unknown.
func withHint(msg string) string {
	if strings.Contains(msg, "not found") || strings.Contains(msg, "unknown field") {
		return msg + " (known: name, environment, domains, features, subject{O,OU,L,ST,C}, systems[product, version, services, topology, nodes, " +
			"cluster_fqdn, names, phone_profiles, chat_aliases, ca, ca_for, key{type,size}, own_csr, one_certificate, days])"
	}
	return msg
}
