package pagetest

func plain(s string) object { return object{"type": "plain_text", "text": s} }

func mrkdwn(s string) object { return object{"type": "mrkdwn", "text": s} }

func option(value, text string) object { return object{"value": value, "text": plain(text)} }

func button(action, text, style string) object {
	b := object{"type": "button", "action_id": action, "text": plain(text), "value": "v-" + action}
	if style != "" {
		b["style"] = style
	}
	return b
}

func input(block, label string, element object, more ...any) object {
	b := object{"type": "input", "block_id": block, "label": plain(label), "element": element}
	for i := 0; i+1 < len(more); i += 2 {
		b[more[i].(string)] = more[i+1]
	}
	return b
}

// card is an approval card with most of what a message can hold.
func card() []object {
	decline := button("reject", "Reject", "danger")
	decline["confirm"] = object{"title": plain("Reject this request?"), "text": mrkdwn("The requester is told *why*."),
		"confirm": plain("Reject"), "deny": plain("Keep it"), "style": "danger"}
	return []object{
		{"type": "header", "block_id": "head", "text": plain("Expressway-E server certificate")},
		{"type": "section", "block_id": "who", "text": mrkdwn("<@U1> asks for *one certificate* for `expe.example.com`. :warning: It has a wildcard."),
			"accessory": object{"type": "overflow", "action_id": "more", "options": []object{option("show", "Show the CSR"), option("hold", "Hold")}}},
		{"type": "section", "block_id": "facts", "fields": []object{
			mrkdwn("*Subject*\nCN=expe.example.com, O=Example, C=DE"), mrkdwn("*Key*\nRSA 2048, new, in Vault"),
			mrkdwn("*Usages*\nserverAuth, clientAuth"), mrkdwn("*Due*\n<!date^1795000000^{date_short} {time}|soon>")}},
		{"type": "table", "block_id": "names", "column_settings": []object{{"is_wrapped": true}, {"is_wrapped": true}}, "rows": [][]object{
			{{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": "Why"}},
			{{"type": "raw_text", "text": "expe.example.com"}, {"type": "raw_text", "text": "cluster name"}},
			{{"type": "raw_text", "text": "expe1.example.com"}, {"type": "raw_text", "text": "peer 1, MRA clients reach it"}}}},
		{"type": "rich_text", "block_id": "rich", "elements": []object{
			{"type": "rich_text_list", "style": "bullet", "elements": []object{
				{"type": "rich_text_section", "elements": []object{{"type": "text", "text": "Zone ", "style": object{"bold": true}}, {"type": "link", "url": "https://example.com", "text": "traversal"}}},
				{"type": "rich_text_section", "elements": []object{{"type": "user", "user_id": "U2"}, {"type": "emoji", "name": "eyes"}}}}},
			{"type": "rich_text_preformatted", "elements": []object{{"type": "text", "text": "DNS:expe.example.com\nDNS:expe1.example.com"}}}}},
		{"type": "markdown", "block_id": "md", "text": "### Next step\n1. **Upload** the chain\n2. Restart `tvcs`\n   - one peer at a time\n\n| Peer | State |\n|---|:--:|\n| 1 | ready |"},
		{"type": "divider", "block_id": "line"},
		{"type": "context", "block_id": "foot", "elements": []object{mrkdwn(":lock: Request CS-1042"), mrkdwn("waiting for *one* approver")}},
		{"type": "actions", "block_id": "decide", "elements": []object{button("approve", "Approve", "primary"), decline, button("ask", "Ask :speech_balloon:", ""),
			{"type": "static_select", "action_id": "hold_for", "placeholder": plain("Hold for…"), "options": []object{option("1d", "one day"), option("7d", "one week")}},
			{"type": "datepicker", "action_id": "until", "initial_date": "2026-12-01"}}},
	}
}

// form is a modal with every input kind.
func form() object {
	people := []object{option("a", "Alpha"), option("b", "Beta")}
	people[1]["description"] = plain("the second")
	return object{"id": "V1", "type": "modal", "callback_id": "new", "title": plain("New certificate"), "submit": plain("Next"), "close": plain("Cancel"), "blocks": []object{
		{"type": "section", "block_id": "intro", "text": mrkdwn("Step *1* of 3: the deployment")},
		input("name", "Cluster name", object{"type": "plain_text_input", "action_id": "v", "min_length": 3, "max_length": 30, "placeholder": plain("expe.example.com")},
			"hint", plain("The name that clients use.")),
		input("notes", "Notes", object{"type": "plain_text_input", "action_id": "v", "multiline": true}, "optional", true),
		input("product", "Product", object{"type": "static_select", "action_id": "v", "option_groups": []object{
			{"label": plain("Expressway"), "options": []object{option("expe", "Expressway-E"), option("expc", "Expressway-C")}},
			{"label": plain("Call control"), "options": []object{option("cucm", "Unified CM")}}}}),
		input("features", "Features", object{"type": "multi_static_select", "action_id": "v", "options": []object{option("mra", "MRA"), option("b2b", "B2B calls"), option("xmpp", "XMPP")}}),
		input("owner", "Owner", object{"type": "users_select", "action_id": "v"}, "optional", true),
		input("where", "Tell", object{"type": "conversations_select", "action_id": "v", "default_to_current_conversation": true}, "optional", true),
		input("known", "Known deployment", object{"type": "external_select", "action_id": "v", "min_query_length": 2}, "optional", true),
		input("ca", "Certificate authority", object{"type": "radio_buttons", "action_id": "v", "options": people, "initial_option": people[0]}),
		input("flags", "Options", object{"type": "checkboxes", "action_id": "v", "options": people}, "optional", true),
		input("day", "Needed by", object{"type": "datepicker", "action_id": "v"}, "optional", true),
		input("hour", "At", object{"type": "timepicker", "action_id": "v", "initial_time": "14:30"}, "optional", true),
		input("count", "Peers", object{"type": "number_input", "action_id": "v", "is_decimal_allowed": false, "min_value": "1", "max_value": "6"}, "optional", true),
		input("mail", "Contact", object{"type": "email_text_input", "action_id": "v"}, "optional", true),
		input("url", "Ticket", object{"type": "url_text_input", "action_id": "v"}, "optional", true),
		input("csr", "Own CSR", object{"type": "file_input", "action_id": "v", "filetypes": []string{"pem"}, "max_files": 1}, "optional", true),
	}}
}

// homeView is an App Home as the product publishes it.
func homeView() object {
	row := func(id, what, state string) object {
		return object{"type": "section", "block_id": "r" + id, "text": mrkdwn("*" + what + "*\n" + state), "accessory": button("open"+id, "Open", "")}
	}
	return object{"id": "VH", "type": "home", "blocks": []object{
		{"type": "header", "block_id": "h1", "text": plain("Your certificates")},
		{"type": "actions", "block_id": "new", "elements": []object{button("new", "Request a certificate", "primary"), button("diagnose", "Diagnose an error", "")}},
		{"type": "divider", "block_id": "d1"},
		{"type": "header", "block_id": "h2", "text": plain("Waiting for you")},
		row("1", "expe.example.com", ":hourglass_flowing_sand: CS-1042 · upload the certificate to peer 2"),
		row("2", "cucm-pub.example.com", ":white_check_mark: CS-1038 · install and restart Tomcat"),
		{"type": "context", "block_id": "c", "elements": []object{mrkdwn("Updated <!date^1795000000^{date_short_pretty} {time}|now>")}},
	}}
}
