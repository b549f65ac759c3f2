//go:build linux

package local

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/planctl/planctl/runner"
)

// A writer that nobody knows of holds the output open: the end does not wait
// for it, and what it had written by then is kept.
func TestStrangerHoldsTheOutput(t *testing.T) {
	for _, tty := range []bool{false, true} {
		log := filepath.Join(t.TempDir(), "x.log")
		o, err := newOutput(runner.Job{Log: log, TTY: tty, Secrets: []string{"hunter2hunter"}})
		if err != nil {
			t.Fatal(err)
		}
		text := bytes.Repeat([]byte("0123456789abcdef"), 150)
		o.start()
		if _, err := o.child.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := o.finish(); err != nil {
			t.Errorf("tty %v: %v", tty, err)
		}
		if got, err := os.ReadFile(log); err != nil || !bytes.Equal(got, text) {
			t.Errorf("tty %v: %d of %d bytes, %v", tty, len(got), len(text), err)
		}
		o.release()
	}
}

// What is there when the time is up is read, however many reads it takes, and no more.
func TestRest(t *testing.T) {
	log := filepath.Join(t.TempDir(), "x.log")
	o, err := newOutput(runner.Job{Log: log, Secrets: []string{"hunter2hunter"}})
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.Repeat([]byte("x"), 60000)
	if _, err := o.child.Write(text); err != nil {
		t.Fatal(err)
	}
	var got []byte
	buf := make([]byte, 1000)
	for {
		n, err := o.rest(buf)
		got = append(got, buf[:n]...)
		if err != nil {
			if !os.IsTimeout(err) {
				t.Error(err)
			}
			break
		}
	}
	if !bytes.Equal(got, text) {
		t.Errorf("%d of %d bytes", len(got), len(text))
	}
	o.release()
	if n, err := o.rest(buf); n != 0 || err == nil || os.IsTimeout(err) {
		t.Errorf("after the end: %d, %v", n, err)
	}
	if err := o.finish(); err != nil {
		t.Error(err)
	}
}
