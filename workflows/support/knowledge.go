package support

import (
	"context"
	"log/slog"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/triage"
	"countersign/workflows"
)

// KB is the knowledge base with what was taught and reviewed.
func (s *Service) KB() *triage.KB {
	if kb := s.learnt.Load(); kb != nil {
		return kb
	}
	return s.Triage
}

// verifierOf is how a product looks for issuers.
func (s *Service) verifierOf(product string) check.Verifier {
	switch s.Catalogue.PlatformOf(product) {
	case certs.ExpresswayOS:
		return check.ExpresswayVerifier
	case certs.UnifiedOS:
		return check.CUCMVerifier
	}
	return ""
}

// Relearn reads what is live anew. One that this version cannot take is left out, and
// said in the log.
func (s *Service) Relearn(ctx context.Context, log *slog.Logger) error {
	s.learning.Lock()
	defer s.learning.Unlock()
	live, err := workflows.Read(ctx, s.Store, func(rd workflows.Reader) ([]workflows.Taught, error) {
		return rd.TaughtList(ctx, s.Team, workflows.Live, 1000)
	})
	if err != nil || len(live) == 0 {
		return err
	}
	var sources []triage.Source
	for _, t := range live {
		if src, err := source(t); err == nil {
			sources = append(sources, src)
		}
	}
	kb, err := s.Triage.With(sources...)
	if err == nil {
		s.learnt.Store(kb)
		return nil
	}
	var good []triage.Source
	for _, src := range sources {
		if next, err := s.Triage.With(append(good[:len(good):len(good)], src)...); err == nil {
			good, kb = append(good, src), next
		} else if log != nil {
			log.Warn("a taught cause was left out", "source", src.Name, "err", err)
		}
	}
	if len(good) > 0 {
		s.learnt.Store(kb)
	}
	return nil
}
