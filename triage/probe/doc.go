// Package probe makes one TLS connection on request and says what came of it: what the
// server presented, what was agreed, whether it wants a client certificate, and where
// and why it failed, as observations that triage can weigh.
//
// It is the one place of triage that speaks to a network, so it asks first: a Policy
// names the hosts, networks and ports that it may go to, and nothing else is reached,
// whatever a person or a name server says. It does not verify: package certs does,
// with the chain that comes out. It keeps no state and imports no sibling of triage.
package probe
