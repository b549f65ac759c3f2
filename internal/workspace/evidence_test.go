package workspace

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/planctl/planctl/internal/manifest"
)

// lab makes a workspace's evidence, one record after another.
type lab struct {
	t    testing.TB
	root string
	n    int
}

// put writes a manifest and gives its digest. Starts are a minute apart.
func (l *lab) put(file string, p manifest.Predicate) string {
	l.t.Helper()
	l.n++
	if p.Kind == "" {
		p.Kind = "check"
	}
	if p.Started.IsZero() {
		p.Started = time.Date(2025, 10, 19, 12, l.n, 0, 0, time.UTC)
	}
	p.Finished = p.Started.Add(time.Second)
	p.Nonce = fmt.Sprint(l.n)
	b, err := manifest.Encode(manifest.New(p))
	if err != nil {
		l.t.Fatal(err)
	}
	write(l.t, filepath.Join(l.root, file), string(b))
	return manifest.Digest(b)
}

// entry appends a ledger entry for a run to the only section of docs/fix_plan.md.
func (l *lab) entry(digest string) {
	l.t.Helper()
	name := filepath.Join(l.root, "docs/fix_plan.md")
	b, err := os.ReadFile(name)
	if err != nil {
		l.t.Fatal(err)
	}
	write(l.t, name, strings.TrimRight(string(b), "\n")+"\n  * [2025-10-19] Attempt #2 — A1 Do A1: pass (exit 0, 1 s).\n    Run: "+digest+"\n")
}

func newLab(t testing.TB, files map[string]string) *lab {
	if _, ok := files[ConfigName]; !ok {
		files[ConfigName] = "version: 1\n"
	}
	return &lab{t: t, root: tree(t, files)}
}

// entered is put with an entry in the ledger, which is made where there is none.
func (l *lab) entered(name string, p manifest.Predicate) string {
	l.t.Helper()
	if _, err := os.Stat(filepath.Join(l.root, "docs/fix_plan.md")); err != nil {
		write(l.t, filepath.Join(l.root, "docs/fix_plan.md"), section("X-001"))
	}
	d := l.put(name, p)
	l.entry(d)
	return d
}

func (l *lab) open() *Workspace { return open(l.t, l.root) }

func (l *lab) item(name string) (*Workspace, *Item) {
	l.t.Helper()
	w := l.open()
	it, err := w.Find(name)
	if err != nil {
		l.t.Fatal(err)
	}
	return w, it
}

func task(plan, id string) manifest.Task {
	return manifest.Task{Plan: plan, ID: id, Phase: "A", Initiative: "X-001"}
}

const runDir = "plans/X/reports/2025-10-19T120000Z/phase_A/"

