// Package artefact reads what people attach to a case and gives triage something to
// weigh: packet captures (the TLS handshakes in them), archives of logs, and
// certificates printed as text. It finds and explains; it does not verify.
// Certificates come out as DER with their place, for package certs to check, and
// what can be told from a file alone comes out as observations.
//
// Everything here treats its input as hostile: size, count, depth and time are
// bounded by Limits. Nothing is written, no host is contacted, no clock is read.
// It imports package triage and no sibling.
package artefact
