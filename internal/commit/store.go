// Package commit is the one transaction: intent, manifest, ledger, plan, in
// that order, with the locks that guard it and the recovery that finishes it.
// It decides nothing about what passed: it is told what to write, and it may
// not run a command or print.
package commit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/owner"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/runner"
)

// Store is where intents and locks of one workspace live: <git-dir>/planctl,
// which each worktree has of its own, or .planctl without git. A workspace
// below the top of a repository has a directory of its own in it: their paths
// are relative to the workspace, and two of them would mean two files by one name.
type Store struct {
	Dir  string // absolute
	Root string // the workspace, absolute
	Repo *gitrepo.Repo

	// End ends what survives of the command of a dead process, and says how many processes that were; recovery asks for it.
	End  func(ctx context.Context, h runner.Handle) (int, error)
	Here bool // recovery takes what was made on a branch that is gone for the one that is checked out

	home   home   // Dir
	others []home // where calls that see the repository otherwise may keep theirs

	// Observe, where it is set, is told of each moment of an edit, for programs that show what an edit withstands.
	Observe func(path string, at Moment)
}

// NewStore names the directory; nothing is made before it is needed.
func NewStore(root string, repo *gitrepo.Repo) *Store {
	own, others := homes(root, repo)
	return &Store{Dir: own.dir, Root: root, Repo: repo, home: own, others: others}
}

// Holder is who has a lock, as written into the lock's file for people to read.
type Holder struct {
	PID   int       `json:"pid"`
	Birth string    `json:"birth,omitempty"`
	Host  string    `json:"host"`
	Space string    `json:"space,omitempty"` // where PID counts, see space
	Since time.Time `json:"since"`
	What  string    `json:"what"`
}

func (h Holder) String() string {
	return fmt.Sprintf("process %d on %s, since %s (%s)", h.PID, h.Host, h.Since.UTC().Format("2006-01-02 15:04:05Z"), h.What)
}

// HeldError says that another process has the lock.
type HeldError struct {
	Name   string
	Holder Holder
}

func (e *HeldError) Error() string {
	if e.Holder.PID == 0 {
		return fmt.Sprintf("%s is locked by another process", e.Name)
	}
	return fmt.Sprintf("%s is locked by %s", e.Name, e.Holder)
}

// present reports whether the record can be that of who has the lock now. It
// is not where it was left by a process that has died since, or not yet written.
func (h Holder) present() bool {
	return h.PID != 0 && (h.Host != hostname() || h.Space != "" && h.Space != space() || alive(h.PID, h.Birth))
}

// Lock is held until Release. The kernel lets go of it when the process dies,
// so a holder that died leaves none behind.
type Lock struct {
	f    *flock.Flock
	path string
	also *Lock // the lock of that name in another home
}

// Release gives the lock back. The file stays: removing it would let two processes lock two files of one name. It is
// emptied before, so that nobody takes this holder for the next.
func (l *Lock) Release() error {
	if l == nil || l.f == nil {
		return nil
	}
	emptied := overwrite(l.path, nil)
	err := l.f.Close()
	if err != nil {
		err = fmt.Errorf("unlock %s: %w", l.path, bare(err))
	}
	return errors.Join(emptied, err, l.also.Release())
}

// LockTask takes the lock of one task (plan path and ID) or says who has it.
func (s *Store) LockTask(name, what string) (*Lock, error) {
	const patience = 5 * time.Second // for a holder to write its name: a busy machine may leave it no time between two calls
	for wait, end := time.Millisecond, time.Now().Add(patience); ; wait = min(2*wait, 50*time.Millisecond) {
		l, err := s.try(name, "task-"+short(name)+".lock", what)
		var held *HeldError
		if !errors.As(err, &held) || held.Holder.present() || time.Now().After(end) {
			return l, err
		}
		time.Sleep(wait)
	}
}

// lockWorkspace waits for the lock under which manifest, ledger and plan are written.
func (s *Store) lockWorkspace(ctx context.Context, what string) (*Lock, error) {
	const patience = 30 * time.Second
	late := time.After(patience)
	for wait := 2 * time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		l, err := s.try("the workspace", "workspace.lock", what)
		var held *HeldError
		if err == nil || !errors.As(err, &held) {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the workspace: %w", context.Cause(ctx))
		case <-late:
			return nil, err
		case <-time.After(wait):
		}
	}
}

