package runner

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Waiter is an executor that knows when to be asked again, so that nothing
// has to be asked in vain.
type Waiter interface {
	// Changed gives a channel that is closed when a job changes after the call.
	Changed() <-chan struct{}
}

// The pace of Wait.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 5 * time.Second
	waiterPoll = time.Second // with a Waiter: jobs of another process do not announce themselves
	endWait    = time.Minute // after a cancel, without any change
	pollTries  = 10          // a cluster's controller may be away for a moment
)

// Wait polls until all jobs have ended and gives their results in the order of
// hs. each, where it is not nil, sees every new phase of every job, from this
// goroutine. When ctx ends, the jobs are cancelled and their end is waited
// for: their results then say so, and no error does. An error means that the
// executor does not answer, or that cancelled jobs did not end within a minute
// of the last change.
func Wait(ctx context.Context, ex Executor, hs []Handle, each func(JobStatus)) ([]Result, error) {
	w := waiting{ex: ex, hs: hs, each: each, results: make([]*Result, len(hs)), phases: make([]Phase, len(hs))}
	asked := context.WithoutCancel(ctx)
	done := ctx.Done()
	var limit <-chan time.Time
	pause := firstPause
	for failed := 0; ; {
		var changed <-chan struct{}
		if wr, ok := ex.(Waiter); ok {
			changed = wr.Changed() // before the question: what changes after the answer is not missed
			pause = waiterPoll
		}
		news, err := w.poll(asked)
		if failed++; err == nil {
			failed = 0
		} else if failed == pollTries {
			return nil, fmt.Errorf("ask for the jobs' state, %d times: %w", failed, err)
		}
		if err == nil && w.left == 0 {
			return w.all(), nil
		}
		if news {
			pause = firstPause
			if limit != nil {
				limit = time.After(endWait)
			}
		}
		t := time.NewTimer(pause)
		select {
		case <-changed:
		case <-t.C:
		case <-limit:
			t.Stop()
			return nil, fmt.Errorf("%d cancelled jobs have not ended after %v: %w", w.left, endWait, context.Cause(ctx))
		case <-done:
			done, limit, pause = nil, time.After(endWait), firstPause
			if err := ex.Cancel(asked, w.open()); err != nil {
				t.Stop()
				return nil, errors.Join(fmt.Errorf("cancel the jobs: %w", err), context.Cause(ctx))
			}
		}
		t.Stop()
		pause = min(pause*3/2, lastPause)
	}
}

// End cancels jobs that nobody is going to ask for any more, and waits until
// they have ended. An error means that some may still run.
func End(ctx context.Context, ex Executor, hs []Handle) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	cancel() // which is how Wait is told to end them
	_, err := Wait(ctx, ex, hs, nil)
	return err
}

// waiting is what Wait knows so far.
type waiting struct {
	ex      Executor
	hs      []Handle
	each    func(JobStatus)
	results []*Result
	phases  []Phase
	left    int // jobs that have not ended, as of the last poll
}

// open lists the jobs that have not ended.
func (w *waiting) open() []Handle {
	var hs []Handle
	for i, h := range w.hs {
		if w.results[i] == nil {
			hs = append(hs, h)
		}
	}
	return hs
}

// poll asks once for all that have not ended and reports whether anything is new.
func (w *waiting) poll(ctx context.Context) (news bool, err error) {
	hs := w.open()
	if w.left = len(hs); w.left == 0 {
		return false, nil
	}
	sts, err := w.ex.Poll(ctx, hs)
	if err != nil {
		return false, err
	}
	if len(sts) != len(hs) {
		return false, fmt.Errorf("asked for %d jobs, told of %d", len(hs), len(sts))
	}
	k := 0
	for i := range w.hs {
		if w.results[i] != nil {
			continue
		}
		st := sts[k]
		k++
		switch st.Phase {
		case Finished:
			if w.results[i] = st.Result; st.Result == nil {
				w.results[i] = &Result{Exit: -1, Err: "the executor does not say how the job ended"}
			}
		case Lost:
			w.results[i] = &Result{Exit: -1, Started: w.hs[i].Started, Err: "the executor has lost the job: how it ended is not known"}
		}
		if w.results[i] != nil {
			w.left--
		}
		if st.Phase != w.phases[i] {
			w.phases[i], news = st.Phase, true
			if w.each != nil {
				w.each(st)
			}
		}
	}
	return news, nil
}

func (w *waiting) all() []Result {
	out := make([]Result, len(w.results))
	for i, r := range w.results {
		out[i] = *r
	}
	return out
}
