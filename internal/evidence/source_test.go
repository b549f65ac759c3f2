package evidence

import (
	"context"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/redact"
)

func TestKeepSource(t *testing.T) {
	ctx := context.Background()
	dir, repo := repository(t, map[string]string{"src/a.py": "1\n", "gone": "1\n", "plans/p.md": "1\n"})
	own := []string{"plans/p.md", "reports/**"}
	run, err := CreateDir(dir+"/reports", "A", noon)
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir+"/plans/p.md", "2\n")
	put(t, run.Path+"/A1.log", "x")
	head := strings.TrimSpace(git(t, dir, "rev-parse", "HEAD"))
	s, file, err := KeepSource(ctx, repo, run.Path, "A1", own, 1<<20, atomicfile.Steps{})
	if err != nil || file != nil || s.Dirty || s.Commit != head || s.Tree == "" || s.Patch != "" || s.Why != "" {
		t.Errorf("only planctl's own files differ: %+v %+v %v", s, file, err)
	}

	put(t, dir+"/src/a.py", "2\n")
	put(t, dir+"/src/new.py", "n\n")
	if err := os.Remove(dir + "/gone"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.py", dir+"/src/link"); err != nil {
		t.Fatal(err)
	}
	s, file, err = KeepSource(ctx, repo, run.Path, "A1", own, 1<<20, atomicfile.Steps{})
	if err != nil || file == nil || !s.Dirty || s.Patch != "A1.patch" || s.Digests != nil {
		t.Fatalf("%+v %+v %v", s, file, err)
	}
	sum, size, err := Hash(t.Context(), run.Path+"/A1.patch")
	if err != nil || file.SHA256 != sum || file.Size != size || file.Name != "A1.patch" || file.Role != "patch" || file.Base != "" {
		t.Errorf("%+v, want %s %d (%v)", file, sum, size, err)
	}
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, dir, "clone", "-q", dir, clone)
	git(t, clone, "apply", "--index", run.Path+"/A1.patch")
	for name, want := range map[string]string{"src/a.py": "2\n", "src/new.py": "n\n", "src/link": "2\n", "plans/p.md": "1\n"} {
		if got := content(t, filepath.Join(clone, name)); got != want {
			t.Errorf("%s in the clone: %q, want %q", name, got, want)
		}
	}
	if _, err := os.Lstat(clone + "/gone"); err == nil {
		t.Error("a removed file is in the clone")
	}
	if _, _, err := KeepSource(ctx, repo, run.Path, "A1", own, 1<<20, atomicfile.Steps{}); err == nil {
		t.Error("a patch was replaced")
	}

	s, file, err = KeepSource(ctx, repo, run.Path, "A2", own, 10, atomicfile.Steps{})
	if err != nil || file != nil || !s.Dirty || s.Patch != "" || !strings.Contains(s.Why, "longer than 10 bytes") {
		t.Fatalf("over the limit: %+v %+v %v", s, file, err)
	}
	if a, _, err := Hash(t.Context(), dir+"/src/a.py"); err != nil || s.Digests["src/a.py"] != "sha256:"+a || s.Digests["gone"] != "absent" || len(s.Digests) != 4 || len(s.Digests["src/link"]) != 71 {
		t.Errorf("%v, %v", s.Digests, err)
	}
}

