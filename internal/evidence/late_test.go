package evidence

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/redact"
)

// sparse makes a file of so many bytes that takes no room.
func sparse(t *testing.T, path string, size int64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(size), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// ended is a context that is done.
func ended(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// soon is a context that is done once it was asked so often.
type soon struct {
	context.Context
	asked atomic.Int64
	after int64
}

func (s *soon) Err() error {
	if s.asked.Add(1) > s.after {
		return context.Canceled
	}
	return nil
}

// TestCollectWhenInterrupted: what can be had at once is in the record of an interrupted run; of the rest nothing is said.
func TestCollectWhenInterrupted(t *testing.T) {
	root := t.TempDir()
	sparse(t, root+"/a", 1)
	sparse(t, root+"/b", 1<<40)
	sparse(t, root+"/c", lateBytes+1)
	sparse(t, root+"/d", lateBytes-lateFile-1<<20)
	sparse(t, root+"/e", 1<<20)
	files, problems := Collect(ended(t), root, root+"/run", []string{"*", "none"}, Before{}, time.Time{})
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	if !slices.Equal(names, []string{"a", "d", "e"}) {
		t.Errorf("hashed %q", names)
	}
	if err := Unread(problems); !errors.Is(err, context.Canceled) || len(problems) != 2 || problems[0].Subject != "none" {
		t.Errorf("%v", problems)
	}
	sparse(t, root+"/f", 1<<40)
	files, problems = Present(ended(t), root, []string{"a", "f"})
	if err := Unread(problems); len(files) != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("what no run made: %v, %v", files, problems)
	}
}

// TestRoom: a small file is opened and flushed, which takes its time, too.
func TestRoom(t *testing.T) {
	r, n := newRoom(), 0
	for r.take(0) {
		n++
	}
	if n != lateBytes/lateFile {
		t.Errorf("room for %d small files", n)
	}
	var none *room
	if none.take(0) {
		t.Error("room where there is none")
	}
}

// TestReadingsHeedTheirContext: whatever reads a whole file ends when it is told to.
func TestReadingsHeedTheirContext(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "big")
	sparse(t, path, 1<<40)
	sparse(t, root+"/small", 100)
	m := redact.New([]redact.Secret{{Name: "API_TOKEN", Value: "correct-horse-battery"}})
	of := func(_ any, problems []Problem) error { return Unread(problems) }
	for name, read := range map[string]func(ctx context.Context) error{
		"Hash":     func(ctx context.Context) error { _, _, err := Hash(ctx, path); return err },
		"HashLate": func(ctx context.Context) error { _, _, err := HashLate(ctx, path); return err },
		"HashAll":  func(ctx context.Context) error { return HashAll(ctx, []string{path})[0].Err },
		"Digests":  func(ctx context.Context) error { return of(Digests(ctx, root, []string{"*"})) },
		"Pins":     func(ctx context.Context) error { return of(Pins(ctx, root, []string{"big"})) },
		"Present":  func(ctx context.Context) error { return of(Present(ctx, root, []string{"big"})) },
		"Collect": func(ctx context.Context) error {
			return of(Collect(ctx, root, root, []string{"big"}, Before{}, time.Time{}))
		},
		"ScanSecrets": func(ctx context.Context) error { _, err := ScanSecrets(ctx, path, m); return err },
		"otherEnds":   func(ctx context.Context) error { _, err := otherEnds(ctx, path, false, false); return err },
	} {
		for _, n := range []int64{0, 20} { // before it, and in its midst
			if err := read(&soon{Context: t.Context(), after: n}); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, after %d: %v", name, n, err)
			}
		}
	}
	if _, err := Baseline(ended(t), root, []string{"small"}); !errors.Is(err, context.Canceled) {
		t.Errorf("Baseline: %v", err)
	}
	if _, _, err := digestChanges(ended(t), root, []gitrepo.Change{{Path: "small"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("digestChanges: %v", err)
	}
	if sum, n, err := HashLate(ended(t), root+"/small"); err != nil || n != 100 || len(sum) != 64 {
		t.Errorf("a small file: %q, %d, %v", sum, n, err)
	}
	if _, _, err := Hash(ended(t), root+"/small"); !errors.Is(err, context.Canceled) {
		t.Errorf("a small file that no run made: %v", err)
	}
}

// TestGrowingWhenInterrupted: what grows for ever is not read for ever.
func TestGrowingWhenInterrupted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	sparse(t, path, 10)
	f, info, err := openRegular(path)
	if err != nil {
		t.Fatal(err)
	}
	sparse(t, path, 1<<40)
	r := &reading{ctx: ended(t), f: f, rest: info.Size(), late: newRoom()}
	if s := r.hash(make([]byte, bufferSize)); !errors.Is(s.Err, errUnstable) {
		t.Errorf("%+v", s)
	}
}

func TestUnread(t *testing.T) {
	fact := Problem{Subject: "a", What: "is missing"}
	lost := failure("b", context.Canceled)
	if err := Unread([]Problem{fact}); err != nil {
		t.Errorf("a fact: %v", err)
	}
	if err := Unread([]Problem{fact, lost}); err == nil || err.Error() != "b: context canceled" {
		t.Errorf("an interrupt: %v", err)
	}
	if err := Unread([]Problem{fact, failure("c", syscall.EIO)}); !errors.Is(err, syscall.EIO) {
		t.Errorf("an error of the disk: %v", err)
	}
	if files, problems := Collect(ended(t), t.TempDir(), "", nil, Before{}, time.Time{}); len(files)+len(problems) != 0 {
		t.Errorf("without artifacts: %v, %v", files, problems)
	}
}
