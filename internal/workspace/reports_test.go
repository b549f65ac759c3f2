package workspace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/spec"
)

func TestReports(t *testing.T) {
	plan := func() string { return phased("", phase("C1", "", "C1.A")) }
	for _, c := range []struct {
		name, config string
		plans        []string // the first is asked
		dir, slug    string
	}{
		{"beside the plan", "", []string{"plans/a.md"}, "plans/reports", "phase_C1"},
		{"nearest reports above", "", []string{"plans/X/reports/notes/a.md"}, "plans/X/reports", "phase_C1"},
		{"in a run's directory", "", []string{"plans/X/reports/2025-10-19T115303Z/phase_c/plan.md"}, "plans/X/reports", "phase_c"},
		{"stamp of another habit", "", []string{"plans/X/reports/20251019T115303Z/phase_c/plan.md"}, "plans/X/reports", "phase_c"},
		{"no stamp", "", []string{"plans/X/reports/first/phase_c/plan.md"}, "plans/X/reports", "phase_C1"},
		{"shared", "", []string{"plans/a.md", "plans/b.md"}, "plans/reports", "a_phase_C1"},
		{"shared, same stem", `reports: "reports"`, []string{"plans/x/plan.md", "plans/y/plan.md"}, "reports", "x_plan_phase_C1"},
		{"same slug in two stamps", "", []string{"plans/reports/2025-10-19T115303Z/c/plan.md", "plans/reports/2025-10-20T115303Z/c/plan.md"},
			"plans/reports", "2025-10-19T115303Z_c_plan_c"},
		{"template", `reports: "out/{initiative}/{plan_dir}/{phase}"`, []string{"plans/x/a.md"}, "out/a/plans/x/C1", "phase_C1"},
		{"template of the plan's directory", `reports: "{plan_dir}/reports"`, []string{"plans/reports/q/a.md"}, "plans/reports/q/reports", "phase_C1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{".planctl.yaml": "version: 1\n" + c.config + "\n"}
			for _, p := range c.plans {
				files[p] = plan()
			}
			w := openFiles(t, files)
			p := w.byPath[c.plans[0]]
			if dir, slug := w.Reports(p, p.Doc.Phases[0]); dir != c.dir || slug != c.slug {
				t.Errorf("%s/STAMP/%s, want %s/STAMP/%s", dir, slug, c.dir, c.slug)
			}
			seen := map[string]string{}
			for _, q := range w.Plans {
				dir, slug := w.Reports(q, q.Doc.Phases[0])
				if other := seen[dir+"/"+slug]; other != "" {
					t.Errorf("%s and %s share %s/STAMP/%s", other, q.Path, dir, slug)
				}
				seen[dir+"/"+slug] = q.Path
			}
		})
	}
}

// A person's text never makes a path.
func TestSegment(t *testing.T) {
	for in, want := range map[string]string{
		"C1": "C1", "L3k.3c": "L3k.3c", "../../etc": "etc", "a/b": "a-b", "": "none", "..": "none", "ä b": "ä-b", "x\x00\n": "x--",
	} {
		if got := segment(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := segment(strings.Repeat("ä", 200)); len(got) > 110 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestSeed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(shared(t), "seed/phase_c_modernization_plan.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir := "plans/active/TEST-PYTORCH-001/reports/2025-10-19T115303Z/phase_c_modernization/"
	w := openFiles(t, map[string]string{
		dir + "plan.md": string(text),
		"plans/active/TEST-PYTORCH-001/implementation.md": phased("TEST-PYTORCH-001", phase("B", "", "B1")),
		"docs/fix_plan.md": section("TEST-PYTORCH-001"),
	})
	p := w.byPath[dir+"plan.md"]
	if p == nil || len(w.Plans) != 2 {
		t.Fatalf("plans: %s", planPaths(w))
	}
	if p.Link.ID != "TEST-PYTORCH-001" || p.Link.Doubt != "" {
		t.Errorf("%+v", p.Link)
	}
	if reports, slug := w.Reports(p, p.Doc.Phase("C1")); reports != "plans/active/TEST-PYTORCH-001/reports" || slug != "phase_c_modernization" {
		t.Errorf("%s, %s", reports, slug)
	}
	if pre := p.Prereqs(w, p.Doc.Phase("C1")); len(pre.Phases) != 0 || strings.Join(pre.Elsewhere, " ") != "Phase A" {
		t.Errorf("C1: %+v", pre)
	}
	if pre := p.Prereqs(w, p.Doc.Phase("C2")); len(pre.Phases) != 1 || pre.Phases[0].Phase.ID != "C1" {
		t.Errorf("C2: %+v", pre)
	}
	it, err := w.Find("C2.D")
	if err != nil || it.EntryName(w) == "C2.D" {
		t.Fatalf("%v, %v", it, err)
	}
	sp, _, prose := it.EffectiveSpec()
	if sp == nil || sp.Kind != spec.Green || sp.Red != "C1.D" || !prose || !strings.Contains(sp.Run, "pytest ") {
		t.Errorf("C2.D: %+v, prose %v", sp, prose)
	}
}
