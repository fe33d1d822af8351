package bot

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"countersign/locales"
	"countersign/workflows"
)

// A card is said in a language that is nothing but a folder to a person whose Slack is set
// to it; what the folder lacks stands there in English.
func TestCardInAFurtherLanguage(t *testing.T) {
	f := newFixture(t)
	cat, err := locales.Load(os.DirFS("../locales/testdata"))
	if err != nil {
		t.Fatal(err)
	}
	ella := workflows.Person{Team: "T1", ID: "U0ELLA"}
	d := NewDirectory(Config{}, "T1", nil, nil, func() time.Time { return day })
	d.put(&slack.User{ID: ella.ID, TeamID: ella.Team, Locale: "fr-FR"})
	b := &workspace{cat: cat, directory: d}
	if got := b.lang(ella); got != "fr" {
		t.Fatal(got)
	}
	card, err := json.Marshal(approvalCard(b.speaker(ella), f.request(workflows.Submitted), awaited{}).Blocks)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Demande de certificat", "Approuver", "Valable 199 jours", "Requester"} {
		if !strings.Contains(string(card), want) {
			t.Errorf("no %q on the card:\n%s", want, card)
		}
	}
}
