// Package support is the cases of triage: what was pasted is diagnosed, refined by remarks,
// files and probes, handed on to who owns the problem, and taught from.
//
// Not here: causes and how they are found (triage), and which case a message belongs to
// (inbox).
package support
