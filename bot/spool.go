package bot

import (
	"bytes"
	"fmt"
	"os"
)

// spool takes a download and gives it back at any place. It refuses to grow over
// maxFile, whatever a server sends.
type spool struct {
	mem  bytes.Buffer
	file *os.File // once it is over inMemory; has no name any more
	size int64
	full bool
}

func (s *spool) Write(p []byte) (int, error) {
	if s.size+int64(len(p)) > maxFile {
		s.full = true
		return 0, fmt.Errorf("file over %d bytes", maxFile)
	}
	if s.file == nil && s.size+int64(len(p)) > inMemory {
		if err := s.spill(); err != nil {
			return 0, err
		}
	}
	s.size += int64(len(p))
	if s.file == nil {
		return s.mem.Write(p)
	}
	return s.file.Write(p)
}

// spill moves what is held to a file that is unlinked at once: a crash leaves nothing
// of what people sent on the disk.
func (s *spool) spill() error {
	f, err := os.CreateTemp("", "countersign-*")
	if err != nil {
		return fmt.Errorf("put a file aside: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		return fmt.Errorf("put a file aside: %w", err)
	}
	s.file = f
	_, err = f.Write(s.mem.Bytes())
	clear(s.mem.Bytes())
	s.mem = bytes.Buffer{}
	if err != nil {
		return fmt.Errorf("put a file aside: %w", err)
	}
	return nil
}

// ReadAt is io.ReaderAt's.
func (s *spool) ReadAt(p []byte, off int64) (int, error) {
	if s.file != nil {
		return s.file.ReadAt(p, off)
	}
	return bytes.NewReader(s.mem.Bytes()).ReadAt(p, off)
}

func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close() // it has no name: closing is what removes it
	}
	clear(s.mem.Bytes())
}
