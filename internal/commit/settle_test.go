package commit

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/planctl/planctl/internal/atomicfile"
)

// A recovery that dies too leaves on record what it found out: what told it, the temporary file, is gone by then, and a person
// may have been there meanwhile.
func TestRecoveryDies(t *testing.T) {
	for name, c := range map[string]struct {
		file   string
		when   atomicfile.Moment
		person func(t *testing.T, path, copied string)
		want   string // how often what planctl wrote is in the file at the end
		times  int
	}{
		// The old file, which a copy of links has kept, was there before: by its looks nothing was ever replaced.
		"replaced": {"fix_plan.md", atomicfile.Exchanged, func(t *testing.T, path, copied string) {
			if err := os.Rename(copied, path); err != nil {
				t.Fatal(err)
			}
		}, "Attempt #5", 0},
		// By its looks the file was replaced, and it was a person.
		"not replaced": {"plan.md", atomicfile.Compared, func(t *testing.T, path, _ string) { saveAs(t, path, "saved after\n") }, "| [x] |", 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := killed(t, c.file, string(c.when), "")
			path, copied := filepath.Join(dir, c.file), filepath.Join(dir, "copied")
			if temps, err := filepath.Glob(filepath.Join(dir, ".*.planctl-*")); err != nil || len(temps) != 1 || os.Link(temps[0], copied) != nil {
				t.Fatal(temps, err)
			}
			s := NewStore(dir, nil)
			open, err := s.Intents()
			if err != nil || len(open) != 1 {
				t.Fatal(open, err)
			}
			o := open[0]
			if err := o.reopen(); err != nil {
				t.Fatal(err)
			}
			_, err = o.settle()
			if err := errors.Join(err, s.tidy(o), o.Close()); err != nil {
				t.Fatal(err)
			}
			c.person(t, path, copied)
			if rs, err := s.Recover(t.Context(), Writing{Ledger: "fix_plan.md"}, time.Now()); err != nil || len(rs) != 1 {
				t.Errorf("%+v, %v", rs, err)
			}
			if b, err := os.ReadFile(path); err != nil || strings.Count(string(b), c.want) != c.times {
				t.Errorf("%s, %v", b, err)
			}
		})
	}
}

// An intent that waits for another branch is settled when that is checked out. What tells then what became of its replacement
// lies beside the same ledger as what is recovered before.
func TestTempsOfOtherIntents(t *testing.T) {
	dir := killed(t, "fix_plan.md", string(atomicfile.Exchanged), "")
	own, err := filepath.Glob(filepath.Join(dir, ".fix_plan.md.planctl-*"))
	if err != nil || len(own) != 1 {
		t.Fatal(own, err)
	}
	const digits = ".fix_plan.md.planctl-0123456789abcde"
	others, nobodys := filepath.Join(dir, digits+"1"), filepath.Join(dir, digits+"2")
	put(t, others, killedLedger)
	put(t, nobodys, killedLedger)
	s := NewStore(dir, nil)
	waits := filepath.Join(s.Dir, "intents", "k2.jsonl")
	put(t, waits, `{"intent":{"key":"k2","name":"plan.md#A2","run_dir":"reports/T","manifest":"reports/T/A2.run.json","entry":{"ledger":"fix_plan.md"}}}
{"change":{"manifest_path":"reports/T/A2.run.json","ledger":"fix_plan.md"}}
{"placing":{"step":"ledger","temp":"`+digits+`1","was":"1 2 3"}}
{"seen":"by a newer planctl, which this one leaves it to"}
`)
	rs, err := s.Recover(t.Context(), Writing{Ledger: "fix_plan.md"}, time.Now())
	if err != nil || len(rs) != 2 {
		t.Fatalf("%+v, %v", rs, err)
	}
	for path, want := range map[string]bool{own[0]: false, nobodys: false, others: true, waits: true} {
		if there(t, path) != want {
			t.Errorf("%s: there %v, want %v", path, !want, want)
		}
	}
}
