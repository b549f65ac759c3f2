package workspace

import (
	"strings"
	"testing"

	"github.com/planctl/planctl/plan"
)

func TestPrereqPhases(t *testing.T) {
	for _, c := range []struct{ text, gates, shown string }{
		{"None.", "", ""},
		{"", "", ""},
		{"Phase A baseline complete; confirm it passes", "A", ""},
		{"Phase A\u00a0artifacts", "A", ""},
		{"Phases A–C complete.", "A B C", ""},
		{"Phases A-C complete.", "A B C", ""},
		{"Phases A through C complete.", "A B C", ""},
		{"Phase C1 RED artifacts committed; helper stub present", "C1", ""},
		{"Phases B and D", "B D", ""},
		{"Phases A, B, and D are green", "A B D", ""},
		{"Phases C/D complete; artifacts from Phase A available", "C D A", ""},
		{"Phase A (unblocked) and Phase B (refresh) complete.", "A B", ""},
		{"Phase M1 + M2 closed; coordinate with `[OTHER-001]`", "M1 M2", ""},
		{"Phase M1 + Phase M2 closed; `[OTHER-001]` Phase C1–C3 complete; tests pass", "M1 M2", "Phase C1–C3"},
		{"Phase E0 tasks [D] (edge diagnosis)", "", "Phase E0"},
		{"Phase A — baseline, then Phase B", "A B", ""},
		{"[OTHER-001] Phase A and Phase B done", "", "Phase A and Phase B"},
		{"[OTHER-001] closed and Phase B done", "B", ""},
		{"Phase A of `plans/other.md`, Phase B here", "B", "Phase A"},
		{"Phase A of plans/mine.md", "A", ""},
		{"Phase A of OTHER-001", "", "Phase A"},
		{"`[MINE-001]` Phase A", "A", ""},
		{"Phase A logged in docs/fix_plan.md", "A", ""},
		{"Phase A notes in `notes/summary.md`", "A", ""},
		{"Phase I complete", "plans/second.md#I", ""},
		{"phase c1 done", "C1", ""},
		{"Phase goal known; this phase stands alone", "", ""},
		{"phase a complete", "", ""},
		{"Phase Z complete", "", "Phase Z"},
		{"Phase D and later", "D", ""},
		{"Phase X complete", "", ""}, // itself
		{"C1 blueprint complete; CI ready", "C1", ""},
		{"Tests pass; M1 + M2 artifacts stored.", "M1 M2", ""},
		{"\n- C1 documentation updated so that it can be cited\n- M1 closed", "C1 M1", ""},
		{"**M1** closed", "M1", ""},
		{"M1–M2 tests green", "M1 M2", ""},
		{"PHASE B COMPLETE", "B", ""},
		{"Phases (A–C) complete", "A B C", ""},
		{"All previous phases complete", "A B C C1 D M1 M2", ""},
		{"All previous phases (A–C)", "A B C C1 D M1 M2", ""},
		{"all prior phases", "A B C C1 D M1 M2", ""},
		{"All phases complete.", "A B C C1 D M1 M2", ""},
		{"the previous phase", "M2", ""},
		{"Independent of all previous phases", "", ""},
		{"None (all previous phases may run later)", "", ""},
		{"All phase artifacts", "", ""},
		{"C1.A reviewed", "", ""},                // a row
		{"A baseline is there", "", ""},          // an article
		{"C2 notes read; 3 files moved", "", ""}, // no phase of this plan
		{"Review of C1", "", ""},                 // not what the sentence is about
		{"C1 of OTHER-001 done", "", "C1"},
		{"C1-era logs kept", "", ""},
		{"C1/C notes", "C1 C", ""},
		{"C1/x.md read", "", ""},
		{"Phases 1–999999999 done", "", "Phase 1, Phase 999999999"},
	} {
		w := openFiles(t, map[string]string{
			"plans/mine.md": phased("MINE-001", phase("A", "", "A1"), phase("B", "", "B1"), phase("C", "", "CC1"), phase("C1", "", "C1.A"),
				phase("D", "", "D1"), phase("M1", "", "M1.A"), phase("M2", "", "M2.A"), phase("X", c.text, "X1")),
			"plans/second.md":      phased("MINE-001", phase("I", "", "I1"), phase("A", "", "A1")),
			"plans/other.md":       phased("OTHER-001", phase("A", "", "A1"), phase("Z", "", "Z1")),
			"plans/archive/old.md": phased("MINE-001", phase("I", "", "I1")),
		})
		p := w.byPath["plans/mine.md"]
		pre := p.Prereqs(w, p.Doc.Phase("X"))
		var gates []string
		for _, r := range pre.Phases {
			name := r.Phase.ID
			if r.Plan != p {
				name = r.Plan.Path + "#" + name
			}
			gates = append(gates, name)
		}
		if strings.Join(gates, " ") != c.gates || strings.Join(pre.Elsewhere, ", ") != c.shown {
			t.Errorf("%q: gates %q shown %q; want %q, %q", c.text, gates, pre.Elsewhere, c.gates, c.shown)
		}
	}
}

// A range names what stands between its ends in the document.
func TestPrereqRangeFollowsTheDocument(t *testing.T) {
	w := openFiles(t, map[string]string{
		"plans/a.md": phased("M-1", phase("A", "", "A1"), phase("B1", "", "B1.A"), phase("B2", "", "B2.A"), phase("C", "", "CC1"), phase("D", "Phases A–C", "D1")),
	})
	p := w.Plans[0]
	if pre := p.Prereqs(w, p.Doc.Phase("D")); len(pre.Phases) != 4 || len(pre.Elsewhere) != 0 {
		t.Errorf("%v %v", pre.Phases, pre.Elsewhere)
	}
}

