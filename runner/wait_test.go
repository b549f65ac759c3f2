package runner_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/runner"
)

// scripted answers each Poll with the next of its answers, the last one for ever.
// What Wait does with an executor that works is tested with real ones, in executortest.
type scripted struct {
	answers  [][]runner.JobStatus
	errs     []error
	polls    int
	canceled [][]runner.Handle
	cancel   error
}

func (s *scripted) Poll(_ context.Context, hs []runner.Handle) ([]runner.JobStatus, error) {
	n := s.polls
	s.polls++
	if n < len(s.errs) && s.errs[n] != nil {
		return nil, s.errs[n]
	}
	all := s.answers[min(n, len(s.answers)-1)]
	var out []runner.JobStatus
	for _, st := range all {
		if slices.Contains(hs, st.Handle) {
			out = append(out, st)
		}
	}
	return out, nil
}

func (s *scripted) Submit(context.Context, []runner.Job) ([]runner.Handle, error) { return nil, nil }

func (s *scripted) Cancel(_ context.Context, hs []runner.Handle) error {
	s.canceled = append(s.canceled, hs)
	return s.cancel
}

func (s *scripted) Find(context.Context, string) (runner.Handle, bool, error) {
	return runner.Handle{}, false, nil
}

var (
	a = runner.Handle{Key: "a"}
	b = runner.Handle{Key: "b"}
)

func status(h runner.Handle, p runner.Phase, r *runner.Result) runner.JobStatus {
	return runner.JobStatus{Handle: h, Phase: p, Result: r}
}

func TestWaitPhases(t *testing.T) {
	ex := &scripted{answers: [][]runner.JobStatus{
		{status(a, runner.Pending, nil), status(b, runner.Running, nil)},
		{status(a, runner.Running, nil), status(b, runner.Finished, &runner.Result{Exit: 2})},
		{status(a, runner.Lost, nil)},
	}}
	var seen []string
	rs, err := runner.Wait(t.Context(), ex, []runner.Handle{a, b}, func(st runner.JobStatus) {
		seen = append(seen, st.Handle.Key+" "+string(st.Phase))
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a pending", "b running", "a running", "b finished", "a lost"}; !slices.Equal(seen, want) {
		t.Errorf("saw %q, want %q", seen, want)
	}
	if rs[0].Exit != -1 || !strings.Contains(rs[0].Err, "lost") || rs[1].Exit != 2 {
		t.Errorf("%+v", rs)
	}
}

func TestWaitNothing(t *testing.T) {
	if rs, err := runner.Wait(t.Context(), &scripted{}, nil, nil); len(rs) != 0 || err != nil {
		t.Errorf("%+v, %v", rs, err)
	}
}

func TestWaitFinishedWithoutResult(t *testing.T) {
	ex := &scripted{answers: [][]runner.JobStatus{{status(a, runner.Finished, nil)}}}
	if rs, err := runner.Wait(t.Context(), ex, []runner.Handle{a}, nil); err != nil || rs[0].Err == "" || rs[0].Exit != -1 {
		t.Errorf("%+v, %v", rs, err)
	}
}

// An executor that cannot be asked for a moment costs no run.
func TestWaitPollFails(t *testing.T) {
	away := errors.New("the controller is away")
	ex := &scripted{errs: []error{away, away, away}, answers: [][]runner.JobStatus{{status(a, runner.Finished, &runner.Result{Exit: 1})}}}
	rs, err := runner.Wait(t.Context(), ex, []runner.Handle{a}, nil)
	if err != nil || rs[0].Exit != 1 {
		t.Errorf("%+v, %v", rs, err)
	}
	ex = &scripted{errs: slices.Repeat([]error{away}, 100)}
	if _, err := runner.Wait(t.Context(), ex, []runner.Handle{a}, nil); !errors.Is(err, away) {
		t.Errorf("away for ever: %v", err)
	}
	ex = &scripted{answers: [][]runner.JobStatus{nil}}
	if _, err := runner.Wait(t.Context(), ex, []runner.Handle{a}, nil); err == nil || !strings.Contains(err.Error(), "told of 0") {
		t.Errorf("an answer that is too short: %v", err)
	}
}

func TestWaitCancels(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ex := &scripted{answers: [][]runner.JobStatus{
		{status(a, runner.Running, nil), status(b, runner.Finished, &runner.Result{})},
		{status(a, runner.Finished, &runner.Result{Canceled: true})},
	}}
	rs, err := runner.Wait(ctx, ex, []runner.Handle{a, b}, func(runner.JobStatus) { cancel() })
	if err != nil || !rs[0].Canceled || rs[1].Canceled {
		t.Errorf("%+v, %v", rs, err)
	}
	if len(ex.canceled) != 1 || !slices.Equal(ex.canceled[0], []runner.Handle{a}) {
		t.Errorf("cancelled %v, want a, once", ex.canceled)
	}
	refuses := errors.New("not allowed")
	ex = &scripted{cancel: refuses, answers: [][]runner.JobStatus{{status(a, runner.Running, nil)}}}
	if _, err := runner.Wait(ctx, ex, []runner.Handle{a}, nil); !errors.Is(err, refuses) || !errors.Is(err, context.Canceled) {
		t.Errorf("a cancel that fails: %v", err)
	}
}

// End returns when the jobs have ended, not when they were told to.
func TestEnd(t *testing.T) {
	ex := &scripted{answers: [][]runner.JobStatus{
		{status(a, runner.Running, nil)},
		{status(a, runner.Running, nil)},
		{status(a, runner.Finished, &runner.Result{Canceled: true})},
	}}
	if err := runner.End(t.Context(), ex, []runner.Handle{a}); err != nil {
		t.Error(err)
	}
	if len(ex.canceled) != 1 || ex.polls != 3 {
		t.Errorf("cancelled %v, asked %d times; want once, and until it had ended", ex.canceled, ex.polls)
	}
	refuses := errors.New("not allowed")
	ex = &scripted{cancel: refuses, answers: [][]runner.JobStatus{{status(a, runner.Running, nil)}}}
	if err := runner.End(t.Context(), ex, []runner.Handle{a}); !errors.Is(err, refuses) {
		t.Errorf("a cancel that fails: %v", err)
	}
}
