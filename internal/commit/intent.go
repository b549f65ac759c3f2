package commit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/owner"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/runner"
)

// Intent is what a process means to do to one task, on disk before it does
// it. An intent's file is JSON lines: the intent, a throwaway directory of its
// process, what was started, how it ended where that could not be recorded, the
// change, and for each step of the change what is about to be placed and that it is done. Each is fsynced, a placing only
// with the next line. Only the last line can be torn; it is then as if it had
// not been written.
type Intent struct {
	Key      string             `json:"key"`  // unique; the command sees it as PLANCTL_KEY
	Name     string             `json:"name"` // the task as people write it
	PID      int                `json:"pid"`
	Birth    string             `json:"birth"`
	Space    string             `json:"space,omitempty"` // where PID counts, see space
	Branch   string             `json:"branch"`          // the branch that was checked out; "" when detached or without git
	RunDir   string             `json:"run_dir"`         // relative to the workspace
	Manifest string             `json:"manifest"`        // path, relative to the workspace
	Log      string             `json:"log"`             // path, relative to the workspace; "" for a decision
	Begun    time.Time          `json:"begun"`
	Partial  manifest.Predicate `json:"partial"` // what is known before the end: recover records it as interrupted
	Entry    EntryPlace         `json:"entry"`   // where an interrupted run's attempt goes
}

// EntryPlace names a ledger section.
type EntryPlace struct {
	Ledger  string       `json:"ledger"` // path, relative to the workspace
	Section string       `json:"section"`
	Title   string       `json:"title"` // the task's description
	Task    string       `json:"task"`  // as the entry names it
	Style   ledger.Style `json:"style"`
}

// Tick is one state token to be written.
type Tick struct {
	Plan  string     `json:"plan"` // path, relative to the workspace
	ID    string     `json:"id"`
	Row   string     `json:"row"`  // RowText as it was when the change was made
	From  string     `json:"from"` // the token as it was
	To    plan.State `json:"to"`
	Note  string     `json:"note,omitempty"` // text to append to the guidance cell
	Roll  bool       `json:"roll,omitempty"` // a roll-up row, not the task itself
	Token string     `json:"-"`              // as it was written
}

// Change is all that one attempt writes.
type Change struct {
	ManifestPath string       `json:"manifest_path"`
	Digest       string       `json:"digest"`
	Ledger       string       `json:"ledger"`
	Section      string       `json:"section"`
	Entry        ledger.Entry `json:"entry"`
	Style        ledger.Style `json:"style"`
	Ticks        []Tick       `json:"ticks"`

	manifest []byte
}

// line is one line of an intent's file; one of the fields is set. Step names
// what is done: "manifest", "ledger", or "tick PLAN#ID".
type line struct {
	Intent  *Intent        `json:"intent,omitempty"`
	Started *runner.Handle `json:"started,omitempty"`
	Scratch string         `json:"scratch,omitempty"`
	Ended   *Ended         `json:"ended,omitempty"`
	Change  *Change        `json:"change,omitempty"`
	Placing *placing       `json:"placing,omitempty"`
	Step    string         `json:"step,omitempty"`
}

const (
	manifestStep = "manifest"
	ledgerStep   = "ledger"
	tickStep     = "tick "
	making       = ".making"
)

func (t *Tick) step() string { return tickStep + t.Plan + "#" + t.ID }

// Open is an intent whose file this process holds.
type Open struct {
	Intent    Intent
	Handle    *runner.Handle
	Throwaway string // a directory that goes with the intent's process, see Scratch
	Ended     *Ended // what could not be recorded when it ended
	Change    *Change
	Steps     []string
	strange   bool // there are lines of a planctl that says more than this one knows
	store     *Store
	placed    map[string]placing // by step, those that may have been on their way when the process died
	path      string
	file      *os.File
	size      int64 // of the lines that are whole
	broken    error // why the file cannot be written any more
}

// Begin writes an intent and fsyncs it and its directory.
func (s *Store) Begin(in Intent) (*Open, error) {
	dir, err := s.home.make(intentsDir)
	if err != nil {
		return nil, err
	}
	in.PID = os.Getpid()
	birth, err := processBirth(in.PID)
	if err != nil {
		return nil, fmt.Errorf("read this process's start time: %w", err)
	}
	in.Birth, in.Space = birth, space()
	o := &Open{Intent: in, store: s, path: filepath.Join(dir, in.Key+".jsonl")}
	// It appears under its name only when its first line is whole: nobody takes one in the making for a torn one.
	tmp := filepath.Join(dir, fmt.Sprintf("%s.%d%s", in.Key, in.PID, making))
	o.file, err = os.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write the intent: %w", err)
	}
	if err = owner.Give(o.file); err == nil {
		err = o.append(line{Intent: &in})
	}
	if err == nil {
		err = os.Rename(tmp, o.path)
	}
	if err != nil {
		return nil, errors.Join(err, o.Close(), os.Remove(tmp))
	}
	if err := atomicfile.SyncDir(dir); err != nil {
		return nil, errors.Join(err, o.Close(), os.Remove(o.path)) // nothing has started, and nobody is to record it
	}
	return o, nil
}

// bare is the system's word without a path: an intent's file had another name when it was opened.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Started records what the executor made of the job, so that a recovery finds it.
func (o *Open) Started(h runner.Handle) error {
	o.Handle = &h
	return o.append(line{Started: &h})
}

