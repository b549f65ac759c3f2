package commit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/ledger"
)

// Recovered is what recovery did with one intent.
type Recovered struct {
	Name    string
	Did     string // "finished", "interrupted", "nothing had started", "kept", "ended" where its workspace is gone
	Why     string
	Killed  int // processes of the run that were still alive
	Outcome Outcome
	Scratch string // the throwaway directory of the dead process, "" without; the caller takes it away
}

// RecoverError says why one intent could not be finished. The intent stays.
type RecoverError struct {
	Name string // of the task, PLAN#ID
	Err  error
}

func (e *RecoverError) Error() string { return fmt.Sprintf("recover %s: %v", e.Name, e.Err) }
func (e *RecoverError) Unwrap() error { return e.Err }

// Recover finishes the intents whose process is gone, and nothing else. It ends what survives of
// their commands first. An intent made on another branch is kept for that branch, unless s.Here and that is gone. w says how plans
// are written. Without open intents nothing is locked or written.
func (s *Store) Recover(ctx context.Context, w Writing, now time.Time) ([]Recovered, error) {
	open, err := s.Intents()
	if err != nil {
		return nil, err
	}
	var out []Recovered
	var errs []error
	for _, o := range open {
		if live, err := o.Live(); live || err != nil {
			errs = append(errs, err)
			continue
		}
		r, err := s.recoverOne(ctx, w, o, now)
		if err != nil {
			errs = append(errs, &RecoverError{o.Intent.Name, err})
			continue
		}
		out = append(out, r...)
	}
	lost, err := s.recoverLost(ctx)
	out, errs = append(out, lost...), append(errs, err)
	kept, err := s.clearNotes()
	for _, name := range kept {
		out = append(out, Recovered{Name: s.shown(name), Did: "kept", Why: s.saved(name)})
	}
	return out, errors.Join(append(errs, s.sweep(), err)...)
}

// RecoverTask finishes the intents of one task whose process is gone. The caller holds the task's lock: so it meets the
// holder that died after Recover had looked, and whose command may still run.
func (s *Store) RecoverTask(ctx context.Context, w Writing, task string, now time.Time) ([]Recovered, error) {
	open, err := s.Intents()
	if err != nil {
		return nil, err
	}
	var out []Recovered
	for _, o := range open {
		if o.Intent.Name != task || o.near() && alive(o.Intent.PID, o.Intent.Birth) {
			continue // one from afar is dead: its lock is the caller's
		}
		r, err := s.recoverLocked(ctx, w, o, now)
		// What waits for another branch Recover has said, before the lock was asked for.
		out = append(out, slices.DeleteFunc(r, func(r Recovered) bool { return r.Did == "kept" })...)
		if err != nil {
			return out, &RecoverError{o.Intent.Name, err}
		}
	}
	return out, nil
}

