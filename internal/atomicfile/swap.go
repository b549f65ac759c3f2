package atomicfile

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Moment is a moment in the life of a replacement. Who is told of them can do,
// at each, what another process may do.
type Moment string

// The moments, in their order. After Looked nothing of the file is looked at any more.
const (
	Written   Moment = "written"   // the new content lies beside the file
	Compared  Moment = "compared"  // the file is what the caller read
	Exchanged Moment = "exchanged" // the new content has the file's name, the old one that of the temporary file
	Flushed   Moment = "flushed"   // so too on the disk, and nobody had written until then
	Looked    Moment = "looked"    // nobody wrote meanwhile: the old content can go
	Returned  Moment = "returned"  // what somebody wrote meanwhile has its name back
	Awaited   Moment = "awaited"   // somebody's save in place is waited for
)

// BusyError says that another process has the file open for writing: what
// stands in it may be half of what it is going to be. Nothing was written.
type BusyError struct{ Path string }

func (e *BusyError) Error() string {
	return e.Path + ": another process has it open for writing; nothing was written"
}

// swap is one file on its way into another's place.
type swap struct {
	temp, target string
	path         string // target as the caller calls it
	data         []byte
	sum          [32]byte // of data
	steps        Steps
	placed       bool // target was replaced, and that stands
	gone         bool // temp is not ours to remove
}

// put puts temp in target's place if target is still what the caller read. It
// leaves nothing under temp's name but what somebody else wrote.
//
// A comparison and then a rename would lose what is saved between the two. So
// the two files change their names instead, and what was there is looked at
// again once nobody can reach it by its name: where it is not what was read,
// the names are changed back.
//
// Who saves in place opens the file first and may write long after. Linux tells:
// a lease, which no file gets that is open for writing, and which holds up
// whoever opens it so later. A save that has begun is a *BusyError; one that
// begins meanwhile is held up, seen, and goes on when the names are changed
// back. What is left is a process that stands within its call of open, between
// finding the file and being held up, from before the exchange until the
// directory is flushed to the disk.
//
// Where there is no exchange the window between comparing and renaming is two
// system calls long, and where there is no lease that of a save in place is as
// long as the save.
func (s *swap) put(want *[32]byte) (err error) {
	defer func() { err = s.end(err) }()
	s.at(Written)
	if want == nil {
		return s.rename()
	}
	old, err := watch(s.target)
	if err != nil {
		return s.named(err)
	}
	defer func() { err = and(err, old.close()) }()
	if same, err := old.is(*want); err != nil {
		return err
	} else if !same {
		return &ChangedError{Path: s.path}
	}
	s.at(Compared)
	if !old.alone() {
		return &BusyError{s.path}
	}
	next, err := watch(s.temp)
	var busy *BusyError
	if errors.As(err, &busy) {
		// A process that is being started at this moment still has what this one had open.
		return &BusyError{s.path}
	}
	if err != nil {
		return err
	}
	defer func() { err = and(err, next.close()) }()
	switch err := s.exchange(); {
	case errors.Is(err, errNoExchange):
		return s.rename()
	case err != nil:
		return s.named(err)
	}
	s.at(Exchanged)
	same, err := s.untouched(old, *want)
	if same {
		// The flush gives who is still on the way into the old file the time to arrive.
		err = synced(s.target)
		s.at(Flushed)
		var later error
		same, later = s.untouched(old, *want)
		err = errors.Join(err, later)
	}
	if same {
		s.placed = true
		s.at(Looked)
		return err
	}
	s.gone = true
	if back := s.giveBack(old, next); back != nil {
		return errors.Join(err, back)
	}
	s.gone = false
	s.at(Returned)
	return and(&ChangedError{Path: s.path}, err, synced(s.target))
}

// exchange lets the two files change their names; an error names them.
func (s *swap) exchange() error {
	err := exchange(s.temp, s.target)
	if err != nil && !errors.Is(err, errNoExchange) {
		err = &os.LinkError{Op: "exchange", Old: s.temp, New: s.target, Err: err}
	}
	return err
}

func (s *swap) rename() error {
	if err := os.Rename(s.temp, s.target); err != nil {
		return err
	}
	s.placed, s.gone = true, true
	return synced(s.target)
}

// end takes temp away. That nothing was replaced is told before: without that
// word a temp that is gone means that it was.
func (s *swap) end(err error) error {
	if s.gone {
		return err
	}
	if !s.placed && s.steps.Withdrawn != nil {
		if e := s.steps.Withdrawn(); e != nil {
			// temp stays: it shows that nothing was replaced.
			return and(err, fmt.Errorf("that nothing was replaced could not be noted: %w", e))
		}
	}
	return and(err, os.Remove(s.temp))
}

