// Command countersign is the product: the Slack bot (serve), the same with everything
// embedded for trying it out (demo), and a command-line door to the certificate and
// triage knowledge. It reads the configuration (config.go), wires the parts (wire.go),
// examines them (doctor.go) and prints; what is decided, signed or diagnosed is decided in
// the other packages.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"countersign/locales"
)

// cli is the command line (design, section 10), in the groups of its help.
type cli struct {
	Serve  serveCmd  `cmd:"" group:"bot" help:"Run the bot."`
	Doctor doctorCmd `cmd:"" group:"bot" help:"Check everything that the bot needs, and say what to do about what is missing."`
	Demo   demoCmd   `cmd:"" group:"bot" help:"Run everything embedded, with a local Slack workspace in the browser."`

	Manifest manifestCmd `cmd:"" group:"bot" help:"Write the manifest to create the Slack app from."`

	Diagnose   diagnoseCmd   `cmd:"" group:"knowledge" help:"Find the cause of an error, a log or a capture."`
	Causes     causesCmd     `cmd:"" group:"knowledge" help:"The known causes."`
	Profiles   profilesCmd   `cmd:"" group:"knowledge" help:"The certificate profiles."`
	Understand understandCmd `cmd:"" group:"knowledge" help:"Say what a text asks for."`

	Plan       planCmd       `cmd:"" group:"certificates" help:"Plan the certificates of a deployment."`
	CSR        csrCmd        `cmd:"" group:"certificates" name:"csr" help:"Make keys and CSRs of a plan, as files."`
	Inspect    inspectCmd    `cmd:"" group:"certificates" help:"Say what files hold."`
	Match      matchCmd      `cmd:"" group:"certificates" help:"Say which keys, CSRs and certificates belong together."`
	Verify     verifyCmd     `cmd:"" group:"certificates" help:"Verify a certificate against a trust list."`
	Compare    compareCmd    `cmd:"" group:"certificates" help:"Compare a certificate with its successor."`
	Bundle     bundleCmd     `cmd:"" group:"certificates" help:"Pack a certificate and its chain for a system."`
	Lint       lintCmd       `cmd:"" group:"certificates" help:"Hold a certificate or CSR against the rules."`
	ClientTest clientTestCmd `cmd:"" group:"certificates" name:"client-test" help:"Expressway's client certificate testing."`

	Requests     requestsCmd     `cmd:"" group:"records" help:"The requests in the database."`
	Certificates certificatesCmd `cmd:"" group:"records" help:"The certificates in the database."`
	Audit        auditCmd        `cmd:"" group:"records" help:"The audit record."`
	Backup       backupCmd       `cmd:"" group:"records" help:"Copy the database while the bot runs."`
	Restore      restoreCmd      `cmd:"" group:"records" help:"Put a backup in the place of a database."`

	Completion completionCmd `cmd:"" group:"tool" help:"Complete commands with the Tab key: bash, zsh, fish."`
	Man        manCmd        `cmd:"" group:"tool" help:"Write the manual page."`
	Version    versionCmd    `cmd:"" group:"tool" help:"Print the version; --version does too."`

	Lang string `help:"Language of the output: ${languages}." env:"LC_ALL,LC_MESSAGES,LANG" default:"${language}" predictor:"language"`
}

// newParser makes the parser of a command line. exit is called where help
// was answered.
func newParser(c *cli, cat *locales.Catalogue, out, errOut io.Writer, exit func(int)) (*kong.Kong, error) {
	return kong.New(c, kong.Name("countersign"), kong.Description("Certificates for Cisco collaboration systems and any TLS service, in Slack."),
		kong.Writers(out, errOut), kong.Exit(exit), kong.ExplicitGroups(groups), kong.PostBuild(addExamples),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Vars{"language": locales.English, "languages": strings.Join(cat.Languages(), ", ")})
}

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is main without the process: 0 fine, 1 the check says no, 2 bad usage or
// unreadable input.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	status := -1
	cat := locales.Open()
	parser, err := newParser(&c, cat, out, errOut, func(code int) { status = code })
	if err != nil {
		fmt.Fprintln(errOut, "countersign:", err)
		return 2
	}
	if completed(parser); status >= 0 {
		return status
	}
	if len(args) > 0 && args[0] == "--version" { // no flag: compare and lint have one of that name
		args = append([]string{"version"}, args[1:]...)
	}
	k, err := parser.Parse(args)
	if status >= 0 { // --help was answered
		return status
	}
	if err != nil {
		fmt.Fprintln(errOut, "countersign:", err)
		fmt.Fprintln(errOut, "countersign: run with --help to see the commands")
		return 2
	}
	con := &console{ctx: ctx, out: out, err: errOut, in: in, cat: cat, lang: cat.Match(c.Lang)}
	err = k.Run(con)
	var e exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return int(e)
	}
	fmt.Fprintln(errOut, "countersign:", con.explain(err))
	return 2
}
