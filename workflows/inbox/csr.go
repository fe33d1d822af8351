package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"countersign/certs"
	"countersign/certs/check"
	"countersign/workflows"
)

// DropCSR takes the CSR that somebody put into the form of a request that waits for one. What is
// refused is said there, and nothing of it is kept.
func (s *Service) DropCSR(ctx context.Context, in workflows.Message, id workflows.RequestID) (workflows.Request, error) {
	m, _ := check.Read("form", []byte(in.Text), check.ReadOptions{})
	return s.giveCSR(ctx, in, id, m.Of(check.Request), m.HasPrivateKey() || workflows.HoldsKey(in.Text))
}

// DropFile queues the reading of a file that somebody put into that form instead. view names
// what the form shows meanwhile, so that what comes of it is said there.
func (s *Service) DropFile(ctx context.Context, in workflows.Message, id workflows.RequestID, file, view string) error {
	if err := s.Issuance.MayGiveCSR(ctx, in.By, id); err != nil {
		return err
	}
	return s.Update(ctx, in.Receipt, in.By, "files", string(id), s.Refusal(in.By), func(workflows.Reader, time.Time) (workflows.Change, error) {
		return workflows.Change{Effects: []workflows.Effect{workflows.NewEffect(workflows.Files, "files/"+in.By.String(), fmt.Sprintf("files/%s", in.Receipt),
			workflows.ReadFiles{Person: in.By, Lang: in.Lang, Files: []string{file}, Request: id, View: view})}}, nil
	})
}

// TakeCSR takes the CSR out of a file that was put into the form of a request, and ends the
// effect e. shown says in the form what came of it, and reports whether there still is one:
// where not, a refusal is said at the place of in.
func (s *Service) TakeCSR(ctx context.Context, e workflows.Effect, in workflows.Message, id workflows.RequestID, files []workflows.File,
	shown func(workflows.Request, *workflows.Error) bool) error {
	got, err := s.Support.OpenFiles(ctx, files)
	if err != nil {
		return err
	}
	in.Receipt = workflows.Receipt(e.Key + "/csr")
	csrs := got.Material.Of(check.Request)
	var r workflows.Request
	if len(csrs) == 0 && len(got.Unread) > 0 {
		err = &workflows.Error{Code: workflows.Invalid, Field: "csr", Text: got.Unread[0]}
	} else {
		r, err = s.giveCSR(ctx, in, id, csrs, got.Key || got.Material.HasPrivateKey())
	}
	if err == workflows.ErrSeen { //nolint:errorlint // Store returns it as it is
		r, err = s.ReadRequest(ctx, id) // it was taken before a crash
	}
	var no *workflows.Error
	if err != nil && (!errors.As(err, &no) || no.Code == workflows.Unable) {
		return err
	}
	if !shown(r, no) && no != nil {
		if err := ignoreSeen(s.replyText(ctx, in, no)); err != nil {
			return err
		}
	}
	return s.Done(ctx, e)
}

// giveCSR gives a request the first of several CSRs that fits it. With a private key beside it
// none is taken: that key may be the one of the CSR.
func (s *Service) giveCSR(ctx context.Context, in workflows.Message, id workflows.RequestID, csrs []*check.Item, secret bool) (r workflows.Request, err error) {
	problem := func(key string) error {
		return &workflows.Error{Code: workflows.Invalid, Field: "csr", Text: certs.T(key)}
	}
	if secret {
		err := s.Update(ctx, in.Receipt+"/secret", in.By, "csr", string(id), s.Refusal(in.By), func(_ workflows.Reader, now time.Time) (workflows.Change, error) {
			return workflows.Change{Audit: []workflows.Audit{{At: now, Actor: in.By, Verb: "secret", Subject: string(id)}}}, nil
		})
		if ignoreSeen(err) != nil {
			return r, err
		}
		return r, problem("workflows.problem.key_beside_csr")
	}
	err = problem("workflows.problem.no_csr")
	if no := s.Refusal(in.By); no != nil {
		err = no
	}
	for i, csr := range csrs {
		got, no := s.Issuance.GiveCSR(ctx, in.Receipt, in.By, id, csr.DER)
		if no == nil || no == workflows.ErrSeen { //nolint:errorlint // Store returns it as it is
			return got, no
		}
		if i == 0 || workflows.CodeOf(no) == "" {
			err = no
		}
	}
	return r, err
}
