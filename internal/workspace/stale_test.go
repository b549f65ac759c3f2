package workspace

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
)

func TestStale(t *testing.T) {
	const text = "inputs: [\"src/*.py\", conf.yml]\n  pins: [src/a.py, \"src/b.py::helper\"]"
	for _, c := range []struct {
		name, kind string
		change     map[string]string // files written after the run; "" removes one
		want       string
		later      *manifest.Predicate // a record after the change; its inputs are taken then
	}{
		{name: "nothing"},
		{name: "unrelated file", change: map[string]string{"src/notes.txt": "x"}},
		{name: "pinned input", change: map[string]string{"src/a.py": "x = 2\n"}, want: "src/a.py"},
		{name: "new file of the glob", change: map[string]string{"src/new.py": "x = 2\n"}, want: "src/new.py"},
		{name: "input gone", change: map[string]string{"conf.yml": ""}, want: "conf.yml"},
		{name: "pinned definition", change: map[string]string{"src/b.py": "def helper():\n    return 2\n"}, want: "src/b.py src/b.py::helper"},
		{name: "another definition of the file", change: map[string]string{"src/b.py": "def helper():\n    return 1\n\n\ndef other():\n    pass\n"}, want: "src/b.py"},
		{name: "the inputs of a red are there to change", kind: "red", change: map[string]string{"conf.yml": "new", "src/c.py": ""}},
		{name: "the pins of a red are not", kind: "red", change: map[string]string{"src/a.py": "x = 2\n"}, want: "src/a.py"},
		{name: "run again", change: map[string]string{"src/a.py": "x = 2\n"}, later: &manifest.Predicate{Kind: "check"}},
		{name: "marked done anew", change: map[string]string{"conf.yml": "new"}, later: &manifest.Predicate{Kind: "manual", State: "done"}},
		{name: "accepting a row makes nothing fresh", change: map[string]string{"conf.yml": "new"}, want: "conf.yml",
			later: &manifest.Predicate{Kind: "manual", State: "done", Judged: "run"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t, map[string]string{
				planX:      phased("X-001", phase("A", "", "A1 [x]")) + block("A1", "run: make test", text),
				"src/a.py": "x = 1\n", "src/b.py": "def helper():\n    return 1\n", "src/c.py": "y = 1\n", "conf.yml": "old",
			})
			record := func(p manifest.Predicate, dir string) string {
				_, it := l.item("A1")
				sp, _, _ := it.EffectiveSpec()
				var problems []evidence.Problem
				if p.Inputs, problems = evidence.Digests(t.Context(), l.root, sp.Inputs); len(problems) > 0 {
					t.Log(problems)
				}
				if p.Pins, problems = evidence.Pins(t.Context(), l.root, sp.Pins); len(problems) > 0 {
					t.Log(problems)
				}
				p.Task, p.Result, p.Spec = task(planX, "A1"), manifest.Pass, specOf(sp.Value(), false)
				return l.entered("plans/X/reports/2025-10-19T120000Z/"+dir+"/A1.run.json", p)
			}
			first := record(manifest.Predicate{Kind: c.kind}, "one")
			for name, text := range c.change {
				if file := filepath.Join(l.root, name); text == "" {
					remove(t, file)
				} else {
					write(t, file, text)
				}
			}
			if c.later != nil {
				c.later.Parents = []string{first}
				if c.later.Judged != "" {
					c.later.Judged = first
				}
				record(*c.later, "two")
			}
			w, it := l.item("A1")
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			it.Standing(ctx, w) // what was not read then is read by the next
			s := it.Standing(t.Context(), w)
			if strings.Join(s.Stale, " ") != c.want || s.Fresh != (c.want == "") {
				t.Errorf("stale %q, fresh %v, changed %q; want %q", s.Stale, s.Fresh, s.Changed, c.want)
			}
		})
	}
}
