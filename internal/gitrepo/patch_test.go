package gitrepo

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

func TestChanges(t *testing.T) {
	ctx := context.Background()
	dir := repository(t, map[string]string{
		"same": "1", "modified": "1", "staged": "1", "deleted": "1", "d/gone": "1", "reports/r[1]/a.log": "1", "plans/p.md": "1", ".gitignore": "*.o\n",
	})
	r := open(t, dir)
	if changes, err := r.Changes(ctx, nil); err != nil || len(changes) != 0 {
		t.Fatalf("clean: %v %v", changes, err)
	}
	odd := "new\nline \"q\" ünï\t "
	for _, name := range []string{"modified", "staged", "plans/p.md", "reports/r[1]/a.log", "reports/new.log", odd, "x.o", "u/v/w", "-n", "added"} {
		put(t, filepath.Join(dir, name), "2")
	}
	git(t, dir, "add", "staged", "added")
	if err := os.Remove(dir + "/deleted"); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "rm", "-q", "d/gone")
	put(t, dir+"/intended", "x")
	git(t, dir, "add", "-N", "intended")
	changes, err := r.Changes(ctx, []string{"plans/p.md", "reports/r[1]/**", "reports/*.log"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range changes {
		got[c.Path] = c.Status
	}
	want := map[string]string{"modified": ".M", "staged": "M.", "deleted": ".D", "d/gone": "D.", odd: "??", "u/v/w": "??", "-n": "??", "added": "A.", "intended": ".A"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

func TestExclude(t *testing.T) {
	x := newExcluder([]string{"reports/**", "docs/", "a.md", "x[1]/**", "plans/**/*.md", "{u,v}.txt"})
	for path, want := range map[string]bool{
		"reports/a/b": true, "reports": true, "docs/x": true, "a.md": true, "b/a.md": false, "x[1]/f": true, "x1/f": true,
		"plans/deep/er/p.md": true, "plans/p.md": true, "plans/p.txt": false, "u.txt": true, "reports2/a": false, "": false,
	} {
		if got := x.match(path); got != want {
			t.Errorf("%q: %v, want %v", path, got, want)
		}
	}
}

// state is all that the repository holds, so that a test can say that nothing of it changed.
func state(t testing.TB, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s %x\n", path, content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// treeOf is the tree that `git add -A` makes of the worktree, in a repository of its own.
func treeOf(t testing.TB, dir string) string {
	t.Helper()
	git(t, dir, "add", "-A")
	return git(t, dir, "write-tree")
}

// roundTrip makes the patch, applies it to a fresh clone and compares the trees.
// It changes the index of dir at its end.
func roundTrip(t testing.TB, dir string, exclude ...string) []byte {
	t.Helper()
	before := state(t, filepath.Join(dir, ".git"))
	patch, tooBig, err := open(t, dir).Patch(context.Background(), exclude, 8<<20)
	if err != nil || tooBig {
		t.Fatalf("too big: %v, %v", tooBig, err)
	}
	if state(t, filepath.Join(dir, ".git")) != before {
		t.Error("the repository was changed")
	}
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, dir, "clone", "-q", dir, clone)
	apply(t, clone, patch)
	if want, got := treeOf(t, dir), git(t, clone, "write-tree"); got != want {
		t.Errorf("tree %s, want %s\n%s", got, want, git(t, dir, "diff", "--stat", "-p", got, want))
	}
	return patch
}

func apply(t testing.TB, clone string, patch []byte) {
	t.Helper()
	if patch == nil {
		return
	}
	cmd := exec.Command("git", "apply", "--index", "--whitespace=nowarn", "-")
	cmd.Dir = clone
	cmd.Stdin = bytes.NewReader(patch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v\n%s\n%s", err, out, patch)
	}
}

func TestPatch(t *testing.T) {
	binary := make([]byte, 5000)
	if _, err := rand.Read(binary); err != nil {
		t.Fatal(err)
	}
	dir := repository(t, map[string]string{
		"text": "1\n2\n3\n", "nonl": "a", "gone": "1", "bin": "\x00\x01", "run.sh": "#!/bin/sh\n", "file-to-dir": "1", "dir-to-file/x": "1",
		"crlf": "a\r\nb\r\n", "link-me": "1", ".gitignore": "*.o\n", "unchanged": "1",
	})
	put(t, dir+"/text", "1\n2 \n3\n4")
	put(t, dir+"/nonl", "a\nb")
	put(t, dir+"/bin", string(binary))
	put(t, dir+"/crlf", "a\r\nc\r\n")
	put(t, dir+"/new\nline \"q\" ünï", "x")
	put(t, dir+"/latin1-\xe9", "x")
	put(t, dir+"/empty", "")
	put(t, dir+"/-n", "x")
	put(t, dir+"/:(exclude)y", "x")
	put(t, dir+"/ignored.o", "x")
	put(t, dir+"/staged", "then\n")
	git(t, dir, "add", "staged")
	put(t, dir+"/staged", "now\n")
	for _, name := range []string{"gone", "file-to-dir", "dir-to-file/x", "dir-to-file", "link-me"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	put(t, dir+"/file-to-dir/in/side", "x")
	put(t, dir+"/dir-to-file", "x")
	if err := os.Symlink("text", dir+"/link-me"); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir+"/run.sh", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(dir+"/fifo", 0o644); err != nil {
		t.Fatal(err)
	}
	patch := roundTrip(t, dir)
	if !bytes.Contains(patch, []byte("GIT binary patch")) || bytes.Contains(patch, []byte("ignored.o")) {
		t.Errorf("patch:\n%s", patch)
	}
}

func TestPatchClean(t *testing.T) {
	if patch := roundTrip(t, repository(t, map[string]string{"a": "1"})); patch != nil {
		t.Errorf("%s", patch)
	}
}

func TestPatchUnborn(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		isolate(t)
		dir := t.TempDir()
		git(t, dir, "init", "-q", "--object-format="+format)
		put(t, dir+"/a", "1")
		put(t, dir+"/staged", "1")
		git(t, dir, "add", "staged")
		patch, tooBig, err := open(t, dir).Patch(context.Background(), nil, 1<<20)
		if err != nil || tooBig {
			t.Fatal(tooBig, err)
		}
		fresh := t.TempDir()
		git(t, fresh, "init", "-q", "--object-format="+format)
		apply(t, fresh, patch)
		if got, want := git(t, fresh, "write-tree"), treeOf(t, dir); got != want {
			t.Errorf("%s: tree %s, want %s", format, got, want)
		}
	}
}

func TestPatchExclude(t *testing.T) {
	dir := repository(t, map[string]string{"src": "1", "plans/p.md": "1"})
	put(t, dir+"/src", "2")
	put(t, dir+"/plans/p.md", "2")
	put(t, dir+"/reports/log", "x")
	git(t, dir, "add", "plans") // staged and excluded: not in the patch either
	patch, _, err := open(t, dir).Patch(context.Background(), []string{"plans/p.md", "reports/**"}, 1<<20)
	if err != nil || bytes.Count(patch, []byte("diff --git")) != 1 || !bytes.Contains(patch, []byte("diff --git a/src b/src")) {
		t.Errorf("%v\n%s", err, patch)
	}
	if patch, _, err := open(t, dir).Patch(context.Background(), []string{"plans", "reports", "src"}, 1<<20); patch != nil || err != nil {
		t.Errorf("all excluded: %v\n%s", err, patch)
	}
}

func TestPatchLimit(t *testing.T) {
	dir := repository(t, map[string]string{"a": "1"})
	put(t, dir+"/a", strings.Repeat("line\n", 2000))
	r := open(t, dir)
	patch, tooBig, err := r.Patch(context.Background(), nil, 1<<20)
	if err != nil || tooBig || patch == nil {
		t.Fatal(tooBig, err)
	}
	for limit, want := range map[int64]bool{int64(len(patch)): false, int64(len(patch)) - 1: true, 1: true, 0: true} {
		got, tooBig, err := r.Patch(context.Background(), nil, limit)
		if err != nil || tooBig != want || (got == nil) != want {
			t.Errorf("limit %d: %d bytes, too big %v, %v", limit, len(got), tooBig, err)
		}
	}
	// Far more than the limit is not even read.
	if err := os.Truncate(dir+"/a", 1<<40); err != nil {
		t.Skip("no sparse file of 1 TiB here:", err)
	}
	git(t, dir, "update-index", "--assume-unchanged", "a")
	if _, tooBig, err := r.PatchOf(context.Background(), "HEAD", []Change{{Path: "a"}}, 1<<20); err != nil || !tooBig {
		t.Errorf("1 TiB: too big %v, %v", tooBig, err)
	}
}

// What a repository or a user sets must neither run nor show in the patch.
func TestPatchHostileSettings(t *testing.T) {
	dir := repository(t, map[string]string{"a.txt": "1\n", ".gitattributes": "*.txt diff=evil\n"})
	ran := filepath.Join(t.TempDir(), "ran")
	evil := "touch '" + ran + "'; false"
	for key, value := range map[string]string{
		"core.fsmonitor": evil, "diff.external": evil, "diff.evil.command": evil, "diff.evil.textconv": evil, "core.pager": evil,
		"diff.noprefix": "true", "diff.mnemonicPrefix": "true", "color.ui": "always", "diff.context": "0", "diff.renames": "copies",
		"status.showUntrackedFiles": "no", "status.relativePaths": "true", "status.branch": "true", "core.quotePath": "true",
		"core.safecrlf": "true", "diff.algorithm": "patience", "apply.whitespace": "fix", "core.splitIndex": "true", "core.untrackedCache": "true",
		"diff.submodule": "log", "diff.ignoreSubmodules": "all",
	} {
		git(t, dir, "config", key, value)
	}
	hook := filepath.Join(dir, ".git", "hooks", "post-index-change")
	put(t, hook, "#!/bin/sh\n"+evil+"\n")
	if err := os.Chmod(hook, 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, dir+"/a.txt", "2\r\n")
	put(t, dir+"/b.txt", "mixed\r\nends\n")
	r := open(t, dir)
	patch, tooBig, err := r.Patch(context.Background(), nil, 1<<20)
	if err != nil || tooBig || bytes.Count(patch, []byte("diff --git a/")) != 2 {
		t.Fatalf("%v %v\n%s", tooBig, err, patch)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a command from the settings was run")
	}
}

func TestPatchLineEnds(t *testing.T) {
	dir := repository(t, map[string]string{"a.txt": "1\n2\n", ".gitattributes": "*.txt text\n"})
	git(t, dir, "config", "core.autocrlf", "true")
	put(t, dir+"/a.txt", "1\r\n3\r\n")
	put(t, dir+"/new.txt", "x\r\ny\r\n")
	roundTrip(t, dir)
}

// The index may be split, gone, in the middle of a merge, or another worktree's.
func TestPatchOddIndex(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, dir string) string{
		"split": func(t *testing.T, dir string) string {
			git(t, dir, "update-index", "--split-index")
			return dir
		},
		"gone": func(t *testing.T, dir string) string {
			if err := os.Remove(dir + "/.git/index"); err != nil {
				t.Fatal(err)
			}
			return dir
		},
		"merging": func(t *testing.T, dir string) string {
			git(t, dir, "checkout", "-qb", "side")
			put(t, dir+"/a", "side\n")
			git(t, dir, "commit", "-qam", "side")
			git(t, dir, "checkout", "-q", "main")
			put(t, dir+"/a", "main\n")
			git(t, dir, "commit", "-qam", "main")
			cmd := exec.Command("git", "merge", "side")
			cmd.Dir = dir
			if err := cmd.Run(); err == nil {
				t.Fatal("no conflict")
			}
			return dir
		},
		"worktree": func(t *testing.T, dir string) string {
			linked := filepath.Join(t.TempDir(), "co:lon \"q\"")
			git(t, dir, "worktree", "add", "-qb", "linked", linked)
			return linked
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := prepare(t, repository(t, map[string]string{"a": "1\n", "b": "1\n"}))
			put(t, dir+"/b", "2\n")
			put(t, dir+"/new", "2\n")
			patch, tooBig, err := open(t, dir).Patch(context.Background(), nil, 1<<20)
			if err != nil || tooBig {
				t.Fatal(tooBig, err)
			}
			clone := filepath.Join(t.TempDir(), "clone")
			git(t, dir, "clone", "-q", dir, clone)
			git(t, clone, "checkout", "-q", "--detach", git(t, dir, "rev-parse", "HEAD"))
			apply(t, clone, patch)
			if got, want := git(t, clone, "write-tree"), treeOf(t, dir); got != want {
				t.Errorf("tree %s, want %s", got, want)
			}
		})
	}
}

// A colon in the repository's own path separates object directories unless it is quoted.
func TestPatchOddPath(t *testing.T) {
	isolate(t)
	for _, name := range []string{"co:lon", `"quoted"`, `back\slash:`, "ünï:"} {
		dir := filepath.Join(t.TempDir(), name)
		put(t, dir+"/a", "1")
		git(t, dir, "init", "-q")
		git(t, dir, "add", "a")
		git(t, dir, "commit", "-qm", "first")
		put(t, dir+"/a", "2")
		roundTrip(t, dir)
	}
}

func TestSubmodules(t *testing.T) {
	ctx := context.Background()
	inner := repository(t, map[string]string{"lib": "1"})
	dir := filepath.Join(t.TempDir(), "outer")
	put(t, dir+"/a", "1")
	git(t, dir, "init", "-q")
	git(t, dir, "submodule", "--quiet", "add", inner, "mod")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-qm", "first")
	r := open(t, dir)

	put(t, dir+"/mod/lib", "2")
	changes, err := r.Changes(ctx, nil)
	if err != nil || len(changes) != 1 || !changes[0].Inside || changes[0].Path != "mod" {
		t.Fatalf("a submodule with changes: %+v %v", changes, err)
	}
	if patch, _, err := r.PatchOf(ctx, "HEAD", changes, 1<<20); err != nil || patch != nil {
		t.Errorf("%v\n%s", err, patch)
	}
	git(t, dir+"/mod", "commit", "-qam", "second")
	changes, err = r.Changes(ctx, nil)
	if err != nil || len(changes) != 1 || changes[0].Inside {
		t.Fatalf("a submodule at another commit: %+v %v", changes, err)
	}
	patch, _, err := r.PatchOf(ctx, "HEAD", changes, 1<<20)
	if err != nil || !bytes.Contains(patch, []byte("+Subproject commit "+git(t, dir+"/mod", "rev-parse", "HEAD")+"\n")) {
		t.Errorf("%v\n%s", err, patch)
	}

	// Other repositories lying about, one without a commit: named, and no obstacle.
	git(t, dir, "clone", "-q", inner, "nested")
	git(t, dir, "init", "-q", "hollow")
	put(t, dir+"/a", "2")
	changes, err = r.Changes(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(changes, Change{Path: "nested/", Status: "??"}) {
		t.Errorf("%+v lacks nested/", changes)
	}
	patch, _, err = r.PatchOf(ctx, "HEAD", changes, 1<<20)
	if err != nil || bytes.Contains(patch, []byte("nested")) || !bytes.Contains(patch, []byte("a/a b/a")) {
		t.Errorf("%v\n%s", err, patch)
	}
}

// Any files, any changes: the patch on a clone gives the tree of the worktree.
func TestPatchProperty(t *testing.T) {
	if testing.Short() {
		t.Skip("starts git some hundred times")
	}
	isolate(t)
	names := rapid.SampledFrom([]string{"a", "b c", "d/e", "d/f/g", "ü", "q\"q", "n\nl", "-x"})
	contents := rapid.OneOf(rapid.Just(""), rapid.StringMatching(`([a-c]{0,3}\r?\n){0,6}[a-c]?`), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 40), func(b []byte) string { return string(b) }))
	base := t.TempDir()
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		if run > 12 {
			return // rapid's hundred would start git a thousand times
		}
		dir := filepath.Join(base, fmt.Sprint(run))
		put(t, dir+"/always", "1")
		git(t, dir, "init", "-q")
		fill := func(label string) {
			for name, content := range rapid.MapOfN(names, contents, 0, 5).Draw(rt, label) {
				put(t, filepath.Join(dir, name), content)
			}
		}
		fill("committed")
		git(t, dir, "add", "-A")
		git(t, dir, "commit", "-qm", "first")
		for _, name := range rapid.SliceOfN(names, 0, 3).Draw(rt, "removed") {
			if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		fill("changed")
		if rapid.Bool().Draw(rt, "staged") {
			git(t, dir, "add", "-A")
			fill("changed again")
		}
		roundTrip(t, dir)
	})
}

func FuzzParseStatus(f *testing.F) {
	f.Add([]byte("1 .M N... 100644 100644 100644 aa aa a b\n\x00? new\x00u UU N... 1 2 3 4 a b c x y\x00# branch.oid (initial)\x00! ig\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		changes, err := parseStatus(b)
		if err != nil {
			return
		}
		if n := bytes.Count(b, []byte{0}); len(changes) > n {
			t.Errorf("%d changes of %d lines", len(changes), n)
		}
		for _, c := range changes {
			if len(c.Status) != 2 {
				t.Errorf("%+v", c)
			}
		}
	})
}

func BenchmarkPatch(b *testing.B) {
	dir := repository(b, map[string]string{"a": "1", "b": "2"})
	put(b, dir+"/a", "2")
	r := open(b, dir)
	for b.Loop() {
		if _, _, err := r.Patch(context.Background(), nil, 1<<20); err != nil {
			b.Fatal(err)
		}
	}
}
