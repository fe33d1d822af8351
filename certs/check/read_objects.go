package check

import (
	"crypto/x509"

	"countersign/certs"
)

func (r *reader) certificate(der []byte, at Place) {
	it := &Item{Kind: Certificate, Place: at, DER: der}
	raw, err := parseRaw(der)
	if err != nil {
		r.note("read.damaged", certs.Error, at, "Label", "CERTIFICATE", "Detail", "structure is broken")
		return
	}
	it.raw, it.SPKI = raw, raw.spki
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		it.Refused = reason(err)
		it.Public = publicKeyOf(raw.spki)
		r.note("read.refused", certs.Error, at, "Title", it.Title(), "Detail", it.Refused)
	} else {
		it.Cert, it.Public = cert, cert.PublicKey
	}
	r.add(it)
}

func (r *reader) request(der []byte, at Place) {
	it := &Item{Kind: Request, Place: at, DER: der}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		it.Refused = reason(err)
		r.note("read.refused", certs.Error, at, "Title", "CSR", "Detail", it.Refused)
	} else {
		it.CSR, it.Public, it.SPKI = csr, csr.PublicKey, csr.RawSubjectPublicKeyInfo
	}
	r.add(it)
}

func (r *reader) crl(der []byte, at Place) {
	it := &Item{Kind: CRL, Place: at, DER: der}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		it.Refused = reason(err)
		r.note("read.refused", certs.Error, at, "Title", "CRL", "Detail", it.Refused)
	} else {
		it.List = list
	}
	r.add(it)
}
