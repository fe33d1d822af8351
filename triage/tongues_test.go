package triage

import "testing"

// What is known in English is known in the other languages of people's screens.
func TestTongues(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"la clave privada no corresponde con el certificado", "la private key does not match con el certificate"},
		{"Сертификат подписан неизвестным центром сертификации", "certificate signed unknown certificate authority"},
		{"закрытого ключа нет", "private key нет"},
		{"中間証明書がインストールされていない", "intermediate certificate が not installed"},
		{"Das Serverzertifikat ist abgelaufen", "das certificate ist expired"},
		{"인증서의 호스트 이름이 일치하지 않습니다", "certificate 의 hostname 이 does not match 않습니다"},
	} {
		views := retold(normalise(tt.text))
		if len(views) == 0 || string(views[0].text) != tt.want {
			for _, v := range views {
				t.Errorf("%q gives %q, want %q", tt.text, v.text, tt.want)
			}
			if len(views) == 0 {
				t.Errorf("%q gives nothing", tt.text)
			}
		}
	}
}

// Words that English has too are left alone.
func TestTonguesLeaveEnglish(t *testing.T) {
	for _, text := range []string{"the sans are errata", "openssl s_client -servername a.example", "a slab of zebra", "name of the nomad"} {
		if views := retold(normalise(text)); len(views) > 0 {
			t.Errorf("%q gives %q", text, views[0].text)
		}
	}
}

func TestNamesApart(t *testing.T) {
	x := newLexicon([]string{"alert received certificate expired unknown issuer", "unknownissuer"}, nil)
	for _, tt := range []struct{ text, want string }{
		{"AlertReceived(CertificateExpired)", "alert received certificate expired"},
		{"java.x.CertificateExpired", "java.x.certificate expired"},
		{"UnknownIssuer", ""}, {"CertificateBlob", ""}, {"certificateexpired", ""},
	} {
		got := ""
		if v := x.correct(tt.text, normalise(tt.text)); v != nil {
			got = string(v.text)
		}
		if got != tt.want {
			t.Errorf("%q gives %q, want %q", tt.text, got, tt.want)
		}
	}
}
