// Package runner is how a command is executed and observed, wherever that
// happens. It may not know plans, ledgers, criteria or the terminal: a job
// goes in, a result comes out.
package runner

import (
	"context"
	"io"
	"time"
)

// Job is one command to execute.
type Job struct {
	Key       string        // unique; Find looks it up. It reaches the child as PLANCTL_KEY
	Argv      []string      // bash -o pipefail -c SCRIPT
	Dir       string        // absolute
	Env       []string      // the whole environment, KEY=value
	Log       string        // absolute path; created exclusively, the child's stdout and stderr
	Timeout   time.Duration // 0: none
	Grace     time.Duration // between TERM and KILL; 0: 5 s
	TTY       bool          // run under a pseudo-terminal
	Secrets   []string      // values to mask in the log; none: the child writes to the file itself
	Live      io.Writer     // a copy of the log as it grows; nil: none. Never blocks the child
	Resources map[string]string
}

// Handle names a submitted job. It outlives this process and is JSON.
type Handle struct {
	Executor string    `json:"executor"`
	ID       string    `json:"id"` // local: the process group
	Key      string    `json:"key"`
	Started  time.Time `json:"started"`
	Birth    string    `json:"birth,omitempty"` // local: the process's start time as the kernel counts it, so that a reused pid is never touched
}

// Phase is where a job is. The zero value means not known.
type Phase string

// The phases of a job.
const (
	Pending  Phase = "pending"
	Running  Phase = "running"
	Finished Phase = "finished"
	Lost     Phase = "lost"
)

// JobStatus is what Poll says of one job.
type JobStatus struct {
	Handle Handle
	Phase  Phase
	Result *Result // set once Finished
}

// Result is how a command ended.
type Result struct {
	Exit     int    // -1 where a signal ended it
	Signal   string // SIGTERM, …; "" without
	TimedOut bool
	Canceled bool
	Started  time.Time
	Finished time.Time
	Seconds  float64 // monotonic
	Killed   int     // processes of the group that were still alive after the command and were ended
	Err      string  // the executor's own trouble: could not start, disk full
}

// Executor runs jobs somewhere. One conformance suite, executortest, tests every one.
type Executor interface {
	Submit(ctx context.Context, jobs []Job) ([]Handle, error)   // each job's intent is on disk before; a Handle outlives this process
	Poll(ctx context.Context, hs []Handle) ([]JobStatus, error) // one query for all of them
	Cancel(ctx context.Context, hs []Handle) error              // idempotent
	Find(ctx context.Context, key string) (Handle, bool, error) // after a crash, or a Submit whose answer was lost
}