func TestEvidenceIsJoined(t *testing.T) {
	const file = "plans/X/plan.md"
	l := newLab(t, map[string]string{file: phased("X-001", phase("A", "", "A1 [x]", "A2")), "docs/fix_plan.md": section("X-001")})
	one := l.put(runDir+"A1.run.json", manifest.Predicate{Task: task(file, "A1"), Result: manifest.Pass})
	two := l.put("plans/X/reports/2025-10-19T130000Z/phase_A/A1.run.json", manifest.Predicate{Task: task(file, "A1"), Result: manifest.Fail, Parents: []string{one}})
	gone := l.put(runDir+"A9.run.json", manifest.Predicate{Task: task(file, "A9"), Result: manifest.Pass})
	waived := l.put(runDir+"phase.run.json", manifest.Predicate{Task: task(file, ""), Result: manifest.Decided, State: "waived", Kind: "manual"})
	l.entry(one)
	b, err := os.ReadFile(filepath.Join(l.root, runDir+"A1.run.json"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(l.root, runDir+"copy/A1.run.json"), string(b))
	write(t, filepath.Join(l.root, runDir+"torn.run.json"), string(b[:len(b)/2]))
	write(t, filepath.Join(l.root, runDir+"other.run.json"), `{"_type": "https://example.org/other"}`)
	if err := os.Symlink("..", filepath.Join(l.root, runDir+"loop")); err != nil {
		t.Fatal(err)
	}

	w, it := l.item("A1")
	if len(it.Runs) != 2 || it.Runs[0].Digest != one || it.Runs[1].Digest != two || it.Newest().Digest != two || it.LastPass().Digest != one {
		t.Errorf("runs of A1: %v", it.Runs)
	}
	if r := it.Runs[0]; r.Attempt == nil || r.Attempt.Run != one || r.Ledger != w.Ledger || len(r.Copies) != 1 || r.Plan != it.Plan || r.Item != it {
		t.Errorf("%+v", r)
	}
	if r := w.Evidence.ByDigest(gone); r == nil || r.Plan == nil || r.Item != nil {
		t.Errorf("a run of a row that is gone: %+v", r)
	}
	if r := w.Evidence.ByDigest(waived); r == nil || r.Plan == nil || r.Item != nil {
		t.Errorf("a phase's record: %+v", r)
	}
	if len(w.Evidence.Records) != 4 || len(w.Evidence.Findings) != 2 {
		t.Errorf("%d records, findings %v", len(w.Evidence.Records), w.Evidence.Findings)
	}
	for _, f := range []string{"torn", "other"} {
		if !has(w.Evidence.Findings, "evidence-unreadable", runDir+f+".run.json") {
			t.Errorf("nothing was said of %s.run.json", f)
		}
	}
}

// Evidence follows a plan that moves with its reports, and one that is renamed beside them.
func TestEvidenceMovesWithThePlan(t *testing.T) {
	for _, c := range []struct{ name, plan, evidence, want string }{
		{"stays", "plans/active/X/plan.md", "plans/active/X/", "plans/active/X/plan.md"},
		{"both move", "plans/archive/X/plan.md", "plans/archive/X/", "plans/archive/X/plan.md"},
		{"plan moves alone", "plans/archive/X/plan.md", "plans/active/X/", "plans/archive/X/plan.md"},
		{"renamed", "plans/active/X/phase.md", "plans/active/X/", "plans/active/X/phase.md"},
		{"renamed and moved alone", "plans/archive/X/phase.md", "plans/active/X/", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t, map[string]string{
				c.plan:            phased("X-001", phase("A", "", "A1 [x]")),
				"plans/y/plan.md": phased("Y-001", phase("A", "", "A1 [x]")),
			})
			d := l.put(c.evidence+"reports/2025-10-19T120000Z/phase_A/A1.run.json", manifest.Predicate{Task: task("plans/active/X/plan.md", "A1"), Result: manifest.Pass})
			r := l.open().Evidence.ByDigest(d)
			if r == nil || (r.Plan == nil) != (c.want == "") || r.Plan != nil && (r.Plan.Path != c.want || r.Item == nil) {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestRollupsAreEvidence(t *testing.T) {
	l := newLab(t, map[string]string{
		"plans/X/plan.md": phased("X-001", phase("A", "", "A1 [x]")),
		"plans/X/impl.md": phased("X-001", phase("R", "", "R1 [x]"), "```yaml planctl\nR1:\n  plan: plans/X/plan.md\n  phase: A\n```\n"),
	})
	d := l.entered(runDir+"A1.run.json", manifest.Predicate{Task: task("plans/X/plan.md", "A1"), Result: manifest.Pass, Rollup: []string{"plans/X/impl.md#R1"}})
	w, it := l.item("R1")
	if s := it.Standing(t.Context(), w); len(it.Runs) != 0 || it.LastPass() == nil || it.LastPass().Digest != d || !s.Fresh {
		t.Errorf("%+v", s)
	}
}

func TestOrder(t *testing.T) {
	const file = "plans/X/plan.md"
	l := newLab(t, map[string]string{file: phased("X-001", phase("A", "", "A1")), "docs/fix_plan.md": section("X-001")})
	late, early := time.Date(2025, 10, 20, 0, 0, 0, 0, time.UTC), time.Date(2025, 10, 18, 0, 0, 0, 0, time.UTC)
	put := func(name string, p manifest.Predicate) string {
		p.Task, p.Result = task(file, "A1"), manifest.Pass
		return l.put(runDir+name+"/A1.run.json", p)
	}
	a := put("a", manifest.Predicate{Started: late})                           // first in the ledger: clocks do not count
	b := put("b", manifest.Predicate{Started: early})                          // second in the ledger
	c := put("c", manifest.Predicate{Started: late, Parents: []string{b}})     // no entry
	d := put("d", manifest.Predicate{Started: early})                          // no entry, earlier
	e := put("e", manifest.Predicate{Started: early, Parents: []string{c, d}}) // after its parents
	f := put("f", manifest.Predicate{Started: early, Parents: []string{e, "sha256:none"}})
	l.entry(a)
	l.entry(b)
	_, it := l.item("A1")
	var got []string
	for _, r := range it.Runs {
		got = append(got, r.Digest)
	}
	if want := []string{a, b, d, c, e, f}; !slices.Equal(got, want) {
		t.Errorf("order %v", it.Runs)
	}
}

// Whatever the parents, every record stands once and after its parents, and the files' order does not matter.
func TestOrderProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "n")
		records := make([]*Record, n)
		for i := range records {
			p := manifest.Predicate{Started: time.Unix(int64(rapid.IntRange(0, 3).Draw(t, "start")), 0)}
			for j := range i {
				if rapid.Bool().Draw(t, "parent") {
					p.Parents = append(p.Parents, fmt.Sprint(j))
				}
			}
			records[i] = &Record{Digest: fmt.Sprint(i), Doc: &manifest.Statement{Predicate: p}}
		}
		w := &Workspace{Ledger: &Ledger{}}
		got := order(w, records)
		shuffled := slices.Clone(records)
		rand.New(rand.NewSource(int64(n))).Shuffle(n, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if !slices.Equal(got, order(w, shuffled)) {
			t.Fatal("the order depends on the order of the files")
		}
		at := map[string]int{}
		for i, r := range got {
			at[r.Digest] = i
		}
		if len(at) != n || len(got) != n {
			t.Fatalf("%d of %d records", len(at), n)
		}
		for _, r := range got {
			for _, p := range r.Doc.Predicate.Parents {
				if at[p] > at[r.Digest] {
					t.Fatalf("%s stands before its parent %s", r.Digest, p)
				}
			}
		}
	})
}
