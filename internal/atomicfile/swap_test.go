package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/planctl/planctl/internal/tempname"
)

func replaceObserved(path string, data []byte, want *[32]byte, at func(Moment)) error {
	return Steps{At: at}.Replace(path, data, want)
}

// Whatever another process saves by renaming while a file is replaced stands in the end, at whichever moment it came.
func TestRenamedMeanwhile(t *testing.T) {
	for _, when := range []Moment{Written, Compared, Exchanged, Looked} {
		path := filepath.Join(t.TempDir(), "plan.md")
		write(t, path, "old", 0o640)
		err := replaceObserved(path, []byte("new"), sum("old"), func(at Moment) {
			if at == when {
				write(t, path+".person", "person's", 0o644)
				if err := os.Rename(path+".person", path); err != nil {
					t.Error(err)
				}
			}
		})
		// From the exchange on it took the place of the new content, and was later.
		var changed *ChangedError
		if early := when == Written || when == Compared; errors.As(err, &changed) != early || !early && err != nil {
			t.Errorf("when %s: %v", when, err)
		}
		if got := content(t, path); got != "person's" {
			t.Errorf("when %s: %q", when, got)
		}
		if got := names(t, filepath.Dir(path)); got != "plan.md" {
			t.Errorf("when %s, left behind: %s", when, got)
		}
	}
}

// Two saves, the second one on top of the new content that is about to be taken back: the last one stands.
func TestRenamedTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.md")
	write(t, path, "old", 0o640)
	err := replaceObserved(path, []byte("new"), sum("old"), func(at Moment) {
		if at == Compared || at == Exchanged {
			write(t, path+".person", "when "+string(at), 0o644)
			if err := os.Rename(path+".person", path); err != nil {
				t.Error(err)
			}
		}
	})
	var changed *ChangedError
	if got := content(t, path); !errors.As(err, &changed) || got != "when exchanged" {
		t.Errorf("%q, %v", got, err)
	}
	if got := names(t, filepath.Dir(path)); got != "plan.md" {
		t.Errorf("left behind: %s", got)
	}
}

// A file that is gone for a moment, as when an editor makes a backup of it, is not made anew.
func TestTakenAwayMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.md")
	write(t, path, "old", 0o640)
	err := replaceObserved(path, []byte("new"), sum("old"), func(at Moment) {
		if at == Compared {
			if err := os.Rename(path, path+"~"); err != nil {
				t.Error(err)
			}
		}
	})
	var changed *ChangedError
	if got := names(t, filepath.Dir(path)); !errors.As(err, &changed) || !changed.Missing || got != "plan.md~" {
		t.Errorf("%s, %v", got, err)
	}
}

// A save in place that has begun is waited for, not cut in two: neither its first half is taken for the whole nor its
// second half written into a file without a name.
func TestBeingSavedInPlace(t *testing.T) {
	needsLeases(t)
	path := filepath.Join(t.TempDir(), "plan.md")
	write(t, path, "old", 0o640)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "per"); err != nil {
		t.Fatal(err)
	}
	var busy *BusyError
	if b, err := Read(path); !errors.As(err, &busy) {
		t.Errorf("read %q, %v", b, err)
	}
	if err := Replace(path, []byte("new"), sum("per")); !errors.As(err, &busy) {
		t.Errorf("replaced: %v", err)
	}
	if _, err := io.WriteString(f, "son's"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err := Read(path); err != nil || string(b) != "person's" {
		t.Errorf("%q, %v", b, err)
	}
	if err := Replace(path, []byte("new"), sum("person's")); err != nil || content(t, path) != "new" {
		t.Error(err)
	}
}

// A save in place that begins between comparing and exchanging writes into the file that it has found, and that file gets
// its name back. So it does where the save comes to its open only when the directory has been flushed.
func TestSavedInPlaceMeanwhile(t *testing.T) {
	needsLeases(t)
	for _, when := range []Moment{Exchanged, Flushed} {
		t.Run(string(when), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "plan.md")
			write(t, path, "old", 0o640)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			saved := make(chan error, 1)
			err = replaceObserved(path, []byte("new"), sum("old"), func(at Moment) {
				if at != when {
					return
				}
				// By the name that the old file has at this moment: as if it had been found before the exchange.
				hidden, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".plan.md.planctl-*"))
				if err != nil || len(hidden) != 1 {
					t.Errorf("%q, %v", hidden, err)
				}
				go func() { saved <- os.WriteFile(hidden[0], []byte("person's"), 0o644) }()
				heldUp(t, info)
			})
			var changed *ChangedError
			if !errors.As(err, &changed) {
				t.Errorf("%v", err)
			}
			if err := <-saved; err != nil {
				t.Error(err)
			}
			if got := content(t, path); got != "person's" {
				t.Errorf("%q", got)
			}
			if got := names(t, filepath.Dir(path)); got != "plan.md" {
				t.Errorf("left behind: %s", got)
			}
		})
	}
}