// sweep removes what a crash left of intents that never got their name.
func (s *Store) sweep() error {
	all, err := s.inUse()
	if err != nil {
		return err
	}
	var left []string
	for _, h := range all {
		names, err := filepath.Glob(filepath.Join(h.dir, intentsDir, "*"+making))
		if err != nil {
			return err
		}
		left = append(left, names...)
	}
	var errs []error
	for _, p := range left {
		base := strings.TrimSuffix(p, making)
		pid, err := strconv.Atoi(base[strings.LastIndexByte(base, '.')+1:])
		if err == nil && alive(pid, "") {
			continue
		}
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (s *Store) recoverOne(ctx context.Context, w Writing, o *Open, now time.Time) ([]Recovered, error) {
	// The lock comes before all else: the process of the intent may live where this one does not see it, in a container
	// say, and then its command is not to be ended.
	lock, err := s.LockTask(o.Intent.Name, "recover")
	var held *HeldError
	if errors.As(err, &held) {
		return nil, nil // its process lives, or another planctl recovers it or runs the task again
	}
	if err != nil {
		return nil, err
	}
	r, err := s.recoverLocked(ctx, w, o, now)
	return r, errors.Join(err, lock.Release())
}

// recoverLocked is recoverOne under the task's lock.
func (s *Store) recoverLocked(ctx context.Context, w Writing, o *Open, now time.Time) ([]Recovered, error) {
	at, kept, err := s.rest(ctx, w, o)
	if kept != nil || err != nil {
		return kept, err
	}
	wl, err := s.lockWorkspace(ctx, "recovering "+o.Intent.Name)
	if err != nil {
		return nil, err
	}
	r, err := s.finishOne(ctx, w, o, at, now)
	return r, errors.Join(err, wl.Release())
}

// keep says why an intent is left as it is; nil where it is to be finished. What survives of the command of one that another branch
// has to wait for is ended all the same.
func (s *Store) keep(ctx context.Context, w Writing, o *Open) ([]Recovered, error) {
	r := Recovered{Name: o.Intent.Name, Did: "kept"}
	if o.strange { // what it says may undo what this planctl would do
		if r.Name == "" {
			r.Name = s.shown(o.path)
		}
		r.Why = fmt.Sprintf("another planctl began it, and says what this one does not know; recover it with that one, or remove %s", o.path)
		return []Recovered{r}, nil
	}
	if o.Intent.Key == "" {
		return nil, nil
	}
	// What an intent says is checked before anything is done for it: without git it lies in the tree, and
	// others may have written it.
	if err := s.trust(w, o); err != nil {
		r.Why = err.Error()
		return []Recovered{r}, nil
	}
	moved, err := o.elsewhere(ctx)
	if err != nil || moved == nil || moved.Gone && s.Here {
		return nil, err
	}
	if r.Killed, err = o.end(ctx); err != nil {
		return nil, err
	}
	r.Why = moved.Error() + "; " + moved.Help()
	return []Recovered{r}, nil
}

// end ends what survives of an intent's command, and says how many processes that were.
func (o *Open) end(ctx context.Context) (int, error) {
	if o.Handle == nil && o.Intent.Log == "" {
		return 0, nil
	}
	if o.store.End == nil {
		return 0, errors.New("end what survives of it: nobody here knows how")
	}
	n, err := o.store.End(ctx, o.handle())
	if err != nil {
		return n, fmt.Errorf("end what survives of it: %w", err)
	}
	return n, nil
}

func (s *Store) finishOne(ctx context.Context, w Writing, o *Open, at rested, now time.Time) (_ []Recovered, err error) {
	// Read again under the locks: another recovery may have finished it.
	fresh, err := s.read(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o = fresh
	r := Recovered{Name: o.Intent.Name}
	if !s.inTree(o.path) { // where others may have written it
		r.Scratch = o.Throwaway
	}
	if o.Intent.Key == "" && !o.strange {
		r.Did = "nothing had started"
		return []Recovered{r}, os.Remove(o.path)
	}
	// Once more under the locks: a branch can be switched meanwhile.
	if kept, err := s.keep(ctx, w, o); kept != nil || err != nil {
		return kept, err
	}
	r.Killed = at.killed
	if err := o.reopen(); err != nil {
		return nil, err
	}
	defer func() {
		// finish has closed it already on the good path.
		if e := o.file.Close(); e != nil && !errors.Is(e, os.ErrClosed) {
			err = errors.Join(err, e)
		}
	}()
	if o.Change != nil {
		kept, err := o.settle()
		for _, name := range kept {
			r.because(s.saved(name))
		}
		if err != nil && r.Why != "" {
			err = fmt.Errorf("%w; %s", err, r.Why)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := s.tidy(o); err != nil {
		return nil, err
	}
	reached, err := s.reached(o)
	if err != nil {
		return nil, err
	}
	switch {
	case reached:
		r.Did = "finished"
		if err := s.respect(o, &r); err != nil {
			return nil, err
		}
		r.Outcome, err = o.finishChange(w)
	case o.Ended != nil:
		r.Did = "finished"
		r.Outcome, err = s.late(w, o, &r)
	default:
		r.Did = "interrupted"
		r.Outcome, err = s.interrupt(ctx, w, o, at, now)
	}
	var conflict *ConflictError
	var entry *EntryError
	switch {
	case errors.As(err, &conflict):
		r.because(conflict.Error())
		err = nil
	case errors.As(err, &entry):
		r.Did = "kept"
		r.because(entry.Error() + "; " + entry.Help())
		err = nil
	}
	return []Recovered{r}, err
}

// because adds a reason.
func (r *Recovered) because(why string) {
	if r.Why != "" {
		why = r.Why + "; " + why
	}
	r.Why = why
}

// saved says what a file is that recovery gave its name.
func (s *Store) saved(path string) string {
	return "what somebody saved just before planctl died, and nobody has saved since, is kept in " + s.shown(path)
}

// shown is a path as people read it.
func (s *Store) shown(path string) string {
	if rel, err := s.rel(path); err == nil {
		return rel
	}
	return path
}

// tidy removes the temporary files of a write that the crash cut short. The workspace lock is held, so
// nobody else is writing these files.
func (s *Store) tidy(o *Open) error {
	// The run's directory was the dead process's alone, and its command's: whatever name that chose, its file stays.
	names := []string{filepath.Base(o.Intent.Manifest), strings.TrimSuffix(filepath.Base(o.Intent.Manifest), manifest.Suffix) + ".patch"}
	if o.Change != nil {
		names = append(names, filepath.Base(o.Change.ManifestPath))
	}
	var errs []error
	if err := atomicfile.SweepDir(s.abs(o.Intent.RunDir), names...); err != nil && !errors.Is(err, syscall.ENOTDIR) {
		errs = append(errs, err)
	}
	var paths []string
	if c := o.Change; c != nil {
		paths = append(paths, c.Ledger)
		for _, t := range c.Ticks {
			paths = append(paths, t.Plan)
		}
	}
	spare, err := s.announced(o)
	if err != nil {
		return err
	}
	for _, p := range paths {
		errs = append(errs, atomicfile.Sweep(s.abs(p), spare...))
	}
	return errors.Join(errs...)
}

// announced is the base names of temporary files that tell other intents what became of their replacements: one that
// waits for another branch has not been settled.
func (s *Store) announced(but *Open) ([]string, error) {
	open, err := s.Intents()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, o := range open {
		if o.path == but.path {
			continue
		}
		for _, p := range o.placed {
			if p.Temp != "" {
				out = append(out, p.Temp)
			}
		}
	}
	return out, nil
}

// reached reports whether the commit point was passed: the manifest of the announced change is there.
func (s *Store) reached(o *Open) (bool, error) {
	if o.Change == nil {
		return false, nil
	}
	b, err := regular.Read(s.abs(o.Change.ManifestPath))
	if errors.Is(err, fs.ErrNotExist) {
		return o.has(manifestStep), nil // written and taken away since: a person's decision
	}
	if err != nil {
		return false, fmt.Errorf("read the manifest: %w", err)
	}
	if manifest.Digest(b) != o.Change.Digest {
		return o.has(manifestStep), nil // changed since, which is a person's decision, too; else it is not ours
	}
	doc, err := manifest.Decode(b)
	if err != nil || doc.Predicate.Nonce != o.Intent.Key {
		return false, fmt.Errorf("%s is not the manifest of this run", o.Change.ManifestPath)
	}
	return true, nil
}

// respect marks as done what a person undid since it was done: an entry that was written and is
// gone again, or a manifest that was taken away or changed, is not brought back, nor is a tick without it.
func (s *Store) respect(o *Open, r *Recovered) error {
	gone := ""
	switch b, err := regular.Read(s.abs(o.Change.ManifestPath)); {
	case errors.Is(err, fs.ErrNotExist):
		gone = o.Change.ManifestPath + " was removed since"
	case err != nil:
		return fmt.Errorf("read the manifest: %w", err)
	case manifest.Digest(b) != o.Change.Digest:
		gone = o.Change.ManifestPath + " was changed since"
	}
	if gone == "" && o.has(ledgerStep) {
		b, err := regular.Read(s.abs(o.Change.Ledger))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("read %s: %w", o.Change.Ledger, err)
		}
		if ledger.Parse(o.Change.Ledger, b).ByRun(o.Change.Digest) == nil {
			gone = "its attempt was removed from " + o.Change.Ledger + " since"
		}
	}
	if gone == "" {
		return nil
	}
	r.because(gone + "; left as it is")
	if !o.has(ledgerStep) {
		o.Steps = append(o.Steps, ledgerStep)
	}
	o.Change.Ticks = nil
	return nil
}

// interrupt records a run that had not reached its commit point.
func (s *Store) interrupt(ctx context.Context, w Writing, o *Open, at rested, now time.Time) (Outcome, error) {
	in := &o.Intent
	p := in.Partial
	p.Result = manifest.Interrupted
	p.Reason = "it was not recorded before planctl ended"
	p.Exit = -1
	p.Finished = now.UTC()
	if p.Finished.Before(p.Started) {
		p.Finished = p.Started // the clock was set back meanwhile; a run that ended before it began would be taken for forged
	}
	p.Seconds = since(p.Finished.Sub(p.Started))
	p.Ticked = false
	log := ""
	if in.Log != "" {
		if !at.hashed { // the manifest was there a moment ago, and is not any more
			f, err := s.logFile(ctx, o)
			if err != nil {
				return Outcome{}, err
			}
			at.log = f
		}
		switch {
		case at.log != nil:
			p.Files, log = append(p.Files, *at.log), at.log.Name
		case p.Kind != manifest.KindReplay: // whose logs have names of their own
			p.Reason += "; its log is not there"
		}
	}
	if err := os.MkdirAll(filepath.Dir(s.abs(in.Manifest)), 0o755); err != nil {
		return Outcome{}, fmt.Errorf("make the run's directory: %w", err)
	}
	path, err := FreeManifest(s.Root, strings.TrimSuffix(in.Manifest, manifest.Suffix))
	if err != nil {
		return Outcome{}, err
	}
	return o.commit(w, func() (*Change, *manifest.Statement, error) {
		b, err := regular.Read(s.abs(in.Entry.Ledger))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("read %s: %w", in.Entry.Ledger, err)
		}
		if sec, err := ledger.Parse(in.Entry.Ledger, b).Section(in.Entry.Section); err == nil {
			p.Attempt = sec.NextNumber()
		}
		artifacts := path
		if log != "" {
			artifacts = fmt.Sprintf("%s/{%s,%s}", filepath.ToSlash(filepath.Dir(in.Manifest)), log, filepath.Base(path))
		}
		return &Change{
			ManifestPath: path, Ledger: in.Entry.Ledger, Section: in.Entry.Section, Style: in.Entry.Style,
			Entry: ledger.Entry{
				Date: p.Started.UTC().Format(time.DateOnly), Number: p.Attempt, Task: in.Entry.Task, Title: in.Entry.Title,
				Result: string(manifest.Interrupted), Detail: p.Reason, Artifacts: artifacts,
			},
		}, manifest.New(p), nil
	})
}
