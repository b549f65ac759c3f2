// Package gitrepo asks the git command about a checkout. It never changes the
// checkout, the index or a ref, and it makes no object in the repository.
//
// It is safe against what a checkout may hold: paths are passed and read with
// NUL between them and never as options, hooks, the file system monitor and
// external diffs are off, and nothing is fetched. Filters that a user has
// configured (git-lfs) do run, since without them git would compare other bytes.
// The ownership check of git (safe.directory) stays in force.
package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/planctl/planctl/internal/regular"
)

// ErrNone says that a directory is in no git checkout: in no repository, or in
// a bare one.
var ErrNone = errors.New("not in a git checkout")

// Repo is one checkout. Its methods may be called at the same time.
type Repo struct {
	Top       string // absolute top level, links resolved
	GitDir    string // absolute; per worktree
	CommonDir string // absolute; shared by worktrees

	Environment bool // only GIT_DIR told of it: a call without that variable finds none

	env  []string // the environment of each git process
	told func(dir string) error
}

// Open finds the checkout that dir is in. Where the layout is the usual one it
// reads .git and starts no process. The error is ErrNone where there is none;
// a missing git command is another one.
func Open(ctx context.Context, dir string) (*Repo, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return nil, err
	}
	r, err := discover(abs)
	switch {
	case errors.Is(err, ErrNone) && os.Getenv("GIT_DIR") != "":
		// A checkout that only the environment knows.
		r, err := openByGit(ctx, abs, append(environment(os.Environ()),
			"GIT_DIR="+os.Getenv("GIT_DIR"), "GIT_WORK_TREE="+os.Getenv("GIT_WORK_TREE")))
		if err != nil {
			return nil, err
		}
		r.Environment = true
		return r, nil
	case errors.Is(err, errUnusual):
		return openByGit(ctx, abs, environment(os.Environ()))
	case err != nil:
		return nil, err
	}
	if _, err := exec.LookPath("git"); err != nil {
		return nil, fmt.Errorf("%s is a git checkout, but the git command is missing: %w", r.Top, err)
	}
	r.env = environment(os.Environ())
	return r, nil
}

// errUnusual says that git must be asked where things are.
var errUnusual = errors.New("an unusual layout")

// discover walks up from dir as git does.
func discover(dir string) (*Repo, error) {
	if os.Getenv("GIT_CEILING_DIRECTORIES") != "" {
		return nil, errUnusual
	}
	start, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	for top := dir; ; top = filepath.Dir(top) {
		r, err := at(top)
		if err != nil {
			return nil, err
		}
		if r != nil {
			info, err := os.Stat(top)
			if err != nil {
				return nil, err
			}
			if device(info) != device(start) {
				return nil, errUnusual // git stops at a file system's border, unless it is told not to
			}
			return r, nil
		}
		if top == filepath.Dir(top) {
			return nil, ErrNone
		}
	}
}

func device(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Dev) //nolint:unconvert // its type differs between systems
	}
	return 0
}

// unusual are the settings that move the top level or take it away.
var unusual = regexp.MustCompile(`(?i)worktree|bare\s*=\s*(true|yes|on|1)|\[include`)

