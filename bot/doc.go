// Package bot is the Slack adapter of Countersign: two doors (Socket Mode and
// HTTP) with one handler behind them, routes from Slack payloads to workflow calls,
// views from workflow values to Block Kit, and the delivery of what the outbox holds.
//
// In: socket.go or http.go, then interaction.go, command.go or event.go; routes.go has the
// handler of each action, click_*.go the handlers, payload.go what a button carries. Out:
// deliver.go, with the table of bot.go; draw_*.go bring cards up to date, view_*.go say what
// stands on them, turn.go and pace.go keep order and Slack's limits. directory.go, people.go
// and groups.go know who people are.
//
// It is the only importer of slack-go, and no Slack type leaves it. Rules about
// who may do what do not belong here: payloads are routing, not authority.
//
// Rules of the surface, for every view:
//   - What people wrote is escaped before it is clipped; clipping is by runes.
//   - A card says what is so, redrawn from state; times are Slack dates in the reader's zone.
//   - The present state first, then what follows for the reader, then facts.
//   - Buttons are verbs. A dangerous one is red and asks again.
//   - Channels see facts; whatever concerns one person goes to a direct message. An
//     ephemeral message is never the only record of anything.
//   - Keys, tokens and pasted secrets are never shown.
package bot
