package evidence

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOtherEnds(t *testing.T) {
	long := strings.Repeat("x", bufferSize-1)
	path := filepath.Join(t.TempDir(), "f")
	for _, c := range []struct {
		text       string
		crlf, auto bool
		want       bool
	}{
		{"", false, true, false},
		{"a", true, true, false},
		{"a\nb\n", false, true, false},
		{"a\nb\r\n", false, true, true},
		{"a\r\nb\r\n", true, true, false},
		{"a\r\n\r\n", true, true, false},
		{"a\r\n\nb\r\n", true, true, true},
		{"\n", true, false, true},
		{"a\rb", false, false, false},
		{"\x00a\r\n", false, true, false}, // binary for git
		{"\x00a\r\n", false, false, true},
		{long + "\r\n", false, true, true}, // the buffer ends between the two
		{long + "\r\n", true, true, false},
		{long + "y\n", false, true, false},
		{long + "y\n", true, true, true},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		if got, err := otherEnds(t.Context(), path, c.crlf, c.auto); got != c.want || err != nil {
			t.Errorf("%.10q of %d bytes, crlf %v, auto %v: %v, %v", c.text, len(c.text), c.crlf, c.auto, got, err)
		}
	}
}

// An artifact can have gigabytes: looking for line ends keeps none of them.
func TestOtherEndsIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, bytes.Repeat([]byte("0123456789abcde\n"), 1<<20), 0o666); err != nil {
		t.Fatal(err)
	}
	got := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if _, err := otherEnds(t.Context(), path, false, true); err != nil {
				b.Fatal(err)
			}
		}
	})
	if n := got.AllocedBytesPerOp(); n > 2*bufferSize {
		t.Errorf("%d bytes for a file of 16 MB", n)
	}
}
