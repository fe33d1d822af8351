package keys

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRealTools: what the tools of a system print of a key file, in DER and in armour.
func TestRealTools(t *testing.T) {
	dir := t.TempDir()
	der := privateKeys(t)["PKCS #8 P-256"]
	for name, raw := range map[string][]byte{"der": der, "pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})} {
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{
			"xxd", "xxd -p", "xxd -i", "xxd -u", "xxd -b", "xxd -e", "xxd -c 8 -g 1", "xxd -ps -c 256", "hexdump", "hexdump -C", "hexdump -x", "hexdump -b", "hexdump -d",
			"hexdump -v -e 1/1\"%02x\"", "od", "od -x", "od -b", "od -c", "od -t x1", "od -A x -t x1z", "od -An -tx1", "od -t x4", "od -t d1", "od -An -tu1", "od -A d -t x2", "od -t o1",
			"base64", "base64 -w 0", "base64 -w 40", "base32", "gzip -c", "basenc --base16", "basenc --base64url",
		} {
			args := strings.Fields(strings.ReplaceAll(command, `"`, ""))
			if command == "hexdump -v -e 1/1\"%02x\"" {
				args = []string{"hexdump", "-v", "-e", `1/1 "%02x"`}
			}
			if _, err := exec.LookPath(args[0]); err != nil {
				t.Logf("%s is not here", args[0])
				continue
			}
			cmd := exec.Command(args[0], append(args[1:], name)...)
			cmd.Dir = dir
			out, err := cmd.Output()
			if err != nil {
				t.Errorf("%s: %v", command, err)
				continue
			}
			if args[0] == "gzip" {
				if !In(out) {
					t.Errorf("%s of %s is not found", command, name)
				}
				continue
			}
			text := before + string(out) + after
			if left := rest(text, Find(text)); len(left) > len(before)+len(after)+80 {
				t.Errorf("%s of %s is left:\n%s", command, name, left)
			}
		}
	}
}