// TestEditorsFiles: what an editor keeps beside a plan or a ledger is no source of a run; elsewhere, and where git tracks it, it is.
func TestEditorsFiles(t *testing.T) {
	ctx := context.Background()
	dir, repo := repository(t, map[string]string{"plans/p.md": "1\n", "docs/fix_plan.md": "1\n", "docs/kept~": "1\n", "src/a.py": "1\n"})
	own := []string{"plans/p.md", "docs/fix_plan.md", "plans/reports/**"}
	for _, name := range []string{"plans/.p.md.swp", "plans/.p.md.swo", "plans/p.md~", "plans/4913", "docs/.#fix_plan.md", "docs/#fix_plan.md#", "docs/.fix_plan.md.swp"} {
		put(t, dir+"/"+name, "unsaved\n")
	}
	run := t.TempDir()
	s, file, err := KeepSource(ctx, repo, run, "A1", own, 1<<20, atomicfile.Steps{})
	if err != nil || file != nil || s.Dirty || s.Patch != "" {
		t.Errorf("only an editor's files are there: %+v %+v %v", s, file, err)
	}
	sources := []string{"src/.a.py.swp", "src/a.py~", "plans/deeper/.p.md.swp", "plans/p.md.swp", "plans/swp", "docs/kept~", "docs/#1"}
	for _, name := range sources {
		put(t, dir+"/"+name, "a source\n")
	}
	if s, file, err = KeepSource(ctx, repo, run, "A1", own, 1<<20, atomicfile.Steps{}); err != nil || file == nil || !s.Dirty {
		t.Fatalf("%+v %+v %v", s, file, err)
	}
	patch := content(t, run+"/A1.patch")
	if strings.Contains(patch, "unsaved") {
		t.Errorf("the patch holds what nobody saved:\n%s", patch)
	}
	for _, name := range sources {
		if !strings.Contains(patch, "+++ b/"+name+"\n") && !strings.Contains(patch, "+++ \"b/"+name) {
			t.Errorf("the patch lacks %s", name)
		}
	}
}

func TestKeepSourceWithout(t *testing.T) {
	if s, file, err := KeepSource(context.Background(), nil, t.TempDir(), "A", nil, 1, atomicfile.Steps{}); err != nil || file != nil || s.Why == "" || s.Dirty {
		t.Errorf("no git: %+v %+v %v", s, file, err)
	}
	dir, repo := repository(t, nil)
	put(t, dir+"/a", "1\n")
	run := t.TempDir()
	s, file, err := KeepSource(context.Background(), repo, run, "A", nil, 1<<20, atomicfile.Steps{})
	if err != nil || file == nil || s.Commit != "" || !s.Dirty || s.Why == "" {
		t.Errorf("no commit: %+v %+v %v", s, file, err)
	}
	if !strings.Contains(content(t, run+"/A.patch"), "+++ b/a") {
		t.Error("the patch lacks the first file")
	}
	git(t, dir, "init", "-q", "nested")
	put(t, dir+"/nested/x", "")
	cmd := exec.Command("git", "-C", dir+"/nested", "-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "--allow-empty", "-m", "x")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if s, _, err := KeepSource(context.Background(), repo, run, "B", nil, 1<<20, atomicfile.Steps{}); err != nil || !strings.Contains(s.Why, "another repository, not kept: nested/") {
		t.Errorf("%+v %v", s, err)
	}
}

func TestScanSecrets(t *testing.T) {
	m := redact.New(redact.Values([]string{"API_TOKEN=s3cr3t-value", "HOME=/home/user"}, []string{"*TOKEN*"}))
	path := t.TempDir() + "/f"
	for _, at := range []int{0, 100, bufferSize - 5, 9 << 20} {
		for _, form := range []string{"s3cr3t-value", base64.StdEncoding.EncodeToString([]byte("s3cr3t-value"))} {
			put(t, path, strings.Repeat("\x00", at)+form+"\n")
			if name, err := ScanSecrets(t.Context(), path, m); name != "API_TOKEN" || err != nil {
				t.Errorf("%s at %d: %q, %v", form, at, name, err)
			}
		}
	}
	for _, text := range []string{"", "x", "s3cr3t-valu", "/home/user", strings.Repeat("x", 9<<20)} {
		put(t, path, text)
		if name, err := ScanSecrets(t.Context(), path, m); name != "" || err != nil {
			t.Errorf("%d bytes without it: %q, %v", len(text), name, err)
		}
	}
	if _, err := ScanSecrets(t.Context(), t.TempDir(), m); err == nil {
		t.Error("a directory was read")
	}
	if name, err := ScanSecrets(t.Context(), path, nil); name != "" || err != nil {
		t.Errorf("nothing to look for: %q, %v", name, err)
	}
}
