//go:build !unix

// Package local runs jobs on this machine. It needs a Unix: process groups and
// signals are how a command is ended with all that it started.
package local

import (
	"context"
	"errors"
	"time"

	"github.com/planctl/planctl/runner"
)

// Name is how handles and manifests call this executor.
const Name = "local"

var errUnsupported = errors.New("commands run on Unix only: use planctl inside WSL")

// Executor refuses every job.
type Executor struct{}

// New gives an executor that refuses every job.
func New() *Executor { return &Executor{} }

// Submit says that it cannot.
func (*Executor) Submit(context.Context, []runner.Job) ([]runner.Handle, error) {
	return nil, errUnsupported
}

// Poll says that it cannot.
func (*Executor) Poll(context.Context, []runner.Handle) ([]runner.JobStatus, error) {
	return nil, errUnsupported
}

// Cancel says that it cannot.
func (*Executor) Cancel(context.Context, []runner.Handle) error { return errUnsupported }

// Find finds nothing: nothing was ever started here.
func (*Executor) Find(context.Context, string) (runner.Handle, bool, error) {
	return runner.Handle{}, false, nil
}

// EndGroup ends nothing: nothing was ever started here.
func EndGroup(context.Context, runner.Handle, time.Duration) (int, error) { return 0, nil }

// Surviving gives nothing: nothing was ever started here.
func Surviving(runner.Handle) ([]int, error) { return nil, nil }
