package triage

import (
	"slices"
	"testing"
)

func TestRetold(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"client 證書 is not signed by a CA in the 受信任 CA list", []string{
			"client certificate is not signed by a ca in the trusted ca list", "客户端证书is not signed by a ca in the受信任ca list"}},
		{"the crt fails", []string{"the certificate failed"}},
		{"上传 certs 失败", []string{"upload certificates failed", "上传证书失败"}},
		{"nothing of the trade", nil},
		{"concert certainly", nil},
	} {
		var got []string
		for _, v := range retold(normalise(tt.text)) {
			got = append(got, string(v.text))
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q gives %q, want %q", tt.text, got, tt.want)
		}
	}
}

// A span of another reading is a span of what was pasted.
func TestRetoldSpans(t *testing.T) {
	text := "CUCM 的 tomcat 證書 has expired"
	a := diagnose(t, text)
	if first(a) != "expired" {
		t.Fatalf("%v %v", a.Verdict, ids(a))
	}
	if e := a.Findings[0].Evidence[0]; text[e.Start:e.End] != e.Text {
		t.Errorf("%+v", e)
	}
}

// What has no word of the trade meets no wording that has one.
func TestResemblanceNeedsTheTrade(t *testing.T) {
	for _, text := range []string{"could not read settings.ini", "the update does not match the expected name of the list", "unable to get local copy of the file"} {
		for _, f := range diagnose(t, text).Findings {
			if f.Cause.Certificate() && f.told >= hintScore {
				t.Errorf("%q gives %s (%v)", text, f.Cause.ID, f.Confidence)
			}
		}
	}
}
