// Package storage keeps what Countersign must not forget: requests and the
// decisions on them, conversations, deployments, cards, triage cases, the audit
// record and the outbox. It fills the ports Store, Reader and Outbox of package
// workflows on SQLite: update.go commits a Change, reader.go and query.go read, outbox.go
// hands effects out, link.go and audit.go keep the record, migration/ has the tables.
//
// What it gives of one request is held against the audit record first: a request, a
// state or a decision that the record does not have is an Error, and nothing is done on it.
//
// It holds no rules: whether a step is legal and who may take it is decided in
// workflows, which hands over a Change to be committed whole or not at all. Nothing
// here calls the network, and no private key ever reaches a row.
//
// One process writes to a database at a time (a lock file sees to it); command-line
// tools may read beside it. What every engine must pass is the suite of this
// package's tests.
package storage