// A range may leave out of its end what its beginning has.
func TestPrereqRangeOfParts(t *testing.T) {
	w := openFiles(t, map[string]string{
		"plans/a.md": phased("M-1", phase("B2.A", "", "B2.A1"), phase("B2.B", "", "B2.B1"), phase("B2.C", "", "B2.C1"), phase("D", "B2.A–C tests green", "D1"), phase("E", "Phases B2.A–C green", "E1")),
	})
	for _, id := range []string{"D", "E"} {
		if pre := w.Plans[0].Prereqs(w, w.Plans[0].Doc.Phase(id)); len(pre.Phases) != 3 || len(pre.Elsewhere) != 0 {
			t.Errorf("%s: %v %v", id, pre.Phases, pre.Elsewhere)
		}
	}
}

// A phase that the sentence names and nobody waits for is no gate: two that can run in parallel would wait for each other for good.
func TestPrereqsThatNothingWaitsFor(t *testing.T) {
	for _, c := range []struct{ text, gates, free string }{
		{"Phase A -- can run in parallel with Phase B [P]", "A", "Phase B"},
		{"Phase A (can run in parallel with Phase B)", "A", "Phase B"},
		{"Phase A (can run in parallel with the Phases B and C)", "A", "Phases B and C"},
		{"In parallel with Phase B, depends on Phase A", "A", "Phase B"},
		{"Phase A. Runs alongside Phase B", "A", "Phase B"},
		{"None (independent of Phases A–C, touches other files)", "", "Phases A–C"},
		{"none (Phase A may run in parallel)", "", "Phase A"},
		{"**None** — Phase A has it all", "", "Phase A"},
		{"No dependencies; Phase A first", "A", ""},
		{"Blocks Phase C", "", "Phase C"},
		{"Phase A; blocks Phase C", "A", "Phase C"},
		{"Does not need Phase C", "", "Phase C"},
		{"Phase A; doesn't depend on Phase C", "A", "Phase C"},
		{"Phase B is not required", "", "Phase B"},
		{"Phase A. Phase B can run in parallel.", "A", "Phase B"},
		{"Must be done before Phase C", "", "Phase C"},

		{"None but Phase A", "A", ""},
		{"None beyond Phases A and B", "A B", ""},
		{"Do not start before Phase A is complete", "A", ""},
		{"Not to begin until Phase A is green", "A", ""},
		{"Blocked on Phase A", "A", ""},
		{"Blocked by Phase A", "A", ""},
		{"Phases A and B can run in parallel; both complete", "A B", ""},
		{"Phases A and B (can run in parallel)", "A B", ""},
		{"Phase A is not yet complete", "A", ""},
		{"Phase A (not Phase B's draft)", "A B", ""},
		{"Phase A merged; tests run in parallel", "A", ""},
		{"Phase A together with Phase B", "A B", ""},
	} {
		w := openFiles(t, map[string]string{"plans/mine.md": phased("MINE-001", phase("A", "", "A1"), phase("B", "", "B1"), phase("C", "", "CC1"), phase("X", c.text, "X1"))})
		p := w.byPath["plans/mine.md"]
		pre := p.Prereqs(w, p.Doc.Phase("X"))
		var gates []string
		for _, r := range pre.Phases {
			gates = append(gates, r.Phase.ID)
		}
		if strings.Join(gates, " ") != c.gates || strings.Join(pre.Free, ", ") != c.free {
			t.Errorf("%q: gates %q free %q; want %q, %q", c.text, gates, pre.Free, c.gates, c.free)
		}
	}
}

// Rows that the sentence begins with and says to be done come first.
func TestPrereqRows(t *testing.T) {
	for text, want := range map[string]string{
		"A1 and A2 done": "A1 A2", "A1–A3": "A1 A2 A3", "A2 complete.": "A2", "A1, A2; B1 merged": "A1 A2 B1", "**A1** is done": "A1",
		"A1 notes read": "", "A9 done": "", "X1 done": "", "Review of A1": "", "A1 baseline complete": "", "": "",
	} {
		w := openFiles(t, map[string]string{"plans/mine.md": phased("MINE-001", phase("A", "", "A1", "A2", "A3"), phase("B", "", "B1"), phase("X", text, "X1"))})
		p := w.Plans[0]
		var got []string
		for _, it := range p.Prereqs(w, p.Doc.Phase("X")).Items {
			got = append(got, it.Task.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzMentions(f *testing.F) {
	f.Add("Phases A–C and Phase D, [X-1] Phase 1..9; phase")
	f.Add("Phase A,Phase B/Phase C to D")
	f.Fuzz(func(t *testing.T, text string) {
		p := &Plan{Doc: &plan.Plan{}}
		w := &Workspace{Ledger: &Ledger{}}
		for _, m := range mentions(text) {
			if len(m.items) == 0 || !strings.Contains(spaces.Replace(text), m.text) || !strings.Contains(m.beside, m.text) {
				t.Errorf("%+v", m)
			}
			if n := len(w.expand(p, m)); n > maxRange*len(m.items) {
				t.Errorf("%d names of %d items", n, len(m.items))
			}
		}
	})
}
