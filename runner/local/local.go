//go:build unix

// Package local runs jobs on this machine, as children of this process. It may
// not know what a job is for, judge how it ended, or write anything but its log.
//
// Each command is the leader of a session, and so of a process group, of its
// own: the terminal's Ctrl-C reaches planctl alone, which passes it on, and a
// command that asks the terminal for a password fails at once where it would
// otherwise be stopped in the background for ever. Its input is empty.
//
// Its output goes to the log as it comes. Without secrets and without a
// terminal the child has the file itself, opened for appending, so that what
// two processes write is in the order they wrote it and nothing is between
// them and the disk. With secrets there is one pipe for both streams and the
// masker behind it; with TTY there is a pseudo-terminal.
//
// When a command ends, is cancelled or takes too long, what belongs to it is
// ended too: first TERM, after the job's grace KILL. See family for what belongs.
package local

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/planctl/planctl/runner"
)

// Name is how handles and manifests call this executor.
const Name = "local"

// defaultGrace is that of a job that says none.
const defaultGrace = 5 * time.Second

// Executor runs jobs as children of this process. It is safe for concurrent use.
type Executor struct {
	mu      sync.Mutex
	jobs    map[string]*job // by key; those that ended too
	active  int             // those whose command has not ended
	changed chan struct{}
	adopt   sync.Once
	now     func() time.Time // says when a job started; how long it took is measured by a clock that nobody sets
}

var (
	_ runner.Executor = (*Executor)(nil)
	_ runner.Waiter   = (*Executor)(nil)
)

// New gives an executor without jobs.
func New() *Executor { return NewAt(time.Now) }

// NewAt is New with a clock of its own for the times of day at which jobs start.
func NewAt(now func() time.Time) *Executor {
	return &Executor{jobs: map[string]*job{}, changed: make(chan struct{}), now: now}
}

// Submit starts all jobs at once; how many may run beside each other is the
// caller's decision. It fails, and starts none, where a job says too little or
// a key was used before. A command that cannot be started has a handle like
// any other, and a result that says why.
//
// From the first call on, this process adopts the orphans of its descendants
// where the system can do that (Linux), so that none escapes.
func (e *Executor) Submit(ctx context.Context, jobs []runner.Job) ([]runner.Handle, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	started := make([]*job, len(jobs))
	e.mu.Lock()
	for i, j := range jobs {
		err := check(j)
		if err == nil && (e.jobs[j.Key] != nil || slices.ContainsFunc(jobs[:i], func(o runner.Job) bool { return o.Key == j.Key })) {
			err = errors.New("there is a job of that key already")
		}
		if err != nil {
			e.mu.Unlock()
			return nil, fmt.Errorf("job %q: %w", j.Key, err)
		}
	}
	for i, spec := range jobs {
		if spec.Grace <= 0 {
			spec.Grace = defaultGrace
		}
		started[i] = newJob(spec, e)
		e.active++
		e.jobs[spec.Key] = started[i]
	}
	e.mu.Unlock()
	e.adopt.Do(adoptOrphans)
	hs := make([]runner.Handle, len(jobs))
	for i, j := range started {
		j.start()
		hs[i] = j.handle
		go func() {
			r := j.supervise()
			e.mu.Lock()
			defer e.mu.Unlock()
			j.result = &r
			e.announce()
		}()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, j := range started {
		j.submitted = true
	}
	e.announce()
	return hs, nil
}

// leave notes that a job's command has ended: what the job does from now on is to end what it left.
func (e *Executor) leave(j *job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !j.left {
		j.left = true
		e.active--
	}
}

// alone reports whether no command runs but, perhaps, that of this job. Of two jobs whose commands have both ended each is.
func (e *Executor) alone(j *job) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.active == 0 || e.active == 1 && !j.left
}

func check(j runner.Job) error {
	switch {
	case j.Key == "":
		return errors.New("it has no key")
	case len(j.Argv) == 0:
		return errors.New("it has no command")
	case !filepath.IsAbs(j.Dir):
		return fmt.Errorf("its directory %q is not absolute", j.Dir)
	case !filepath.IsAbs(j.Log):
		return fmt.Errorf("its log %q is not absolute", j.Log)
	}
	return nil
}

// announce wakes all who wait for a change; e.mu is held.
func (e *Executor) announce() {
	close(e.changed)
	e.changed = make(chan struct{})
}

// Changed gives a channel that is closed when a job starts or ends after the call.
func (e *Executor) Changed() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.changed
}

// own is the job of a handle, nil where another process started it.
func (e *Executor) own(h runner.Handle) *job {
	e.mu.Lock()
	defer e.mu.Unlock()
	if j := e.jobs[h.Key]; j != nil && j.submitted && j.handle.ID == h.ID {
		return j
	}
	return nil
}

// Poll says how the jobs are and never waits. A job that another process
// started is Running while its command lives, and Lost after: only its parent
// learns how it ended.
func (e *Executor) Poll(ctx context.Context, hs []runner.Handle) ([]runner.JobStatus, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([]runner.JobStatus, len(hs))
	for i, h := range hs {
		out[i] = runner.JobStatus{Handle: h, Phase: runner.Running}
		j := e.own(h)
		if j == nil {
			if !leaderLives(h) {
				out[i].Phase = runner.Lost
			}
			continue
		}
		e.mu.Lock()
		if j.result != nil {
			r := *j.result
			out[i].Phase, out[i].Result = runner.Finished, &r
		}
		e.mu.Unlock()
	}
	return out, nil
}

// Cancel begins to end the jobs and does not wait for it; those that have
// ended stay as they are. A job of another process is ended before it returns.
func (e *Executor) Cancel(ctx context.Context, hs []runner.Handle) error {
	var errs []error
	for _, h := range hs {
		if j := e.own(h); j != nil {
			j.stop()
			continue
		}
		if _, err := EndGroup(ctx, h, defaultGrace); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Find gives the job of a key: one of this executor, whether it has ended or
// not, else a living command that carries the key in its environment.
func (e *Executor) Find(ctx context.Context, key string) (runner.Handle, bool, error) {
	if err := ctx.Err(); err != nil {
		return runner.Handle{}, false, err
	}
	e.mu.Lock()
	j := e.jobs[key]
	found := j != nil && j.submitted
	e.mu.Unlock()
	if found {
		return j.handle, true, nil
	}
	return findLeader(key)
}
