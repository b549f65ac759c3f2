package evidence

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/manifest"
)

func names(files []manifest.File) string {
	var out []string
	for _, f := range files {
		out = append(out, f.Name)
	}
	return strings.Join(out, " ")
}

func errs(ps []Problem) string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Error())
	}
	return strings.Join(out, "\n")
}

// What a command may do to an artifact, and whether that is writing it.
func TestFreshness(t *testing.T) {
	old := time.Now().Add(-time.Hour).Truncate(time.Second)
	for name, c := range map[string]struct {
		do    func(path string) error
		fresh bool
	}{
		"nothing":          {func(string) error { return nil }, false},
		"read":             {func(p string) error { _, err := os.ReadFile(p); return err }, false},
		"chmod":            {func(p string) error { return os.Chmod(p, 0o600) }, false},
		"hard link":        {func(p string) error { return os.Link(p, p+".link") }, false},
		"same bytes":       {func(p string) error { return os.WriteFile(p, []byte("old"), 0o644) }, true},
		"other bytes":      {func(p string) error { return os.WriteFile(p, []byte("new"), 0o644) }, true},
		"renamed into":     {func(p string) error { return replaceBy(p, "old", time.Time{}) }, true},
		"time put back":    {func(p string) error { return writeAt(p, "new", old) }, true},
		"touched back":     {func(p string) error { return writeAt(p, "old", old) }, false}, // the same bytes, the same time: no proof
		"old copy put in":  {func(p string) error { return replaceBy(p, "old", old) }, false},
		"older version in": {func(p string) error { return replaceBy(p, "older", old.Add(-time.Hour)) }, true},
		"moved away":       {func(p string) error { return os.Rename(p, p+".away") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			path := root + "/out.npz"
			if err := writeAt(path, "old", old); err != nil {
				t.Fatal(err)
			}
			before := baselineOf(t, root, "*.npz")
			if err := c.do(path); err != nil {
				t.Fatal(err)
			}
			files, problems := Collect(t.Context(), root, root+"/reports/s/p", []string{"out.npz"}, before, time.Now())
			if fresh := len(problems) == 0 && names(files) == "out.npz"; fresh != c.fresh {
				t.Errorf("fresh %v, want %v: %v %v", fresh, c.fresh, files, errs(problems))
			}
			if !c.fresh && name != "moved away" && !strings.Contains(errs(problems), "out.npz: stale artifact: the run did not write it (last modified ") {
				t.Errorf("the problem does not say it: %s", errs(problems))
			}
		})
	}
}

func writeAt(path, text string, at time.Time) error {
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Chtimes(path, at, at)
}

func replaceBy(path, text string, at time.Time) error {
	if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
		return err
	}
	if !at.IsZero() {
		if err := os.Chtimes(path+".new", at, at); err != nil {
			return err
		}
	}
	return os.Rename(path+".new", path)
}

// Written just before the run and again by it, with the same bytes: the clock of
// the file system is coarse, and still it must count.
func TestFreshAtOnce(t *testing.T) {
	root := t.TempDir()
	for range 20 {
		put(t, root+"/out", "same")
		before := baselineOf(t, root, "out")
		put(t, root+"/out", "same")
		if _, problems := Collect(t.Context(), root, root, []string{"out"}, before, time.Now()); len(problems) > 0 {
			t.Fatal(errs(problems))
		}
	}
}

func TestFreshWithoutBaseline(t *testing.T) {
	root := t.TempDir()
	put(t, root+"/out", "x")
	if _, problems := Collect(t.Context(), root, root, []string{"out"}, Before{}, time.Now()); len(problems) > 0 {
		t.Errorf("written at the start: %s", errs(problems))
	}
	if _, problems := Collect(t.Context(), root, root, []string{"out"}, Before{}, time.Now().Add(time.Hour)); len(problems) != 1 {
		t.Error("written an hour before the start")
	}
}

