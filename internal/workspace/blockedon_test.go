package workspace

import (
	"strings"
	"testing"
)

func TestBlockedOn(t *testing.T) {
	for _, c := range []struct{ text, on, said string }{
		{"Blocked on B2. Once it holds, rerun.", "B2", "Blocked on B2"},
		{"Run `make`. **Blocked:** C2 incomplete.", "C2", "Blocked: C2 incomplete"},
		{"**BLOCKED on L3k.3 completion.** Append to `docs/fix_plan.md` what OTHER-001 says.", "L3k.3", "BLOCKED on L3k.3 completion"},
		{"Blocked by Phase A - require its outcome. When unblocked, rerun.", "phase A", "Blocked by Phase A - require its outcome"},
		{"Write it up; remains blocked pending Phases A and C fixes", "phase A phase C", "remains blocked pending Phases A and C fixes"},
		{"Status: Blocked until `C2` and B2 are done", "C2 B2", "Blocked until C2 and B2 are done"},
		{"Blocked on B2, C2 and the docs", "B2 C2", "Blocked on B2, C2"},
		{"Blocked on B1–B3", "B1 B2 B3", "Blocked on B1–B3"},
		{"Blocked on the completion of row 2", "2", "Blocked on the completion of row 2"},
		{"Compare. (Blocked: B2)", "B2", "Blocked: B2"},
		{"Blocked on B2\u00a0results", "B2", "Blocked on B2 results"},
		{"Blocked on X1", "", ""},      // itself
		{"Blocked by Phase X", "", ""}, // its own phase
		{"Blocked by 2 failures", "", ""},
		{"Blocked by A flaky node", "", ""},
		{"Blocked on the correlation fix of B2", "", ""},
		{"Blocked on Z9", "", ""},
		{"Blocked on B2 of `plans/other.md`", "", ""},
		{"Blocked on [OTHER-001] Phase A", "", ""},
		{"Unblocked by B2.", "", ""},
		{"No longer blocked on B2.", "", ""},
		{"Not blocked by B2.", "", ""},
		{"Was blocked until B2.", "", ""},
		{"Previously blocked on B2", "", ""},
		{"If blocked by B2, ask.", "", ""},
		{"Phase C remains blocked on B2.", "", ""},
		{"~~Blocked on B2.~~ Run it.", "", ""},
		{"Write `Blocked on B2` into the log", "", ""},
		{"Print `x. Blocked on B2`", "", ""},
		{"Blocked on B2 (resolved)", "", ""},
		{"Blocked on B2. Unblocked 2025-10-19.", "", ""},
		{"Blocked on B2. Now no longer blocked.", "", ""},
		{"Blocked-on marker kept for B2", "", ""},
	} {
		w := openFiles(t, map[string]string{
			"plans/mine.md":  phased("MINE-001", phase("A", "", "A1"), phase("B", "", "B1", "B2", "B3"), phase("C", "", "C2", "L3k.3", "2"), phase("X", "", "X1")),
			"plans/other.md": phased("OTHER-001", phase("A", "", "A1"), phase("B", "", "B2")),
		})
		p := w.byPath["plans/mine.md"]
		it := p.Items[len(p.Items)-1]
		it.Task.Guidance = c.text
		var on, said []string
		for _, s := range it.BlockedOn(w) {
			for _, dep := range s.Items {
				on = append(on, dep.Task.ID)
			}
			for _, r := range s.Phases {
				on = append(on, "phase "+r.Phase.ID)
			}
			said = append(said, s.Text)
		}
		if strings.Join(on, " ") != c.on || strings.Join(said, "|") != c.said {
			t.Errorf("%q: on %q said %q; want %q, %q", c.text, on, said, c.on, c.said)
		}
	}
}

// FuzzBlockedOn: whatever a cell says, what it names is of the plan, not the row itself, and said in its words.
func FuzzBlockedOn(f *testing.F) {
	f.Add("Blocked on B1, B2–C2 and Phases A–C; blocked: [X-1] Phase 1..9")
	f.Add("~~Blocked~~ `Blocked on B1` <br>BLOCKED by row 2 (resolved). Unblocked")
	f.Add(strings.Repeat("Blocked on B1. ", 40) + strings.Repeat("Blocked on B2, B2, ", 400))
	w := openFiles(f, map[string]string{
		"plans/mine.md": phased("MINE-001", phase("A", "", "A1"), phase("B", "", "B1", "B2"), phase("C", "", "C2", "2"), phase("X", "", "X1")),
	})
	p := w.Plans[0]
	it := p.Items[len(p.Items)-1]
	f.Fuzz(func(t *testing.T, text string) {
		it.Task.Guidance = text
		for _, s := range it.BlockedOn(w) {
			if s.Text == "" || len(s.Items)+len(s.Phases) == 0 {
				t.Errorf("%q: %+v", text, s)
			}
			for _, o := range s.Items {
				if o == it || o.Plan != p {
					t.Errorf("%q names %s", text, o.Task.ID)
				}
			}
			for _, r := range s.Phases {
				if r.Phase == it.Phase {
					t.Errorf("%q names its own phase", text)
				}
			}
		}
	})
}

// TestWaitsColumn: what a Depends on column names holds the row back, and what it says beyond that does not.
func TestWaitsColumn(t *testing.T) {
	for cell, want := range map[string]string{
		"A1": "A1", "A1, A2": "A1 A2", "A1–A3": "A1 A2 A3", "A1-A3": "A1 A2 A3", "A1 to A3": "A1 A2 A3", "`A1` & **A2**": "A1 A2", "A1<br>A2": "A1 A2", "3.1": "3.1", "1": "1", "1, 2": "1 2",
		"Task 1": "1", "Phase B": "phase B", "Phases A, B": "phase B", "A1 (soft)": "", "Phase B; A1": "A1 phase B", "A1 complete": "A1", "[A1](#a1)": "A1", "A1/A2": "A1 A2", "~~A1~~ A2": "A2", "#1": "1",

		"": "", "—": "", "-": "", "None": "", "n/a": "", "none (A1 is independent)": "", "A9": "", "the lawyers": "unread", "X": "", "A4": "", "A1 optional": "",
	} {
		w := openFiles(t, map[string]string{"plans/p.md": "# P\n- Initiative: P-001\n\n## Phase A\n| ID | Task | State | Depends On |\n| --- | --- | --- | --- |\n" +
			"| A1 | a | [ ] | |\n| A2 | a | [ ] | |\n| A3 | a | [ ] | |\n| 3.1 | a | [ ] | |\n| 1 | a | [ ] | |\n| 2 | a | [ ] | |\n| A4 | a | [ ] | " + cell + " |\n" +
			"\n## Phase B\n| ID | Task | State |\n| --- | --- | --- |\n| B1 | b | [ ] |\n"})
		it := w.Plans[0].Item("A4")
		s, unread := it.WaitsColumn(w)
		var got []string
		for _, dep := range s.Items {
			got = append(got, dep.Task.ID)
		}
		for _, r := range s.Phases {
			got = append(got, "phase "+r.Phase.ID)
		}
		if unread && want == "unread" {
			continue
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", cell, got, want)
		}
	}
}
