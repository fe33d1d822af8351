package triage

import (
	"bytes"
	"compress/gzip"
	_ "embed" // what was learned is a file of its own
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
)

// People describe a failure in words of their own, and no list of wordings is ever
// long enough: what labelled texts teach about such words is a file of its own, made by
// triage/eval/learn.
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
// with its bias as an IEEE 754 number, the remembered texts, then the traits in order of
// name, each without what it shares with the one before.

// Bounds of such a file, so that a damaged one cannot exhaust memory.
const (
	maxClasses    = 255
	maxTexts      = 1 << 15
	maxTraits     = 1 << 17
	maxName       = 1 << 12
	maxExperience = 16 << 20
)

var errDamaged = errors.New("triage: the file of experience is damaged")

// Encode writes e. The same experience always gives the same bytes.
func (e *Experience) Encode(w io.Writer) error {
	if len(e.Causes) > maxClasses || len(e.Bias) != len(e.Causes) || len(e.Texts) > maxTexts {
		return fmt.Errorf("triage: an experience of %d causes and %d texts cannot be written", len(e.Causes), len(e.Texts))
	}
	var b []byte
	number := func(n int) { b = binary.AppendUvarint(b, uint64(n)) }
	text := func(s string) { number(len(s)); b = append(b, s...) }
	float := func(f float32) { b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f)) }
	number(len(e.Causes))
	for i, c := range e.Causes {
		text(c)
		float(e.Bias[i])
	}
	number(len(e.Texts))
	for _, t := range e.Texts {
		b = append(b, t.Class)
		float(t.Worth)
		float(t.Length)
	}
	names := e.Traits()
	number(len(names))
	last := ""
	for _, name := range names {
		t, _ := e.Trait(name)
		shared := 0
		for shared < min(len(last), len(name)) && last[shared] == name[shared] {
			shared++
		}
		number(shared)
		text(name[shared:])
		last = name
		float(t.Rarity)
		number(len(t.Says))
		for _, s := range t.Says {
			b = append(b, s.Class, byte(s.Steps))
		}
		number(len(t.In))
		before := 0
		for _, n := range t.In {
			number(int(n) - before)
			before = int(n)
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
// error, or take more than maxExperience and some for what it is kept in.
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
	e := &Experience{}
	for range r.number(maxClasses) {
		e.Causes = append(e.Causes, string(r.bytes(r.number(maxName))))
		e.Bias = append(e.Bias, r.float())
	}
	for n := r.number(maxTexts); n > 0 && !r.bad; n-- {
		e.Texts = append(e.Texts, Remembered{Class: r.class(len(e.Causes)), Worth: r.float(), Length: r.float()})
		if last := e.Texts[len(e.Texts)-1]; last.Worth < 0 || last.Length <= 0 {
			r.bad = true
		}
	}
	n := r.number(maxTraits)
	e.index = make(map[string]int32, min(n, uint64(len(r.rest))))
	var name []byte
	var t Trait
	for ; n > 0 && !r.bad; n-- {
		name = append(name[:r.number(uint64(len(name)))], r.bytes(r.number(maxName))...)
		r.trait(&t, len(e.Causes), len(e.Texts))
		if _, twice := e.index[string(name)]; twice || len(name) > maxName {
			r.bad = true
		}
		e.Add(string(name), t)
	}
	if r.bad {
		return nil, errDamaged
	}
	e.says, e.in, e.traits = slices.Clip(slices.Clone(e.says)), slices.Clip(slices.Clone(e.in)), slices.Clip(slices.Clone(e.traits))
	return e, nil
}

func (r *reading) trait(t *Trait, classes, texts int) {
	t.Rarity, t.Says, t.In = r.float(), t.Says[:0], t.In[:0]
	for n := r.number(maxClasses); n > 0; n-- {
		t.Says = append(t.Says, Saying{Class: r.class(classes), Steps: int8(r.byte())})
	}
	at := uint64(0)
	for n := r.number(uint64(texts)); n > 0 && !r.bad; n-- {
		if at += r.number(maxTexts); at >= uint64(texts) {
			r.bad = true
		}
		t.In = append(t.In, uint16(at))
	}
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

func (r *reading) byte() byte {
	if b := r.bytes(1); !r.bad {
		return b[0]
	}
	return 0
}

// class reads one of n classes.
func (r *reading) class(n int) uint8 {
	c := r.byte()
	r.bad = r.bad || int(c) >= n
	return c
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
