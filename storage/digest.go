package storage

import (
	"encoding/binary"
	"hash"
)

func field(h hash.Hash, b []byte) {
	number(h, int64(len(b)))
	h.Write(b) // a hash never fails
}

func number(h hash.Hash, n int64) {
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(n))) //nolint:gosec // the bits are what counts, not the sign
}
