package artefact

import "time"

// Limits bound what Open spends on one file. The zero value of a field means the
// default.
type Limits struct {
	Unpacked  int64 // bytes unpacked from archives in all; default 2 GiB
	Ratio     int64 // unpacked to packed size; default 300, judged above 16 MiB unpacked
	Entries   int   // files in archives, nested ones counted; default 10,000
	Depth     int   // archives within archives; default 4
	Nested    int64 // bytes of a ZIP within an archive, which has to be held; default 64 MiB
	Text      int   // bytes of one text kept whole; default 1 MiB. Longer ones are read by Logs.
	Kept      int64 // bytes of texts and certificate files kept in all; default 32 MiB
	Scan      int64 // bytes of text that Logs gives in all; default 1 GiB
	Flows     int   // TCP connections followed in a capture; default 100,000
	Streams   int   // TCP connections reported of a capture, failed ones first; default 200
	Waiting   int   // bytes of all connections that wait for what is missing before them; default 64 MiB
	Handshake int   // bytes of one handshake message; default 256 KiB
	Findings  int   // observations of one file; default 60
}

func (l Limits) orDefault() Limits {
	set(&l.Unpacked, 2<<30)
	set(&l.Ratio, 300)
	set(&l.Entries, 10_000)
	set(&l.Depth, 4)
	set(&l.Nested, 64<<20)
	set(&l.Text, 1<<20)
	set(&l.Kept, 32<<20)
	set(&l.Scan, 1<<30)
	set(&l.Flows, 100_000)
	set(&l.Streams, 200)
	set(&l.Waiting, 64<<20)
	set(&l.Handshake, 256<<10)
	set(&l.Findings, 60)
	return l
}

func set[T int | int64](p *T, d T) {
	if *p <= 0 {
		*p = d
	}
}

// Options say how to read. The zero value is useful.
type Options struct {
	Limits Limits
	// Now is the time at which certificates printed as text should be valid; zero
	// leaves their dates unjudged. Certificates in captures are judged by the time of
	// their packet.
	Now time.Time
}