// try takes a lock in all homes that there are, or none.
func (s *Store) try(name, file, what string) (*Lock, error) {
	all, err := s.inUse()
	if err != nil {
		return nil, err
	}
	var first *Lock
	for _, h := range all {
		l, err := h.try(name, file, what)
		if err != nil {
			return nil, errors.Join(err, first.Release())
		}
		l.also = first
		first = l
	}
	return first, nil
}

func (h home) try(name, file, what string) (*Lock, error) {
	dir, err := h.make(locksDir)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, file)
	if err := own(path); err != nil {
		return nil, err
	}
	f := flock.New(path)
	ok, err := f.TryLock()
	if err != nil {
		return nil, h.whose(fmt.Errorf("lock %s: %w", path, bare(err)), path)
	}
	if !ok {
		held := &HeldError{Name: name}
		// A holder that is just now writing leaves half a record: then the holder stays unknown.
		if b, err := regular.Read(path); err == nil {
			var h Holder
			if json.Unmarshal(b, &h) == nil {
				held.Holder = h
			}
		}
		return nil, held
	}
	me := Holder{PID: os.Getpid(), Host: hostname(), Space: space(), Since: time.Now(), What: what}
	if me.Birth, err = processBirth(me.PID); err != nil {
		err = fmt.Errorf("read this process's start time: %w", err)
	}
	var b []byte
	if err == nil {
		b, err = json.Marshal(me)
	}
	if err == nil {
		if err = overwrite(path, append(b, '\n')); err != nil {
			err = fmt.Errorf("write %s: %w", path, bare(err))
		}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Lock{f: f, path: path}, nil
}

// heldByAnybody reports whether a process, wherever it is listed, has the lock of a task.
func (s *Store) heldByAnybody(task string) (held bool, err error) {
	all, err := s.inUse()
	for _, h := range all {
		if held, err = h.heldByAnybody(task); held || err != nil {
			break
		}
	}
	return held, err
}

func (h home) heldByAnybody(task string) (held bool, err error) {
	path := filepath.Join(h.dir, locksDir, "task-"+short(task)+".lock")
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil // a lock's file stays
	}
	if err := own(path); err != nil {
		return false, err
	}
	f := flock.New(path, flock.SetFlag(os.O_RDONLY))
	ok, err := f.TryRLock()
	if err != nil {
		return false, fmt.Errorf("look at the lock %s: %w", path, bare(err))
	}
	return !ok, f.Close()
}

// space is where the number of a process means that process: this machine, and in it the namespace that the kernel gives
// numbers in, which each container has of its own.
func space() string {
	ns, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		ns = "" // not Linux: one for all
	}
	return hostname() + " " + ns
}

func hostname() string {
	host, err := os.Hostname()
	if err != nil {
		return "?"
	}
	return host
}

// own refuses a file of the store that is a link or no file: what it leads to is not planctl's.
func own(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no file of planctl's own; move it away", path)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Nlink > 1 {
		return fmt.Errorf("%s has another name too, and is no file of planctl's own; move it away", path)
	}
	return nil
}

// overwrite writes a file that is there, and follows no link to it. The file may be new: root leaves it to the owner of the
// directory.
func overwrite(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, owner.Give(f), f.Close())
}

func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// alive reports whether the process that wrote an intent still runs: the same
// pid with the same birth, so that a reused pid is not taken for it.
func alive(pid int, birth string) bool {
	b, err := processBirth(pid)
	if err != nil {
		return false
	}
	return birth == "" || b == birth
}

// processBirth is the start time of a process as the kernel counts it.
func processBirth(pid int) (string, error) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if errors.Is(err, fs.ErrNotExist) {
		if _, e := os.Stat("/proc/self/stat"); e != nil {
			return birthWithoutProc(pid)
		}
	}
	if err != nil {
		return "", err
	}
	// The command's name may hold spaces and parentheses: fields are counted after the last one.
	rest := string(b[strings.LastIndexByte(string(b), ')')+1:])
	fields := strings.Fields(rest)
	if len(fields) < 20 {
		return "", fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	// A zombie has ended: only its parent has not asked yet.
	if fields[0] == "Z" || fields[0] == "X" {
		return "", fmt.Errorf("process %d has ended", pid)
	}
	return fields[19], nil
}

func birthWithoutProc(pid int) (string, error) {
	p, err := os.FindProcess(pid)
	if err != nil {
		return "", err
	}
	return "", p.Signal(nullSignal)
}
