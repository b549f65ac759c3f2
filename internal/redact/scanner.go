package redact

import (
	"errors"
	"fmt"
	"io"
)

// Scanner looks for values in bytes that come in parts. It is a writer, so
// that io.Copy can feed it.
type Scanner struct {
	m     *Masker
	state int32
	found int32 // 1 + whose; 0: none
}

// NewScanner gives a scanner that has seen nothing yet.
func (m *Masker) NewScanner() *Scanner { return &Scanner{m: m} }

// Write looks at p. It never fails.
func (s *Scanner) Write(p []byte) (int, error) {
	s.scan(p)
	return len(p), nil
}

func (s *Scanner) scan(b []byte) {
	for s.m != nil && s.found == 0 && len(b) > 0 {
		st, n := s.m.run(s.state, b)
		s.state, b = st, b[n:]
		s.found = s.m.nodes[st].sure
	}
}

// Found is the name of the first value that was seen.
func (s *Scanner) Found() (name string, ok bool) {
	if s.found == 0 {
		return "", false
	}
	return s.m.names[s.found-1], true
}

// Scan reads r until a value is found or it ends: its name, "" where there is
// none. An error is the reader's.
func (m *Masker) Scan(r io.Reader) (name string, err error) {
	if m == nil {
		return "", nil
	}
	s := m.NewScanner()
	buf := make([]byte, piece)
	for {
		n, err := r.Read(buf)
		s.scan(buf[:n])
		if name, ok := s.Found(); ok {
			return name, nil
		}
		if errors.Is(err, io.EOF) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("look for secrets: %w", err)
		}
	}
}
