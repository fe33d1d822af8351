// Package workflows is the middle of Countersign: requests, conversations,
// approvals, triage cases and the policy over them. Every rule about who may do
// what, and when, is here, as pure functions over plain values; a Service runs them
// through ports (Store, Custody, Issuer, Directory) that adapters fill.
//
// It does no I/O and knows no Slack, SQL or Vault type. People and places are
// opaque strings.
package workflows
