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

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/owner"
	"github.com/planctl/planctl/internal/regular"
)

// rootName is the file in a home that names its workspace. Its line is whole, or the file says nothing.
const rootName = "root"

// configName is what a workspace below the top of a repository has.
const configName = ".planctl.yaml"

// Lost is a run that a planctl left when it died, and whose workspace is gone since: nobody who looks after a workspace
// looks there any more.
type Lost struct {
	Name      string // of the task, after that of the workspace
	Workspace string // what is gone, as people call it

	store *Store
	Open  *Open
}

// Lost lists the runs that wait in this repository for a workspace that is gone.
func (s *Store) Lost() ([]Lost, error) {
	stores, err := s.lostStores()
	if err != nil {
		return nil, err
	}
	return lostIn(stores)
}

func lostIn(stores []lostStore) ([]Lost, error) {
	var out []Lost
	for _, l := range stores {
		open, err := l.store.Intents()
		if err != nil {
			return nil, err
		}
		for _, o := range open {
			live, err := o.Live()
			if err != nil {
				return nil, err
			}
			if !live {
				out = append(out, Lost{Name: l.prefix + o.Intent.Name, Workspace: l.called, store: l.store, Open: o})
			}
		}
	}
	return out, nil
}

// lostStore is the store of a workspace that is gone.
type lostStore struct {
	store    *Store
	called   string
	prefix   string // of its tasks' names
	worktree string // the directory of a linked worktree's homes, "" where only a workspace is gone
}

// lostStores looks at the homes beside this one: those of workspaces in this checkout, and those of linked worktrees.
func (s *Store) lostStores() ([]lostStore, error) {
	if s.Repo == nil || !s.home.git {
		return nil, nil
	}
	var out []lostStore
	top := topHome(s.Repo)
	below, err := namesIn(filepath.Join(top.dir, workspacesDir))
	if err != nil {
		return nil, err
	}
	for _, name := range below {
		h := home{base: top.base, dir: filepath.Join(top.dir, workspacesDir, name), git: true}
		rel := h.workspace()
		if rel == "" {
			continue
		}
		root := filepath.FromSlash(rel)
		if !filepath.IsAbs(root) {
			root = filepath.Join(s.Repo.Top, root)
		}
		if gone, err := missing(filepath.Join(root, configName)); err != nil {
			return nil, err
		} else if gone {
			out = append(out, lostStore{store: &Store{Dir: h.dir, Root: root, Repo: s.Repo, End: s.End, home: h}, called: "workspace " + rel, prefix: rel + "/"})
		}
	}
	trees := filepath.Join(s.Repo.CommonDir, "planctl", worktreesDir)
	names, err := namesIn(trees)
	if err != nil {
		return nil, err
	}
	for _, tree := range names {
		gone, err := worktreeGone(s.Repo.CommonDir, tree)
		if err != nil {
			return nil, err
		}
		if !gone {
			continue
		}
		dir, called := filepath.Join(trees, tree), "worktree "+tree
		below, err := namesIn(filepath.Join(dir, workspacesDir))
		if err != nil {
			return nil, err
		}
		for _, name := range below {
			h := home{base: s.Repo.CommonDir, dir: filepath.Join(dir, workspacesDir, name), git: true}
			prefix := tree + ": "
			if rel := h.workspace(); rel != "" {
				prefix += rel + "/"
			}
			out = append(out, lostStore{store: &Store{Dir: h.dir, Root: filepath.Join(h.dir, "gone"), Repo: s.Repo, End: s.End, home: h}, called: called, prefix: prefix})
		}
		// Last, so that the directory goes when all that is in it has gone.
		h := home{base: s.Repo.CommonDir, dir: dir, git: true}
		out = append(out, lostStore{store: &Store{Dir: dir, Root: filepath.Join(dir, "gone"), Repo: s.Repo, End: s.End, home: h}, called: called, prefix: tree + ": ", worktree: dir})
	}
	return out, nil
}

// workspace is what the home's workspace is called: its path below the top of the repository; "" where that is not known.
func (h home) workspace() string {
	b, err := regular.Read(filepath.Join(h.dir, rootName))
	if err != nil {
		return "" // of an older planctl, or never written to its end
	}
	rel, whole := strings.CutSuffix(string(b), "\n")
	if !whole || strings.ContainsAny(rel, "\n\x00") {
		return ""
	}
	return rel
}

