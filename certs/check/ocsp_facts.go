package check

import (
	"time"

	"golang.org/x/crypto/ocsp"
)

// ocsp fills in what a response says without checking its signature; Revocation does
// that.
func (f *Facts) ocsp(it *Item, now time.Time) {
	resp, err := ocsp.ParseResponse(it.DER, nil)
	if err != nil {
		f.Refused = reason(err)
		return
	}
	f.validity(resp.ThisUpdate, resp.NextUpdate, now)
	f.Serial = hexColon(resp.SerialNumber.Bytes())
	f.Signature = resp.SignatureAlgorithm.String()
	f.Title = map[int]string{ocsp.Good: "good", ocsp.Revoked: "revoked", ocsp.Unknown: "unknown"}[resp.Status]
}
