// Package keyrelease is the handing over of a private key: asked for, made once, watched
// until it was opened or has ended, reported as stolen, and made again when a second
// person agrees. Who may stands in rules.go. The secret lives in release.go for the time of one call.
//
// Not here: how a custody makes and keeps keys (vault/...), and how a message reaches its
// receiver (the Courier, in bot).
package keyrelease
