package endurance

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"countersign/slacksim"
	"countersign/tests/endurance/product"
)

func buildOnce(dir string) (string, error) { return product.Build(dir, true) }

// glance is a test frame for looking whether something is there: what is not there
// ends the look, not the test.
type glance struct{}

type absent struct{ why string }

func (glance) Helper()        {}
func (glance) Cleanup(func()) {}
func (glance) Errorf(format string, args ...any) {
	panic(absent{fmt.Sprintf(format, args...)})
}
func (g glance) Fatalf(format string, args ...any) { g.Errorf(format, args...) }

// try runs do and gives false where it looked for something that did not come.
func try(do func()) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			if _, ours := p.(absent); !ours {
				panic(p)
			}
			ok = false
		}
	}()
	do()
	return true
}

// glimpse is a stage on which looks end after patience.
func glimpse(w *product.World, patience time.Duration) *slacksim.Stage {
	st := w.Sim.Stage(glance{})
	st.Patience = patience
	return st
}

// stage is a stage on which what is missing fails the test.
func stage(t testing.TB, w *product.World) *slacksim.Stage {
	t.Helper()
	st := w.Sim.Stage(t)
	st.Patience = time.Minute // the product has the race detector in it, and company
	return st
}

// started is a world with a product that is connected.
func started(t testing.TB, o product.Options) (*product.World, *product.Process) {
	t.Helper()
	w := product.New(t, binary, o)
	p := w.Start()
	p.Connected()
	return w, p
}

// get reads an address of the product.
func get(t testing.TB, address string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }() // read to its end
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}