// and adds to an error what else went wrong. A *ChangedError or a *BusyError is in words alone then: who would only try again
// must not take it for all that happened.
func and(err error, more ...error) error {
	trouble := errors.Join(more...)
	var changed *ChangedError
	var busy *BusyError
	if trouble != nil && (errors.As(err, &changed) || errors.As(err, &busy)) {
		return fmt.Errorf("%v; %w", err, trouble)
	}
	return errors.Join(err, trouble)
}

func (s *swap) at(m Moment) {
	if s.steps.At != nil {
		s.steps.At(m)
	}
}

// untouched reports whether what was exchanged out is what was read, and nobody writes to it.
func (s *swap) untouched(old *watched, want [32]byte) (bool, error) {
	if !old.alone() || !old.named(s.temp) {
		return false, nil
	}
	return old.is(want)
}

// giveBack changes the names back. temp has somebody's work, and target ours or
// by now something newer still, which another rename put there: the newest
// stays, and what it took the place of would be gone without us too.
func (s *swap) giveBack(old, ours *watched) error {
	last, first := ours, true
	for range tries {
		in, err := os.Lstat(s.temp)
		if err != nil {
			return err
		}
		err = s.exchange()
		if errors.Is(err, fs.ErrNotExist) {
			// Somebody took the name away, and may be making the file anew: then that stays.
			if err = os.Link(s.temp, s.target); err == nil {
				return nil
			}
			if errors.Is(err, fs.ErrExist) {
				continue
			}
		}
		if err != nil {
			return err
		}
		if last.named(s.temp) {
			if !first {
				return nil
			}
			if same, err := ours.is(s.sum); err != nil || same && ours.alone() {
				return err
			}
			if err := s.exchange(); err != nil {
				return err
			}
			return s.join(old, ours)
		}
		last, first = &watched{info: in}, false
	}
	return fmt.Errorf("%s: keeps changing while it is replaced; what was saved last but one lies in %s", s.path, s.temp)
}

// join is for two saves at once: temp has what somebody saved before the
// exchange, and somebody else has opened the new content at target to write to
// it. They are let through. Where they only add at its end, that is added to what
// was saved before; where they write all of it anew, it takes the place of what
// was saved before, as it would have without us.
func (s *swap) join(old, ours *watched) error {
	if err := errors.Join(old.close(), ours.close()); err != nil {
		return err
	}
	for range tries {
		before, err := s.still(s.temp)
		if err != nil {
			return err
		}
		now, err := s.still(s.target)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // taken away, to be made anew
		}
		if err != nil {
			return err
		}
		tail, more := bytes.CutPrefix(now, s.data)
		if !more {
			return nil
		}
		sum := sha256.Sum256(now)
		err = Steps{Making: s.steps.Making}.Replace(s.target, append(before, tail...), &sum)
		var changed *ChangedError
		var busy *BusyError
		if !errors.As(err, &changed) && !errors.As(err, &busy) {
			return err
		}
	}
	return fmt.Errorf("%s: keeps changing while it is replaced; what was saved before lies in %s", s.path, s.temp)
}

// tries bounds the races with somebody who saves again and again.
const tries = 100

// still is the function still, which says where the work lies that nobody sees meanwhile.
func (s *swap) still(path string) ([]byte, error) {
	b, err := still(path, func() { s.at(Awaited) })
	var busy *BusyError
	if errors.As(err, &busy) {
		err = fmt.Errorf("%w; what was saved before lies in %s", err, s.temp)
	}
	return b, err
}

// still is the content of a file once nobody has it open for writing; a *BusyError where that takes too long. waiting may
// be nil.
func still(path string, waiting func()) ([]byte, error) {
	const patience = 2 * time.Second
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		b, err := Read(path)
		var busy *BusyError
		if !errors.As(err, &busy) || time.Since(began) > patience {
			return b, err
		}
		if waiting != nil {
			waiting()
		}
	}
}

// named is an error of the target by the name that the caller has for it.
func (s *swap) named(err error) error {
	var busy *BusyError
	switch {
	case errors.As(err, &busy):
		return &BusyError{s.path}
	case errors.Is(err, fs.ErrNotExist):
		return &ChangedError{Path: s.path, Missing: true}
	}
	return err
}

// Read is the content of a file at a moment at which nobody had it open for
// writing; a *BusyError where somebody has. Where the system does not tell, it
// is what stands there. Only regular files are read, at the end of links too.
func Read(path string) (_ []byte, err error) {
	w, err := watch(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	b, err := w.read()
	if err == nil && !w.alone() {
		err = &BusyError{path}
	}
	return b, err
}

// watched is an open file of which the system may tell whether others write to it.
type watched struct {
	f      *os.File
	info   fs.FileInfo
	leased bool
}

// named reports whether the file has this name.
func (w *watched) named(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && os.SameFile(info, w.info)
}

// is reports whether the file's content has this SHA-256.
func (w *watched) is(want [32]byte) (bool, error) {
	b, err := w.read()
	return err == nil && sha256.Sum256(b) == want, err
}
