//go:build unix

package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/planctl/planctl/runner"
)

// keyVariable carries the job's key to the command and to all that it starts.
const keyVariable = "PLANCTL_KEY"

// ownVariable is in the environment of what planctl starts for itself, git above all, and so of what that may leave running
// for the user: a monitor of the file system, an upkeep of the repository. It is nobody's orphan.
const ownVariable = "PLANCTL_OWN=1"

// job is one command from its start to its result.
type job struct {
	executor *Executor
	spec     runner.Job
	handle   runner.Handle
	cmd      *exec.Cmd
	out      *output
	family   *family
	now      func() time.Time
	begun    time.Time     // with the monotonic clock
	exited   chan struct{} // closed when the command's own process has ended
	ended    time.Time     // set before exited is closed

	stopOnce sync.Once
	stopped  chan struct{} // closed by stop

	failed string // why it could not be started

	// Under the executor's lock.
	submitted bool
	left      bool // its command has ended
	result    *runner.Result
}

func newJob(spec runner.Job, e *Executor) *job {
	return &job{spec: spec, executor: e, now: e.now, exited: make(chan struct{}), stopped: make(chan struct{})}
}

// stop asks for the job's end; supervise does it.
func (j *job) stop() { j.stopOnce.Do(func() { close(j.stopped) }) }

// start opens the log and starts the command. What goes wrong is in failed.
func (j *job) start() {
	j.begun = time.Now()
	j.handle = runner.Handle{Executor: Name, Key: j.spec.Key, Started: j.now().UTC().Round(0)}
	err := j.startCommand()
	if err == nil {
		return
	}
	j.failed = err.Error()
	j.ended = time.Now()
	if j.out != nil {
		j.out.release()
		if err := j.out.finish(); err != nil {
			j.failed += "; " + err.Error()
		}
	}
	close(j.exited)
}

func (j *job) startCommand() (err error) {
	if j.out, err = newOutput(j.spec); err != nil {
		return err
	}
	if err := checkDir(j.spec.Dir); err != nil {
		return err
	}
	j.cmd = exec.Command(j.spec.Argv[0], j.spec.Argv[1:]...)
	j.cmd.Dir = j.spec.Dir
	j.cmd.Env = environment(j.spec)
	j.cmd.Stdout, j.cmd.Stderr = j.out.child, j.out.child // Stdin stays nil: the null device
	// With TTY the terminal is its output, not what controls it: the end of a
	// controlling command hangs up on those that are still printing, and who asks
	// /dev/tty for a password would wait for nobody.
	j.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := j.cmd.Start(); err != nil {
		return explain(j.spec, err)
	}
	pid := j.cmd.Process.Pid
	j.out.release()
	p, _ := readProcess(pid) // without it the key and the group still tell who belongs
	j.handle.ID, j.handle.Birth = strconv.Itoa(pid), p.birthText()
	j.family = newFamily(pid, p.birth, j.spec.Key, j.out.places)
	j.family.child, j.family.proven, j.family.alone = true, true, func() bool { return j.executor.alone(j) }
	go func() {
		awaitExit(j.cmd)
		j.ended = time.Now()
		close(j.exited)
	}()
	j.out.start()
	return nil
}

// environment is the job's own with its key.
func environment(j runner.Job) []string {
	env := slices.DeleteFunc(slices.Clone(j.Env), func(kv string) bool { return strings.HasPrefix(kv, keyVariable+"=") || kv == ownVariable })
	return append(env, keyVariable+"="+j.Key)
}

func checkDir(dir string) error {
	fi, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the directory %s is not there", dir)
	case err != nil:
		return fmt.Errorf("the command's directory: %w", err)
	case !fi.IsDir():
		return fmt.Errorf("%s is not a directory", dir)
	}
	return nil
}

// explain says what the system's word for a failed start means.
func explain(j runner.Job, err error) error {
	name := j.Argv[0]
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("%s is not in PATH: commands need it to run", name)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is not there", name)
	case errors.Is(err, syscall.E2BIG):
		return errors.New("the command and its environment are larger than the system takes: put the script into a file")
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.ENOMEM):
		return fmt.Errorf("the system has no room for another process: %w", err)
	case errors.Is(err, syscall.EINVAL) && slices.ContainsFunc(j.Argv, func(s string) bool { return strings.IndexByte(s, 0) >= 0 }):
		return errors.New("the command has a NUL byte")
	}
	return fmt.Errorf("start %s: %w", name, err)
}
