package commit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// Writing is how plans are to be written: the tokens of the config, and the
// token that the workspace uses most for each state.
type Writing struct {
	Tokens plan.Tokens
	Use    map[plan.State]string
	Ledger string // path of the ledger that the config names, relative to the workspace

	// Spec is the digest of a task's spec as it is now, "" where it has none; nil: nobody asks.
	Spec func(plan, id string) string
	// Close adds to a change, and to its record, the phases and roll-up rows that its tick completes in the workspace as it is
	// now; nil: nobody does. A recovery asks for it, where a run is recorded later than it ended.
	Close func(c *Change, p *manifest.Predicate) error
}

// Refusal is a tick that was not written because the row is no longer what ran.
type Refusal struct {
	Tick Tick
	Why  string
}

// Outcome says what is on disk after a commit.
type Outcome struct {
	Digest   string
	Number   int
	Manifest string // path, relative to the workspace
	Ticked   []Tick
	Refused  []Refusal
	Left     []string // what recovery left alone, each with its reason
}

// ConflictError says that a person's edit stands against the commit: the run
// is recorded, and what the error names was not written.
type ConflictError struct {
	Path string
	Why  string
	gone bool // the file is no longer there
}

func (e *ConflictError) Error() string { return fmt.Sprintf("%s: %s", e.Path, e.Why) }

func gone(path string) *ConflictError {
	return &ConflictError{Path: path, Why: "the file is gone", gone: true}
}

// Prepare makes the change. It is called under the workspace lock and reads the files anew, so that
// the attempt's number and the ticks are those of this moment.
type Prepare func() (*Change, *manifest.Statement, error)

// Commit writes manifest, ledger and plan, in that order, and then removes the intent. The manifest
// is the commit point: before it nothing happened, after it recover finishes what is left. On an
// error after the commit point the intent stays; a ConflictError is no such error: what could be
// written is, and the intent is gone. After a Waiting error the intent stays for a recovery: with a *BranchError, that the branch
// was switched meanwhile, nothing is written, nor is it with an *EntryError, that the ledger takes no entry, unless the
// ledger changed between the question and the entry.
func (o *Open) Commit(ctx context.Context, w Writing, prepare Prepare) (Outcome, error) {
	lock, err := o.store.lockWorkspace(ctx, "recording "+o.Intent.Name)
	if err != nil {
		return Outcome{}, err
	}
	var out Outcome
	moved, err := o.store.elsewhere(ctx, &o.Intent)
	switch {
	case err != nil:
	case moved != nil:
		err = moved
	default:
		out, err = o.commit(w, prepare)
	}
	return out, errors.Join(err, lock.Release())
}

func (o *Open) commit(w Writing, prepare Prepare) (Outcome, error) {
	change, statement, err := prepare()
	if err != nil {
		return Outcome{}, err
	}
	if err := o.place(change, statement); err != nil {
		return Outcome{}, err
	}
	change.manifest, err = manifest.Encode(statement)
	if err != nil {
		return Outcome{}, err
	}
	change.Digest = manifest.Digest(change.manifest)
	change.Entry.Run = change.Digest
	o.Change = change
	if err := o.append(line{Change: change}); err != nil {
		return Outcome{}, err
	}
	path := o.store.abs(change.ManifestPath)
	if err := atomicfile.Create(path, change.manifest, 0o644); err != nil {
		return Outcome{}, fmt.Errorf("write the manifest: %w", err)
	}
	if err := o.done(manifestStep); err != nil {
		return Outcome{}, err
	}
	return o.finishChange(w)
}

// finishChange does steps 3 and 4, each once, and removes the intent.
func (o *Open) finishChange(w Writing) (Outcome, error) {
	c := o.Change
	out := Outcome{Digest: c.Digest, Number: c.Entry.Number, Manifest: c.ManifestPath}
	var conflict error
	wrote := !o.has(ledgerStep)
	if wrote {
		if err := o.enter(c); err != nil {
			return out, err
		}
		if err := o.done(ledgerStep); err != nil {
			return out, err
		}
	}
	if err := o.tickAll(w, c, &out); err != nil {
		return out, err
	}
	if wrote {
		var err error
		if conflict, err = o.hold(w, c, &out); err != nil {
			return out, err
		}
	}
	for _, r := range out.Refused {
		if conflict == nil && !r.Tick.Roll {
			conflict = &ConflictError{Path: r.Tick.Plan, Why: r.Why}
		}
	}
	if err := o.finish(); err != nil {
		return out, fmt.Errorf("remove the intent: %w", err)
	}
	return out, conflict
}

