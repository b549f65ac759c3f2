// Package regular reads regular files and nothing else: a FIFO or a device that somebody put in a
// file's place is an error that says so, and never waited on. It may not write or follow a format.
package regular

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Open is os.Open for regular files, links to them included, with what the system says of the file.
// The error is an *fs.PathError for what cannot be opened, and names what stands there where that is
// no file.
func Open(path string) (*os.File, fs.FileInfo, error) {
	// O_NONBLOCK: the open of a FIFO without a writer would wait for one.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		if info.IsDir() {
			err = &fs.PathError{Op: "read", Path: path, Err: syscall.EISDIR}
		} else {
			err = fmt.Errorf("%s is %s, not a file", path, kind(info.Mode()))
		}
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// most is how large a file may be that is read as a whole, in bytes: what people write is far below it, and a file that is
// not must not take the machine's memory.
const most = 256 << 20

// SizeError says that a file is too large to be read as a whole.
type SizeError struct {
	Size int64 // bytes; of one that grows, at least
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("it has %d bytes, and %d are the most that are read as one document", e.Size, int64(most))
}

func tooLarge(path string, size int64) error {
	return &fs.PathError{Op: "read", Path: path, Err: &SizeError{size}}
}

// Read is os.ReadFile for what Open opens. A file that is too large for it is a *SizeError in an
// *fs.PathError.
func Read(path string) (_ []byte, err error) {
	f, info, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info.Size() > most {
		return nil, tooLarge(path, info.Size())
	}
	b := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	n, err := b.ReadFrom(io.LimitReader(f, most+1))
	if err == nil && n > most {
		return nil, tooLarge(path, n)
	}
	return b.Bytes(), err
}

// Until is r until ctx is done, and ctx's error from then on: what reads gigabytes ends when it is told to.
func Until(ctx context.Context, r io.Reader) io.Reader { return until{ctx, r} }

type until struct {
	ctx context.Context
	r   io.Reader
}

func (u until) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}

// lastBytes is how much of a file's end LastLine reads: a log of gigabytes is asked for its last words, too.
const lastBytes = 64 << 10

// LastLine is the last line of a file that says something, without the blanks around it; "" where there is none.
func LastLine(path string) (_ string, err error) {
	f, info, err := Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err := io.ReadAll(io.NewSectionReader(f, max(0, info.Size()-lastBytes), lastBytes))
	if err != nil {
		return "", err
	}
	b = bytes.TrimSpace(b)
	return string(bytes.TrimSpace(b[bytes.LastIndexByte(b, '\n')+1:])), nil
}

func kind(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "special"
}
