package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
)

// Sum is what hashing one file gave.
type Sum struct {
	SHA256 string // hex
	Size   int64  // bytes
	Err    error
}

// Hash is the SHA-256, in hex, and the size of a regular file, at the end of
// links too. A FIFO, a device, a socket or a directory is an error that says
// so; none is waited for. When ctx is done, its error is that of a file that
// was not read to its end.
func Hash(ctx context.Context, path string) (sha256hex string, size int64, err error) {
	return hashPath(ctx, path, nil)
}

// HashLate is Hash of what a command left, which the record of an interrupted
// run has, too: when ctx is done a file of up to 256 MB is read all the same.
func HashLate(ctx context.Context, path string) (sha256hex string, size int64, err error) {
	return hashPath(ctx, path, newRoom())
}

func hashPath(ctx context.Context, path string, late *room) (string, int64, error) {
	f, info, err := openRegular(path)
	if err != nil {
		return "", 0, err
	}
	s := (&reading{ctx: ctx, f: f, rest: info.Size(), late: late}).hash(make([]byte, bufferSize))
	return s.SHA256, s.Size, s.Err
}

// HashAll hashes files on all processors. The sums are in the order of paths. When ctx is done, its error is that of
// the files that were not read to their end.
func HashAll(ctx context.Context, paths []string) []Sum {
	sums := make([]Sum, len(paths))
	each(len(paths), func(i int, buf []byte) {
		f, info, err := openRegular(paths[i])
		if err != nil {
			sums[i].Err = err
			return
		}
		sums[i] = (&reading{ctx: ctx, f: f, rest: info.Size()}).hash(buf)
	})
	return sums
}

// bufferSize is where larger reads stop being faster.
const bufferSize = 256 << 10

// each calls do for 0 to n-1, at the same time as far as there are processors,
// with a buffer for each of them.
func each(n int, do func(i int, buf []byte)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			buf := make([]byte, bufferSize)
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i, buf)
			}
		})
	}
	wg.Wait()
}

// errUnstable says that a file changed under the reader's eyes.
var errUnstable = errors.New("still being written while it was read")

// hash hashes and closes the file. One that changes meanwhile has no hash.
func (r *reading) hash(buf []byte) (s Sum) {
	f := r.f
	defer func() { s.Err = errors.Join(s.Err, f.Close()) }()
	before, err := f.Stat()
	if err != nil {
		return Sum{Err: err}
	}
	h := sha256.New()
	// Hidden behind an interface, so that the buffer is used and no ReadFrom.
	n, err := io.CopyBuffer(struct{ io.Writer }{h}, r, buf)
	if err != nil {
		return Sum{Err: err}
	}
	after, err := f.Stat()
	if err != nil {
		return Sum{Err: err}
	}
	if n != after.Size() || !before.ModTime().Equal(after.ModTime()) {
		return Sum{Err: fmt.Errorf("%s: %w", f.Name(), errUnstable)}
	}
	return Sum{SHA256: hex.EncodeToString(h.Sum(nil)), Size: n}
}

// openRegular opens a regular file to read. It asks before it opens, since to
// open a device can do something, and without blocking, since a FIFO may have
// taken the place meanwhile.
func openRegular(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if err := onlyFile(path, info); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	return opened(f, err)
}

// openRegularIn is openRegular below a root that no path leaves.
func openRegularIn(root *os.Root, name string) (*os.File, fs.FileInfo, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, nil, err
	}
	if err := onlyFile(name, info); err != nil {
		return nil, nil, err
	}
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	return opened(f, err)
}

func opened(f *os.File, err error) (*os.File, fs.FileInfo, error) {
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = onlyFile(f.Name(), info)
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// KindError says that something is no regular file.
type KindError struct {
	Path string
	Kind string // "a directory", "a FIFO", …
}

func (e *KindError) Error() string { return fmt.Sprintf("%s is %s, not a file", e.Path, e.Kind) }

func onlyFile(path string, info fs.FileInfo) error {
	kind := "of an unknown kind"
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		kind = "a directory"
	case mode&fs.ModeNamedPipe != 0:
		kind = "a FIFO"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	}
	return &KindError{path, kind}
}
