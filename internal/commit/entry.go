package commit

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/ledger"
)

// Waiting is an error of a commit whose run waits in its intent for a recovery: a *BranchError or an *EntryError.
type Waiting interface {
	error
	Help() string // how it comes to be recorded
}

// EntryError says that the ledger takes no entry of a run at the moment: its section is gone, or there twice, or the file
// cannot be read as one.
type EntryError struct {
	Why    string // with the ledger's path
	ledger string
	gone   bool
	way    string // how the ledger comes to take it; "" where Why says enough
}

func (e *EntryError) Error() string { return e.Why }

// Help is how it comes to be recorded.
func (e *EntryError) Help() string {
	help := "planctl recover records it once " + e.ledger + " takes it"
	if e.gone {
		help = "planctl recover records it once " + e.ledger + " is back"
	}
	if e.way != "" {
		help += ": " + e.way
	}
	return help
}

// refused is why the ledger does not take a change's entry, as an *EntryError: err is what the reading of it, or the adding,
// came to.
func (o *Open) refused(c *Change, err error) *EntryError {
	e := &EntryError{Why: err.Error(), ledger: c.Ledger}
	var conflict *ConflictError
	var f finding.Finding
	var list finding.List
	switch {
	case errors.As(err, &conflict):
		e.gone = conflict.gone
	case errors.As(err, &list) && len(list) > 0:
		f = list[0]
	case errors.As(err, &f):
	}
	if f.Code != "" {
		e.Why, e.way = f.Pos()+": "+f.Message, f.Help
	}
	if plan, _, ok := strings.Cut(o.Intent.Name, "#"); ok && f.Code == ledger.CodeNoSection {
		e.way = fmt.Sprintf("planctl link %s %s --create makes the section", quoted(plan), quoted(c.Section))
	}
	return e
}

// add is the insertion of a change's entry into the ledger's text; none where it is there. An *EntryError where the ledger does
// not take it.
func (o *Open) add(c *Change, src []byte) (_ *ledger.Insertion, next int, err error) {
	l := ledger.Parse(c.Ledger, src)
	if c.Digest != "" && l.ByRun(c.Digest) != nil {
		return nil, 0, nil
	}
	s, err := l.Section(c.Section)
	if err != nil {
		return nil, 0, o.refused(c, err)
	}
	ins, err := l.Append(s, c.Entry, c.Style)
	if err != nil {
		return nil, 0, o.refused(c, err)
	}
	return &ins, s.NextNumber(), nil
}

// place asks the ledger, as it is once nobody is saving it, whether it takes the entry, before anything is written: it may have
// been changed while the command ran. The attempt gets its next number.
func (o *Open) place(c *Change, st *manifest.Statement) error {
	src, err := o.store.settled(c.Ledger)
	if isConflict(err) {
		return o.refused(c, err)
	}
	if err != nil {
		return err
	}
	_, next, err := o.add(c, src)
	if next > c.Entry.Number {
		c.Entry.Number, st.Predicate.Attempt = next, next
	}
	return err
}

// unplaced is why the entry of what an intent waits with would not be taken now; nil where it would.
func (o *Open) unplaced(c *Change) (*EntryError, error) {
	src, err := regular.Read(o.store.abs(c.Ledger))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return o.refused(c, gone(c.Ledger)), nil
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", c.Ledger, err)
	}
	var e *EntryError
	if _, _, err := o.add(c, src); !errors.As(err, &e) {
		return nil, err
	}
	return e, nil
}
