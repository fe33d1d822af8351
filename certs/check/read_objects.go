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
		it.Public = publicKeyOf(raw.spki)
		r.refuse(it, it.Title(), err)
	} else {
		it.Cert, it.Public = cert, cert.PublicKey
	}
	r.add(it)
}

func (r *reader) request(der []byte, at Place) {
	it := &Item{Kind: Request, Place: at, DER: der}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		r.refuse(it, "CSR", err)
	} else {
		it.CSR, it.Public, it.SPKI = csr, csr.PublicKey, csr.RawSubjectPublicKeyInfo
	}
	r.add(it)
}

func (r *reader) crl(der []byte, at Place) {
	it := &Item{Kind: CRL, Place: at, DER: der}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		r.refuse(it, "CRL", err)
	} else {
		it.List = list
	}
	r.add(it)
}

// refuse keeps why the library's parser does not take an object.
func (r *reader) refuse(it *Item, title string, err error) {
	it.Refused = reason(err)
	r.note("read.refused", certs.Error, it.Place, "Title", title, "Detail", it.Refused)
}
