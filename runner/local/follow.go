//go:build unix

package local

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	firstGlance = 10 * time.Millisecond
	lastGlance  = 100 * time.Millisecond
	// A watcher that takes nothing for liveStill is given up on, and one that is
	// still not done after liveLimit; both count from the command's end.
	liveStill = time.Second
	liveLimit = 5 * time.Second
)

// errEmptied is what the command did to itself. The file is opened anew by such a
// redirection, and emptied, as it would be by `> file`.
var errEmptied = errors.New("the command emptied its own log while it ran, so a part of the log is lost: " +
	"a redirection to /dev/stdout or /dev/stderr does that; write >&1 or >&2 instead")

// follower copies the log to a watcher as it grows, and sees to it that it only
// grows. The command knows nothing of it: a watcher that is slow, blocks or
// fails gets less, and that is all.
type follower struct {
	file *os.File
	live io.Writer // nil: nobody watches

	begun   bool         // run was started
	seen    atomic.Int64 // the largest size
	shrunk  atomic.Bool
	taken   atomic.Int64 // bytes that the watcher took
	over    atomic.Bool  // the watcher was given up on
	final   chan struct{}
	stopped chan struct{}
}

func newFollower(log string, live io.Writer) (*follower, error) {
	// Without blocking: what stands there may no longer be the file that was made.
	f, err := os.OpenFile(log, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("follow the log: %w", err)
	}
	return &follower{file: f, live: live, final: make(chan struct{}), stopped: make(chan struct{})}, nil
}

// start follows until finish.
func (f *follower) start() {
	f.begun = true
	go f.run()
}

func (f *follower) run() {
	defer close(f.stopped)
	buf := make([]byte, 32<<10)
	for pause := firstGlance; ; {
		final := wait(f.final, pause)
		grown := f.look()
		f.give(buf)
		if final {
			return
		}
		if pause = min(2*pause, lastGlance); grown {
			pause = firstGlance
		}
	}
}

// look notes the log's size and reports whether it has grown.
func (f *follower) look() bool {
	fi, err := f.file.Stat()
	if err != nil {
		return false // the end is judged by the log's own handle
	}
	before := f.seen.Load()
	if fi.Size() < before {
		f.shrunk.Store(true)
	}
	f.seen.Store(fi.Size())
	return fi.Size() > before
}

// give hands the watcher what it has not had yet.
func (f *follower) give(buf []byte) {
	if f.live == nil {
		return
	}
	for !f.over.Load() {
		n, err := f.file.Read(buf)
		if n > 0 {
			if _, werr := f.live.Write(buf[:n]); werr != nil {
				f.live = nil // its trouble, not the run's
				return
			}
			f.taken.Add(int64(n))
		}
		if n == 0 || err != nil {
			return
		}
	}
}

// finish gives the watcher the rest, if it takes it. own says that the command
// wrote the log itself: then it is an error if the log was ever shorter than before.
func (f *follower) finish(own bool) error {
	close(f.final)
	if f.begun {
		limit := time.Now().Add(liveLimit)
		for taken := int64(-1); !wait(f.stopped, liveStill); {
			now := f.taken.Load()
			if now == taken || time.Now().After(limit) {
				f.over.Store(true)
				break
			}
			taken = now
		}
	}
	f.look()
	err := f.file.Close()
	if own && f.shrunk.Load() {
		err = errors.Join(err, errEmptied)
	}
	return err
}
