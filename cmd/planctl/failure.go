package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/planctl/planctl/internal/regular"
)

// failure is an answer of no: nothing is wrong with the call or the files, and there is nothing to show.
type failure struct{ msg, help string }

func (e *failure) Error() string { return e.msg }

// unreadable is a file that the user named and that cannot be read.
type unreadable struct{ err error }

func (e *unreadable) Error() string { return e.err.Error() }
func (e *unreadable) Unwrap() error { return e.err }

// missingFile is a file that the user named and that is not there.
type missingFile struct{ name string }

func (e *missingFile) Error() string        { return e.name + " is not there" }
func (e *missingFile) Is(target error) bool { return target == fs.ErrNotExist }

// readNamed reads a file that the user named. The error is an *unreadable.
func (a *app) readNamed(file string) ([]byte, error) {
	b, err := regular.Read(a.path(file))
	var p *fs.PathError
	switch {
	case err == nil:
		return b, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, &unreadable{&missingFile{file}}
	case errors.As(err, &p):
		err = fmt.Errorf("%s cannot be read: %w", file, p.Err)
	}
	return nil, &unreadable{err}
}
