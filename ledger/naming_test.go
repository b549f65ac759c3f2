package ledger

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestNames has entries written by hand, and which of the rows A1 to A4, B1 to B4, C1.A to C1.D and each names.
func TestNames(t *testing.T) {
	ids := map[string]bool{}
	for _, id := range strings.Fields("A1 A2 A3 A4 B1 B2 B3 B4 C1.A C1.B C1.C C1.D X-001 X-002 X-003 A1-3") {
		ids[id] = true
	}
	for text, want := range map[string]string{
		"Result: success. A1 and `B2` done.":                                         "A1 B2",
		"Result: success. A1–A3 done.":                                               "A1 A2 A3",
		"Result: success. B1-B3 done.":                                               "B1 B2 B3",
		"Result: success. (`A1` – `A3`), C1.B–C1.D.":                                 "A1 A2 A3 C1.B C1.C C1.D",
		"Result: success. A1–3 and C1.A–B; B2 to B4.":                                "A1 A2 A3 B2 B3 B4 C1.A C1.B",
		"Result: success. X-001–X-003.":                                              "X-001 X-002 X-003",
		"Result: success. X-001-X-003.":                                              "X-001 X-002 X-003",
		"Result: success. A1 – 3 tests pass.":                                        "A1",
		"Result: success. A1-3 is one row.":                                          "A1-3",
		"Result: success. A3–A1, A1–B3, A1–A999999999.":                              "A1 A3 B3",
		"Result: success. 2025-10-05, plans/A1/x.md":                                 "A1",
		"Result: failed. Nothing of A1 worked.":                                      "",
		"Result: failed as expected: A1 is red.":                                     "A1",
		"Result: failed (RED). A1.":                                                  "A1",
		"Result: failed unexpectedly. A1.":                                           "",
		"Result: **BLOCKED** on A1.":                                                 "",
		"Result: regression worsening. A1.":                                          "",
		"Result: planned. A1.":                                                       "",
		"Result: partial. A1.":                                                       "A1",
		"Result: PARITY FAILURE (A1).":                                               "A1",
		"Result: success. A1.\n    Next Actions: A2 and A3;\n      then A4.":         "A1",
		"Result: success.\n    Next Actions:\n    - A2\n    - A3\n    Artifacts: A4": "A4",
		"Result: success.\n    - **Next:** A2\n    - Metrics: A3":                    "A3",
		"Result: success.\n    Plan: A1–A3\n    lazy A4\n\n    Notes: B1":            "B1",
		"Result: success. A1 done. Next Actions: A2.\n    A3 too":                    "A1 A3",
		"Result: success. The next: A2.":                                             "A2",
	} {
		l := Parse("f.md", []byte("## [A-1] t\n- Attempts History:\n  * [2025-10-05] Attempt #1 — "+text+"\n"))
		if len(l.Attempts()) != 1 {
			t.Fatalf("%q: %d attempts", text, len(l.Attempts()))
		}
		if got := strings.Join(slices.Sorted(maps.Keys(l.Names(l.Attempts()[0], ids).IDs)), " "); got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

func TestNamesByPhase(t *testing.T) {
	for text, want := range map[string]string{
		"Result: success. Phase A complete":                          "A!",
		"Result: ✅ Phase B — all tasks are done.":                    "B!",
		"Result: success. Closed out phases B–C, Phase C1.":          "B! C! C1",
		"Result: success. Phase A complete, Phase B under way.":      "A! B",
		"Result: success. Completed Phase B tasks B4/B5.":            "B",
		"Result: success. Phase A is under way":                      "A",
		"Result: success. Phase A is not complete":                   "A",
		"Result: success. Once Phase A is complete, B1.":             "A",
		"Result: success. Work on Phase A. Completed the notes.":     "A",
		"Result: success. Phase A goes on, Phase B complete":         "A B!",
		"Result: success. Nothing of Phase A.\n    Phase A complete": "A!",
		"Result: failed. Phase A complete":                           "",
		"Result: ok.\n    Next: Phase B complete":                    "",
		"Result: ok. Phased out; see plans/phase":                    "",
	} {
		l := Parse("f.md", []byte("## [A-1] t\n- Attempts History:\n  * [2025-10-05] Attempt #1 — "+text+"\n"))
		n := l.Names(l.Attempts()[0], nil)
		var got []string
		for _, id := range []string{"A", "B", "C", "C1", "D"} {
			switch n.Phase(id) {
			case PhaseMentioned:
				got = append(got, id)
			case PhaseOver:
				got = append(got, id+"!")
			}
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%q names phases %q, want %q", text, g, want)
		}
	}
}

// TestNamesOfARun: an entry of planctl's names what it says, whatever its result; phases and what lies between are a person's words.
func TestNamesOfARun(t *testing.T) {
	ids := map[string]bool{"A1": true, "A2": true, "A3": true}
	l := Parse("f.md", []byte("## [A-1] t\n- Attempts History:\n  * [2025-10-05] Attempt #1 — A1 of Phase A, A1–A3: fail (exit 1).\n    Run: "+digest+"\n"))
	n := l.Names(l.Attempts()[0], ids)
	if !n.IDs["A1"] || n.IDs["A2"] || n.Phase("A") != PhaseUnnamed {
		t.Errorf("%v", n)
	}
}
