package artefact

import "strings"

// Printed gives what a text that somebody pasted shows by its structure: printed
// certificates, and the output of openssl s_client. text is redacted.
func Printed(name, text string, options Options) []Observation {
	options.Limits = options.Limits.orDefault()
	_, found := readDumps(name, text, options)
	return found
}

// readDumps finds printed certificates and the output of openssl s_client in a text.
func readDumps(name, text string, options Options) ([]Dump, []Observation) {
	var list []Dump
	if strings.Contains(text, "X509v3 ") || strings.Contains(text, "Not After") {
		list = append(list, opensslDumps(text)...)
	}
	if strings.Contains(text, "Extension: ") || strings.Contains(text, "Subject Name: ") {
		list = append(list, cucmDumps(text)...)
	}
	if strings.Contains(text, "Owner: ") && strings.Contains(text, "Valid from: ") {
		list = append(list, keytoolDumps(text)...)
	}
	var out []Observation
	for i := range list {
		list[i].Name = name
		out = append(out, list[i].observe(options.Now)...)
	}
	if strings.Contains(text, "Certificate chain") {
		out = append(out, clientOutput(name, text, options.Now)...)
	}
	return list, out[:min(len(out), options.Limits.Findings)]
}
