package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A scratch checkout has the bytes that the sources had, and the repository that lent them stays as it was.
func TestScratch(t *testing.T) {
	ctx := context.Background()
	dir := repository(t, map[string]string{"a.txt": "1\n", "d/b.txt": "1\n", "gone": "1", ".gitignore": "*.o\n", "run.sh": "#!/bin/sh\n"})
	first, _, err := open(t, dir).Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir+"/a.txt", "2\n")
	put(t, dir+"/bin", "\x00\x01")
	put(t, dir+"/ignored.o", "x")
	if err := os.Remove(dir + "/gone"); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir+"/run.sh", 0o755); err != nil {
		t.Fatal(err)
	}
	r := open(t, dir)
	patch, _, err := r.Patch(ctx, nil, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	want := treeOf(t, dir)
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "later")
	put(t, dir+"/a.txt", "3\n")
	before := state(t, dir)

	scratch := filepath.Join(t.TempDir(), "new")
	if err := os.Mkdir(scratch, 0o755); err != nil {
		t.Fatal(err)
	}
	s, err := r.Scratch(ctx, scratch, first, patch)
	if err != nil {
		t.Fatal(err)
	}
	if got := treeOf(t, scratch); got != want {
		t.Errorf("tree %s, want %s", got, want)
	}
	if commit, _, err := s.Head(ctx); err != nil || commit != first {
		t.Errorf("HEAD %s, want %s (%v)", commit, first, err)
	}
	if info, err := os.Stat(scratch + "/run.sh"); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("run.sh: %v %v", info, err)
	}
	if git(t, scratch, "log", "--format=%H") != first {
		t.Error("the history is not there")
	}
	git(t, scratch, "commit", "-qam", "a command may commit")
	if after := state(t, dir); after != before {
		t.Errorf("the repository has changed:\n%s\nwas\n%s", after, before)
	}

	files, err := r.FilesAt(ctx, first, patch, []string{"a.txt", "d/b.txt", "gone", "nowhere", "d", "bin"})
	if err != nil || len(files) != 3 || string(files["a.txt"]) != "2\n" || string(files["d/b.txt"]) != "1\n" || !bytes.Equal(files["bin"], []byte{0, 1}) {
		t.Errorf("files %q, %v", files, err)
	}
	if after := state(t, dir); after != before {
		t.Error("reading files has changed the repository")
	}
}

// Line ends and filters of the clone decide what its checkouts have, and so those of a scratch.
func TestScratchLineEnds(t *testing.T) {
	ctx := context.Background()
	dir := repository(t, map[string]string{"a.txt": "1\n2\n", ".gitattributes": "*.up filter=upper\n", "b.up": "low"})
	git(t, dir, "config", "core.autocrlf", "true")
	git(t, dir, "config", "filter.upper.smudge", "tr a-z A-Z")
	r := open(t, dir)
	commit, _, err := r.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	scratch := t.TempDir()
	if _, err := r.Scratch(ctx, scratch, commit, nil); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a.txt": "1\r\n2\r\n", "b.up": "LOW"} {
		if b, err := os.ReadFile(filepath.Join(scratch, name)); err != nil || string(b) != want {
			t.Errorf("%s: %q, want %q (%v)", name, b, want, err)
		}
	}
}

func TestScratchErrors(t *testing.T) {
	ctx := context.Background()
	dir := repository(t, map[string]string{"a": "1\n"})
	r := open(t, dir)
	commit, _, err := r.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var failed *Error
	if _, err := r.Scratch(ctx, t.TempDir(), "1111111111111111111111111111111111111111", nil); !errors.As(err, &failed) {
		t.Errorf("a commit that is not there: %v", err)
	}
	if _, err := r.Scratch(ctx, t.TempDir(), "--orphan", nil); err == nil {
		t.Error("an option was taken for a commit")
	}
	if _, err := r.Scratch(ctx, t.TempDir(), commit, []byte("diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-other\n+x\n")); !errors.As(err, &failed) {
		t.Errorf("a patch that does not apply: %v", err)
	}
}

// A repository of any layout lends: a linked worktree, another hash, no commit yet.
func TestScratchLayouts(t *testing.T) {
	ctx := context.Background()
	dir := repository(t, map[string]string{"a": "1\n"})
	linked := filepath.Join(t.TempDir(), "linked \"tree\"")
	git(t, dir, "worktree", "add", "-q", "--detach", linked)
	r := open(t, linked)
	commit, _, err := r.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Scratch(ctx, t.TempDir(), commit, nil); err != nil {
		t.Errorf("a linked worktree: %v", err)
	}
	unborn := t.TempDir()
	git(t, unborn, "init", "-q", "--object-format=sha256")
	put(t, unborn+"/a", "1")
	r = open(t, unborn)
	patch, _, err := r.Patch(ctx, nil, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	scratch := t.TempDir()
	if _, err := r.Scratch(ctx, scratch, "", patch); err != nil {
		t.Fatalf("no commit yet: %v", err)
	}
	if b, err := os.ReadFile(scratch + "/a"); err != nil || string(b) != "1" {
		t.Errorf("%q %v", b, err)
	}
}
