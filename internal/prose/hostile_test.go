package prose

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/plan"
)

// A plan with a row for each entry of its Command Reference is read in time that goes with its length: a count of
// allocations says so on any machine.
func TestReferencesAreReadOnce(t *testing.T) {
	allocs := func(n int) float64 {
		var rows, entries strings.Builder
		for i := range n {
			fmt.Fprintf(&rows, "| A%d | Run it | [ ] |\n", i)
			fmt.Fprintf(&entries, "- A%d: `pytest -q tests/t%d.py`\n", i, i)
		}
		p := plan.Parse("p.md", []byte("## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n"+rows.String()+"\n## Command Reference\n"+entries.String()), plan.Tokens{})
		if found := all(p); len(found) != n || found[p.Task("A7")].Run != "pytest -q tests/t7.py" {
			t.Fatalf("%d of %d rows have a command", len(found), n)
		}
		return testing.AllocsPerRun(2, func() { all(p) })
	}
	if a, b := allocs(50), allocs(100); b > 2.3*a {
		t.Errorf("50 rows and entries take %.0f allocations, 100 take %.0f", a, b)
	}
}

// hostile is the cells that read the same text again and again.
func hostile() map[string]string {
	return map[string]string{
		"spans": "Run `pytest -q` and ", "ticks": "`` ` ``` ", "verbs": "run run run ", "words": "`a b` ", "mentions": "`git status` ", "env": "`A=1 x` ", "open": "Run `x (((( ",
		"comments": "<!-- ` ", "comment": "<!-- Run `a -x` --> ", "tildes": "~a ~~b ", "struck": "~~Run `a -x`~~ ", "deleted": "<del>`</del>` ", "elements": "<s> ~`~` ",
	}
}

// Cells of any size and depth are read to their end. BenchmarkHostile shows the time.
func TestHostile(t *testing.T) {
	for name, unit := range hostile() {
		p, task := row(strings.Repeat(unit, 100_000/len(unit)))
		if s := In(p).Suggest(task); s != nil && s.Runnable && len(s.Run) > maxScript {
			t.Errorf("%s: a command of %d bytes is ready to run", name, len(s.Run))
		}
	}
	deep := strings.Repeat("$(", maxScript/2-10)
	p, task := row("Run `pytest " + deep + "`, `" + strings.Repeat("(", maxScript-10) + "` and `" + strings.Repeat("pytest -q ", maxScript) + "`")
	if s := In(p).Suggest(task); s != nil && s.Runnable {
		t.Errorf("%.80q", s.Run)
	}
}

// BenchmarkHostile shows that time goes with length: MB/s of a cell is the same at every size.
func BenchmarkHostile(b *testing.B) {
	for name, unit := range hostile() {
		for _, size := range []int{25_000, 50_000, 100_000} {
			p, task := row(strings.Repeat(unit, size/len(unit)))
			b.Run(fmt.Sprintf("%s/%dkB", name, size/1000), func(b *testing.B) {
				b.SetBytes(int64(size))
				for b.Loop() {
					In(p).Suggest(task)
				}
			})
		}
	}
}

func FuzzSuggest(f *testing.F) {
	for _, s := range []string{"Run `pytest -q | tee a.log`", "`A=1 b`", "Run `<TS> $X …`", "`` ` ``", "Executed `a\\|b` (or `c -d`)", "Run:\n - `x -y`\n - `z`", "Run `cat <<E`", "Command: `for((;;))`", "Run `a 2>&1 |& tee -a \"$x/y\"`", "Run `é\xff -x`"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		for _, text := range []string{
			"| ID | Task | State | Guidance | Command |\n|--|--|--|--|--|\n| A1 | Run RED | [ ] | " + cell + " | " + cell + " |\n\n## Command Reference\n- RED run: " + cell + "\n- GREEN: same as above\n",
			"| ID | Task | State |\n|--|--|--|\n| A1 | " + cell + " | [ ] |\n",
		} {
			p := plan.Parse("p.md", []byte(text), plan.Tokens{})
			for _, s := range all(p) {
				if s.Run == "" || s.Runnable == (s.Why != "") || s.Line < 1 || s.Line > p.Index.Lines() || s.Col < 1 {
					t.Fatalf("%+v", s)
				}
				if s.Runnable && (!utf8.ValidString(s.Run) || strings.ContainsAny(s.Run, "\x00\x1b\r")) {
					t.Fatalf("ready to run: %q", s.Run)
				}
				if s.Log != "" && spec.LogProblem(s.Log) != "" {
					t.Fatalf("log %q", s.Log)
				}
				if s.Runnable { // what bind writes reads back as the same spec
					want := spec.FromCommand("A1", s.Run, s.Kind)
					got := spec.Decode(spec.Source{Text: spec.Marshal(want), Line: 1}).Tasks["A1"]
					a, _ := spec.Digest(want.Value())
					if b, _ := spec.Digest(got.Value()); a != b || a == "" {
						t.Fatalf("%q reads back as %q", want.Run, got.Run)
					}
				}
			}
		}
	})
}
