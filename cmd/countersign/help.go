package main

import (
	"strings"

	"github.com/alecthomas/kong"
)

// examples of each command, for its help and the manual page. A test parses them.
var examples = map[string][]string{
	"serve":  {"serve --config /etc/countersign/countersign.yaml"},
	"doctor": {"doctor --config countersign.yaml", "doctor --json"},
	"demo":   {"demo", "demo --walkthrough --out result"},

	"manifest": {"manifest > manifest.yml", "manifest --http https://countersign.example.com"},

	"diagnose":      {"diagnose /var/log/app.log", "diagnose capture.pcap server.pem --json", "tail -100 app.log | countersign diagnose"},
	"causes list":   {"causes list --lang zh-Hant"},
	"causes show":   {"causes show missing-intermediate"},
	"causes export": {"causes export --data data > taught.yaml"},
	"profiles list": {"profiles list", "profiles list --procedures"},
	"profiles show": {"profiles show expressway-e/server"},
	"understand":    {`understand "a certificate for portal.example.org, internal CA" --json > answers.json`},

	"plan":        {"plan --answers deployment.yaml", "plan --answers answers.json --json"},
	"csr":         {"csr --answers deployment.yaml --out keys"},
	"inspect":     {"inspect server.pem chain.p7b", "inspect bundle.p12 --password secret"},
	"match":       {"match server.key server.csr server.pem"},
	"verify":      {"verify --trust roots.pem server.pem --host portal.example.org", "verify --trust roots.pem --crl ca.crl --verifier cucm --picture chain.png server.pem"},
	"compare":     {"compare old.pem new.pem --profile expressway-e/server"},
	"bundle":      {"bundle --target cucm/tomcat --out upload server.pem intermediate.pem root.pem"},
	"lint":        {"lint server.pem --profile cucm/tomcat", "lint request.csr --ca public"},
	"client-test": {"client-test --trust roots.pem --pattern 'CN=(.*)' --format '#captureCommonName#' client.pem"},

	"requests list":     {"requests list --state submitted,on_hold", "requests list --text portal.example.org --json"},
	"requests show":     {"requests show REQ-1"},
	"certificates list": {"certificates list --text example.org"},
	"certificates show": {"certificates show REQ-1"},
	"audit verify":      {"audit verify", "audit verify --config countersign.yaml"},
	"audit export":      {"audit export > record.jsonl"},
	"backup":            {"backup --data data backup.db"},
	"restore":           {"restore backup.db --data data"},

	"completion": {"completion bash", "completion zsh --code > ~/.countersign-completion"},
	"man":        {"man | man -l -", "man > /usr/local/share/man/man1/countersign.1"},
	"version":    {"version", "version --json"},
}

// exampleLines are a command's examples as they are typed. What begins with another command
// stands as it is.
func exampleLines(path string) []string {
	var lines []string
	for _, x := range examples[path] {
		if !strings.Contains(x, "countersign ") {
			x = "countersign " + x
		}
		lines = append(lines, x)
	}
	return lines
}

// addExamples puts its examples into the help of each command.
func addExamples(k *kong.Kong) error {
	for _, leaf := range k.Model.Leaves(false) {
		leaf.Detail = strings.TrimSpace(leaf.Detail + "\n\nExamples:\n\n\t" + strings.Join(exampleLines(commandOf(leaf)), "\n\t"))
	}
	return nil
}

// commandOf is the command as it is typed: "audit verify".
func commandOf(n *kong.Node) string {
	if n.Parent == nil || n.Parent.Type == kong.ApplicationNode {
		return n.Name
	}
	return commandOf(n.Parent) + " " + n.Name
}

// groups are the headings of the help.
var groups = []kong.Group{
	{Key: "bot", Title: "The bot:"},
	{Key: "knowledge", Title: "What is known, without Slack:"},
	{Key: "certificates", Title: "Certificates and keys as files:"},
	{Key: "records", Title: "What the bot has recorded:"},
	{Key: "tool", Title: "This command:"},
}
