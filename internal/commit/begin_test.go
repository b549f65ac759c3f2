package commit

import (
	"errors"
	"os"
	"syscall"
	"testing"
)

// An intent whose directory cannot be flushed is not begun, and leaves nothing: recover once recorded a run that never was.
func TestBeginLeavesNothing(t *testing.T) {
	s := NewStore(t.TempDir(), nil)
	o, err := s.Begin(Intent{Key: "first"}) // what the first file of a process opens besides is open after this
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Abandon(); err != nil {
		t.Fatal(err)
	}
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was); err != nil {
		t.Fatal(err)
	}
	next, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	now := was
	now.Cur = uint64(next.Fd()) + 1 // the intent's file takes the last one, and none is left for its directory
	if err := next.Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &now); err != nil {
		t.Fatal(err)
	}
	_, err = s.Begin(Intent{Key: "second"})
	if e := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was); e != nil {
		t.Fatal(e)
	}
	if !errors.Is(err, syscall.EMFILE) {
		t.Errorf("begun: %v", err)
	}
	if open, err := s.Intents(); err != nil || len(open) != 0 {
		t.Errorf("%d intents are left, %v", len(open), err)
	}
}
