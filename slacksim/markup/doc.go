// Package markup turns what a person types into the text that Slack delivers:
// &, < and > escaped, mentions as <@U1>, channels as <#C1|name>, links and
// bare domain names as <http://host|host>, addresses as <mailto:a@b|a@b>.
//
// It also does what Slack does to text that apps post, and builds the
// rich_text block that accompanies a person's message. It knows nothing of
// the workspace but the Directory it is given.
package markup
