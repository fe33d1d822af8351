package inbox

import (
	"context"
	"strings"

	"countersign/language"
	"countersign/triage"
	"countersign/workflows"
	"countersign/workflows/intake"
	"countersign/workflows/support"
)

// Remedy starts the request or renewal that the fix of a case needs, filled in from
// what the case knows: the certificate that was given, else the names and the
// product in the text. A certificate of ours is renewed.
func (s *Service) Remedy(ctx context.Context, in intake.Started, id string) (workflows.Conversation, error) {
	var c workflows.Case
	var ours workflows.Request // whose certificate was pasted
	err := s.Store.View(ctx, func(rd workflows.Reader) (err error) {
		if c, err = rd.Case(ctx, id); err != nil {
			return err
		}
		for _, it := range support.Certificates(support.Material(c)) {
			r, err := rd.RequestBySPKI(ctx, it.SPKIHash())
			if err == nil && (r.State == workflows.Issued || r.State == workflows.Installed) && support.LeafCert(it) {
				ours = r
				break
			}
			if err != nil && workflows.CodeOf(err) != workflows.NotFound {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return workflows.Conversation{}, err
	}
	if no := c.ClosedTo(in.By); no != nil {
		return workflows.Conversation{}, s.Update(ctx, in.Receipt, in.By, "remedy", id, no, nil)
	}
	in.Case = id
	if ours.ID != "" && s.Issuance.Owns(ours, in.By) {
		return s.Renew(ctx, in, ours.ID)
	}
	if in.Answers = s.answersFrom(ctx, c); c.Person != in.By {
		delete(in.Answers, "environment") // by which policies may go: never a colleague's word
	}
	in.From = workflows.Origin{Kind: workflows.FromCase, By: c.Person, At: c.Created}
	return s.Intake.Start(ctx, in)
}

// answersFrom takes what a case says about the certificate that is needed.
func (s *Service) answersFrom(ctx context.Context, c workflows.Case) workflows.Answers {
	a := intake.AnswersOf(language.Parse(c.Said()))
	if p := s.productOf(c, s.Support.Standing(ctx, c)); p != "" && a.First("product") == "" {
		a["product"] = []string{p}
	}
	for _, it := range support.Certificates(support.Material(c)) {
		if !support.LeafCert(it) {
			continue
		}
		var names []string
		for _, n := range it.Cert.DNSNames {
			if !strings.EqualFold(n, it.Title()) {
				names = append(names, n)
			}
		}
		if a.First("product") != "" || len(a["nodes"]) == 0 {
			a["nodes"], a["names"] = []string{strings.ToLower(it.Title())}, names
		}
		break
	}
	if a.First("product") == "" && len(a["nodes"]) > 0 {
		a["product"] = []string{"generic"}
	}
	return a
}

// productOf is the product of a case as the request form knows it. Triage tells families of
// products; which of several it is, is told by their names in the text, or left to be asked.
func (s *Service) productOf(c workflows.Case, a triage.Answer) string {
	if p := c.Context["product"]; p != "" {
		return p
	}
	for _, family := range a.Products {
		var named, all []string
		for _, p := range s.Catalogue.Products() {
			if s.Catalogue.FamilyOf(p.ID) == family {
				all = append(all, p.ID)
				if language.Names(c.Input, p.ID) {
					named = append(named, p.ID)
				}
			}
		}
		switch {
		case len(all) == 1:
			return all[0]
		case len(named) == 1:
			return named[0]
		case len(all) > 1:
			return ""
		}
	}
	return ""
}
