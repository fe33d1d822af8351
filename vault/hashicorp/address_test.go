package hashicorp_test

import (
	"testing"

	"countersign/vault/hashicorp"
)

func TestCheckAddress(t *testing.T) {
	for address, good := range map[string]bool{
		"https://vault.example.com:8200": true, "https://192.0.2.1": true, "https://[2001:db8::1]:8200": true,
		"http://127.0.0.1:8100": true, "http://[::1]:8100": true, "http://localhost:8100": true,
		"http://vault.example.com:8200": false, "http://192.0.2.1:8200": false, "http://localhost.example.com": false, "http://127.0.0.1.example.com": false,
		"": false, "vault": false, "vault.example.com:8200": false, "https://": false, "unix:///run/vault": false, "ftp://127.0.0.1": false,
		"https://root:secret@vault.example.com": false,
	} {
		if err := hashicorp.CheckAddress(address); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}
