package atomicfile

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func write(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// names are the entries of a directory: what a failure must not add to.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return strings.Join(out, " ")
}

func sum(s string) *[32]byte {
	h := sha256.Sum256([]byte(s))
	return &h
}

func TestReplaceKeepsMode(t *testing.T) {
	for _, mode := range []fs.FileMode{0o644, 0o600, 0o755, 0o664, 0o200, 0o666, 0o4755 | fs.ModeSetuid} {
		dir := t.TempDir()
		path := filepath.Join(dir, "plan.md")
		write(t, path, "old", mode)
		before, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := Replace(path, []byte("new"), nil); err != nil {
			t.Fatalf("%v: %v", mode, err)
		}
		after, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if after.Mode() != before.Mode() {
			t.Errorf("mode %v became %v", before.Mode(), after.Mode())
		}
		if got := names(t, dir); got != "plan.md" {
			t.Errorf("left behind: %s", got)
		}
	}
}

func TestReplaceWant(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "plan.md")
	write(t, path, "old", 0o644)
	if err := Replace(path, []byte("new"), sum("old")); err != nil {
		t.Fatal(err)
	}
	var changed *ChangedError
	if err := Replace(path, []byte("newer"), sum("old")); !errors.As(err, &changed) || changed.Missing {
		t.Errorf("changed content: %v", err)
	}
	if got := content(t, path); got != "new" {
		t.Errorf("content %q, want new", got)
	}
	if err := Replace(filepath.Join(dir, "gone"), nil, sum("old")); !errors.As(err, &changed) || !changed.Missing {
		t.Errorf("missing file: %v", err)
	}
	if got := names(t, dir); got != "plan.md" {
		t.Errorf("left behind: %s", got)
	}
	if err := Replace(filepath.Join(dir, "made"), []byte("x"), nil); err != nil {
		t.Errorf("missing file without want: %v", err)
	}
}

func TestReplaceLinks(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"a/b", "c"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "a/real.md"), "old", 0o640)
	for link, to := range map[string]string{
		"one.md":     "two.md",
		"two.md":     filepath.Join(dir, "c/three.md"),
		"dirlink":    "a/b",
		"c/three.md": "../dirlink/../real.md", // .. of a/b, not of the link
		"dangling":   "a/made.md",
		"loop":       "pool",
		"pool":       "loop",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := Replace(filepath.Join(dir, "one.md"), []byte("new"), sum("old")); err != nil {
		t.Fatal(err)
	}
	if got := content(t, filepath.Join(dir, "a/real.md")); got != "new" {
		t.Errorf("the file behind the links holds %q", got)
	}
	for _, link := range []string{"one.md", "two.md", "c/three.md"} {
		if info, err := os.Lstat(filepath.Join(dir, link)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v", link, err)
		}
	}
	if err := Replace(filepath.Join(dir, "dangling"), []byte("made"), nil); err != nil {
		t.Errorf("dangling: %v", err)
	}
	if got := content(t, filepath.Join(dir, "a/made.md")); got != "made" {
		t.Errorf("dangling link's target holds %q", got)
	}
	if err := Replace(filepath.Join(dir, "loop"), nil, nil); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("a loop of links: %v", err)
	}
}

func TestReplaceReadOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "it's.md")
	write(t, path, "old", 0o444)
	var ro *ReadOnlyError
	err := Replace(path, []byte("new"), nil)
	if !errors.As(err, &ro) || ro.Dir || !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("file of mode 0444: %v", err)
	}
	if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), `chmod u+w '`+dir+`/it'\''s.md'`) {
		t.Errorf("the error does not say what to do: %v", err)
	}
	if got := content(t, path); got != "old" {
		t.Errorf("content %q", got)
	}

	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(closed, "f"), "old", 0o644)
	if err := os.Chmod(closed, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Chmod(closed, 0o755); err != nil {
			t.Error(err)
		}
	})
	if err := Replace(filepath.Join(closed, "f"), []byte("new"), nil); !errors.As(err, &ro) || !ro.Dir || ro.Path != closed {
		t.Errorf("file in a directory of mode 0555: %v", err)
	}
	if err := Create(filepath.Join(closed, "g"), nil, 0o644); !errors.As(err, &ro) || !ro.Dir {
		t.Errorf("new file in a directory of mode 0555: %v", err)
	}
	if got := names(t, closed); got != "f" {
		t.Errorf("left behind: %s", got)
	}
}

func TestReplaceOnlyRegularFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "d"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"d", "d/", "fifo", "d/.."} {
		if err := Replace(filepath.Join(dir, name)+strings.Repeat("/", strings.Count(name, "/")), []byte("x"), nil); err == nil {
			t.Errorf("%s was replaced", name)
		}
	}
	if _, err := Read(filepath.Join(dir, "fifo")); err == nil {
		t.Error("a FIFO was read")
	}
	if got := names(t, dir); got != "d fifo" {
		t.Errorf("left behind: %s", got)
	}
}

