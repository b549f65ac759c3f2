package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/tempname"
)

// What lies under a temporary name after a crash tells what came of the replacement, whoever saved before it and after;
// and no byte that somebody saved is lost.
func TestSettle(t *testing.T) {
	const absent = "\x00"
	for _, c := range []struct {
		what         string
		target, temp string
		fate         Fate
		want         string // of the target, after a Sweep
		kept         string // what is kept under another name
	}{
		{"never placed", "old", "new", Untouched, "old", absent},
		{"placed, and given back by the dead process", "person's", "new", Untouched, "person's", absent},
		{"what had been read", "new", "old", Replaced, "new", absent},
		{"what had been read, and the file was saved since", "later", "old", Replaced, "later", absent},
		{"all is done", "new", absent, Gone, "new", absent},
		{"somebody's save", "new", "person's", Untouched, "person's", absent},
		{"somebody's save, which a recovery that died gave back", "person's", "person's", Untouched, "person's", absent},
		{"somebody's save, and the file was saved since", "later", "person's", Replaced, "later", "person's"},
		{"somebody's save, and the file was taken away", absent, "person's", Replaced, absent, "person's"},
		{"somebody's save, and what was read was put back", "old", "person's", Replaced, "old", "person's"},
	} {
		t.Run(c.what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "plan.md")
			temp := filepath.Join(filepath.Dir(path), tempname.Prefix("plan.md")+digitsOf(*sum("new"))+digitsOf(*sum("old"))+"0123")
			for name, text := range map[string]string{path: c.target, temp: c.temp} {
				if text != absent {
					write(t, name, text, 0o644)
				}
			}
			fate, kept, err := Settle(path, temp)
			if err != nil || fate != c.fate || (kept != "") != (c.kept != absent) {
				t.Fatalf("%d, %q, %v", fate, kept, err)
			}
			// Who died before it could say so asks again.
			if again, _, err := Settle(path, temp); err != nil || again != fate && (again != Gone || kept == "") {
				t.Errorf("asked again: %d, %v", again, err)
			}
			if err := Sweep(path); err != nil {
				t.Error(err)
			}
			want := map[string]string{}
			if c.want != absent {
				want["plan.md"] = c.want
			}
			if kept != "" {
				want[filepath.Base(kept)] = c.kept
			}
			left := strings.Fields(names(t, filepath.Dir(path)))
			if len(left) != len(want) {
				t.Errorf("there is %v", left)
			}
			for name, text := range want {
				if got := content(t, filepath.Join(filepath.Dir(path), name)); got != text {
					t.Errorf("%s: %q", name, got)
				}
			}
			if IsTemp(filepath.Base(kept)) {
				t.Errorf("%s is a temporary name", kept)
			}
		})
	}
}

// Somebody's work that cannot be put back, because its place is no file any more, stays where it is.
func TestSettleFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.md")
	temp := filepath.Join(filepath.Dir(path), tempname.Prefix("plan.md")+digitsOf(*sum("new"))+digitsOf(*sum("old"))+"0123")
	write(t, temp, "person's", 0o644)
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if fate, kept, err := Settle(path, temp); err == nil || fate != 0 || kept != "" {
		t.Errorf("%d, %q, %v", fate, kept, err)
	}
	if err := Sweep(path); err == nil {
		t.Error("swept")
	}
	if got := content(t, temp); got != "person's" {
		t.Errorf("%q", got)
	}
	if _, _, err := Settle(path, path); err == nil {
		t.Error("any name is a temporary one")
	}
}

// A replacement that is given back is withdrawn before its file goes: without that word, a file that is gone would mean
// that the target was replaced.
func TestWithdrawnBeforeItIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.md")
	write(t, path, "old", 0o644)
	var temp string
	told := 0
	s := Steps{
		Placing: func(_, name string) error { temp = name; return nil },
		At: func(at Moment) {
			if at == Compared {
				write(t, path+".person", "person's", 0o644)
				if err := os.Rename(path+".person", path); err != nil {
					t.Error(err)
				}
			}
		},
		Withdrawn: func() error {
			told++
			if got := content(t, temp); got != "new" {
				t.Errorf("under the temporary name: %q", got)
			}
			if fate, _, err := Settle(path, temp); err != nil || fate != Untouched {
				t.Errorf("%d, %v", fate, err)
			}
			return nil
		},
	}
	var changed *ChangedError
	if err := s.Replace(path, []byte("new"), sum("old")); !errors.As(err, &changed) || told != 1 {
		t.Errorf("%v, told %d times", err, told)
	}
	if got := names(t, filepath.Dir(path)); got != "plan.md" || content(t, path) != "person's" {
		t.Errorf("%s", got)
	}
}
