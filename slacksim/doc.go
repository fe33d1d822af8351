// Package slacksim is a local Slack workspace for one app: as strict as Slack,
// refusing what Slack refuses, in Slack's own words.
//
// # What lives here
//
// The app's side: the Web API at /api/METHOD with token kinds, scopes, limits
// and rate limits; Socket Mode over real WebSockets; and an HTTP door that
// signs requests to configured URLs ([Sim.UseHTTP]). The official SDKs work
// against it unchanged; the conformance directory proves it.
//
// The people's side: [Sim.Say], [Sim.Share], [Sim.Edit], [Sim.Forward], [Sim.Command],
// [Sim.Shortcut], [Sim.Act], [Sim.Submit], [Sim.CloseView], [Sim.Suggest], [Sim.React] and
// [Sim.OpenHome] do what a person does in Slack's client and return when the
// app has acknowledged, or with what the person is shown instead. The page at
// / and its API under /sim/ call the same methods. [Sim.SetGroup],
// [Sim.ChangePerson], [Sim.Invite], [Sim.Remove], [Sim.Archive], [Sim.Unarchive] and
// [Sim.RestrictPosting] do what an administrator does, and [Sim.Forge] delivers a
// payload that no card holds. [Sim.PostOther] is somebody else's app,
// [Sim.Unfurl] what Slack adds by itself.
//
// Inside, from the bottom: the state is what the workspace holds, under one
// lock. Conversations, modals and events change it, with the lock held, and
// tell the open pages and the app. On them stand the three that take the lock:
// the Web API with its methods, Slack's client in people's hands (and the
// administrator's), and the page that plays it. What goes to the app goes by the
// courier, over a socket or a request URL, and never under the lock. The Sim
// puts these together; Stage and Actor act on it in tests.
//
// Nothing here imports another package of this module (its own sub-packages
// aside) or a Slack SDK, so that what it checks is not checked by itself.
//
// # Running
//
//	sim, err := slacksim.New(slacksim.Default(), slacksim.Options{})
//	// point the app at sim.APIURL() with sim.App().BotToken and AppToken
//
// In a test:
//
//	stage := slacksim.Start(t, slacksim.Default())
//	stage.Connected(1)
//	ella := stage.As("ella").In("#certificates")
//	ella.Runs("/cert new")
//	form := ella.SeesModal("Request a certificate")
//	if r := ella.Submits(form, map[string]any{"Host name": "a.example.com"}); !r.OK() { … }
//	card := stage.As("anselm").In("#cert-approvals").Sees("a.example.com")
//	stage.As("anselm").Clicks(card, "Approve")
//	stage.As("ella").Sees("approved")   // her direct message
//	stage.Quiet(50 * time.Millisecond)  // nothing else was posted
//
// # Deliveries
//
// Events keep their order, are acknowledged within [Options.AckWithin] or come
// again after [Options.Retries], also to an app that was restarted meanwhile.
// Interactions and commands are delivered once; a person whose app is late or
// gone is told so. [Sim.Inject] makes deliveries and answers go wrong.
//
// # The page's API
//
// All of it is loopback only by default and takes a person's id or handle.
// Answers are {"ok": true, …} or {"ok": false, "error": words}.
//
//	GET  /sim/state?person=         team, person, people[], channels[], home, app
//	GET  /sim/messages?person=&channel=[&thread=]   messages[], agent{status, title, prompts[]}
//	GET  /sim/events?person=        server-sent events, or {event, data} over a WebSocket: message, message_changed, message_deleted, view_opened,
//	                                view_pushed, view_updated, view_closed, home_updated, agent, toast
//	GET  /sim/view?person=          stack[] of open modals, root first
//	GET  /sim/file?person=&id=      a file's bytes
//	GET  /sim/transcript            JSON lines
//	POST /sim/say                   person, channel, thread, text
//	POST /sim/upload                multipart person, channel, thread, text, file…; without a channel for a file_input
//	POST /sim/command               person, channel, command, text
//	POST /sim/shortcut              person, callback_id[, channel, ts]
//	POST /sim/action                person, container{type, channel, ts | view_id}, block_id, action_id, value | selected_…
//	POST /sim/submit                person, view_id, state{values} -> ok | errors{block_id: text} | error
//	POST /sim/close                 person, view_id
//	POST /sim/suggest               person, view_id | container, block_id, action_id, value -> options[]
//	POST /sim/react                 person, channel, ts, name
//	POST /sim/open-home             person[, tab: home | messages]
//	POST /sim/faults                faults[]{kind, match, times, …}, clear, disconnect, drop
//	POST /sim/step                  callback_id, inputs: a workflow comes to a step of the app -> function_execution_id
//	POST /sim/http                  events, interactivity, commands, options: request URLs instead of Socket Mode
package slacksim