// tickAll writes every tick of the change, roll-up rows after the task itself. A roll-up whose own
// cause was refused is refused too.
func (o *Open) tickAll(w Writing, c *Change, out *Outcome) error {
	for _, t := range c.Ticks {
		step := t.step()
		if o.has(step) {
			continue
		}
		if t.Roll && len(out.Refused) > 0 {
			out.Refused = append(out.Refused, Refusal{t, "the row that it follows was not ticked"})
			continue
		}
		token, why, err := o.tick(w, t)
		if err != nil {
			return err
		}
		if why != "" {
			out.Refused = append(out.Refused, Refusal{t, why})
			continue
		}
		if err := o.done(step); err != nil {
			return err
		}
		if token != "" {
			t.Token = token
			out.Ticked = append(out.Ticked, t)
		}
	}
	return nil
}

// enter appends the attempt to the ledger as it is now. An *EntryError where that takes none.
func (o *Open) enter(c *Change) error {
	err := o.store.edit(c.Ledger, o.placing(ledgerStep), func(src []byte) ([]byte, error) {
		ins, _, err := o.add(c, src)
		if err != nil || ins == nil {
			return nil, err
		}
		return ledger.Insert(src, *ins), nil
	})
	if isConflict(err) {
		return o.refused(c, err)
	}
	return err
}

// tick writes one state token and gives it back, "" where the row has that state already; why says that the row is no
// longer what it was.
func (o *Open) tick(w Writing, t Tick) (token, why string, err error) {
	err = o.store.edit(t.Plan, o.placing(t.step()), func(src []byte) ([]byte, error) {
		token, why = "", ""
		doc := plan.Parse(t.Plan, src, w.Tokens)
		task := doc.Task(t.ID)
		switch {
		case task == nil:
			why = fmt.Sprintf("row %s is gone from %s", t.ID, t.Plan)
			return nil, nil
		case !task.Editable:
			why = fmt.Sprintf("%s:%d: %s", t.Plan, task.Line, task.Problem)
			return nil, nil
		case task.RowText() != t.Row:
			why = fmt.Sprintf("%s:%d: row %s was reworded while its command ran", t.Plan, task.Line, t.ID)
			return nil, nil
		case task.State == t.To:
			return nil, nil
		case task.Token != t.From:
			why = fmt.Sprintf("%s:%d: the state of %s was changed from %s to %s meanwhile", t.Plan, task.Line, t.ID, t.From, task.Token)
			return nil, nil
		}
		flip, err := doc.SetState(task, t.To, w.Use)
		if err != nil {
			return nil, err
		}
		edits := []plan.Edit{flip}
		if t.Note != "" {
			note, err := doc.Annotate(task, t.Note)
			switch {
			case errors.Is(err, plan.ErrNoGuidance): // a table without such a column has no place for it
			case err != nil:
				return nil, err
			default:
				edits = append(edits, note)
			}
		}
		token = string(flip.New)
		return plan.Apply(src, edits...)
	})
	var ce *ConflictError
	if errors.As(err, &ce) {
		return "", ce.Error(), nil
	}
	return token, why, err
}

// Writable says, before a command runs, which of the files that its end will have to write may not be.
func (s *Store) Writable(paths ...string) error {
	var errs []error
	for _, p := range paths {
		if err := s.within(p); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p, err))
			continue
		}
		err := atomicfile.Writable(s.abs(p))
		if errors.Is(err, fs.ErrNotExist) {
			continue // that it is gone is said where it is read
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Inside is an error for a file of the workspace that would lie elsewhere: its path, or a link on its way, leads out.
func (s *Store) Inside(path string) error {
	if err := s.within(path); err != nil {
		return &ConflictError{Path: path, Why: err.Error()}
	}
	return nil
}

func (s *Store) abs(rel string) string {
	if filepath.IsAbs(rel) {
		return rel
	}
	return filepath.Join(s.Root, filepath.FromSlash(rel))
}

// since is a duration for people, to the hundredth of a second.
func since(d time.Duration) float64 {
	return float64(d.Round(10*time.Millisecond)) / float64(time.Second)
}
