package sclient

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/certs"
	"countersign/locales"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/services"
	"countersign/workflows/support"
)

var (
	runs = flag.Int("runs", 1, "how often each kind is run with each version of TLS")
	all  = flag.Bool("all", false, "run every version of OpenSSL that scripts/openssl has brought")
)

// product is the way of a paste through the product.
func product(t *testing.T, now func() time.Time) *support.Service {
	t.Helper()
	cat, err := certs.Load()
	if err != nil {
		t.Fatal(err)
	}
	kb, err := triage.LoadFor(cat)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	return services.New(&workflows.Kernel{Catalogue: cat, Say: texts.Say, Now: now}, services.Ports{Triage: kb}).Support
}

// judge says what is wrong with the answer to an output of a kind; "": nothing.
func judge(t *testing.T, s *support.Service, k Kind, option, out string) string {
	t.Helper()
	src := strings.NewReader(out)
	a, err := s.ExplainFiles(t.Context(), "en", "", []workflows.File{{Name: "input", Src: src, Size: src.Size()}})
	if err != nil {
		t.Error(err)
	}
	var causes []string
	for _, f := range a.Findings {
		causes = append(causes, fmt.Sprintf("%s %.2f", f.Cause.ID, f.Confidence))
	}
	right := len(k.Causes) == 0 && a.Verdict == triage.Unknown
	if len(k.Causes) > 0 && len(a.Findings) > 0 {
		first := a.Findings[0].Cause.ID
		right = slices.Contains(k.Causes, first) || option == "-brief" && first == k.Terse
	}
	if right {
		return ""
	}
	return fmt.Sprint(a.Verdict, causes)
}

// TestEveryKind: what s_client prints has its cause first, whichever version says it and
// whatever was asked for; what is healthy has none.
func TestEveryKind(t *testing.T) {
	programs := Programs()
	if len(programs) == 0 {
		t.Fatal("openssl is not here: make need installs it")
	}
	if !*all {
		programs = programs[:1]
	}
	l, s := New(t), product(t, time.Now)
	for _, program := range programs {
		for at, k := range Kinds {
			t.Run(Version(program)+" "+k.Name, func(t *testing.T) {
				var right, count atomic.Int32
				var wait sync.WaitGroup
				slots := make(chan bool, 4)
				versions := k.Versions()
				for n := range len(versions) * *runs {
					version, option := versions[n%len(versions)], Options[(at+n/len(versions))%len(Options)]
					slots <- true
					wait.Go(func() {
						defer func() { <-slots }()
						out := l.Run(program, k, version, option)
						count.Add(1)
						if wrong := judge(t, s, k, option, out); wrong != "" {
							t.Errorf("%s %s: %s\n%s", version, option, wrong, out)
						} else {
							right.Add(1)
						}
					})
				}
				wait.Wait()
				t.Logf("%d of %d", right.Load(), count.Load())
			})
		}
	}
}
