package issuance

import (
	"encoding/pem"
	"strings"

	"countersign/certs/check"
	"countersign/workflows"
)

// BundleOf packs an issued certificate as the upload page of its target takes it.
func (s Lists) BundleOf(r workflows.Request) []workflows.File {
	profile, ok := s.Catalogue.Profile(r.Spec.Profile)
	if !ok || len(r.Cert) == 0 {
		return nil
	}
	var text strings.Builder
	for _, der := range append([][]byte{r.Cert}, r.Chain...) {
		text.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	m, _ := check.Read(string(r.ID), []byte(text.String()), check.ReadOptions{})
	var out []workflows.File
	for _, f := range check.Bundle(m.Items, check.BundleOptions{Upload: profile.Upload, Base: "bundle", Now: s.Now()}).Files {
		out = append(out, workflows.File{Name: f.Name, Data: f.Data})
	}
	return out
}
