package commit

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/ledger"
)

// Moment is a moment of an edit of one file of the workspace.
type Moment string

// The moments that are not those of atomicfile.
const (
	WasRead Moment = "read"  // the file was read, and the change, if one is needed, is about to be made
	Waits   Moment = "waits" // somebody is in the middle of saving it
)

// tries bounds the races against a person's editor that saves again and again.
const tries = 100

const (
	savePatience = 2 * time.Second // for a save in place that has begun
	gonePatience = 300 * time.Millisecond
	savePause    = 2 * time.Millisecond
)

// edit reads a file, lets change make the new bytes (nil: none), and replaces the file if it is
// still what was read; a person who saved meanwhile makes it start again from what they saved, and one
// who is just saving is waited for. steps are told of each try.
func (s *Store) edit(path string, steps atomicfile.Steps, change func(src []byte) ([]byte, error)) error {
	abs := s.abs(path)
	steps.At = func(at atomicfile.Moment) { s.observe(path, Moment(at)) }
	for i := 0; ; i++ {
		// A link that was put there meanwhile would lead what is written out of the workspace. A path from the
		// root of the file system is what a person named: a config elsewhere.
		if err := s.within(path); err != nil && !filepath.IsAbs(path) {
			return &ConflictError{Path: path, Why: err.Error()}
		}
		src, err := s.settled(path)
		if err != nil {
			return err
		}
		s.observe(path, WasRead)
		next, err := change(src)
		if err != nil || next == nil {
			return err
		}
		sum := sha256.Sum256(src)
		err = steps.Replace(abs, next, &sum)
		var changed *atomicfile.ChangedError
		var busy *atomicfile.BusyError
		if errors.As(err, &changed) || errors.As(err, &busy) {
			if i < tries {
				continue
			}
			return &ConflictError{Path: path, Why: "the file keeps changing while planctl writes it"}
		}
		return err
	}
}

// settled is what stands in a file once nobody is in the middle of saving it: one that is open for writing may be half
// of itself, and one that is gone may be about to be made anew by an editor that keeps a backup.
func (s *Store) settled(path string) ([]byte, error) {
	began := time.Now()
	for {
		src, err := atomicfile.Read(s.abs(path))
		var busy *atomicfile.BusyError
		patience := time.Duration(0)
		switch {
		case err == nil:
			return src, nil
		case errors.As(err, &busy):
			err, patience = &ConflictError{Path: path, Why: "another process has the file open for writing"}, savePatience
		case errors.Is(err, fs.ErrNotExist):
			err, patience = gone(path), gonePatience
		case errors.Is(err, syscall.EISDIR):
			err = &ConflictError{Path: path, Why: "a directory stands where the file was"}
		default:
			err = fmt.Errorf("read %s: %w", path, err)
		}
		if time.Since(began) >= patience {
			return nil, err
		}
		s.observe(path, Waits)
		time.Sleep(savePause)
	}
}

func (s *Store) observe(path string, at Moment) {
	if s.Observe != nil {
		s.Observe(path, at)
	}
}

// Edit replaces one file of the workspace under the workspace lock, for commands that write a file
// of their own (link, bind): the same read, change, compare and exchange as a commit.
func (s *Store) Edit(ctx context.Context, path, what string, change func(src []byte) ([]byte, error)) error {
	lock, err := s.lockWorkspace(ctx, what)
	if err != nil {
		return err
	}
	note := s.Note()
	var steps atomicfile.Steps
	real, err := filepath.EvalSymlinks(s.abs(path))
	if err == nil {
		_, err = s.rel(real)
	}
	if err == nil { // else it is a config elsewhere: no recovery of this workspace touches what lies there
		steps = note.Steps()
	}
	return errors.Join(s.edit(path, steps, change), note.Close(), lock.Release())
}

// Create and Replace are those of atomicfile, for files of the workspace that are no documents of its work: a config, a
// baseline. path is absolute. What a kill leaves of them is taken away by recover.
func (s *Store) Create(path string, data []byte, mode fs.FileMode) error {
	note := s.Note()
	return errors.Join(note.Steps().Create(path, data, mode), note.Close())
}

// Replace fails with an *atomicfile.ChangedError where the file is not what want is the SHA-256 of.
func (s *Store) Replace(path string, data []byte, want [32]byte) error {
	note := s.Note()
	return errors.Join(note.Steps().Replace(path, data, &want), note.Close())
}

// hold looks once more at what this commit wrote. An editor that had read the file before, and saved after, has undone it
// without knowing: then it is written again, onto what was saved. conflict says that this could not be done.
func (o *Open) hold(w Writing, c *Change, out *Outcome) (conflict, err error) {
	for range tries {
		again := false
		src, err := o.store.settled(c.Ledger)
		if err != nil && !isConflict(err) {
			return nil, err
		}
		o.store.observe(c.Ledger, WasRead)
		if err != nil || ledger.Parse(c.Ledger, src).ByRun(c.Digest) == nil {
			again = true
			err := o.enter(c)
			var entry *EntryError
			if errors.As(err, &entry) {
				err = &ConflictError{Path: c.Ledger, Why: "the attempt was entered, and a text was saved over it that takes none: " + entry.Why}
				out.refuseAll(err)
				return err, nil
			}
			if err != nil {
				return nil, err
			}
		}
		ticked := out.Ticked
		out.Ticked = nil
		for _, t := range ticked {
			token, why, err := o.tick(w, t)
			switch {
			case err != nil:
				return nil, err
			case why != "":
				out.Refused = append(out.Refused, Refusal{t, why})
				continue
			case token != "":
				again = true
			}
			out.Ticked = append(out.Ticked, t)
		}
		if !again {
			return nil, nil
		}
	}
	err = &ConflictError{Path: c.Ledger, Why: "the files keep changing while planctl writes them"}
	out.refuseAll(err)
	return err, nil
}

// refuseAll says of every tick that its attempt could not be entered.
func (out *Outcome) refuseAll(why error) {
	for _, t := range out.Ticked {
		out.Refused = append(out.Refused, Refusal{t, "its attempt could not be entered: " + why.Error()})
	}
	out.Ticked = nil
}

func isConflict(err error) bool {
	var conflict *ConflictError
	return errors.As(err, &conflict)
}
