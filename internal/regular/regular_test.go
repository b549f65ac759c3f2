package regular

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	file, link, fifo := filepath.Join(dir, "file"), filepath.Join(dir, "link"), filepath.Join(dir, "fifo")
	if err := errors.Join(os.WriteFile(file, []byte("a\x00b"), 0o644), os.Symlink(file, link), syscall.Mkfifo(fifo, 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{file, link} {
		if b, err := Read(p); err != nil || string(b) != "a\x00b" {
			t.Errorf("%s: %q, %v", p, b, err)
		}
	}
	if _, err := Read(fifo); err == nil || !strings.Contains(err.Error(), "a FIFO") {
		t.Errorf("a FIFO: %v", err)
	}
	if _, err := Read("/dev/null"); err == nil || !strings.Contains(err.Error(), "a device") {
		t.Errorf("a device: %v", err)
	}
	if _, err := Read(dir); !errors.Is(err, syscall.EISDIR) {
		t.Errorf("a directory: %v", err)
	}
	if _, err := Read(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing there: %v", err)
	}
}

func TestLastLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"\n \n", ""},
		{"one", "one"},
		{"one\ntwo\r\n\n", "two"},
		{strings.Repeat("x", 200_000) + "\nlast \n", "last"},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := LastLine(path); got != c.want || err != nil {
			t.Errorf("%.20q: %q, want %q (%v)", c.text, got, c.want, err)
		}
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("y", 200_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := LastLine(path); len(got) != lastBytes || err != nil { // the end of a line that has no beginning there
		t.Errorf("%d bytes of a long line (%v)", len(got), err)
	}
	if _, err := LastLine(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestUntil(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := Until(ctx, strings.NewReader("abcd"))
	b := make([]byte, 2)
	if n, err := r.Read(b); n != 2 || err != nil {
		t.Errorf("%q, %v", b[:n], err)
	}
	cancel()
	if n, err := r.Read(b); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of ctx: %q, %v", b[:n], err)
	}
}

func TestReadRefusesWhatIsTooLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparse")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(1<<40), f.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = Read(path)
	var size *SizeError
	if !errors.As(err, &size) || size.Size != 1<<40 || !strings.Contains(err.Error(), path) {
		t.Errorf("%v", err)
	}
}