// heldUp waits until the kernel holds up somebody who opens the file for writing.
func heldUp(t *testing.T, info os.FileInfo) {
	t.Helper()
	inode := fmt.Sprintf(":%d ", info.Sys().(*syscall.Stat_t).Ino)
	for range 1 << 20 {
		b, err := os.ReadFile("/proc/locks")
		if err != nil {
			t.Error(err)
			return
		}
		for line := range strings.Lines(string(b)) {
			if strings.Contains(line, "BREAKING") && strings.Contains(line, inode) {
				return
			}
		}
	}
	t.Error("nobody is held up")
}

// needsLeases skips where the file system of the tests, or the system, has no leases.
func needsLeases(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	write(t, path, "", 0o644)
	w, err := watch(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	}()
	if !w.leased {
		t.Skip("there are no leases here: of a save in place nothing can be known")
	}
}

// What a crash left between the exchange and the look back is put in order: what had been read goes, what somebody saved
// in between gets its name back.
func TestSweepAfterExchange(t *testing.T) {
	for _, c := range []struct{ what, target, temp, want string }{
		{"never placed", "old", "new", "old"},
		{"cut short while it was written", "old", "ne", "old"},
		{"what had been read", "new", "old", "new"},
		{"somebody's save", "new", "person's", "person's"},
		{"superseded since", "later", "person's", "later"},
	} {
		path := filepath.Join(t.TempDir(), "plan.md")
		write(t, path, c.target, 0o644)
		write(t, filepath.Join(filepath.Dir(path), tempname.Prefix("plan.md")+digitsOf(*sum("new"))+digitsOf(*sum("old"))+"0123"), c.temp, 0o644)
		if err := Sweep(path); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		if got := content(t, path); got != c.want || names(t, filepath.Dir(path)) != "plan.md" {
			t.Errorf("%s: %q, %s", c.what, got, names(t, filepath.Dir(path)))
		}
	}
}

// Two saves at once, one by renaming and one in place, are joined by a replacement of its own, and who is told of
// temporary files is told of that one's, too.
func TestJoinedIsTold(t *testing.T) {
	needsLeases(t)
	path := filepath.Join(t.TempDir(), "plan.md")
	write(t, path, "old", 0o644)
	saved := make(chan error, 1)
	var made []string
	err := Steps{
		Making: func(temp string) error { made = append(made, filepath.Base(temp)); return nil },
		At: func(at Moment) {
			switch at {
			case Compared:
				write(t, path+".person", "person's", 0o644)
				if err := os.Rename(path+".person", path); err != nil {
					t.Error(err)
				}
			case Exchanged:
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				go func() {
					f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
					if err == nil {
						_, err = f.WriteString(" and another's")
						err = errors.Join(err, f.Close())
					}
					saved <- err
				}()
				heldUp(t, info)
			}
		},
	}.Replace(path, []byte("new"), sum("old"))
	var changed *ChangedError
	if !errors.As(err, &changed) {
		t.Errorf("%v", err)
	}
	if err := <-saved; err != nil {
		t.Error(err)
	}
	if got := content(t, path); got != "person's and another's" {
		t.Errorf("%q", got)
	}
	if len(made) != 2 || !IsTemp(made[0]) || !IsTemp(made[1]) || made[0] == made[1] {
		t.Errorf("told of %q", made)
	}
	if got := names(t, filepath.Dir(path)); got != "plan.md" {
		t.Errorf("left behind: %s", got)
	}
}

// That a file was changed meanwhile is a reason to try again. It is none where the temporary file could not be taken away, too:
// who tries again would leave it, and say nothing.
func TestTroubleIsNoChange(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "plan.md")
	write(t, path, "old", 0o640)
	temp := ""
	err := Steps{
		Making: func(name string) error { temp = name; return nil },
		At: func(at Moment) {
			var err error
			switch at {
			case Compared:
				write(t, path+".person", "person's", 0o644)
				err = os.Rename(path+".person", path)
			case Returned: // a directory that is not empty cannot be removed by anybody
				err = errors.Join(os.Remove(temp), os.Mkdir(temp, 0o755), os.Mkdir(filepath.Join(temp, "in"), 0o755))
			}
			if err != nil {
				t.Error(err)
			}
		},
	}.Replace(path, []byte("new"), sum("old"))
	var changed *ChangedError
	if err == nil || errors.As(err, &changed) || !strings.Contains(err.Error(), temp) {
		t.Errorf("%v", err)
	}
	if got := content(t, path); got != "person's" {
		t.Errorf("%q", got)
	}
	// So too where it is the caller who finds that the file has gone.
	err = Steps{Placing: func(target, temp string) error {
		return errors.Join(os.Remove(temp), os.Mkdir(temp, 0o755), os.Mkdir(filepath.Join(temp, "in"), 0o755), &ChangedError{Path: target, Missing: true})
	}}.Replace(path, []byte("new"), sum("person's"))
	if err == nil || errors.As(err, &changed) {
		t.Errorf("%v", err)
	}
}
