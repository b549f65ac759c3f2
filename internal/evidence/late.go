package evidence

import (
	"context"
	"io"
	"os"
	"sync/atomic"
)

// What is hashed of what a command left although the context is done, in bytes: what can be had at once. A file counts for
// lateFile at least, since it is opened, and flushed.
const (
	lateBytes = 256 << 20
	lateFile  = 256 << 10
)

// room is what is left of lateBytes; nil: there is none. It is for several goroutines.
type room struct{ left atomic.Int64 }

func newRoom() *room {
	r := &room{}
	r.left.Store(lateBytes)
	return r
}

// take reports whether there is room for so many bytes more.
func (r *room) take(size int64) bool {
	if r == nil {
		return false
	}
	size = max(size, lateFile)
	for {
		left := r.left.Load()
		if size > left {
			return false
		}
		if r.left.CompareAndSwap(left, left-size) {
			return true
		}
	}
}

// reading is a file that is read until ctx is done, and to its end where late has room for what is left of it then.
type reading struct {
	ctx   context.Context
	f     *os.File
	rest  int64 // bytes
	late  *room
	taken io.Reader // of the rest, once there is room for it
}

// ready is ctx's error where there is no more to be read.
func (r *reading) ready() error {
	err := r.ctx.Err()
	if err == nil || r.taken != nil {
		return nil
	}
	if !r.late.take(r.rest) {
		return err
	}
	r.taken = io.LimitReader(r.f, r.rest+1) // one more, to see that it grew: what grows for ever would never end
	return nil
}

func (r *reading) Read(b []byte) (n int, err error) {
	if err := r.ready(); err != nil {
		return 0, err
	}
	if r.taken != nil {
		return r.taken.Read(b)
	}
	n, err = r.f.Read(b)
	r.rest -= int64(n)
	return n, err
}
