package commit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/owner"
	"github.com/planctl/planctl/internal/regular"
)

// Note is what a process makes outside of any intent: temporary files, the directory of a run that has not begun, the patch
// in it. Each is written down before or as soon as it is made, so that recover can take away what a process that died has left,
// and nothing else: two processes can write files of one name at once. A note is not flushed; after a power cut a
// temporary file may stay, which git ignores.
type Note struct {
	store *Store
	mu    sync.Mutex // tasks of one call run at once
	path  string
	file  *os.File
	lines []noted
}

// noted is one line of a note. Paths are relative to the workspace.
type noted struct {
	Of    *author `json:"of,omitempty"`    // the first line
	Temp  string  `json:"temp,omitempty"`  // a temporary file
	Into  string  `json:"into,omitempty"`  // with Temp: the file whose place it is about to take
	Aside string  `json:"aside,omitempty"` // a directory of git objects, not of the workspace; an absolute path
	Patch string  `json:"patch,omitempty"` // of a run; it goes unless there is a manifest beside it, or an intent that will make one
	Dir   string  `json:"dir,omitempty"`   // of a run; it goes if it is empty
}

// author is the process that writes a note.
type author struct {
	PID   int    `json:"pid"`
	Birth string `json:"birth"`
}

// The directories of a home.
const (
	locksDir   = "locks"
	intentsDir = "intents"
	notesDir   = "notes"
)

// Note begins a note; nothing is written before there is something to say.
func (s *Store) Note() *Note { return &Note{store: s} }

// Steps tells the note of each temporary file, and of what it is about to replace.
func (n *Note) Steps() atomicfile.Steps {
	return atomicfile.Steps{
		Making: n.making,
		Placing: func(target, temp string) error {
			into, err := n.store.rel(target)
			if err != nil {
				return err
			}
			rel, err := n.store.rel(temp)
			if err != nil {
				return err
			}
			return n.add(noted{Temp: rel, Into: into})
		},
	}
}

func (n *Note) making(temp string) error {
	rel, err := n.store.rel(temp)
	if err != nil {
		return err
	}
	return n.add(noted{Temp: rel})
}

// Dir and Patch tell it of a run's directory and patch; paths are absolute.
func (n *Note) Dir(path string) error {
	rel, err := n.store.rel(path)
	if err != nil {
		return err
	}
	return n.add(noted{Dir: rel})
}

// Patch is said before the file is made.
func (n *Note) Patch(path string) error {
	rel, err := n.store.rel(path)
	if err != nil {
		return err
	}
	return n.add(noted{Patch: rel})
}

// Aside is said before a directory is made for objects of git, outside of the workspace.
func (n *Note) Aside(dir string) error { return n.add(noted{Aside: dir}) }

func (n *Note) add(l noted) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file == nil {
		if err := n.begin(); err != nil {
			return err
		}
	}
	n.lines = append(n.lines, l)
	return n.write(l)
}

func (n *Note) begin() error {
	dir, err := n.store.home.make(notesDir)
	if err != nil {
		return err
	}
	a := author{PID: os.Getpid()}
	if a.Birth, err = processBirth(a.PID); err != nil {
		return fmt.Errorf("read this process's start time: %w", err)
	}
	if n.file, err = os.CreateTemp(dir, fmt.Sprintf("%d-*.jsonl", a.PID)); err != nil {
		return fmt.Errorf("make a note: %w", err)
	}
	n.path = n.file.Name()
	// Where this process is not in the list of who looks (a container, another machine), its lock tells that it lives.
	if err := syscall.Flock(int(n.file.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("lock the note %s: %w", n.path, err)
	}
	if err := owner.Give(n.file); err != nil {
		return fmt.Errorf("give the note %s to its directory's owner: %w", n.path, bare(err))
	}
	return n.write(noted{Of: &a})
}

func (n *Note) write(l noted) error {
	b, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode a note: %w", err)
	}
	if _, err := n.file.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("write the note %s: %w", n.path, err)
	}
	return nil
}

// Close ends the note when its process has done what it says, and takes away what it failed to take away itself.
func (n *Note) Close() error {
	if n == nil || n.file == nil {
		return nil
	}
	kept, failed := n.store.clear(n.path, n.lines, atomicfile.Steps{Making: n.making})
	err := n.file.Close() // and with it the lock: until here nobody else clears it
	n.file = nil
	for _, name := range kept {
		err = errors.Join(err, fmt.Errorf("what somebody saved meanwhile is kept in %s", n.store.shown(name)))
	}
	return errors.Join(err, failed)
}

// clearNotes takes away what dead processes left. It gives the names under which people's work is kept.
func (s *Store) clearNotes() (kept []string, err error) {
	all, err := s.inUse()
	errs := []error{err}
	for _, h := range all {
		names, err := s.clearNotesIn(filepath.Join(h.dir, notesDir))
		kept, errs = append(kept, names...), append(errs, err)
	}
	return kept, errors.Join(errs...)
}

