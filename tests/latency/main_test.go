package latency

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"testing"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"countersign/tests/endurance/product"
)

// binary is the product as it is shipped.
var binary string

// asPeer makes this test binary run as the app that only acknowledges.
const asPeer = "COUNTERSIGN_LATENCY_PEER"

func TestMain(m *testing.M) {
	if os.Getenv(asPeer) != "" {
		acknowledge()
		return
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "countersign-latency-")
	if err == nil {
		defer func() { _ = os.RemoveAll(dir) }() // the system clears what stays
		binary, err = product.Build(dir, false)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// acknowledge is an app on slack-go that does nothing with a click but acknowledge it,
// over two connections like the product.
func acknowledge() {
	api := slack.New(os.Getenv("SLACK_BOT_TOKEN"), slack.OptionAPIURL(os.Getenv("SLACK_API_URL")), slack.OptionAppLevelToken(os.Getenv("SLACK_APP_TOKEN")))
	failed := make(chan error)
	for range 2 {
		c := socketmode.New(api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
		go func() { failed <- c.RunContext(context.Background()) }()
		go func() {
			for e := range c.Events {
				if e.Request != nil {
					_ = c.Ack(*e.Request) // measured by the workspace
				}
			}
		}()
	}
	fmt.Fprintln(os.Stderr, <-failed) // the test kills it before
	os.Exit(1)
}
