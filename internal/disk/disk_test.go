package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestFailed(t *testing.T) {
	_, gone := os.Open(filepath.Join(t.TempDir(), "none"))
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{gone, false},
		{io.ErrUnexpectedEOF, false},
		{syscall.EACCES, false},
		{syscall.EISDIR, false},
		{syscall.ELOOP, false},
		{syscall.EIO, true},
		{fmt.Errorf("read it: %w", &fs.PathError{Op: "open", Path: "x", Err: syscall.EMFILE}), true},
		{errors.Join(gone, &os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.ENOSPC}), false}, // the first errno decides
		{&os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.ENOSPC}, true},
	} {
		if got := Failed(c.err); got != c.want {
			t.Errorf("%v: %v, want %v", c.err, got, c.want)
		}
	}
}