// Scratch records a throwaway directory that the process is going to use: a recovery gives its name, for who made it to
// take away.
func (o *Open) Scratch(dir string) error {
	o.Throwaway = dir
	return o.append(line{Scratch: dir})
}

func (o *Open) append(l line) error {
	if err := o.write(l); err != nil {
		return err
	}
	if err := o.file.Sync(); err != nil {
		return fmt.Errorf("flush the intent %s: %w", o.path, bare(err))
	}
	return nil
}

func (o *Open) write(l line) error {
	if o.broken != nil {
		return o.broken
	}
	b, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode the intent: %w", err)
	}
	n, err := o.file.Write(append(b, '\n'))
	if err == nil {
		o.size += int64(n)
		return nil
	}
	err = fmt.Errorf("write the intent %s: %w", o.path, bare(err))
	// Half a line is for the end of the file only: with another one after it nothing could be read.
	if e := o.file.Truncate(o.size); e != nil {
		o.broken = errors.Join(err, fmt.Errorf("take half a line back: %w", bare(e)))
		return o.broken
	}
	return err
}

// reopen takes an intent up that a dead process left, less what it wrote half.
func (o *Open) reopen() (err error) {
	if o.file, err = os.OpenFile(o.path, os.O_WRONLY|os.O_APPEND, 0); err != nil {
		return fmt.Errorf("open the intent: %w", err)
	}
	if err := o.file.Truncate(o.size); err != nil {
		return errors.Join(fmt.Errorf("take half a line of the intent back: %w", err), o.file.Close())
	}
	return nil
}

func (o *Open) done(step string) error {
	o.Steps = append(o.Steps, step)
	return o.append(line{Step: step})
}

func (o *Open) has(step string) bool { return slices.Contains(o.Steps, step) }

// Close leaves the intent on disk for recover.
func (o *Open) Close() error { return o.file.Close() }

// finish removes the intent: what it announced is done, or recorded as left alone.
func (o *Open) finish() error {
	err := o.file.Close()
	if err != nil {
		err = fmt.Errorf("close the intent %s: %w", o.path, bare(err))
	}
	if e := os.Remove(o.path); e != nil && !errors.Is(e, fs.ErrNotExist) {
		err = errors.Join(err, e)
	}
	return errors.Join(err, atomicfile.SyncDir(filepath.Dir(o.path)))
}

// Abandon removes an intent whose run never started, so that nothing is recorded of it.
func (o *Open) Abandon() error { return o.finish() }

// Intents lists the intents on disk, oldest first, each with whether its process is gone. One that
// cannot be read at all (its first line was torn: nothing had started) counts as empty.
func (s *Store) Intents() ([]*Open, error) {
	all, err := s.inUse()
	if err != nil {
		return nil, err
	}
	var out []*Open
	for _, h := range all {
		found, err := s.intentsIn(filepath.Join(h.dir, intentsDir))
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	slices.SortStableFunc(out, func(a, b *Open) int { return a.Intent.Begun.Compare(b.Intent.Begun) })
	return out, nil
}

func (s *Store) intentsIn(dir string) ([]*Open, error) {
	names, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the intents: %w", err)
	}
	var out []*Open
	for _, n := range names {
		if !strings.HasSuffix(n.Name(), ".jsonl") {
			continue
		}
		o, err := s.read(filepath.Join(dir, n.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // its process finished it meanwhile
		}
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func (s *Store) read(path string) (*Open, error) {
	if err := own(path); err != nil {
		return nil, err
	}
	b, err := regular.Read(path)
	if err != nil {
		return nil, fmt.Errorf("read the intent: %w", err)
	}
	o := &Open{store: s, path: path}
	for len(b) > 0 {
		raw, rest, whole := bytes.Cut(b, []byte{'\n'})
		if !whole {
			break // torn by the crash
		}
		o.size += int64(len(raw) + 1)
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			return nil, fmt.Errorf("%s: %w; move the file away to go on without it", path, err)
		}
		switch {
		case l.Intent != nil:
			o.Intent = *l.Intent
		case l.Started != nil:
			o.Handle = l.Started
		case l.Scratch != "":
			o.Throwaway = l.Scratch
		case l.Ended != nil:
			o.Ended = l.Ended
		case l.Change != nil:
			o.Change = l.Change
		case l.Placing != nil:
			o.note(*l.Placing)
		case l.Step == manifestStep, l.Step == ledgerStep, strings.HasPrefix(l.Step, tickStep):
			o.Steps = append(o.Steps, l.Step)
		default:
			o.strange = true
		}
		b = rest
	}
	return o, nil
}

// Live reports whether the process that holds the intent still runs. Of one in another container, or on another machine that
// has the same files, the lock of its task tells.
func (o *Open) Live() (bool, error) {
	in := &o.Intent
	switch {
	case in.PID == 0:
		return false, nil
	case o.near():
		return alive(in.PID, in.Birth), nil
	}
	return o.store.heldByAnybody(in.Name)
}

// near reports whether this system lists the intent's process, if it runs.
func (o *Open) near() bool { return o.Intent.Space == "" || o.Intent.Space == space() }

// handle is what the executor knows the job by: its answer, or the key alone where a crash came before it.
func (o *Open) handle() runner.Handle {
	if o.Handle != nil {
		return *o.Handle
	}
	return runner.Handle{Key: o.Intent.Key}
}
