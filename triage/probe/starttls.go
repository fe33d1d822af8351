package probe

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// The ways in which a server does not go on to TLS.
var (
	errNotOffered = errors.New("the server does not offer STARTTLS")
	errRefused    = errors.New("the server refused STARTTLS")
	errProtocol   = errors.New("the server does not speak the protocol")
)

// longestTalk bounds what is read in clear before TLS, in bytes.
const longestTalk = 64 << 10

// begin says what has to be said in clear. A server has nothing to say between its
// consent and the ClientHello, so reading ahead loses nothing.
func begin(c net.Conn, t Target) error {
	r := bufio.NewReader(io.LimitReader(c, longestTalk))
	switch t.Start {
	case SMTP:
		return beginSMTP(c, r)
	case LDAP:
		return beginLDAP(c, r)
	case XMPPClient, XMPPServer:
		return beginXMPP(c, r, t)
	default:
		return nil
	}
}

func beginSMTP(w io.Writer, r *bufio.Reader) error {
	if _, err := smtpReply(r, "220"); err != nil {
		return err
	}
	if _, err := io.WriteString(w, "EHLO countersign.invalid\r\n"); err != nil {
		return err
	}
	offers, err := smtpReply(r, "250")
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(offers, func(line string) bool { return strings.EqualFold(strings.TrimSpace(line), "STARTTLS") }) {
		return errNotOffered
	}
	if _, err := io.WriteString(w, "STARTTLS\r\n"); err != nil {
		return err
	}
	if _, err = smtpReply(r, "220"); errors.Is(err, errProtocol) {
		return errRefused
	}
	return err
}

// smtpReply reads one reply of any number of lines (RFC 5321, section 4.2.1).
func smtpReply(r *bufio.Reader, want string) ([]string, error) {
	var lines []string
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, ended(err)
		}
		line = strings.TrimRight(line, "\r\n")
		if len(line) < 3 || line[:3] != want {
			return nil, fmt.Errorf("%w: no %s", errProtocol, want)
		}
		lines = append(lines, line[min(4, len(line)):])
		if len(line) == 3 || line[3] == ' ' {
			return lines, nil
		}
		if line[3] != '-' || len(lines) > 200 {
			return nil, errProtocol
		}
	}
}

const startTLSOID = "1.3.6.1.4.1.1466.20037"

func beginLDAP(w io.Writer, r *bufio.Reader) error {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(asn1.Tag(0x77), func(b *cryptobyte.Builder) { // ExtendedRequest
			b.AddASN1(asn1.Tag(0x80), func(b *cryptobyte.Builder) { b.AddBytes([]byte(startTLSOID)) })
		})
	})
	if _, err := w.Write(b.BytesOrPanic()); err != nil {
		return err
	}
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		return ended(err)
	}
	if head[0] != 0x30 {
		return errProtocol
	}
	size := int(head[1])
	if size >= 0x80 {
		more := make([]byte, size&0x7f)
		if len(more) == 0 || len(more) > 4 {
			return errProtocol
		}
		if _, err := io.ReadFull(r, more); err != nil {
			return ended(err)
		}
		size = 0
		for _, c := range more {
			size = size<<8 | int(c)
		}
	}
	if size > 8<<10 {
		return errProtocol
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return ended(err)
	}
	s := cryptobyte.String(body)
	var id int64
	var response cryptobyte.String
	var code int
	if !s.ReadASN1Integer(&id) || !s.ReadASN1(&response, asn1.Tag(0x78)) || !response.ReadASN1Enum(&code) {
		return errProtocol
	}
	if code != 0 {
		return errRefused
	}
	return nil
}

func beginXMPP(w io.Writer, r *bufio.Reader, t Target) error {
	space := "jabber:client"
	if t.Start == XMPPServer {
		space = "jabber:server"
	}
	domain := cmp.Or(t.ServerName, t.Host)
	// domain is a checked host name or address: nothing in it needs escaping.
	open := "<?xml version='1.0'?><stream:stream xmlns='" + space + "' xmlns:stream='http://etherx.jabber.org/streams' to='" + domain + "' version='1.0'>"
	if _, err := io.WriteString(w, open); err != nil {
		return err
	}
	got, err := until(r, "</stream:features>", "<stream:features/>", "</stream:stream>", "</stream:error>")
	if err != nil {
		return err
	}
	if !bytes.Contains(got, []byte("stream:features")) {
		return errProtocol
	}
	if !bytes.Contains(got, []byte("urn:ietf:params:xml:ns:xmpp-tls")) {
		return errNotOffered
	}
	if _, err := io.WriteString(w, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"); err != nil {
		return err
	}
	if got, err = until(r, "<proceed", "<failure", "</stream:stream>"); err != nil {
		return err
	}
	if !bytes.HasSuffix(got, []byte("<proceed")) {
		return errRefused
	}
	_, err = until(r, ">")
	return err
}

// until reads up to one of the ends.
func until(r *bufio.Reader, ends ...string) ([]byte, error) {
	var got []byte
	for {
		c, err := r.ReadByte()
		if err != nil {
			if len(got) > 0 && errors.Is(err, io.EOF) && len(got) >= longestTalk/2 {
				return nil, errProtocol
			}
			return nil, ended(err)
		}
		got = append(got, c)
		if slices.ContainsFunc(ends, func(e string) bool { return bytes.HasSuffix(got, []byte(e)) }) {
			return got, nil
		}
	}
}

// ended: a server that closes while something was expected of it.
func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
