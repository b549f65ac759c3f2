//go:build unix

package local

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"github.com/planctl/planctl/internal/owner"
	"github.com/planctl/planctl/internal/redact"
	"github.com/planctl/planctl/runner"
)

// The size of a job's terminal: that of the first ones, which programs expect
// where nobody says otherwise, and the same on every machine.
const (
	terminalRows    = 24
	terminalColumns = 80
)

// drainWait is how long a reader waits for the end of an output whose last
// known writer is gone, and drainReads how often it reads after that what is
// there already: more than a pipe or a terminal holds, and not for ever where a
// stranger goes on writing.
const (
	drainWait  = 500 * time.Millisecond
	drainReads = 256
)

// output is the way from a command's streams to its log.
type output struct {
	log    *os.File
	child  *os.File // the command's standard output and error: log itself, or the far end of source
	source *os.File // what is copied to the log; nil where the command writes itself
	places []place
	masker *redact.Masker
	follow *follower

	failed chan struct{} // closed when the log cannot be written any more
	copied chan error    // the end of copying
}

// newOutput creates the log, which must not be there.
func newOutput(j runner.Job) (_ *output, err error) {
	o := &output{failed: make(chan struct{}), copied: make(chan error, 1), masker: redact.New(secrets(j))}
	if o.log, err = os.OpenFile(j.Log, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o644); err != nil {
		return nil, fmt.Errorf("create the log: %w", err)
	}
	if err := owner.Give(o.log); err != nil {
		return nil, errors.Join(fmt.Errorf("give the log to its directory's owner: %w", err), o.log.Close())
	}
	o.child = o.log
	switch {
	case j.TTY:
		o.source, o.child, err = openTerminal()
	case o.masker != nil, reopens(j.Argv):
		o.source, o.child, err = os.Pipe()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the way to the log: %w", err), o.log.Close())
	}
	o.places = placesOf(o.child)
	if o.follow, err = newFollower(j.Log, j.Live); err != nil {
		o.release()
		return nil, errors.Join(err, o.finish())
	}
	return o, nil
}

// reopens reports whether a command names its own output as a file. Opened anew, a log that is a file
// would be emptied; a pipe is not.
func reopens(argv []string) bool {
	return slices.ContainsFunc(argv, func(arg string) bool {
		for _, name := range []string{"/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/"} {
			if strings.Contains(arg, name) {
				return true
			}
		}
		return false
	})
}

// secrets gives the values that are to be masked the names that they have in the environment.
func secrets(j runner.Job) []redact.Secret {
	var out []redact.Secret
	for _, v := range j.Secrets {
		s := redact.Secret{Name: "SECRET", Value: v}
		if i := slices.IndexFunc(j.Env, func(kv string) bool {
			return strings.HasSuffix(kv, "="+v) && strings.IndexByte(kv, '=') == len(kv)-len(v)-1
		}); i >= 0 {
			s.Name = j.Env[i][:len(j.Env[i])-len(v)-1]
		}
		out = append(out, s)
	}
	return out
}

// openTerminal gives the two ends of a new pseudo-terminal. The near end can
// be given up on: it is read without blocking a thread.
func openTerminal() (near, far *os.File, err error) {
	p, far, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if e := p.Close(); e != nil && err == nil {
			err = e
		}
		if err != nil {
			err = errors.Join(err, far.Close())
		}
	}()
	if err := pty.Setsize(p, &pty.Winsize{Rows: terminalRows, Cols: terminalColumns}); err != nil {
		return nil, nil, fmt.Errorf("set the terminal's size: %w", err)
	}
	fd, err := unix.FcntlInt(p.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, nil, errors.Join(err, unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), p.Name()), far, nil
}

// release gives up this process's hold on the far end: it is the command's now.
func (o *output) release() {
	if o.source != nil {
		// Closing a pipe or a terminal that nothing was written to cannot lose anything.
		_ = o.child.Close()
	}
}

// start begins to copy and to follow.
func (o *output) start() {
	o.follow.start()
	if o.source == nil {
		o.copied <- nil
		return
	}
	go func() { o.copied <- o.copy() }()
}

// copy moves what comes to the log until the last writer is gone.
func (o *output) copy() error {
	w := o.masker.Writer(o.log)
	buf := make([]byte, 64<<10)
	var failed error
	for late := 0; ; {
		var n int
		var err error
		switch {
		case late == 0:
			n, err = o.source.Read(buf)
		case late <= drainReads:
			n, err = o.rest(buf)
			late++
		default:
			err = os.ErrDeadlineExceeded
		}
		if late == 0 && n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
			late, err = 1, o.source.SetReadDeadline(time.Time{})
		}
		// After a failure it reads on: a command that is asked to end may have more to say.
		if n > 0 && failed == nil {
			if _, failed = w.Write(buf[:n]); failed != nil {
				close(o.failed)
			}
		}
		if err == nil {
			continue
		}
		if failed == nil {
			failed = w.Close()
		}
		if errors.Is(err, io.EOF) || errors.Is(err, unix.EIO) || errors.Is(err, os.ErrDeadlineExceeded) {
			return failed // EIO is how a terminal ends
		}
		return errors.Join(failed, fmt.Errorf("read the command's output: %w", err))
	}
}

// rest reads what is already there, without waiting.
func (o *output) rest(buf []byte) (n int, err error) {
	raw, err := o.source.SyscallConn()
	if err != nil {
		return 0, err
	}
	if e := raw.Read(func(fd uintptr) bool { n, err = unix.Read(int(fd), buf); return true }); e != nil {
		return 0, e
	}
	switch {
	case errors.Is(err, unix.EAGAIN):
		return 0, os.ErrDeadlineExceeded
	case err != nil:
		return 0, err
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// finish waits, a bounded time, for what is still on its way, and puts the log
// on disk. What it reports is that the log is not whole.
func (o *output) finish() error {
	var errs []error
	if o.follow != nil && o.follow.begun {
		var err error
		select {
		case err = <-o.copied:
		default:
			if err = o.source.SetReadDeadline(time.Now().Add(drainWait)); err == nil {
				err = <-o.copied
			}
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("write the log: %w", err))
		}
	}
	if o.source != nil {
		errs = append(errs, o.source.Close())
	}
	if err := o.log.Sync(); err != nil {
		errs = append(errs, fmt.Errorf("flush the log: %w", err))
	}
	if o.follow != nil {
		errs = append(errs, o.follow.finish(o.source == nil))
	}
	if err := o.log.Close(); err != nil {
		errs = append(errs, fmt.Errorf("close the log: %w", err))
	}
	return errors.Join(errs...)
}
