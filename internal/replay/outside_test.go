package replay_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/replay"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/runner/local"
)

// Sources in which the workspace, or the directory of the command, leads out of the throwaway checkout are refused: a pin laid
// there, and a command run there, would be in somebody else's place. A link that stays inside is followed.
func TestSourcesThatLeadOut(t *testing.T) {
	for name, c := range map[string]struct {
		link string // a path of the repository that is a link when the red runs
		to   string // where it leads, "" is outside
		dir  string // of the command
		says string // the refusal, "" for none
	}{
		"the workspace":          {link: "sub", says: "the workspace sub leads out of it"},
		"what it lies in":        {link: "above", says: "the workspace above/sub leads out of it"},
		"the command's":          {link: "sub/tests", dir: "tests", says: "the command's directory tests leads out of it"},
		"dots, as a forger may":  {dir: "../..", says: "the command's directory ../.. leads out of it"},
		"a link that stays":      {link: "sub", to: "other"},
		"a directory that stays": {dir: "tests"},
	} {
		t.Run(name, func(t *testing.T) {
			top, outside := t.TempDir(), t.TempDir()
			ws := "sub"
			if c.link == "above" {
				ws = "above/sub"
			}
			lay := func(dir string) {
				write(t, filepath.Join(dir, "test.sh"), "")
				write(t, filepath.Join(dir, "tests/x"), "")
			}
			lay(filepath.Join(outside, "sub"))
			lay(outside)
			lay(filepath.Join(top, "other"))
			lay(filepath.Join(top, ws))
			git(t, top, "init", "-q")
			now := commit(t, top)
			then := now
			if c.link != "" {
				at, to := filepath.Join(top, c.link), c.to
				if to == "" {
					to = outside
				}
				if err := errors.Join(os.RemoveAll(at), os.Symlink(to, at)); err != nil {
					t.Fatal(err)
				}
				then = commit(t, top)
				git(t, top, "checkout", "-q", now)
			}
			write(t, filepath.Join(top, ws, "test.sh"), "# as pinned today\n")
			repo, err := gitrepo.Open(context.Background(), top)
			if err != nil {
				t.Fatal(err)
			}
			sp := &spec.Spec{ID: "A1", Dir: c.dir, Run: "touch ran; printf '1..1\\nnot ok 1 - a\\n'; exit 1"}
			seen, err := replay.Run(context.Background(), replay.Proof{Repo: repo, Root: filepath.Join(repo.Top, ws), Then: replay.State{Commit: then},
				Now: replay.State{Commit: now}, Red: sp, Green: sp, RedRun: &manifest.Predicate{}, Pins: []string{"test.sh"}},
				replay.Options{Executor: local.New(), Key: t.Name(), Environ: os.Environ(), Stamp: "2026-01-01T000000Z", Logs: t.TempDir(), Stem: "A1"})
			var refused *replay.RefusedError
			switch {
			case c.says == "" && (err != nil || seen.Then.Why != ""):
				t.Errorf("refused: %v %q", err, seen.Then.Why)
			case c.says != "" && (!errors.As(err, &refused) || !strings.Contains(refused.Why, c.says)):
				t.Errorf("%v, want %q", err, c.says)
			}
			for _, at := range []string{"test.sh", "sub/test.sh"} {
				if b, err := os.ReadFile(filepath.Join(outside, at)); err != nil || len(b) > 0 {
					t.Errorf("outside, %s: %q, %v", at, b, err)
				}
			}
			if found, err := filepath.Glob(filepath.Join(outside, "*", "ran")); err != nil || len(found) > 0 {
				t.Errorf("outside a command ran: %q, %v", found, err)
			}
			if _, err := os.Stat(filepath.Join(outside, "ran")); err == nil {
				t.Error("outside a command ran")
			}
		})
	}
}

// A commit that this clone lacks says nothing of a proof; what is no commit's name at all does.
func TestCommitNotThere(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "x"), "")
	git(t, top, "init", "-q")
	now := commit(t, top)
	repo, err := gitrepo.Open(context.Background(), top)
	if err != nil {
		t.Fatal(err)
	}
	passes := &spec.Spec{ID: "A1", Run: "printf '1..1\\nok 1 - a\\n'"}
	for then, want := range map[string]struct {
		here bool
		says string
	}{
		strings.Repeat("ab", 20): {true, "the proof cannot be shown here: the commit of the red run, abababababab, is not in this clone"},
		now[:12]:                 {false, "the record of the red names no commit"},
		"HEAD":                   {false, "the record of the red names no commit"},
	} {
		_, err := replay.Run(context.Background(), replay.Proof{Repo: repo, Root: repo.Top, Then: replay.State{Commit: then}, Now: replay.State{Commit: now},
			Red: passes, Green: passes, RedRun: &manifest.Predicate{}},
			replay.Options{Executor: local.New(), Key: t.Name(), Environ: os.Environ(), Stamp: "2026-01-01T000000Z", Logs: t.TempDir(), Stem: "A1"})
		var refused *replay.RefusedError
		if !errors.As(err, &refused) || refused.Here != want.here || !strings.Contains(err.Error(), want.says) {
			t.Errorf("%s: %v, want %q", then, err, want.says)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func commit(t *testing.T, dir string) string {
	t.Helper()
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "as it is")
	return git(t, dir, "rev-parse", "HEAD")
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := exec.Command("git", append([]string{"-c", "user.name=T", "-c", "user.email=t@planctl.invalid"}, args...)...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}
