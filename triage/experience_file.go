package triage

import (
	"bytes"
	"compress/gzip"
	_ "embed" // what was learned is a file of its own
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"sync"
)

// People describe a failure in words of their own, and no list of wordings is ever
// long enough. Experience is what labelled texts teach about such words: how much each
// word, and each pair of neighbouring words, speaks for each cause. It was learned
// from many texts at once (triage/eval/learn), it knows no text by heart, and on short
// messages it is about as often right as the wordings are, but on others: together
// they are right more often than either.
//
//go:embed experience.bin
var learned []byte

// readLearned reads the embedded experience once for all knowledge bases.
var readLearned = sync.OnceValues(func() (*Experience, error) { return ReadExperience(learned) })

// experience is what was learned. TestExperience keeps it from being unreadable.
func experience() *Experience {
	e, err := readLearned()
	if err != nil {
		return &Experience{}
	}
	return e
}

// The file of an experience is gzip over numbers as unsigned varints: the causes, each
// with its bias as an IEEE 754 number, then the traits in order of name.

// Bounds of such a file, so that a damaged one cannot exhaust memory.
const (
	maxClasses    = 255
	maxTraits     = 1 << 17
	maxExperience = 16 << 20
)

var errDamaged = errors.New("triage: the file of experience is damaged")

// Encode writes e. The same experience always gives the same bytes.
func (e *Experience) Encode(w io.Writer) error {
	if len(e.Causes) > maxClasses || len(e.Bias) != len(e.Causes) {
		return fmt.Errorf("triage: an experience of %d causes cannot be written", len(e.Causes))
	}
	var b []byte
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	b = binary.AppendUvarint(b, uint64(len(e.Causes)))
	for i, c := range e.Causes {
		text(c)
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(e.Bias[i]))
	}
	names := slices.Sorted(maps.Keys(e.Traits))
	b = binary.AppendUvarint(b, uint64(len(names)))
	for _, name := range names {
		t := e.Traits[name]
		text(name)
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(t.Rarity))
		b = binary.AppendUvarint(b, uint64(len(t.Says)))
		for _, s := range t.Says {
			b = append(b, s.Class, byte(s.Steps))
		}
	}
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(b)
		err = errors.Join(err, z.Close())
	}
	if err != nil {
		return fmt.Errorf("triage: write experience: %w", err)
	}
	return nil
}

// ReadExperience reads what Encode wrote. No bytes make it fail otherwise than by an
// error, or take more than maxExperience.
func ReadExperience(raw []byte) (*Experience, error) {
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("triage: read experience: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(z, maxExperience))
	if err != nil {
		return nil, fmt.Errorf("triage: read experience: %w", err)
	}
	r := reading{rest: b}
	e := &Experience{Traits: map[string]Trait{}}
	for range r.number(maxClasses) {
		e.Causes = append(e.Causes, string(r.bytes(r.number(maxExperience))))
		e.Bias = append(e.Bias, r.float())
	}
	for n := r.number(maxTraits); n > 0 && !r.bad; n-- {
		name := string(r.bytes(r.number(maxExperience)))
		t := Trait{Rarity: r.float()}
		pairs := r.bytes(2 * r.number(maxClasses))
		t.Says = make([]Saying, 0, len(pairs)/2)
		for i := 0; i < len(pairs); i += 2 {
			if int(pairs[i]) >= len(e.Causes) {
				r.bad = true
				break
			}
			t.Says = append(t.Says, Saying{pairs[i], int8(pairs[i+1])})
		}
		e.Traits[name] = t
	}
	if r.bad {
		return nil, errDamaged
	}
	return e, nil
}

// reading takes numbers and strings off bytes; after the first mistake it is bad and
// gives nothing more.
type reading struct {
	rest []byte
	bad  bool
}

func (r *reading) number(most uint64) uint64 {
	n, size := binary.Uvarint(r.rest)
	if r.bad || size <= 0 || n > most {
		r.bad = true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *reading) bytes(n uint64) []byte {
	if r.bad || n > uint64(len(r.rest)) {
		r.bad = true
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

func (r *reading) float() float32 {
	b := r.bytes(4)
	if r.bad {
		return 0
	}
	f := math.Float32frombits(binary.LittleEndian.Uint32(b))
	if f != f || f > 1e6 || f < -1e6 {
		r.bad = true
		return 0
	}
	return f
}
