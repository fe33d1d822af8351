// Package pagetest tests the workspace page in a real Chromium against a small
// server that keeps the page API: what a person sees, and what the page sends.
//
// It holds no product code and knows nothing of the simulated workspace behind
// the page. These attributes of the page are stable, for any browser test:
//
//	data-testid  person-switcher, person-<id>, channel-<name>, unread, menu-button
//	             tab-home, tab-messages, home, thread, thread-close, replies, reply
//	             composer, send, attach, shortcuts, shortcuts-menu, completions
//	             message (data-ts, data-channel, data-ephemeral), message-more,
//	             message-menu, file, file-preview, toast (data-level)
//	             modal (data-view-id, data-callback-id), modal-submit, modal-close,
//	             modal-back, modal-dismiss, confirm, confirm-yes, confirm-no, tools
//	data-block-id, data-action-id  on every interactive element; on the group for
//	             radio buttons and checkboxes, whose inputs have their value
//	data-value   on [role=option] and [role=menuitem] of selects and overflow menus
//	data-callback-id  on shortcuts in menus
//	data-error-for  the block whose error stands there
//	body[data-person]  who is played
//
// The main composer is "#main [data-testid=composer]", a thread's is
// "[data-testid=thread] [data-testid=composer]".
package pagetest
