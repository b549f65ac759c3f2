package glob

import (
	"fmt"
	"os"
	"path/filepath"
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

// On a real file system, with links inside, outside and in circles.
func TestFilesLinks(t *testing.T) {
	dir := t.TempDir()
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "x.py"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"src/a.py", "src/sub/b.py", "real/c.py", "src/.git/d.py", "odd/[x].py"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, f)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"src/link": "../real", "src/sub/up": "..", "src/sub/up2": "..", "src/nowhere.py": "none", "src/l.py": "a.py", "src/self.py": "self.py",
		"out": outside, "src/out.py": filepath.Join(outside, "x.py"),
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := root.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, c := range []struct {
		pattern string
		want    string
	}{
		{"**/*.py", "odd/[x].py real/c.py src/a.py src/l.py src/out.py src/sub/b.py"},
		{"**/**/**/*.py", "odd/[x].py real/c.py src/a.py src/l.py src/out.py src/sub/b.py"},
		{"**/sub/**/b.py", "src/sub/b.py"},
		{"src/*/*.py", "src/link/c.py src/sub/b.py"},
		{"src/link/*.py", "src/link/c.py"},
		{"src/{link,sub}/?.py", "src/link/c.py src/sub/b.py"},
		{"./src//*.py", "src/a.py src/l.py src/out.py"},
		{"src/a.py/*", ""},
		{"src/sub", ""},
		{"src/.git/*", ""},
		{"nowhere/**", ""},
		{`odd/\[x\].py`, "odd/[x].py"},
		{"odd/[[]*", "odd/[x].py"},
		{"src/**", "src/a.py src/l.py src/out.py src/sub/b.py"},
	} {
		got, err := Files(root.FS(), c.pattern)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("Files(%q) = %q, %v; want %q", c.pattern, got, err, c.want)
		}
	}
	for _, pattern := range []string{"out/*.py", "../*", "/etc/*", "../x"} {
		if got, err := Files(root.FS(), pattern); err == nil {
			t.Errorf("Files(%q) left the root: %q", pattern, got)
		}
	}
}

// Two ** and a deep tree: each directory is read a few times, not once for each way to it.
func TestFilesDeep(t *testing.T) {
	fsys := fstest.MapFS{}
	fsys[strings.Repeat("a/", 60)+"b"] = &fstest.MapFile{}
	got, err := Files(fsys, strings.Repeat("**/a/", 20)+"**/b")
	if err != nil || len(got) != 1 {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Files(fsys, fmt.Sprint(strings.Repeat("{a,b}/", 20))); err == nil {
		t.Error("2^20 alternatives were taken")
	}
}

func FuzzBraces(f *testing.F) {
	for _, s := range []string{"a", "{a,b}", "x{a,{b,c}}y", "{a", "}", `\{a,b}`, "{,}", "{{,},{,}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		names, ok := Braces(s, 50)
		if len(names) > 50 || ok && len(names) == 0 {
			t.Errorf("Braces(%q): %d names, %v", s, len(names), ok)
		}
		Match(s, "a/b")
	})
}
