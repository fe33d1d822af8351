// Package blockkit refuses the messages and views that Slack refuses, in
// Slack's own words.
//
// It reads raw JSON, as it goes over the wire, and reports every breach of the
// published limits (docs.slack.dev/reference/block-kit, and the SDKs' typed
// limits where the pages are silent) with the error code that the Web API
// would answer and the JSON pointer it would put in response_metadata.
// The workspace simulator uses it to answer like Slack; golden tests of Block
// Kit use it to know that what they pin would be accepted.
//
// Lengths are counted in characters (Unicode code points), not bytes.
// Nothing here talks to the network, keeps state or imports another package
// of this module.
package blockkit
