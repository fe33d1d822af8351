// Package latency measures how long a click takes in the real product, from the moment
// the workspace sends it until its acknowledgement is back, beside two peers on the
// same workspace in the same run: a handler that only acknowledges, and an app on the
// official Bolt that commits one row first. It also measures start, memory and size.
//
// In a plain test run it plays for a second or two, so that it stays true, and asserts
// no times; scripts/bench plays it in full and prints the report.
package latency
