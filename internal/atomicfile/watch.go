package atomicfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"

	"github.com/planctl/planctl/internal/regular"
)

// watch opens a regular file and begins to watch it. A file that is open for writing is a *BusyError.
func watch(path string) (*watched, error) {
	f, info, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	w := &watched{f: f, info: info}
	if err := w.lease(); err != nil {
		if errors.Is(err, errBusy) {
			err = &BusyError{path}
		}
		return nil, errors.Join(err, f.Close())
	}
	return w, nil
}

// errBusy says that the system refused a lease because the file is open for writing.
var errBusy = errors.New("open for writing")

// errNoExchange says that the system or the file system cannot exchange two names.
var errNoExchange = errors.New("names cannot be exchanged here")

// read is the whole content, from the beginning.
func (w *watched) read() ([]byte, error) {
	if _, err := w.f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	b := bytes.NewBuffer(make([]byte, 0, w.info.Size()+bytes.MinRead))
	_, err := b.ReadFrom(w.f)
	return b.Bytes(), err
}

func (w *watched) close() error {
	err := w.f.Close()
	if errors.Is(err, fs.ErrClosed) {
		return nil
	}
	return err
}
