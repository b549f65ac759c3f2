package workspace

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func findFixture(t *testing.T) *Workspace {
	return openFiles(t, map[string]string{
		"plans/active/X-001/plan.md":           phased("X-001", phase("A", "", "A1", "A2"), phase("C1", "", "C1.A")),
		"plans/active/X-001/implementation.md": phased("X-001", phase("A", "", "A1"), phase("B", "", "B1")),
		"plans/active/Y-001/plan.md":           phased("Y-001", phase("A", "", "A1", "a7")),
		"plans/archive/old.md":                 phased("OLD-1", phase("Z", "", "A2", "Z1")),
		"plans/twice.md":                       phased("T-001", phase("T", "", "T1", "T1")),
		"docs/notes/readme.md":                 "# no plan\n",
	})
}

func TestFind(t *testing.T) {
	w := findFixture(t)
	for _, c := range []struct{ name, want string }{
		{"A2", "plans/active/X-001/plan.md A2"}, // the archived one is asked last
		{"C1.A", "plans/active/X-001/plan.md C1.A"},
		{"c1.a", "plans/active/X-001/plan.md C1.A"},
		{"A7", "plans/active/Y-001/plan.md a7"},
		{"Z1", "plans/archive/old.md Z1"},
		{"old#A2", "plans/archive/old.md A2"},
		{"Y-001#A1", "plans/active/Y-001/plan.md A1"},
		{"implementation#A1", "plans/active/X-001/implementation.md A1"},
		{"implementation.md#A1", "plans/active/X-001/implementation.md A1"},
		{"X-001/plan#A1", "plans/active/X-001/plan.md A1"},
		{"plans/active/X-001/plan.md#A1", "plans/active/X-001/plan.md A1"},
		{"./plans/active/X-001/plan.md#A1", "plans/active/X-001/plan.md A1"},
	} {
		it, err := w.Find(c.name)
		if err != nil || it.Plan.Path+" "+it.Task.ID != c.want {
			t.Errorf("Find(%s): %v, %v; want %s", c.name, it, err, c.want)
		}
	}
	for _, c := range []struct{ name, want string }{
		{"A1", "3 tasks are named \"A1\": implementation#A1, X-001/plan.md#A1, Y-001#A1"},
		{"X-001#A1", "2 plans are named \"X-001\": implementation, X-001/plan.md"},
		{"plan#A1", "2 plans"},
		{"T1", "2 tasks are named \"T1\": T-001#T1 (line "},
		{"C1.B", "no task is named \"C1.B\"; did you mean C1.A"},
		{"", "no task"},
		{"#", "no plan"},
		{"Y-001#A2", "did you mean A1"},
		{"Y-002#A1", "no plan is named \"Y-002\"; did you mean Y-001"},
		{"docs/notes/readme.md#A1", "does not match `plans`"},
	} {
		if it, err := w.Find(c.name); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Find(%s): %v, %v; want %q", c.name, it, err, c.want)
		}
	}
	var none *NotFoundError
	if _, err := w.Find("C1.B"); !errors.As(err, &none) || none.What != "task" || len(none.Nearest) == 0 {
		t.Errorf("%T %+v", err, none)
	}
	var many *AmbiguousError
	if _, err := w.Find("A1"); !errors.As(err, &many) || len(many.Candidates) != 3 {
		t.Errorf("%T %+v", err, many)
	}
}

// What Name says, Find understands, for every task; and so for phases.
func TestNamesLeadBack(t *testing.T) {
	w := findFixture(t)
	for _, p := range w.Plans {
		for _, it := range p.Items {
			if it.Task.ID == "T1" {
				continue
			}
			for _, name := range []string{it.Name(w), it.Plan.Path + "#" + it.Task.ID} {
				if got, err := w.Find(name); err != nil || got != it {
					t.Errorf("%s of %s leads to %v, %v", name, p.Path, got, err)
				}
			}
		}
		for _, ph := range p.Doc.Phases {
			if q, got, err := w.FindPhase(w.planName(p) + "#" + ph.ID); err != nil || got != ph || q != p {
				t.Errorf("phase %s of %s: %v", ph.ID, p.Path, err)
			}
		}
	}
	for id, want := range map[string]string{"C1.A": "X-001/plan.md#C1.A", "a7": "a7", "B1": "implementation#B1"} {
		it, err := w.Find(id)
		if err != nil || it.EntryName(w) != want || it.Name(w) != id {
			t.Errorf("%s: entry %q, name %q, %v", id, it.EntryName(w), it.Name(w), err)
		}
	}
}

func TestFindPhase(t *testing.T) {
	w := findFixture(t)
	if p, ph, err := w.FindPhase("c1"); err != nil || ph.ID != "C1" || p.Path != "plans/active/X-001/plan.md" {
		t.Errorf("c1: %v %v", ph, err)
	}
	if _, _, err := w.FindPhase("A"); err == nil || !strings.Contains(err.Error(), "3 phases are named \"A\": implementation#A, X-001/plan.md#A, Y-001#A") {
		t.Error(err)
	}
	if _, _, err := w.FindPhase("C2"); err == nil || !strings.Contains(err.Error(), "did you mean C1") {
		t.Error(err)
	}
}

// A path may be given as the shell completes it, from the directory of the call.
func TestFindPlanFromASubdirectory(t *testing.T) {
	w := open(t, filepath.Join(findFixture(t).Root, "plans", "active"))
	for _, name := range []string{"Y-001/plan.md", "../twice.md", filepath.Join(w.Root, "plans/twice.md"), "twice", "T-001", "t-001", "active/Y-001/plan"} {
		if p, err := w.FindPlan(name); err != nil {
			t.Errorf("%s: %v %v", name, p, err)
		}
	}
}
