package criteria

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// A disk that fails is no verdict, and the judgement says so; what a file itself is to blame for is one.
func TestLost(t *testing.T) {
	const unread = "/proc/self/mem" // whose first page cannot be read
	if _, err := os.ReadFile(unread); !errors.Is(err, syscall.EIO) {
		t.Skipf("reading %s gives %v", unread, err)
	}
	f := facts(t)
	judged := func(path string) error {
		t.Helper()
		f.LogPath = path
		p, err := Compile(`log contains "x"`)
		if err != nil {
			t.Fatal(err)
		}
		var rec Recorder
		if v := Judge(t.Context(), []*Program{p}, f, &rec); v[0].Pass || v[0].Error == "" {
			t.Errorf("%s: %+v", path, v[0])
		}
		return rec.Lost()
	}
	if err := judged(unread); !errors.Is(err, syscall.EIO) {
		t.Errorf("%v", err)
	}
	if err := judged(f.Root); err != nil {
		t.Errorf("a directory: %v", err)
	}
}
