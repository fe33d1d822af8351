// Package conformance holds the proof that slacksim is Slack enough: tests in
// which unmodified SDKs work against it. Nothing but tests lives here.
//
// The app in app/ is written on the official @slack/bolt for Node; it is
// installed by npm ci from the lockfile into the user's cache directory, never
// into the tree. A second test does the same with slack-go, and a third plays
// a person in Chromium on the workspace's own page. They need no network but
// the package registry, the first time.
package conformance
