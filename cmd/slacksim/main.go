// Command slacksim runs a local Slack workspace to develop and test an app
// against. It prints the address of its page and the tokens to give the app;
// the workspace itself is package slacksim.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"countersign/slacksim"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run answers the exit status: 0 fine, 1 failed, 2 bad usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("slacksim", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:8065", "address to listen on")
	public := flags.Bool("public", false, "allow an address that other machines can reach; whoever opens the page can act as anybody")
	base := flags.String("base-url", "", "how the app and browsers reach the workspace, if not at -addr")
	manifest := flags.String("manifest", "", "app manifest (YAML or JSON) to take scopes, events, commands, shortcuts and request URLs from")
	transcript := flags.String("transcript", "", "file to write the transcript to, as JSON lines")
	botToken := flags.String("bot-token", os.Getenv("SLACK_BOT_TOKEN"), "bot token to accept (default $SLACK_BOT_TOKEN, else made up)")
	appToken := flags.String("app-token", os.Getenv("SLACK_APP_TOKEN"), "app-level token to accept (default $SLACK_APP_TOKEN, else made up)")
	secret := flags.String("signing-secret", os.Getenv("SLACK_SIGNING_SECRET"), "signing secret (default $SLACK_SIGNING_SECRET, else made up)")
	events := flags.String("events-url", "", "deliver over HTTP to this URL instead of Socket Mode or those of the manifest, once it answers the challenge")
	interactivity := flags.String("interactivity-url", "", "URL for interactions and commands, if not -events-url")
	rates := flags.Float64("rate-scale", 1, "multiply Slack's rate limits")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	ws := slacksim.Default()
	ws.App.BotToken, ws.App.AppToken, ws.App.SigningSecret = *botToken, *appToken, *secret
	if *manifest != "" {
		if err := ws.App.Manifest(*manifest); err != nil {
			fmt.Fprintln(stderr, "slacksim:", err)
			return 2
		}
	}
	opt := slacksim.Options{Addr: *addr, Public: *public, BaseURL: *base, RateScale: *rates}
	if *transcript != "" {
		f, err := os.OpenFile(*transcript, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			fmt.Fprintln(stderr, "slacksim:", err)
			return 2
		}
		defer func() { _ = f.Close() }() // every line was written as it came
		opt.Transcript = f
	}
	sim, err := slacksim.New(ws, opt)
	if err != nil {
		fmt.Fprintln(stderr, "slacksim:", err)
		return 1
	}
	app := sim.App()
	fmt.Fprintf(stdout, "Open %s in a browser and act as anybody.\n\nGive the app:\n", sim.URL())
	fmt.Fprintf(stdout, "  SLACK_API_URL=%s\n  SLACK_BOT_TOKEN=%s\n  SLACK_APP_TOKEN=%s\n  SLACK_SIGNING_SECRET=%s\n",
		sim.APIURL(), app.BotToken, app.AppToken, app.SigningSecret)
	urls := app.URLs
	if *events != "" {
		urls = slacksim.RequestURLs{Events: *events, Interactivity: *interactivity}
	}
	if urls.Events != "" {
		go useHTTP(ctx, sim, urls, stdout, stderr)
	}
	<-ctx.Done()
	if err := sim.Close(); err != nil {
		fmt.Fprintln(stderr, "slacksim:", err)
		return 1
	}
	return 0
}

// useHTTP asks until the app is up: it is often started afterwards.
func useHTTP(ctx context.Context, sim *slacksim.Sim, urls slacksim.RequestURLs, stdout, stderr io.Writer) {
	said := false
	for ctx.Err() == nil {
		err := sim.UseHTTP(ctx, urls)
		if err == nil {
			fmt.Fprintf(stdout, "Delivering to %s.\n", urls.Events)
			return
		}
		if !said {
			fmt.Fprintf(stderr, "slacksim: waiting for %s: %v\n", urls.Events, err)
			said = true
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
}