// at is the checkout whose top level is top, nil where there is none.
func at(top string) (*Repo, error) {
	git := filepath.Join(top, ".git")
	info, err := os.Stat(git)
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		return nil, nil
	case err != nil:
		return nil, err
	case !info.IsDir(): // a linked worktree or a submodule
		b, err := regular.Read(git)
		if err != nil {
			return nil, err
		}
		to, ok := bytes.CutPrefix(b, []byte("gitdir: "))
		if !ok {
			return nil, errUnusual
		}
		git = strings.TrimRight(string(to), "\r\n")
		if !filepath.IsAbs(git) {
			git = filepath.Join(top, git)
		}
	}
	if git, err = filepath.EvalSymlinks(git); err != nil {
		return nil, errUnusual
	}
	common := git
	if b, err := regular.Read(filepath.Join(git, "commondir")); err == nil {
		common = strings.TrimRight(string(b), "\r\n")
		if !filepath.IsAbs(common) {
			common = filepath.Join(git, common)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, need := range []string{filepath.Join(git, "HEAD"), filepath.Join(common, "objects"), filepath.Join(common, "refs")} {
		if _, err := os.Lstat(need); err != nil {
			if info.IsDir() && errors.Is(err, fs.ErrNotExist) {
				return nil, nil // a directory of that name only: git looks further up
			}
			return nil, errUnusual
		}
	}
	config, err := regular.Read(filepath.Join(common, "config"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) || unusual.Match(config) {
		return nil, errUnusual
	}
	return &Repo{Top: top, GitDir: git, CommonDir: common}, nil
}

func openByGit(ctx context.Context, dir string, env []string) (*Repo, error) {
	r := &Repo{Top: dir, env: env}
	out, err := r.git(ctx, nil, "rev-parse", "--path-format=absolute", "--show-toplevel", "--git-dir", "--git-common-dir")
	var failed *Error
	if errors.As(err, &failed) && (strings.Contains(failed.Stderr, "not a git repository (or any") || strings.Contains(failed.Stderr, "must be run in a work tree")) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != 3 {
		return nil, fmt.Errorf("git rev-parse: the path of the checkout at %s holds a newline", dir)
	}
	r.Top, r.GitDir, r.CommonDir = lines[0], lines[1], lines[2]
	for i, kv := range r.env {
		// Relative ones were relative to dir.
		switch name, value, _ := strings.Cut(kv, "="); {
		case name == "GIT_DIR" && value != "":
			r.env[i] = "GIT_DIR=" + r.GitDir
		case name == "GIT_WORK_TREE":
			r.env[i] = "GIT_WORK_TREE=" + r.Top
		}
	}
	return r, nil
}

// Branch is the ref that HEAD names, e.g. refs/heads/main, also while it has no
// commit; "" where HEAD is detached.
func (r *Repo) Branch(ctx context.Context) (string, error) {
	b, err := regular.Read(filepath.Join(r.GitDir, "HEAD"))
	if err != nil {
		return "", err
	}
	ref, ok := strings.CutPrefix(strings.TrimRight(string(b), "\n"), "ref: ")
	if !ok {
		return "", nil
	}
	if !strings.HasSuffix(ref, "/.invalid") {
		return ref, nil
	}
	// The ref store is no directory of files (reftable).
	out, err := r.git(ctx, nil, "symbolic-ref", "--quiet", "HEAD")
	if exit(err) == 1 {
		return "", nil
	}
	return strings.TrimSuffix(string(out), "\n"), err
}

// RemoteHead is the branch that a remote's HEAD names, as the clone noted it; "" where it did not.
func (r *Repo) RemoteHead(ctx context.Context, remote string) (string, error) {
	if err := refuse(remote); err != nil {
		return "", err
	}
	out, err := r.git(ctx, nil, "symbolic-ref", "--quiet", "refs/remotes/"+remote+"/HEAD")
	if exit(err) == 1 {
		return "", nil
	}
	return strings.TrimPrefix(strings.TrimSuffix(string(out), "\n"), "refs/remotes/"+remote+"/"), err
}

// User is the name and the address that git would give to an author, "" where
// they are not configured.
func (r *Repo) User(ctx context.Context) (name, email string) {
	// An error (exit 1: nothing is set) leaves the environment's word.
	out, err := r.git(ctx, nil, "config", "-z", "--get-regexp", `^(user|author)\.(name|email)$`)
	if err != nil {
		out = nil
	}
	set := map[string]string{}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		key, value, _ := strings.Cut(entry, "\n")
		set[key] = value
	}
	first := func(values ...string) string {
		for _, v := range values {
			if v != "" {
				return v
			}
		}
		return ""
	}
	return first(os.Getenv("GIT_AUTHOR_NAME"), set["author.name"], set["user.name"]),
		first(os.Getenv("GIT_AUTHOR_EMAIL"), set["author.email"], set["user.email"], os.Getenv("EMAIL"))
}

// Shallow reports whether the history is cut off, so that a commit or an
// ancestor may be missing only here.
func (r *Repo) Shallow() bool {
	_, err := os.Stat(filepath.Join(r.CommonDir, "shallow"))
	return err == nil
}
