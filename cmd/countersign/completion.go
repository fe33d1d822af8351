package main

import (
	"fmt"

	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"
	"github.com/posener/complete"

	"countersign/certs"
	"countersign/locales"
	"countersign/triage"
)

type completionCmd struct{ kongcompletion.Completion }

// Run writes what a shell is to read. Without the last line, fish would complete no
// file names.
func (s *completionCmd) Run(k *kong.Context) error {
	err := s.Completion.Run(k)
	if err == nil && s.Code && s.Shell == "fish" {
		_, err = fmt.Fprintln(k.Stdout, "complete -c countersign --force-files")
	}
	return err
}

// completed answers a shell that asks what may follow. Whoever asks wants no error:
// what cannot be read completes nothing.
func completed(parser *kong.Kong) {
	kongcompletion.Register(parser, kongcompletion.WithPredictors(map[string]complete.Predictor{
		"language": complete.PredictSet(locales.All...),
		"state":    complete.PredictSet(stateNames()...),
		"profile": complete.PredictFunc(func(complete.Args) (ids []string) {
			if cat, err := certs.Load(); err == nil {
				for _, p := range cat.Profiles() {
					ids = append(ids, p.ID)
				}
			}
			return ids
		}),
		"cause": complete.PredictFunc(func(complete.Args) (ids []string) {
			if kb, err := triage.Load(); err == nil {
				for _, k := range kb.Causes() {
					ids = append(ids, k.ID)
				}
			}
			return ids
		}),
	}))
}
