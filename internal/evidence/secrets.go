package evidence

import (
	"errors"
	"io"
)

// Secrets finds a secret value in bytes, in any of its forms.
type Secrets interface {
	// Contains gives the name of a variable whose value is in b.
	Contains(b []byte) (name string, ok bool)
}

// Reading goes by windows that overlap. An environment variable has at most
// 128 KiB (Linux, MAX_ARG_STRLEN), and no form of it is six times as long as
// the value (\u0000 in JSON), so one that is cut off stands whole in the next.
const (
	scanWindow  = 4 << 20
	scanOverlap = 1 << 20
)

// ScanSecrets reads a regular file and gives the name of the first variable
// whose value stands in it, "" where none does.
func ScanSecrets(path string, m Secrets) (name string, err error) {
	f, info, err := openRegular(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return scan(f, m, int(min(info.Size()+1, scanWindow)))
}

// scan reads with a window of at least size bytes, which grows to scanWindow.
func scan(in io.Reader, m Secrets, size int) (string, error) {
	window := make([]byte, size)
	kept := 0
	for {
		if kept == len(window) {
			window = append(window, make([]byte, scanWindow-len(window))...)
		}
		n, err := io.ReadFull(in, window[kept:])
		held := window[:kept+n]
		if name, ok := m.Contains(held); ok {
			return name, nil
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		kept = copy(window, held[max(len(held)-scanOverlap, 0):])
	}
}
