// Package support is the cases of triage: what was pasted is diagnosed, refined by remarks,
// files and probes, handed on to who owns the problem (referral.go), and taught from
// (teach.go, lesson.go). The answer is computed from the case whenever it is drawn
// (diagnose.go, facts.go), and not stored.
//
// Not here: causes and how they are found (triage), and which case a message belongs to
// (inbox).
package support