func (s *Store) clearNotesIn(dir string) (kept []string, err error) {
	names, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the notes: %w", err)
	}
	var errs []error
	for _, name := range names {
		if !strings.HasSuffix(name.Name(), ".jsonl") {
			continue
		}
		note := filepath.Join(dir, name.Name())
		by, lines, err := readNote(note)
		switch {
		case errors.Is(err, fs.ErrNotExist): // its process ended it meanwhile
		case err != nil:
			errs = append(errs, err)
		case by.PID != 0 && alive(by.PID, by.Birth):
		default:
			names, err := s.clearDead(note, lines)
			kept = append(kept, names...)
			errs = append(errs, err)
		}
	}
	return kept, errors.Join(errs...)
}

// clearDead is clear for the note of a process that is not in this system's list, if nobody holds the note.
func (s *Store) clearDead(note string, lines []noted) (kept []string, err error) {
	f, err := os.OpenFile(note, os.O_RDWR|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // another recovery was here
	}
	if err != nil {
		return nil, err
	}
	switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
	case err != nil:
		return nil, errors.Join(fmt.Errorf("lock the note %s: %w", note, err), f.Close())
	default:
		own := s.Note() // of what is made to give people's work back
		kept, err = s.clear(note, lines, own.Steps())
		err = errors.Join(err, own.Close())
		return kept, errors.Join(err, f.Close())
	}
	return nil, f.Close()
}

// readNote gives the lines that are whole. A note whose first one is not has a living author, for all that is known, until
// the process of the number in its name is gone.
func readNote(note string) (by author, lines []noted, err error) {
	if err := own(note); err != nil {
		return by, nil, err
	}
	b, err := regular.Read(note)
	if err != nil {
		return by, nil, err
	}
	if _, err := fmt.Sscanf(filepath.Base(note), "%d-", &by.PID); err != nil {
		return by, nil, fmt.Errorf("%s is no note of planctl's own; move it away", note)
	}
	for {
		raw, rest, whole := bytes.Cut(b, []byte{'\n'})
		if !whole {
			return by, lines, nil
		}
		var l noted
		if err := json.Unmarshal(raw, &l); err != nil {
			return by, nil, fmt.Errorf("%s: %w; move the file away to go on without it", note, err)
		}
		if l.Of != nil {
			by = *l.Of
		} else {
			lines = append(lines, l)
		}
		b = rest
	}
}

// clear takes away what a note names and is still there, the last first, and then the note. What a replacement took the
// place of comes to its order before: kept is where.
func (s *Store) clear(note string, lines []noted, steps atomicfile.Steps) (kept []string, err error) {
	for _, l := range slices.Backward(lines) {
		name, err := s.clearOne(l, s.inTree(note), steps)
		if name != "" {
			kept = append(kept, name)
		}
		if err != nil {
			return kept, err // the note stays
		}
	}
	if err := os.Remove(note); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return kept, fmt.Errorf("remove a note: %w", err)
	}
	return kept, nil
}

// clearOne believes a note no more than it must: one that lies in the tree others may have written.
func (s *Store) clearOne(l noted, anybodys bool, steps atomicfile.Steps) (kept string, err error) {
	if l.Aside != "" {
		if anybodys {
			return "", nil
		}
		return "", gitrepo.RemoveAside(l.Aside)
	}
	rel := l.Temp + l.Patch + l.Dir
	if s.within(rel) != nil {
		return "", nil
	}
	at := s.abs(rel)
	switch {
	case l.Dir != "":
		for _, d := range []string{at, filepath.Dir(at)} {
			err := syscall.Rmdir(d) // os.Remove would take a file
			if errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, fs.ErrExist) || errors.Is(err, syscall.ENOTDIR) {
				return "", nil
			}
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return "", &fs.PathError{Op: "rmdir", Path: d, Err: err}
			}
		}
		return "", nil
	case l.Patch != "":
		if anybodys || !strings.HasSuffix(at, ".patch") {
			return "", nil
		}
		beside, err := os.ReadDir(filepath.Dir(at))
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		if err != nil || slices.ContainsFunc(beside, func(e fs.DirEntry) bool { return strings.HasSuffix(e.Name(), manifest.Suffix) }) {
			return "", err
		}
		// An intent that is still open will have a manifest.
		open, err := s.Intents()
		if err != nil || slices.ContainsFunc(open, func(o *Open) bool { return o.Intent.RunDir == path.Dir(rel) }) {
			return "", err
		}
	case !atomicfile.IsTemp(filepath.Base(at)):
		return "", nil
	case l.Into != "":
		if path.Dir(l.Into) != path.Dir(rel) || s.within(l.Into) != nil {
			return "", nil
		}
		_, kept, err := steps.Settle(s.abs(l.Into), at)
		return kept, err
	}
	if info, err := os.Lstat(at); errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return "", nil
	} else if err != nil {
		return "", err
	}
	if err := os.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return "", nil
}

// rel is a path as intents and notes have it.
func (s *Store) rel(path string) (string, error) {
	for _, root := range []string{s.Root, realRoot(s.Root)} {
		if rel, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel), nil
		}
	}
	return "", fmt.Errorf("%s is outside the workspace %s", path, s.Root)
}

func realRoot(root string) string {
	if real, err := filepath.EvalSymlinks(root); err == nil {
		return real
	}
	return root
}
