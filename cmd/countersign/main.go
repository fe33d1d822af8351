// Command countersign is the product: the Slack bot (serve), the same with everything
// embedded for trying it out (demo), and a command-line door to the certificate and
// triage knowledge. It is wiring only; what it wires lives in the other packages.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/alecthomas/kong"

	"countersign/locales"
)

// version is set by the release build.
var version = "dev"

// cli is the command line (design, section 10).
type cli struct {
	Serve      serveCmd      `cmd:"" help:"Run the bot."`
	Doctor     doctorCmd     `cmd:"" help:"Check everything that the bot needs, and say what to do about what is missing."`
	Demo       demoCmd       `cmd:"" help:"Run everything embedded, with a local Slack workspace in the browser."`
	Diagnose   diagnoseCmd   `cmd:"" help:"Find the cause of an error, a log or a capture."`
	Understand understandCmd `cmd:"" help:"Say what a text asks for."`
	Profiles   profilesCmd   `cmd:"" help:"The certificate profiles."`
	Causes     causesCmd     `cmd:"" help:"The known causes."`
	Plan       planCmd       `cmd:"" help:"Plan the certificates of a deployment."`
	CSR        csrCmd        `cmd:"" name:"csr" help:"Make keys and CSRs of a plan, as files."`
	Inspect    inspectCmd    `cmd:"" help:"Say what files hold."`
	Match      matchCmd      `cmd:"" help:"Say which keys, CSRs and certificates belong together."`
	Verify     verifyCmd     `cmd:"" help:"Verify a certificate against a trust list."`
	Compare    compareCmd    `cmd:"" help:"Compare a certificate with its successor."`
	Bundle     bundleCmd     `cmd:"" help:"Pack a certificate and its chain for a system."`
	Lint       lintCmd       `cmd:"" help:"Hold a certificate or CSR against the rules."`
	ClientTest clientTestCmd `cmd:"" name:"client-test" help:"Expressway's client certificate testing."`

	Requests     requestsCmd     `cmd:"" help:"The requests in the database."`
	Certificates certificatesCmd `cmd:"" help:"The certificates in the database."`
	Audit        auditCmd        `cmd:"" help:"The audit record."`
	Backup       backupCmd       `cmd:"" help:"Copy the database while the bot runs."`
	Restore      restoreCmd      `cmd:"" help:"Put a backup in the place of a database."`
	Version      versionCmd      `cmd:"" help:"Print the version."`

	Lang string `help:"Language of the output: en, zh-Hans, zh-Hant." env:"LC_ALL,LC_MESSAGES,LANG" default:"en"`
}

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is main without the process: 0 fine, 1 the check says no, 2 bad usage or
// unreadable input.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	status := -1
	parser, err := kong.New(&c, kong.Name("countersign"), kong.Description("Certificates for Cisco collaboration systems and any TLS service, in Slack."),
		kong.Writers(out, errOut), kong.Exit(func(code int) { status = code }), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(errOut, "countersign:", err)
		return 2
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
	lang := locales.Match(c.Lang)
	con := &console{ctx: ctx, out: out, err: errOut, in: in, cat: locales.Open(), lang: lang}
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

type versionCmd struct {
	JSON bool `name:"json" help:"Write JSON."`
}

func (v versionCmd) Run(c *console) error {
	if v.JSON {
		return writeJSON(c.out, map[string]string{"version": version, "go": runtime.Version()})
	}
	_, err := fmt.Fprintln(c.out, "countersign", version)
	return err
}
