// Package evidence makes a run's directory, hashes what a run made, proves
// that it is fresh and keeps the state of the sources. It may not decide
// whether a run passed, and it writes nowhere but below REPORTS.
//
// A run's directory is REPORTS/STAMP/SLUG, with STAMP in UTC as StampLayout.
// Paths of plans and specs are relative to the workspace; none leaves it, also
// not through a link.
package evidence

import (
	"context"
	"errors"

	"github.com/planctl/planctl/internal/disk"
)

// Problem is one thing that is wrong with a piece of evidence, for people.
type Problem struct {
	Subject string // a path, a pattern or a pin, as it was written
	What    string // what is wrong
	Help    string // what to do about it, "" where that is plain
	Err     error  // the system's word where that is what is wrong, else nil
}

// Unwrap gives the system's word.
func (p Problem) Unwrap() error { return p.Err }

// Unread is the first problem that says nothing of its file: the system could not read it at the moment, or an interrupt ended
// the reading. nil: every problem is a fact. Where there is one, the others may come of it, and nothing is concluded from them.
func Unread(problems []Problem) error {
	for _, p := range problems {
		if disk.Failed(p) || errors.Is(p, context.Canceled) {
			return p
		}
	}
	return nil
}

func (p Problem) Error() string {
	s := p.Subject + ": " + p.What
	if p.Help != "" {
		s += "; " + p.Help
	}
	return s
}
