package commit

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/planctl/planctl/internal/atomicfile"
)

// What a crash left between the rename and the line that tells of it is told from what never happened, also when a person
// put the old bytes back meanwhile.
func TestPlacingTellsWhatHappened(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "fix_plan.md")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("old\n")
	var p placing
	record := atomicfile.Steps{Placing: func(target, temp string) error {
		was, err := identity(target)
		p = placing{Temp: filepath.Base(temp), Was: was}
		if happened, _, herr := p.happened(path); herr != nil || happened {
			t.Errorf("before the rename: %v, %v", happened, herr)
		}
		return err
	}}
	check := func(when string, want bool) {
		t.Helper()
		if happened, _, err := p.happened(path); err != nil || happened != want {
			t.Errorf("%s: %v, %v, want %v", when, happened, err, want)
		}
	}
	if err := record.Replace(path, []byte("new\n"), nil); err != nil {
		t.Fatal(err)
	}
	check("after the rename", true)
	if err := os.Remove(path); err != nil { // as git checkout does
		t.Fatal(err)
	}
	write("old\n")
	check("after a person put the old bytes back", true)

	// A power cut can take the temporary file with the rename: then the target is the file that it was.
	was, err := identity(path)
	if err != nil {
		t.Fatal(err)
	}
	p.Was = was
	check("after a power cut", false)

	// The name in an intent is no path: without git others may have written it.
	p.Temp = "../x/." + filepath.Base(p.Temp)
	p.Was = ""
	check("a name that leads elsewhere", false)

	// Who took the file away has the say, and there is nothing that it could have become.
	p.Temp = filepath.Base(p.Temp)[1:]
	if err := os.Remove(path); err != nil || !atomicfile.IsTemp(p.Temp) {
		t.Fatal(p.Temp, err)
	}
	check("after a person took the file away", false)
}

// An intent whose last line is torn is taken up without it: a line after half a line could not be read.
func TestATornLineIsTakenBack(t *testing.T) {
	s := NewStore(t.TempDir(), nil)
	o, err := s.Begin(Intent{Key: "0123456789abcdef0123456789abcdef", Name: "plan.md#A1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.file.WriteString(`{"step":"mani`); err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := s.read(o.path)
	if err != nil || len(again.Steps) != 0 {
		t.Fatalf("%v, %v", again, err)
	}
	if err := again.reopen(); err != nil {
		t.Fatal(err)
	}
	if err := again.done(manifestStep); err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if last, err := s.read(o.path); err != nil || !last.has(manifestStep) || last.Intent.Name != "plan.md#A1" {
		t.Errorf("%+v, %v", last, err)
	}
}
