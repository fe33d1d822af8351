// Package workflows is the middle of Countersign: what its nouns share. Requests,
// conversations, cases and what belongs to them are plain values here (request.go,
// conversation.go, case.go ...), with the table of legal moves (state.go), who may come in
// and who may decide (policy.go), and which policy a name falls under (policymatch.go).
//
// A Kernel runs the steps of every noun through ports (ports.go) that adapters fill: one
// step is a pure function from what is stored to a Change, committed whole or not at all
// (kernel.go, step.go, change.go). What is to be done afterwards is an Effect (effects.go)
// that carries a payload, one Go type a kind (payload.go, reply.go); the workers (worker.go,
// background.go) do it by jobs that the nouns register.
//
// Not here: the steps themselves, which are in the packages below, one a noun: issuance,
// keyrelease, support, intake, and inbox, which routes; services wires them. It does no
// I/O and knows no Slack, SQL or Vault type. People and places are opaque strings.
package workflows