func TestFreshLink(t *testing.T) {
	root := t.TempDir()
	put(t, root+"/one", "1")
	if err := os.Symlink("one", root+"/latest"); err != nil {
		t.Fatal(err)
	}
	before := baselineOf(t, root, "latest")
	if _, problems := Collect(t.Context(), root, root, []string{"latest"}, before, time.Now()); len(problems) != 1 {
		t.Error("a link to a file that nobody wrote")
	}
	// Turned to a file that has been there for long.
	before.taken = before.taken.Add(2 * time.Minute)
	put(t, root+"/two", "22")
	if err := os.Remove(root + "/latest"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("two", root+"/latest"); err != nil {
		t.Fatal(err)
	}
	if _, problems := Collect(t.Context(), root, root, []string{"latest"}, before, time.Now()); len(problems) != 1 {
		t.Error("a link that was turned to an old file")
	}
	before.taken = before.taken.Add(-2 * time.Minute)
	if _, problems := Collect(t.Context(), root, root, []string{"latest"}, before, time.Now()); len(problems) != 0 {
		t.Errorf("a link to a new file: %s", errs(problems))
	}
}

func TestCollectPatterns(t *testing.T) {
	root := t.TempDir()
	outside := t.TempDir()
	put(t, outside+"/secret", "x")
	for _, f := range []string{"out/a.npz", "out/b.npz", "out/deep/c.npz", "odd[1].xml", "odd{x}.txt", "reports/S/p/plot.png", "reports/S/p/.plot.png.planctl-0123456789abcdef", ".git/x.npz", "new\nline \"q\"", "ünï", "bad-\xff"} {
		put(t, filepath.Join(root, f), f)
	}
	for link, to := range map[string]string{"escape": outside + "/secret", "far": outside, "inside": "out/a.npz", "hang": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(root+"/fifo", 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		pattern, files, problem string
	}{
		{"out/a.npz", "out/a.npz", ""},
		{"./out//a.npz", "out/a.npz", ""},
		{"out/*.npz", "out/a.npz out/b.npz", ""},
		{"**/*.npz", "out/a.npz out/b.npz out/deep/c.npz", ""},
		{"out/{a,b}.npz", "out/a.npz out/b.npz", ""},
		{"out/{a,z}.npz", "out/a.npz", "out/z.npz: is missing"},
		{"out/{a,z}.npz?", "out/a.npz", ""},
		{"{out,none}/*.npz", "out/a.npz out/b.npz", "none/*.npz: matches no file"},
		{"out/z.npz", "", "out/z.npz: is missing"},
		{"out/z.npz?", "", ""},
		{"out/*.csv", "", "out/*.csv: matches no file"},
		{"reports/S/p/.plot.*", "", "reports/S/p/.plot.*: matches no file"},
		{"out/*.csv?", "", ""},
		{"out/a.npz/x", "", "out/a.npz/x: is missing"},
		{"out", "", "out: is a directory; write out/** for all files in it"},
		{"out/", "", "out/: names a directory; write out/** for all files in it"},
		{"out/deep/**", "out/deep/c.npz", ""},
		{"odd[1].xml", "odd[1].xml", ""},
		{"odd{x}.txt", "odd{x}.txt", ""},
		{`odd\[1\].xml`, "odd[1].xml", ""},
		{"odd[1", "", "odd[1: is a malformed pattern"},
		{"reports/S/p/*", "plot.png", ""},
		{root + "/out/a.npz", "out/a.npz", ""},
		{"new\nline \"q\"", "new\nline \"q\"", ""},
		{"ünï", "ünï", ""},
		{"bad*", "", "bad-\uFFFD: has a name that is not UTF-8"},
		{"bad-\xff", "", "is no path"},
		{"", "", "is no path"},
		{"?", "", "?: is no path"},
		{"a\x00b", "", "is no path"},
		{"../x", "", "../x: is outside the workspace"},
		{"out/../../x", "", "is outside the workspace"},
		{"/etc/passwd", "", "/etc/passwd: is outside the workspace"},
		{"{../x,out/a.npz}", "out/a.npz", "{../x,out/a.npz}: is outside the workspace"},
		{"escape", "", "escape: leads out of the workspace through a link"},
		{"esc*", "", "escape: leads out of the workspace through a link"},
		{"far/secret", "", "far/secret: leads out of the workspace through a link"},
		{"far/*", "", "far/*: leads out of the workspace through a link"},
		{"inside", "inside", ""},
		{"hang", "", "hang: is missing"},
		{"fifo", "", "fifo: is a FIFO, not a file"},
		{strings.Repeat("{a,b}", 30), "", "stand for more than 1000 names"},
	} {
		files, problems := Collect(t.Context(), root, root+"/reports/S/p", []string{c.pattern}, Before{}, time.Time{})
		if names(files) != c.files || (len(problems) > 0) != (c.problem != "") || !strings.Contains(errs(problems), c.problem) {
			t.Errorf("%q: %q, %q; want %q, %q", c.pattern, names(files), errs(problems), c.files, c.problem)
		}
	}
}

func TestCollectFile(t *testing.T) {
	root := t.TempDir()
	put(t, root+"/out/a", "abc")
	put(t, root+"/reports/S/p/sub/b", "")
	if err := os.Chmod(root+"/out/a", 0o750); err != nil {
		t.Fatal(err)
	}
	files, problems := Collect(t.Context(), root, root+"/reports/S/p", []string{"out/*", "reports/S/p/**", "out/a"}, Before{}, time.Time{})
	got, err := json.Marshal(files)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, errs(problems))
	}
	want := `[{"name":"out/a","role":"artifact","base":"workspace","size":3,"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","mode":"0750"},` +
		`{"name":"sub/b","role":"artifact","size":0,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","mode":"0644"}]`
	if string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	files, problems = Present(t.Context(), root, []string{"reports/S/p/sub/b"})
	if len(problems) > 0 || names(files) != "reports/S/p/sub/b" || files[0].Base != "workspace" {
		t.Errorf("%+v %s", files, errs(problems))
	}
}

func TestDigests(t *testing.T) {
	root := t.TempDir()
	put(t, root+"/src/a.py", "abc")
	put(t, root+"/src/x/b.py", "")
	got, problems := Digests(t.Context(), root, []string{"src/**/*.py", "src/none.py", "data/*.csv?"})
	if len(got) != 2 || got["src/a.py"] != "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" || errs(problems) != "src/none.py: is missing" {
		t.Errorf("%v %s", got, errs(problems))
	}
	if got, problems := Digests(t.Context(), root+"/none", []string{"a"}); len(got) != 0 || len(problems) != 1 {
		t.Errorf("%v %v", got, problems)
	}
}

func baselineOf(t *testing.T, root string, patterns ...string) Before {
	t.Helper()
	before, err := Baseline(t.Context(), root, patterns)
	if err != nil {
		t.Fatal(err)
	}
	return before
}
