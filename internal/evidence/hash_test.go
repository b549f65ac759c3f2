package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestHash(t *testing.T) {
	dir := t.TempDir()
	for _, size := range []int{0, 1, bufferSize - 1, bufferSize, bufferSize*3 + 7} {
		path := filepath.Join(dir, "f")
		data := bytes.Repeat([]byte("\x00a\xff"), size/3+1)[:size]
		put(t, path, string(data))
		want := sha256.Sum256(data)
		if sum, n, err := Hash(t.Context(), path); err != nil || n != int64(size) || sum != hex.EncodeToString(want[:]) {
			t.Errorf("%d bytes: %s %d %v", size, sum, n, err)
		}
	}
}

// What is no file is refused at once: a FIFO has no writer here and would be waited for.
func TestHashRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(dir+"/fifo", 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", dir+"/socket")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := os.Symlink("fifo", dir+"/link"); err != nil {
		t.Fatal(err)
	}
	for path, kind := range map[string]string{dir: "a directory", dir + "/fifo": "a FIFO", dir + "/link": "a FIFO", dir + "/socket": "a socket", "/dev/zero": "a device"} {
		var e *KindError
		if _, _, err := Hash(t.Context(), path); !errors.As(err, &e) || e.Kind != kind {
			t.Errorf("%s: %v, want %s", path, err, kind)
		}
	}
	if _, _, err := Hash(t.Context(), dir+"/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestHashAll(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for i := range 50 {
		paths = append(paths, filepath.Join(dir, fmt.Sprint(i)))
		if i%7 != 0 {
			put(t, paths[i], fmt.Sprint("content ", i))
		}
	}
	for i, s := range HashAll(t.Context(), paths) {
		sum, size, err := Hash(t.Context(), paths[i])
		if s.SHA256 != sum || s.Size != size || (s.Err == nil) != (err == nil) || (err == nil) != (i%7 != 0) {
			t.Errorf("%d: %+v, want %s %d %v", i, s, sum, size, err)
		}
	}
	if got := HashAll(t.Context(), nil); len(got) != 0 {
		t.Error(got)
	}
}

func BenchmarkHash(b *testing.B) {
	path := filepath.Join(b.TempDir(), "f")
	put(b, path, string(make([]byte, 64<<20)))
	b.SetBytes(64 << 20)
	for b.Loop() {
		if _, _, err := Hash(b.Context(), path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHashAll(b *testing.B) {
	dir := b.TempDir()
	var paths []string
	for i := range 64 {
		paths = append(paths, filepath.Join(dir, fmt.Sprint(i)))
		put(b, paths[i], string(make([]byte, 1<<20)))
	}
	b.SetBytes(64 << 20)
	for b.Loop() {
		for _, s := range HashAll(b.Context(), paths) {
			if s.Err != nil {
				b.Fatal(s.Err)
			}
		}
	}
}
