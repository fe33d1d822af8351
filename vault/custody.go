package vault

import (
	"encoding/json"
	"fmt"
	"regexp"
	"time"
)

// ReleaseFor is how long a hand-over can be opened. The policy of Vault's releaser
// allows no more than 15 minutes and nothing unwrapped.
const ReleaseFor = 10 * time.Minute

// keyName is what a key may be called: also a file name, and part of a path of Vault.
var keyName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// CheckKeyName refuses what a key may not be called.
func CheckKeyName(name string) error {
	if !keyName.MatchString(name) {
		return fmt.Errorf("custody: %q is no name for a key", Clip(name))
	}
	return nil
}

// NoteLimit is how long the noted head of the audit record may be, in bytes.
const NoteLimit = 1 << 10

// CheckNote refuses what is no noted head: anything but JSON of at most NoteLimit bytes.
func CheckNote(note []byte) error {
	if len(note) > NoteLimit || !json.Valid(note) {
		return fmt.Errorf("noted head: %d bytes that are not JSON of at most %d", len(note), NoteLimit)
	}
	return nil
}
