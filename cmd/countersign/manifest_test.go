package main

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"countersign"
	"countersign/slacksim"
)

// TestManifestForHTTP: the same app, with request URLs that lead to the paths of our door.
func TestManifestForHTTP(t *testing.T) {
	written := func(args ...string) []byte {
		var out, errOut bytes.Buffer
		if status := run(append([]string{"manifest"}, args...), strings.NewReader(""), &out, &errOut); status != 0 {
			t.Fatalf("%v: status %d, %s", args, status, errOut.String())
		}
		return out.Bytes()
	}
	if !bytes.Equal(written(), countersign.Manifest) {
		t.Error("without a flag it is another manifest than manifest.yml")
	}
	var socket, door slacksim.App
	for app, raw := range map[*slacksim.App][]byte{&socket: countersign.Manifest, &door: written("--http", "https://cs.example.com/")} {
		if err := app.ManifestYAML(raw); err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
	}
	if want := (slacksim.RequestURLs{Events: "https://cs.example.com/slack/events", Interactivity: "https://cs.example.com/slack/interactive",
		Commands: "https://cs.example.com/slack/commands"}); door.URLs != want {
		t.Errorf("request URLs are %+v, want %+v", door.URLs, want)
	}
	if door.URLs = socket.URLs; !reflect.DeepEqual(door, socket) {
		t.Errorf("more than the door differs: %+v, %+v", door, socket)
	}
	for _, wrong := range []string{"http://cs.example.com", "cs.example.com", "https://cs.example.com/?a=b", "https://"} {
		var out bytes.Buffer
		if status := run([]string{"manifest", "--http", wrong}, strings.NewReader(""), &out, &out); status != 2 || !strings.Contains(out.String(), "https://countersign.example.com") {
			t.Errorf("%s: status %d, %s", wrong, status, out.String())
		}
	}
}

// TestKeysTravelOverTLS: the page that hands keys over is at no address in clear.
func TestKeysTravelOverTLS(t *testing.T) {
	for address, fine := range map[string]bool{"": true, "https://cs.example.com": true, "http://127.0.0.1:8080": true, "http://cs.example.com": false, "cs.example.com": false} {
		if err := (config{Public: address}).check(); strings.Contains(err.Error(), "public is") == fine {
			t.Errorf("public %q: %v", address, err)
		}
	}
}
