// Package triage finds the known cause of a certificate or TLS failure in what a
// person pasted: redact, normalise, find spans, weigh, rank, ask at most one
// question. Its answers carry a quoted span of the input, or a computed fact, for
// every claim; without evidence it says that it does not know.
//
// The knowledge lives in causes/*.yaml and in directories of the operator's own.
// Here is no network, no clock and no product workflow: readers of artefacts
// (triage/artefact), the live probe (triage/probe) and the optional model
// (triage/llm) are sub-packages, and the checks of package certs come in as facts.
// Of its sibling packages it knows certs alone, whose catalogue names the products.
package triage
