//go:build unix

package local

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/planctl/planctl/runner"
)

const (
	// linger is what processes that the command left get to end by themselves:
	// the tee of `exec > >(tee x)` sees the end of its input only now.
	linger = 100 * time.Millisecond
	// lastWait is what the system gets to carry out a KILL: moments, but on a
	// machine that has more to do than it can. What is still there then is held by
	// the kernel, and the run fails.
	lastWait = 10 * time.Second
	// firstLook and lastLook bound the pauses between two looks at what lives.
	firstLook = 2 * time.Millisecond
	lastLook  = 50 * time.Millisecond
)

// supervise waits for the end of the command, sees to it where it must, ends
// what the command left, and gives the result when the log is on disk.
func (j *job) supervise() runner.Result {
	defer j.executor.leave(j) // where it could not be started
	r := runner.Result{Exit: -1, Started: j.handle.Started}
	if j.failed != "" {
		r.Err = j.failed
	} else {
		var errs []error
		errs = append(errs, j.await(&r), j.clear(&r))
		errs = append(errs, j.out.finish())
		errs = append(errs, j.reap(&r))
		if err := errors.Join(errs...); err != nil {
			r.Err = err.Error()
		}
	}
	if j.ended.IsZero() {
		j.ended = time.Now() // it does not end
	}
	// The end is the start and what it took: by the clock on the wall, which somebody may set back meanwhile, a command
	// could end before it began.
	took := max(0, j.ended.Sub(j.begun))
	r.Finished, r.Seconds = r.Started.Add(took), took.Seconds()
	return r
}

// await waits until the command has ended, or ends it.
func (j *job) await(r *runner.Result) error {
	var timeout <-chan time.Time
	if j.spec.Timeout > 0 {
		t := time.NewTimer(j.spec.Timeout - time.Since(j.begun))
		defer t.Stop()
		timeout = t.C
	}
	select {
	case <-j.exited:
	case <-timeout:
		r.TimedOut = !wait(j.exited, 0)
	case <-j.stopped:
		r.Canceled = !wait(j.exited, 0)
	case <-j.out.failed: // nothing more can be kept of what it prints
	}
	if wait(j.exited, 0) {
		return nil
	}
	j.family.killAt = time.Now().Add(j.spec.Grace)
	j.family.signal(j.family.living(), unix.SIGTERM)
	if wait(j.exited, j.spec.Grace) {
		return nil
	}
	for end := time.Now().Add(lastWait); time.Now().Before(end); {
		j.family.signal(j.family.living(), unix.SIGKILL)
		if wait(j.exited, lastLook) {
			return nil
		}
	}
	return fmt.Errorf("process %d does not end: the system holds it", j.family.leader)
}

// clear ends what the command has left behind and counts it.
func (j *job) clear(r *runner.Result) error {
	j.executor.leave(j)
	f := j.family
	if f.gone(time.Now().Add(linger)) {
		return nil
	}
	stopped := j.stopped
	if f.killAt.IsZero() {
		f.killAt = time.Now().Add(j.spec.Grace)
	} else {
		stopped = nil // being ended already, and the grace runs
	}
	var err error
	r.Killed, err = f.end(stopped)
	return err
}

// reap takes the command's status. Until now its number was kept from being
// used again, so that a signal to its group could reach nobody else.
func (j *job) reap(r *runner.Result) error {
	if !wait(j.exited, 0) {
		return nil // await has said so
	}
	var exit *exec.ExitError
	if j.cmd.ProcessState == nil {
		if err := j.cmd.Wait(); err != nil && !errors.As(err, &exit) {
			return fmt.Errorf("wait for the command: %w", err)
		}
	}
	j.family.reap()
	st, ok := j.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && st.Signaled() {
		r.Signal = unix.SignalName(st.Signal())
		if r.Signal == "" {
			r.Signal = fmt.Sprintf("SIG%d", int(st.Signal())) // a real-time signal has no name
		}
		return nil
	}
	r.Exit = j.cmd.ProcessState.ExitCode()
	return nil
}

// wait reports whether c is closed within d.
func wait(c <-chan struct{}, d time.Duration) bool {
	select {
	case <-c:
		return true
	default:
	}
	if d <= 0 {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-c:
		return true
	case <-t.C:
		return false
	}
}