// sign writes into a home which workspace it is for.
func (h home) sign() error {
	if h.root == "" || h.workspace() == h.root {
		return nil
	}
	path := filepath.Join(h.dir, rootName)
	if err := own(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o644)
	if err != nil {
		return fmt.Errorf("write the name of the workspace: %w", err)
	}
	_, err = f.WriteString(h.root + "\n")
	return errors.Join(err, owner.Give(f), f.Close())
}

// worktreeGone reports whether git knows a linked worktree no more, or its directory is gone and not only away: git
// worktree lock is for those on a disk that is not always there.
func worktreeGone(common, name string) (bool, error) {
	admin := filepath.Join(common, worktreesDir, name)
	if gone, err := missing(admin); err != nil || gone {
		return gone, err
	}
	if gone, err := missing(filepath.Join(admin, "locked")); err != nil || !gone {
		return false, err
	}
	b, err := regular.Read(filepath.Join(admin, "gitdir"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // git is just making it, or taking it away
	}
	if err != nil {
		return false, err
	}
	at := strings.TrimRight(string(b), "\r\n")
	if !filepath.IsAbs(at) {
		at = filepath.Join(admin, at)
	}
	return missing(at)
}

func missing(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return true, nil
	}
	return false, err
}

// namesIn is the directories within one that may not be there.
func namesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for workspaces that are gone: %w", err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// recoverLost ends what survives of the runs of workspaces that are gone, and takes their intents away: there is no ledger
// that they could be entered in. A workspace that another branch has is gone only from this one.
func (s *Store) recoverLost(ctx context.Context) ([]Recovered, error) {
	stores, err := s.lostStores()
	if err != nil {
		return nil, err
	}
	lost, err := lostIn(stores)
	if err != nil {
		return nil, err
	}
	var out []Recovered
	var errs []error
	for _, l := range lost {
		r, err := l.recover(ctx)
		if err != nil {
			errs = append(errs, &RecoverError{l.Name, err})
		} else if r != nil {
			out = append(out, *r)
		}
	}
	for _, l := range stores {
		_, err := l.store.clearNotes()
		errs = append(errs, err, l.store.sweep(), l.remove())
	}
	return out, errors.Join(errs...)
}

func (l Lost) recover(ctx context.Context) (_ *Recovered, err error) {
	lock, err := l.store.LockTask(l.Open.Intent.Name, "recover")
	var held *HeldError
	if errors.As(err, &held) {
		return nil, nil // its process lives
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	o, err := l.store.read(l.Open.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if o.strange {
		return &Recovered{Name: l.Name, Did: "kept", Why: "its " + l.Workspace + " is gone, and another planctl began it, which says what this one does not know; recover it with that one, or remove " + o.path}, nil
	}
	r := &Recovered{Name: l.Name, Scratch: o.Throwaway}
	if r.Killed, err = o.end(ctx); err != nil {
		return nil, err
	}
	if strings.HasPrefix(l.Workspace, "workspace ") {
		moved, err := o.elsewhere(ctx)
		if err != nil {
			return nil, err
		}
		if moved != nil && !moved.Gone {
			r.Did, r.Scratch = "kept", ""
			r.Why = "its " + l.Workspace + " is not on this branch: " + moved.Error() + "; " + moved.Help()
			return r, nil
		}
	}
	if err := os.Remove(o.path); err != nil {
		return nil, err
	}
	r.Did = "ended"
	r.Why = "its " + l.Workspace + " is gone, so that it is entered nowhere"
	return r, atomicfile.SyncDir(filepath.Dir(o.path))
}

// remove takes a worktree's directory away when there is nothing in it any more that speaks of somebody's work.
func (l lostStore) remove() error {
	if l.worktree == "" {
		return nil
	}
	// What was left may have taken long to end, and another worktree may have the name by now, with locks that are held.
	if gone, err := worktreeGone(l.store.Repo.CommonDir, filepath.Base(l.worktree)); err != nil || !gone {
		return err
	}
	left := false
	err := filepath.WalkDir(l.worktree, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".jsonl") {
			left = true
		}
		return err
	})
	if err != nil || left {
		return err
	}
	return os.RemoveAll(l.worktree)
}
