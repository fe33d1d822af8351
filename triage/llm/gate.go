package llm

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The gate for words. A model may choose words freely, but everything that a person
// could act on has to come from the material: hosts, numbers, paths, commands, options.

// ErrGate means that an answer was refused; it need not be shown to anybody.
var ErrGate = errors.New("llm: the answer was refused")

// gate runs the check of a task, after what holds for every answer: no part of the
// rules comes back.
func gate(check func(raw []byte) (string, error), system string, raw []byte) (string, error) {
	if leaks(string(raw), system) {
		return "", fmt.Errorf("%w: it repeats its instructions", ErrGate)
	}
	text, err := check(raw)
	if err != nil && !errors.Is(err, ErrGate) {
		err = fmt.Errorf("%w: %w", ErrGate, err)
	}
	return text, err
}

// leakLength is how many bytes of the instructions in a row give them away.
const leakLength = 48

func leaks(said, system string) bool {
	said, system = squeeze(said), squeeze(system)
	for i := 0; i+leakLength <= len(system); i += leakLength / 4 {
		if strings.Contains(said, system[i:i+leakLength]) {
			return true
		}
	}
	return false
}

func squeeze(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// The bounds of one text, in bytes, and the errors of its gate.
const longestWords = 1500

var (
	errLength   = errors.New("length")
	errMarkup   = errors.New("markup or control characters")
	errLink     = errors.New("a link")
	errToken    = errors.New("a name or number that was not given")
	errCommand  = errors.New("a command or option that was not given")
	errSecret   = errors.New("it speaks of secrets, or of giving up a check")
	errLanguage = errors.New("another language")
	errCause    = errors.New("a cause that was not given")
)

var (
	link    = regexp.MustCompile(`(?i)://|\bwww\.|mailto:|\bjavascript:|\]\(`)
	mention = regexp.MustCompile(`(?i)@(?:here|channel|everyone)\b`)
	// hard are the parts of a text that mean something exact: whatever has a digit, and
	// words with dots, slashes, underscores, colons or equals signs inside.
	hard = regexp.MustCompile(`[A-Za-z0-9_+%~$-]*[0-9][A-Za-z0-9_+%~$-]*(?:[./:=\\@_+-]+[A-Za-z0-9_%~$+-]+)*|[A-Za-z_$~%-][A-Za-z0-9_$~%-]*(?:[./:=\\@_]+[A-Za-z0-9_%~$+-]+)+`)
	// option is a switch of a command.
	option = regexp.MustCompile(`(?:^|[\s(])(-{1,2}[A-Za-z][A-Za-z0-9-]*)`)
	// shell are what joins commands.
	shell = regexp.MustCompile("[`|;&$]{2}|\\$\\(|`| \\| |&&")
	word  = regexp.MustCompile(`[A-Za-z][A-Za-z0-9_.-]*`)
)

// commands are names of programs; in a text that had none they would be advice that
// nobody reviewed.
var commands = []string{"openssl", "curl", "wget", "sudo", "rm", "chmod", "chown", "systemctl", "xconfiguration", "xcommand", "certutil", "keytool",
	"powershell", "iptables", "firewall-cmd", "ufw", "ssh", "scp", "sftp", "telnet", "netcat", "nc", "bash", "sh", "python", "perl", "kubectl", "docker",
	"mkfs", "dd", "regedit", "setenforce", "apt", "yum", "dnf", "npm", "pip", "git", "tcpdump", "nmap", "crontab", "eval", "exec", "cmd.exe", "utils", "reboot", "shutdown", "format"}

// words is the gate for a text in lang. ours is what the product itself says there,
// theirs what comes from the case, masked: names and numbers may come from both, what
// tells a person to do something only from ours.
func (l Languages) words(text, lang, ours, theirs string) error {
	if text == "" || len(text) > longestWords || !utf8.ValidString(text) {
		return errLength
	}
	ours, lower := strings.ToLower(ours), strings.ToLower(text)
	all := ours + "\n" + strings.ToLower(theirs)
	for _, r := range text {
		if !unicode.IsPrint(r) && r != '\n' || r == '<' || r == '>' && !strings.Contains(ours, ">") || unicode.Is(unicode.Cf, r) {
			return errMarkup
		}
	}
	switch {
	case link.MatchString(text):
		return errLink
	case mention.MatchString(text):
		return errMarkup
	}
	for _, t := range hard.FindAllString(lower, -1) {
		t = strings.Trim(t, ".:-_/+~")
		if t != "" && t != "1" && t != "2" && t != "3" && !contains(all, t) { // a list may be numbered
			return errToken
		}
	}
	for _, m := range option.FindAllStringSubmatch(lower, -1) {
		if !contains(ours, m[1]) {
			return errCommand
		}
	}
	if shell.MatchString(text) && !shell.MatchString(ours) {
		return errCommand
	}
	for _, w := range word.FindAllString(lower, -1) {
		if w = strings.TrimRight(w, "."); slices.Contains(commands, w) && !contains(ours, w) {
			return errCommand
		}
	}
	for _, language := range l { // a model may write in another than it was asked for
		for _, s := range slices.Concat(language.Secrets, language.Weaker) {
			if strings.Contains(lower, s) && !strings.Contains(ours, s) {
				return errSecret
			}
		}
	}
	if !l.wrote(text, lang) {
		return errLanguage
	}
	return nil
}

// contains finds a word in a text as a whole: 48 is not in 1488.
func contains(text, w string) bool {
	return standsIn(text, w, func(from, to int) bool { return !wordByte(text, from-1) && !wordByte(text, to) })
}

// standsIn reports whether w is at some place of a text that is right.
func standsIn(text, w string, right func(from, to int) bool) bool {
	for from := 0; ; from++ {
		i := strings.Index(text[from:], w)
		if i < 0 {
			return false
		}
		if from += i; right(from, from+len(w)) {
			return true
		}
	}
}

func wordByte(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}
