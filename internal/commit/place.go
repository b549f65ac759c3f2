package commit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/owner"
)

// treeDir is where locks, intents and notes lie without git: in the tree, where others may have written them.
const treeDir = ".planctl"

// home is a directory of locks, intents and notes.
type home struct {
	base string // what it is made in: a directory of git, or the workspace
	dir  string // below base
	git  bool   // base is a directory of git
	root string // the workspace's path below the top of its repository; "" for one at the top
}

// Homes of workspaces below the top, and of linked worktrees, lie in these.
const (
	workspacesDir = "workspaces"
	worktreesDir  = "worktrees"
)

// homes is where a workspace keeps what is its own, and where else another call may: one that did not see the repository,
// since that was made later or is known by GIT_DIR alone.
func homes(root string, repo *gitrepo.Repo) (own home, others []home) {
	tree := home{base: root, dir: filepath.Join(root, treeDir)}
	if repo == nil {
		return tree, nil
	}
	git := topHome(repo)
	older := home{base: repo.GitDir, dir: filepath.Join(repo.GitDir, "planctl"), git: true}
	if rel := relative(repo.Top, root); rel != "." {
		git.dir, git.root = filepath.Join(git.dir, workspacesDir, short(rel)), rel
		older.dir = filepath.Join(older.dir, workspacesDir, short(rel))
	}
	if repo.Environment {
		return tree, []home{git} // a call without the variable has only the tree
	}
	if git.dir != older.dir {
		return git, []home{tree, older}
	}
	return git, []home{tree}
}

// topHome is that of a workspace at the top of a checkout. A linked worktree has its own in the directory that it shares with the
// others: git removes the worktree's with the worktree, and nothing would tell of a command that still runs.
func topHome(repo *gitrepo.Repo) home {
	h := home{base: repo.CommonDir, dir: filepath.Join(repo.CommonDir, "planctl"), git: true}
	switch {
	case filepath.Dir(repo.GitDir) == filepath.Join(repo.CommonDir, worktreesDir):
		h.dir = filepath.Join(h.dir, worktreesDir, filepath.Base(repo.GitDir))
	case repo.GitDir != repo.CommonDir:
		h.base, h.dir = repo.GitDir, filepath.Join(repo.GitDir, "planctl")
	}
	return h
}

// relative is root's path below top, "." for top itself. A root elsewhere, which a
// link led to, is named as it is.
func relative(top, root string) string {
	if real, err := filepath.EvalSymlinks(top); err == nil {
		top = real
	}
	rel, err := filepath.Rel(top, root)
	if err != nil {
		return root
	}
	return filepath.ToSlash(rel)
}

// inUse reports whether another call may keep something there. What is no directory is none of planctl's making.
func (h home) inUse() (bool, error) {
	dir, err := isDir(h.dir)
	if err != nil || !dir {
		return false, err
	}
	for _, name := range []string{locksDir, intentsDir, notesDir} {
		if dir, err := isDir(filepath.Join(h.dir, name)); err != nil || dir {
			return dir, err
		}
	}
	return false, nil
}

func isDir(path string) (bool, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.IsDir(), err
}

// inUse is the homes that there are, this process's own first, whether it is there or not: everybody takes locks in this order.
func (s *Store) inUse() ([]home, error) {
	out := []home{s.home}
	for _, h := range s.others {
		used, err := h.inUse()
		if err != nil {
			return nil, fmt.Errorf("look for another planctl's directory: %w", err)
		}
		if used {
			out = append(out, h)
		}
	}
	return out, nil
}

// inTree reports whether a file of a home is open to whoever writes into the tree: it is believed no more than it must be.
func (s *Store) inTree(path string) bool { return below(filepath.Join(s.Root, treeDir), path) }

// elsewhere says that an intent was made on another branch. One of a time without git goes with whatever is checked out.
func (o *Open) elsewhere(ctx context.Context) (*BranchError, error) {
	if o.Intent.Branch == "" && o.store.inTree(o.path) {
		return nil, nil
	}
	return o.store.elsewhere(ctx, &o.Intent)
}

// make makes one of the home's directories. In the tree, which others may have packed, a link in its place would let them
// choose where planctl writes. A directory of git is never made: one that is gone was moved away, and what is made in its
// place would be no repository, with locks that nobody else takes.
func (h home) make(name string) (string, error) {
	if h.git {
		if _, err := os.Lstat(filepath.Join(h.base, "HEAD")); errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("%s is no git directory any more, and planctl's locks and intents were there; put it back, and planctl recover finishes what it can", h.base)
		} else if err != nil {
			return "", err
		}
	}
	rel, err := filepath.Rel(h.base, filepath.Join(h.dir, name))
	if err != nil {
		return "", err
	}
	at := h.base
	for part := range strings.SplitSeq(rel, string(filepath.Separator)) {
		at = filepath.Join(at, part)
		if err := makeOne(at); err != nil {
			return "", h.whose(err, filepath.Dir(at))
		}
		if at != h.dir {
			continue
		}
		sign := h.sign
		if !h.git {
			sign = func() error { return hide(at) }
		}
		if err := sign(); err != nil {
			return "", err
		}
	}
	return at, nil
}

func makeOne(dir string) error {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := owner.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("make planctl's directory: %w", err)
		}
		info, err = os.Lstat(dir)
	}
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is no directory of planctl's own; move it away", dir)
	}
	return err
}

// hide keeps what lies in the tree from git, which may come to be used there later.
func hide(dir string) error {
	path := filepath.Join(dir, ".gitignore")
	info, err := os.Lstat(path)
	if err == nil && (info.Size() > 0 || !info.Mode().IsRegular()) {
		return nil // an empty one was left by a crash
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o644)
	if err != nil {
		return fmt.Errorf("hide planctl's directory from git: %w", err)
	}
	_, err = f.WriteString("*\n")
	return errors.Join(err, owner.Give(f), f.Close())
}

// whose adds to a refusal whose the file or directory is, and the way out: somebody else has run planctl here.
func (h home) whose(err error, path string) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	info, e := os.Lstat(path)
	if e != nil {
		info, e = os.Lstat(filepath.Dir(path))
	}
	if e != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(st.Uid) == os.Geteuid() {
		return err
	}
	return fmt.Errorf("%w; it belongs to user %d, whose planctl made it; give it to yours with: sudo chown -R %d %s", err, st.Uid, os.Geteuid(), h.dir)
}
