package glob

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestBraces(t *testing.T) {
	for _, c := range []struct {
		in   string
		want string
	}{
		{"a", "a"},
		{"r/{a,b}.log", "r/a.log r/b.log"},
		{"{a,b}/{c,d}", "a/c a/d b/c b/d"},
		{"x{a,{b,c}}", "xa xb xc"},
		{"{a}", "{a}"},
		{"a}b", "a}b"},
		{"{a,b", "{a,b"},
		{`\{a,b}`, `\{a,b}`},
	} {
		got, ok := Braces(c.in, 100)
		if !ok || strings.Join(got, " ") != c.want {
			t.Errorf("Braces(%q) = %q, %v; want %q", c.in, got, ok, c.want)
		}
	}
	if got, ok := Braces(strings.Repeat("{a,b}", 40), 1000); ok || len(got) > 1000 {
		t.Errorf("2^40 names: %d, %v; want at most 1000 and false", len(got), ok)
	}
}

func TestFiles(t *testing.T) {
	fsys := fstest.MapFS{
		"out/a.npz": {}, "out/deep/b.npz": {}, "out/c.txt": {}, ".git/out/d.npz": {},
	}
	for pattern, want := range map[string][]string{
		"out/*.npz":        {"out/a.npz"},
		"**/*.npz":         {"out/a.npz", "out/deep/b.npz"},
		"out/{a,z}.npz":    {"out/a.npz"},
		"out/nothing*.npz": nil,
	} {
		got, err := Files(fsys, pattern)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("Files(%q) = %q, %v; want %q", pattern, got, err, want)
		}
	}
	if _, err := Files(fsys, "out/[a"); err == nil {
		t.Error("a malformed pattern was accepted")
	}
}
