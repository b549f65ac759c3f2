package gitrepo

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// isolate keeps the machine's and the caller's git settings out of a test.
func isolate(t testing.TB) {
	t.Helper()
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "GIT_") || name == "EMAIL" {
			t.Setenv(name, "") // so that it comes back afterwards
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	config := filepath.Join(t.TempDir(), "gitconfig")
	put(t, config, "[user]\n\tname = Zoë O'Neil\n\temail = z@example.org\n[init]\n\tdefaultBranch = main\n[protocol \"file\"]\n\tallow = always\n")
	t.Setenv("GIT_CONFIG_GLOBAL", config)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
}

func put(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// repository makes a repository with the files committed.
func repository(t testing.TB, files map[string]string) string {
	t.Helper()
	isolate(t)
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	git(t, dir, "init", "-q")
	for name, content := range files {
		put(t, filepath.Join(dir, name), content)
	}
	if len(files) > 0 {
		git(t, dir, "add", "-A")
		git(t, dir, "commit", "-qm", "first")
	}
	return dir
}

func open(t testing.TB, dir string) *Repo {
	t.Helper()
	r, err := Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What Open reads by itself is what git says.
func TestOpenAgreesWithGit(t *testing.T) {
	dir := repository(t, map[string]string{"sub/a": "1"})
	linked := filepath.Join(filepath.Dir(dir), "linked tree")
	git(t, dir, "worktree", "add", "-qb", "linked", linked)
	host := filepath.Join(dir, "..", "host")
	if err := os.MkdirAll(host, 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, host, "init", "-q")
	git(t, host, "submodule", "--quiet", "add", dir, "mod")
	moved := filepath.Join(dir, "..", "moved")
	if err := os.MkdirAll(filepath.Join(moved, "tree"), 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, moved, "init", "-q")
	git(t, moved, "config", "core.worktree", filepath.Join(moved, "tree"))
	put(t, filepath.Join(dir, "hollow", ".git", "x"), "not a repository")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(filepath.Join(dir, "sub"), link); err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{dir, dir + "/sub", linked, linked + "/sub", host, host + "/mod/sub", moved + "/tree", dir + "/hollow", link} {
		r, err := Open(context.Background(), at)
		if err != nil {
			t.Errorf("%s: %v", at, err)
			continue
		}
		want := git(t, at, "rev-parse", "--path-format=absolute", "--show-toplevel", "--git-dir", "--git-common-dir")
		if got := r.Top + "\n" + r.GitDir + "\n" + r.CommonDir; got != want {
			t.Errorf("%s:\n%s\nwant\n%s", at, got, want)
		}
	}
}

func TestOpenNone(t *testing.T) {
	isolate(t)
	dir := t.TempDir()
	git(t, dir, "init", "-q", "--bare", "bare.git")
	for _, at := range []string{dir, dir + "/bare.git"} {
		if _, err := Open(context.Background(), at); !errors.Is(err, ErrNone) {
			t.Errorf("%s: %v, want ErrNone", at, err)
		}
	}
	if _, err := Open(context.Background(), dir+"/nowhere"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a directory that is not there: %v", err)
	}
	git(t, dir, "init", "-q")
	t.Setenv("GIT_CEILING_DIRECTORIES", dir)
	if _, err := Open(context.Background(), dir+"/bare.git"); !errors.Is(err, ErrNone) {
		t.Errorf("below a ceiling: %v, want ErrNone", err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := repository(t, map[string]string{"a": "1"})
	put(t, filepath.Join(dir, "broken", ".git"), "gitdir: nowhere\n")
	if _, err := Open(context.Background(), dir+"/broken"); err == nil || errors.Is(err, ErrNone) {
		t.Errorf("a .git file that leads nowhere: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Open(context.Background(), dir); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("without git: %v", err)
	}
	if _, err := Open(context.Background(), t.TempDir()); !errors.Is(err, ErrNone) {
		t.Errorf("without git, outside a checkout: %v, want ErrNone", err)
	}
}

// A hook's environment names another repository, which must not be taken for this one.
func TestForeignEnvironment(t *testing.T) {
	dir := repository(t, map[string]string{"a": "1"})
	other := filepath.Join(t.TempDir(), "other")
	git(t, filepath.Dir(other), "init", "-q", other)
	for name, value := range map[string]string{
		"GIT_DIR": filepath.Join(other, ".git"), "GIT_WORK_TREE": other, "GIT_INDEX_FILE": filepath.Join(other, "no-index"),
		"GIT_OBJECT_DIRECTORY": other, "GIT_PREFIX": "x/", "GIT_EXTERNAL_DIFF": "false", "GIT_TRACE": "1",
	} {
		t.Setenv(name, value)
	}
	r := open(t, dir)
	if commit, _, err := r.Head(context.Background()); err != nil || r.Top != dir || commit == "" {
		t.Errorf("top %s, head %q, %v", r.Top, commit, err)
	}
	if changes, err := r.Changes(context.Background(), nil); err != nil || len(changes) != 0 {
		t.Errorf("%v, %v", changes, err)
	}
}

// A checkout that only the environment knows, as people keep their home's files.
func TestGitDirFromEnvironment(t *testing.T) {
	isolate(t)
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	store := filepath.Join(t.TempDir(), "store")
	git(t, home, "init", "-q", "--bare", store)
	put(t, filepath.Join(home, "a"), "1")
	t.Setenv("GIT_DIR", store)
	t.Setenv("GIT_WORK_TREE", home)
	r := open(t, home)
	changes, err := r.Changes(context.Background(), nil)
	if err != nil || r.Top != home || len(changes) != 1 || changes[0].Path != "a" {
		t.Errorf("top %s, %v, %v", r.Top, changes, err)
	}
}

func TestHeadAndBranch(t *testing.T) {
	ctx := context.Background()
	dir := repository(t, nil)
	r := open(t, dir)
	commit, tree, err := r.Head(ctx)
	if commit != "" || tree != "" || err != nil {
		t.Errorf("no commit yet: %q %q %v", commit, tree, err)
	}
	if b, err := r.Branch(ctx); b != "refs/heads/main" || err != nil {
		t.Errorf("branch without a commit: %q %v", b, err)
	}
	put(t, dir+"/a", "1")
	git(t, dir, "add", "a")
	git(t, dir, "commit", "-qm", "first")
	commit, tree, err = r.Head(ctx)
	if err != nil || commit != git(t, dir, "rev-parse", "HEAD") || tree != git(t, dir, "rev-parse", "HEAD^{tree}") {
		t.Errorf("%q %q %v", commit, tree, err)
	}
	git(t, dir, "checkout", "-q", "--detach")
	if b, err := r.Branch(ctx); b != "" || err != nil {
		t.Errorf("detached: %q %v", b, err)
	}
	put(t, filepath.Join(r.GitDir, "HEAD"), strings.Repeat("1", 40)+"\n")
	if commit, _, err := r.Head(ctx); err == nil {
		t.Errorf("HEAD names a commit that is not there: %q", commit)
	}
}

// TestRemoteHead: the branch that a clone noted as its origin's, and none where it noted none.
func TestRemoteHead(t *testing.T) {
	isolate(t)
	dir := repository(t, map[string]string{"f": "x\n"})
	git(t, dir, "branch", "-m", "main/line")
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, dir, "clone", "-q", dir, clone)
	for at, want := range map[string]string{dir: "", clone: "main/line"} {
		if got, err := open(t, at).RemoteHead(t.Context(), "origin"); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", at, got, err, want)
		}
	}
}

func TestUser(t *testing.T) {
	ctx := context.Background()
	dir := repository(t, nil)
	r := open(t, dir)
	if name, email := r.User(ctx); name != "Zoë O'Neil" || email != "z@example.org" {
		t.Errorf("%q %q", name, email)
	}
	git(t, dir, "config", "author.name", "A\nB")
	if name, _ := r.User(ctx); name != "A\nB" {
		t.Errorf("%q", name)
	}
	t.Setenv("GIT_AUTHOR_NAME", "Env")
	if name, _ := r.User(ctx); name != "Env" {
		t.Errorf("%q", name)
	}
	t.Setenv("GIT_CONFIG_GLOBAL", "/dev/null")
	bare := open(t, repositoryWithoutUser(t))
	if name, email := bare.User(ctx); name != "Env" || email != "" {
		t.Errorf("nothing configured: %q %q", name, email)
	}
}

func repositoryWithoutUser(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	return dir
}

func TestObjects(t *testing.T) {
	ctx := context.Background()
	odd := "new\nline \"q\" ünï"
	dir := repository(t, map[string]string{"a": "1\n", "d/b": "", odd: "\x00\n\x01"})
	r := open(t, dir)
	first, _, err := r.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir+"/a", "2\n")
	git(t, dir, "commit", "-qam", "second")
	git(t, dir, "checkout", "-q", "--orphan", "apart")
	git(t, dir, "commit", "-qm", "alone")

	for _, c := range []struct {
		a, b string
		want bool
	}{{first, "main", true}, {"main", first, false}, {first, first, true}, {first, "apart", false}} {
		if got, err := r.IsAncestor(ctx, c.a, c.b); got != c.want || err != nil {
			t.Errorf("IsAncestor(%s, %s) = %v, %v", c.a, c.b, got, err)
		}
	}
	if got, err := r.MergeBases(ctx, first, "main"); !slices.Equal(got, []string{first}) || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if got, err := r.MergeBases(ctx, "apart", "main"); len(got) > 0 || err != nil {
		t.Errorf("no common ancestor: %q %v", got, err)
	}
	lost := strings.Repeat("1", 40)
	if _, err := r.IsAncestor(ctx, lost, "main"); exit(err) != 128 {
		t.Errorf("a commit that is not here: %v", err)
	}
	for _, rev := range []string{"--all", "", "-h", "a\nb"} {
		if _, err := r.IsAncestor(ctx, rev, "main"); err == nil {
			t.Errorf("%q was taken for a revision", rev)
		}
	}
	if got, err := r.Resolve(ctx, "main~1"); got != first || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if got, err := r.Resolve(ctx, "nowhere"); got != "" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if has, err := r.Has(ctx, []string{first, lost}); err != nil || !has[first] || has[lost] {
		t.Errorf("%v %v", has, err)
	}

	entries, err := r.Tree(ctx, first)
	if err != nil || len(entries) != 3 {
		t.Fatalf("%v %v", entries, err)
	}
	objects, want := []string{lost}, map[string]string{"a": "1\n", "d/b": "", odd: "\x00\n\x01"}
	paths := map[string]string{}
	for _, e := range entries {
		objects = append(objects, e.Object)
		paths[e.Object] = e.Path
	}
	seen := 0
	err = r.Blobs(ctx, objects, 1<<20, func(object string, data []byte) error {
		seen++
		if (data == nil) != (object == lost) || object != lost && string(data) != want[paths[object]] {
			t.Errorf("%s: %q", paths[object], data)
		}
		return nil
	})
	if err != nil || seen != 4 {
		t.Errorf("%d objects, %v", seen, err)
	}
	if err := r.Blobs(ctx, objects, 1, func(string, []byte) error { return nil }); err == nil {
		t.Error("an object over the limit was read")
	}
	enough := errors.New("enough")
	if err := r.Blobs(ctx, objects, 1<<20, func(string, []byte) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("visit's error: %v", err)
	}
	if entries, err := r.Tree(ctx, first, "d", "nowhere"); err != nil || len(entries) != 1 || entries[0].Path != "d/b" {
		t.Errorf("%v %v", entries, err)
	}
}

func TestIgnored(t *testing.T) {
	ctx := context.Background()
	dir := repository(t, map[string]string{".gitignore": "*.log\nout/\n", "kept.txt": ""})
	put(t, dir+"/tracked.log", "")
	git(t, dir, "add", "-f", "tracked.log")
	r := open(t, dir)
	got, err := r.Ignored(ctx, []string{"a.log", "new\nline.log", "tracked.log", "kept.txt", "out/", "out/x/y", ":(top)x.log", "-n"})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"a.log": true, "new\nline.log": true, "tracked.log": false, "kept.txt": false, "out/": true, "out/x/y": true, ":(top)x.log": true, "-n": false} {
		if got[path] != want {
			t.Errorf("%q: ignored %v, want %v", path, got[path], want)
		}
	}
	for _, none := range [][]string{nil, {"kept.txt"}} {
		if got, err := r.Ignored(ctx, none); err != nil || len(got) != 0 {
			t.Errorf("%v: %v %v", none, got, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	r := open(t, repository(t, map[string]string{"a": "1"}))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Changes(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := repository(b, map[string]string{"a": "1"})
	for b.Loop() {
		if _, err := Open(context.Background(), dir); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHead(b *testing.B) {
	r := open(b, repository(b, map[string]string{"a": "1"}))
	for b.Loop() {
		if _, _, err := r.Head(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