// A rename gives the name a new file; the other names of the old one keep it.
// The package comment says so, and this says that it stays true.
func TestReplaceHardLink(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	write(t, path, "old", 0o644)
	if err := os.Link(path, other); err != nil {
		t.Skip("no hard links here:", err)
	}
	if err := Replace(path, []byte("new"), nil); err != nil {
		t.Fatal(err)
	}
	if a, b := content(t, path), content(t, other); a != "new" || b != "old" {
		t.Errorf("%q and %q, want new and old", a, b)
	}
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "C1.run.json")
	if err := Create(path, []byte("first"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"C1.run.json", "dangling", "."} {
		if err := Create(filepath.Join(dir, name), []byte("second"), 0o644); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: %v, want fs.ErrExist", name, err)
		}
	}
	if err := Create(filepath.Join(dir, "no", "such"), nil, 0o644); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing directory: %v", err)
	}
	if got := content(t, path); got != "first" {
		t.Errorf("content %q", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&^0o640 != 0 || info.Sys().(*syscall.Stat_t).Nlink != 1 {
		t.Errorf("%v, %v", info, err)
	}
	if got := names(t, dir); got != "C1.run.json dangling" {
		t.Errorf("left behind: %s", got)
	}
}

func TestCreateByRename(t *testing.T) {
	dir := t.TempDir()
	temp, path := filepath.Join(dir, "temp"), filepath.Join(dir, "f")
	write(t, temp, "x", 0o644)
	if err := createByRename(temp, path); err != nil || content(t, path) != "x" {
		t.Fatal(err)
	}
	write(t, temp, "y", 0o644)
	if err := createByRename(temp, path); !errors.Is(err, fs.ErrExist) || content(t, path) != "x" {
		t.Errorf("taken name: %v, %q", err, content(t, path))
	}
}

// Of many that create one name one wins, and its content is whole.
func TestCreateRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	var wg sync.WaitGroup
	won := make([]bool, 16)
	for i := range won {
		wg.Go(func() {
			err := Create(path, bytes.Repeat([]byte{byte('a' + i)}, 1000), 0o644)
			if err != nil && !errors.Is(err, fs.ErrExist) {
				t.Error(err)
			}
			won[i] = err == nil
		})
	}
	wg.Wait()
	winners := 0
	for i, w := range won {
		if w {
			winners++
			if got := content(t, path); got != strings.Repeat(string(rune('a'+i)), 1000) {
				t.Errorf("content is not the winner's")
			}
		}
	}
	if winners != 1 {
		t.Errorf("%d winners", winners)
	}
}

func TestTempNames(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("é", 127)
	for _, base := range []string{"plan.md", long} {
		f, err := Steps{}.openTemp(dir, base, 0o600, *sum(""), nil)
		if err != nil {
			t.Fatal(err)
		}
		if name := filepath.Base(f.Name()); !IsTemp(name) {
			t.Errorf("%q is not recognised", name)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"plan.md", ".plan.md", "x.planctl.yaml", ".planctl-0123456789abcdef", ".a.planctl-xyz", "a.planctl-0123456789abcdef", ""} {
		if IsTemp(name) {
			t.Errorf("%q is taken for ours", name)
		}
	}
	if err := Replace(filepath.Join(dir, long), []byte("x"), nil); err != nil {
		t.Errorf("a name of 254 bytes: %v", err)
	}
}

// The disk's answer is not to be had by asking, so strace gives it: each fsync
// fails, and it must be asked for once.
func TestFailedSync(t *testing.T) {
	if path := os.Getenv("ATOMICFILE_SYNC_PATH"); path != "" {
		err := Replace(path, []byte("new"), nil)
		fmt.Printf("errors.Is EIO: %v\n", errors.Is(err, syscall.EIO))
		return
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not here:", err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "plan.md")
	write(t, path, "old", 0o644)
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace, "-f", "-o", trace, "-e", "trace=fsync,rename,renameat,renameat2", "-e", "inject=fsync:error=EIO",
		os.Args[0], "-test.run=^TestFailedSync$", "-test.v")
	cmd.Env = append(os.Environ(), "ATOMICFILE_SYNC_PATH="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Skipf("strace cannot trace here: %v\n%s", err, out)
	}
	if !bytes.Contains(out, []byte("errors.Is EIO: true")) {
		t.Errorf("the failure was not returned:\n%s", out)
	}
	calls := content(t, trace)
	if strings.Count(calls, "fsync(") != 1 || strings.Contains(calls, "rename") {
		t.Errorf("want one fsync and no rename:\n%s", calls)
	}
	if got := content(t, path); got != "old" || names(t, dir) != "plan.md" {
		t.Errorf("content %q, directory %s", got, names(t, dir))
	}
}

func BenchmarkReplace(b *testing.B) {
	path := filepath.Join(b.TempDir(), "plan.md")
	data := bytes.Repeat([]byte("x"), 64<<10)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := Replace(path, data, nil); err != nil {
			b.Fatal(err)
		}
	}
}
