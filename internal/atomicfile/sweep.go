package atomicfile

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/planctl/planctl/internal/tempname"
)

// Sweep removes the temporary files that a killed process left beside path. The caller sees to it that
// no other process is writing path at the moment: its temporary file would be taken for a leftover. A
// path or a directory that is not there has none.
//
// Where the process died after it had put its own content in the file's place, and what it took out is not
// what it had read, that is somebody's work, saved in between: it gets its name back. Who knows that a
// temporary file was about to be placed asks Settle first, which knows more. Files
// whose base names are in except are left alone.
func Sweep(path string, except ...string) error {
	target, err := resolve(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	dir, base := filepath.Split(target)
	return each(dir, func(name string) error {
		if !tempname.Of(name, base) || slices.Contains(except, name) {
			return nil
		}
		return sweep(filepath.Join(dir, name), target)
	})
}

// SweepDir removes the temporary files of the named files of a directory, in which no file was replaced that a person may
// have written to. The caller sees to it that no other process writes them. One that is not there has none.
func SweepDir(dir string, bases ...string) error {
	err := each(dir, func(name string) error {
		if !slices.ContainsFunc(bases, func(base string) bool { return tempname.Of(name, base) }) {
			return nil
		}
		return os.Remove(filepath.Join(dir, name))
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// each calls do for every temporary file of a directory.
func each(dir string, do func(name string) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if !IsTemp(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		if err := do(e.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func sweep(temp, target string) error {
	b, err := still(temp, nil)
	if err != nil {
		return err
	}
	if holds(temp, b) == somebodys {
		// It was cut short while it was written, or the file was saved since, unless target has what it was to hold.
		if _, err := (Steps{}).giveBack(temp, target, b); err != nil {
			return err
		}
	}
	return os.Remove(temp)
}

// holding is what a file under a temporary name holds.
type holding uint8

const (
	somebodys holding = iota // neither of the two
	ours                     // what was to be placed
	read                     // what the target held when it was read
)

func holds(temp string, b []byte) holding {
	digits := temp[len(temp)-randomDigits:]
	switch digitsOf(sha256.Sum256(b)) {
	case digits[:sumDigits]:
		return ours
	case digits[sumDigits : 2*sumDigits]:
		return read
	}
	return somebodys
}

// giveBack puts somebody's work, found under a temporary name, in the place of what took its place, if that is still
// there; it reports whether the work stands under its own name now.
func (s Steps) giveBack(temp, target string, work []byte) (bool, error) {
	var err error
	for range tries {
		var now []byte
		now, err = still(target, nil)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		sum := sha256.Sum256(now)
		if sum == sha256.Sum256(work) {
			return true, nil // by a call that died then
		}
		if holds(temp, now) != ours {
			return false, nil
		}
		err = Steps{Making: s.Making}.Replace(target, work, &sum)
		var changed *ChangedError
		var busy *BusyError
		if !errors.As(err, &changed) && !errors.As(err, &busy) {
			return err == nil, err
		}
	}
	return false, err
}
