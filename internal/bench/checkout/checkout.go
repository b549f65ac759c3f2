// Package checkout makes small git repositories with a plan and a ledger, and runs a real planctl in them, for programs
// that show what planctl withstands. It may not judge: what should have come of it is for those programs to say, from the
// bytes on disk and not by planctl's own packages.
package checkout

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Build makes the planctl that the programs run.
func Build(dir string) (planctl string, err error) {
	planctl = filepath.Join(dir, "planctl")
	if out, err := exec.Command("go", "build", "-o", planctl, "github.com/planctl/planctl/cmd/planctl").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build planctl: %w\n%s", err, out)
	}
	return planctl, nil
}

// Checkout is one working tree and the planctl that works in it.
type Checkout struct {
	Dir     string
	Own     string // the directory of planctl's locks and intents
	Planctl string
	Env     []string // beside PATH and what makes git the same everywhere
}

// New makes a repository with these files, all of them committed.
func New(planctl, dir string, files map[string]string) (*Checkout, error) {
	c := &Checkout{Dir: dir, Own: filepath.Join(dir, ".git", "planctl"), Planctl: planctl}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for name, text := range files {
		if err := c.Write(name, []byte(text)); err != nil {
			return nil, err
		}
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"config", "gc.auto", "0"}, {"add", "."}, {"commit", "-q", "-m", "base"}} {
		if err := c.Git(args...); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Worktree adds a second checkout of the same repository, on a branch of its own.
func (c *Checkout) Worktree(dir, branch string) (*Checkout, error) {
	if err := c.Git("worktree", "add", "-q", "-b", branch, dir); err != nil {
		return nil, err
	}
	return &Checkout{Dir: dir, Own: filepath.Join(c.Own, "worktrees", filepath.Base(dir)), Planctl: c.Planctl, Env: c.Env}, nil
}

// Command is a process in the checkout. When ctx ends it is killed.
func (c *Checkout) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = c.Dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.Dir, "LC_ALL=C", "TZ=UTC", "NO_COLOR=1",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ana", "GIT_AUTHOR_EMAIL=ana@example.com", "GIT_COMMITTER_NAME=Ana", "GIT_COMMITTER_EMAIL=ana@example.com"}, c.Env...)
	return cmd
}

// Ended is how a planctl ended.
type Ended struct {
	PID, Exit int    // Exit is -1 where a signal ended it
	Said      string // standard output and error
}

// Run runs planctl to its end, whichever that is.
func (c *Checkout) Run(ctx context.Context, args ...string) (Ended, error) {
	cmd := c.Command(ctx, c.Planctl, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	if cmd.ProcessState == nil || ctx.Err() != nil {
		return Ended{}, errors.Join(fmt.Errorf("planctl %s: %w\n%s", strings.Join(args, " "), err, said.Bytes()), ctx.Err())
	}
	return Ended{cmd.ProcessState.Pid(), cmd.ProcessState.ExitCode(), said.String()}, nil
}

// Git runs a git command that has to go well.
func (c *Checkout) Git(args ...string) error {
	if out, err := c.Command(context.Background(), "git", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// Path is the place of a file of the checkout.
func (c *Checkout) Path(name string) string { return filepath.Join(c.Dir, filepath.FromSlash(name)) }

// Write makes a file, as a person would.
func (c *Checkout) Write(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(c.Path(name)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(c.Path(name), text, 0o644)
}

// Read is the bytes of a file.
func (c *Checkout) Read(name string) ([]byte, error) { return os.ReadFile(c.Path(name)) }

// Entry is one attempt that planctl entered in a ledger.
type Entry struct {
	Number       int
	Task, Result string
	Run          string // 64 hex digits
	Text         string // all of its lines
}

var entryLines = regexp.MustCompile(`(?m)^  \* \[\d{4}-\d\d-\d\d\] Attempt #(\d+) — (\S+) [^\n]*?: ([a-z]+)(?: [^\n]*)?\n(?:    [^\n]*\n)*?    Run: sha256:([0-9a-f]{64})\n`)

// Entries are planctl's entries in a ledger's text, and the text that is left without them: what people wrote.
func Entries(text []byte) (list []Entry, rest []byte, err error) {
	for _, m := range entryLines.FindAllSubmatch(text, -1) {
		n, err := strconv.Atoi(string(m[1]))
		if err != nil {
			return nil, nil, err
		}
		list = append(list, Entry{n, string(m[2]), string(m[3]), string(m[4]), string(m[0])})
	}
	return list, entryLines.ReplaceAll(text, nil), nil
}

// Manifest is what the programs ask of a manifest.
type Manifest struct {
	Path      string // relative to the checkout
	Predicate struct {
		Result  string
		Parents []string
		Files   []struct {
			Name, Role, SHA256 string
			Size               int64
		}
	}
}

// Manifests are all manifests below the checkout by their digest, 64 hex digits.
func (c *Checkout) Manifests() (map[string]Manifest, error) {
	out := map[string]Manifest{}
	err := filepath.WalkDir(c.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".run.json") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(c.Dir, path)
		if err != nil {
			return err
		}
		m := Manifest{Path: rel}
		if err := json.Unmarshal(b, &m); err != nil {
			return fmt.Errorf("%s: %w", rel, err)
		}
		sum := sha256.Sum256(b)
		out[hex.EncodeToString(sum[:])] = m
		return nil
	})
	return out, err
}

// Leftovers are open intents and temporary files of planctl: what nobody may find once all has ended.
func (c *Checkout) Leftovers() ([]string, error) {
	out, err := filepath.Glob(filepath.Join(c.Own, "intents", "*"))
	if err != nil {
		return nil, err
	}
	err = filepath.WalkDir(c.Dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == ".git" && d.IsDir():
			return fs.SkipDir
		case !d.IsDir() && strings.Contains(d.Name(), ".planctl-"):
			out = append(out, path)
		}
		return nil
	})
	slices.Sort(out)
	return out, err
}
