package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
)

// TestDialects reads one line, or a few, as an attempts list of a section whose
// heading has a date.
func TestDialects(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // number date result, "-" for no attempt, "; " between several
	}{
		{"  * [2025-10-05] Attempt #3 — Result: success. Did it.", "3 2025-10-05 success"},
		{"- [2025-10-05] Attempt #3 — Result: partial (half)", "3 2025-10-05 partial"},
		{"    + [2025-10-05] Attempt #3 — Result: **PARITY FAILURE** (Phase I3).", "3 2025-10-05 PARITY FAILURE"},
		{"\t* [2025-10-05] Attempt #3 - Result: failed. x", "3 2025-10-05 failed"},
		{"      * [2025-10-05] Attempt #3 — Result: deep", "3 2025-10-05 deep"},
		{"* [2025-10-05] Attempt #3 — Result: ✅ **Phase B1–B3 COMPLETE** (x)", "3 2025-10-05 Phase B1–B3 COMPLETE"},
		{"  * [2025-09-30 14:30 UTC] Attempt #9 — Status: partial (diagnostics)", "9 2025-09-30 partial"},
		{"  * [2026-01-17T045211Z] Attempt #3 — Result: ⚠️ partial (x)", "3 2026-01-17 partial"},
		{"  * [20260117T045211Z] Attempt #3 — Result: ok.", "3 2026-01-17 ok"},
		{"  * [2025‑10‑05] Attempt #3 — Result: typographic", "3 2025-10-05 typographic"},
		{"  * [2025-10-05] Attempt #0 — Result: backlog entry. x", "0 2025-10-05 backlog entry"},
		{"  * [2025-10-05] Attempt #3 (loop i=5, Mode: Docs) — Result: success", "3 2025-10-05 success"},
		{"  * [2025-10-05] Attempt #3 (loop i=5). Result: success", "3 2025-10-05 success"},
		{"  * [2025-10-05] **Attempt #3** — Result: success", "3 2025-10-05 success"},
		{"  * **[2025-10-05] Attempt #3 — Result: success**", "3 2025-10-05 success"},
		{"  * [x] [2025-10-05] Attempt #3 — Result: success", "3 2025-10-05 success"},
		{"  * ✅ [2025-10-05] Attempt #3 — Result: success", "3 2025-10-05 success"},
		{"  1. [2025-10-05] Attempt #3 — Result: success", "3 2025-10-05 success"},
		{"  * [2025-10-05] Attempt 3: Result: success", "3 2025-10-05 success"},
		{"  * [2025-10-05] attempt #3 — result lost", "3 2025-10-05 "},
		{"  * 2025-10-05 — Attempt #3 — Result: success", "3 2025-10-05 success"},
		{"  * 2025-10-05T12:00Z: Attempt #3: Result: success", "3 2025-10-05 success"},
		{"  * [2025-10-05] Attempt — Result: unnumbered. x", "0 2025-10-05 unnumbered"},
		{"  * [2025-10-05] Attempt (loop 4) — Result: unnumbered", "0 2025-10-05 unnumbered"},
		{"  * **Attempt #1 (2025-09-30 debug loop)**: SUCCEEDED ✓", "1 2025-09-30 SUCCEEDED"},
		{"  * **Attempt #1**: looked", "1 2024-02-29 "},
		{"**Attempt #1**: looked\n- **Result**: ✗ BLOCKED - limits", "1 2024-02-29 BLOCKED"},
		{"  * Attempt #4: looked", "4 2024-02-29 "},
		{"  * Attempt #4 (2025-10-05): looked", "4 2025-10-05 "},
		{"### Attempt #4 - Phase 0 (2025-10-01)\n\n- **Result:** ✅ SUCCESS - done", "4 2025-10-01 SUCCESS"},
		{"### [A-1] Attempt #4 - Phase 0 (2025-10-01)", "4 2025-10-01 "},
		{"#### [2025-10-01] Attempt #4 — Result: ok", "4 2025-10-01 ok"},
		{"### 2025-10-01 Attempt 4: it", "4 2025-10-01 "},
		{"  * [2025-02-30] Attempt #3 — Result: no such day", "3  no such day"},
		{"  * [2025-10-05] Attempt #1 — Result: a\n    [2025-10-06] Attempt #2 — Result: b is prose of #1?", "1 2025-10-05 a; 2 2025-10-06 b is prose of #1?"},

		{"  * [YYYY-MM-DD] Attempt #1 — Result: pending", "-"},
		{"  * [YYYY‑MM‑DD] Attempt #1 — Result: pending", "-"},
		{"  * [2025-10-05] Attempt #N — Result: pending", "-"},
		{"  * [2025-10-05] Phase A Complete — Tasks A1-A3 executed.", "-"},
		{"  * [2025-10-05] Audit — Result: failure.", "-"},
		{"  * [2025-10-05] Attempt to fix it", "-"},
		{"  * [2025-10-05] Attempted a fix", "-"},
		{"  - Attempt #14 confirms the regression", "-"},
		{"  - Attempt #24 (Phase E2) shows the first", "-"},
		{"  - Attempts #26–#28 closed the hypothesis", "-"},
		{"  - **Attempt #75 misdiagnosis explained:** confused", "-"},
		{"  - ✅ **Phase M2 (COMPLETE)** — see Attempt #186 (2025-10-22)", "-"},
		{"  * None yet", "-"},
		{"> * [2025-10-05] Attempt #3 — Result: quoted", "-"},
		{"<!--\n  * [2025-10-05] Attempt #3 — Result: hidden\n-->", "-"},
		{"```\n  * [2025-10-05] Attempt #3 — Result: fenced\n```", "-"},
		{"| [2025-10-05] Attempt #3 | ok |", "-"},
	} {
		l := Parse("f.md", []byte("# Ledger\n\n## [A-1] Title (2024-02-29)\n- Attempts History:\n"+c.text+"\n"))
		var got []string
		for _, a := range l.Attempts() {
			got = append(got, fmt.Sprintf("%d %s %s", a.Number, a.Date, a.Result))
			if a.Section.ID != "A-1" {
				t.Errorf("%q: in section %q", c.text, a.Section.ID)
			}
		}
		if len(got) == 0 {
			got = []string{"-"}
		}
		if g := strings.Join(got, "; "); g != c.want {
			t.Errorf("%q: %q, want %q", c.text, g, c.want)
		}
	}
}

// TestMentions has sentences about attempts in the body of an attempt.
func TestMentions(t *testing.T) {
	src := `## [A-1] Title
- Next Actions:
  - Attempt #9 — try the other thing
- Attempts History:
  * [2025-10-05] Attempt #1 — Result: success.
    Metrics: as in Attempt #0
      - Attempt #7: was wrong
      - **Attempt #8**: was wrong too
    lazy text

    - Attempt #6 (2025-10-01): was worse
lazy again
  * [2025-10-06] Attempt #2 — Result: success.

      $ indented code
- Risks: Attempt #5
`
	l := Parse("f.md", []byte(src))
	got := fmt.Sprint(lines(l))
	if want := "[5-12 13-15]"; got != want {
		t.Errorf("attempts at %s, want %s", got, want)
	}
}

func lines(l *Ledger) []string {
	var out []string
	for _, a := range l.Attempts() {
		out = append(out, fmt.Sprintf("%d-%d", a.Line, a.EndLine))
	}
	return out
}

func TestSections(t *testing.T) {
	src := "\xEF\xBB\xBF" + `## [A-1] First
- **Status:** ✅ done (really)
### Notes
* [2025-01-01] Attempt #1 — Result: ok
### [B-2](#b) — Second
Status: in_progress
### [B-2] nested? no: same level
## [2025-01-01] no ID
* [2025-01-01] Attempt #2 — Result: ok
## **[C_3]** Third
### Archive
* [2025-01-01] Attempt #3 — Result: ok
` + "```\n## [D-4] quoted\n```\n" + `## [x] done
## Active Item Detail — AT-012
- Attempts History:
  - [2025-01-01] Attempt #4 — Result: ok
## [F-6] outer
### [F-6] Update
* [2025-01-01] Attempt #5 — Result: ok
#### [F-6] Attempt #6
## [AT‑7] typographic
`
	l := Parse("f.md", []byte(src))
	var got []string
	for _, s := range l.Sections {
		got = append(got, fmt.Sprintf("%s:%d:%s:%d", s.ID, s.Line, s.Status, len(s.Attempts)))
	}
	if g, want := strings.Join(got, " "), "A-1:1:done:1 B-2:5:in_progress:0 B-2:7::0 C_3:10::0 F-6:20::0 F-6:21::2 AT‑7:24::0"; g != want {
		t.Errorf("sections\n%s\nwant\n%s", g, want)
	}
	got = nil
	for _, s := range l.Loose {
		got = append(got, fmt.Sprintf("%s:%d:%d", s.ID, s.Line, len(s.Attempts)))
	}
	if g, want := strings.Join(got, " "), "[2025-01-01] no ID:8:1 Archive:11:1 Active Item Detail — AT-012:17:1"; g != want {
		t.Errorf("loose\n%s\nwant\n%s", g, want)
	}
	for id, line := range map[string]int{"A-1": 1, "F-6": 20, "AT-012": 17, "AT-7": 24, "C_3": 10} {
		if s, err := l.Section(id); err != nil || s.Line != line {
			t.Errorf("Section(%s): %v, %v; want line %d", id, s, err, line)
		}
	}
	if s, _ := l.Section("F-6"); s == nil || s.NextNumber() != 7 || len(s.Entries()) != 2 {
		t.Error("a section has its parts' attempts")
	}
	for id, want := range map[string]string{
		"B-2": "lines 5 and 7",
		"A1":  "no section [A1]",
	} {
		if _, err := l.Section(id); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Section(%s): %v, want %q", id, err, want)
		}
	}
	_, err := l.Section("C-3")
	if f, ok := err.(finding.Finding); !ok || !strings.Contains(f.Help, "did you mean C_3") {
		t.Errorf("no did-you-mean: %#v", err)
	}
}

func TestDuplicateSections(t *testing.T) {
	head := "## [A-1] one\n- Attempts History:\n  * [2025-01-01] Attempt #1 — Result: ok\n\n"
	l := Parse("f.md", []byte(head+head))
	if len(l.Sections) != 2 || len(l.Attempts()) != 2 {
		t.Error("reading goes on")
	}
	if len(l.Findings) != 1 || l.Findings[0].Code != CodeDuplicateSection {
		t.Errorf("findings: %v", l.Findings)
	}
	if _, err := l.Append(l.Sections[0], sample(), Block); err == nil || !strings.Contains(err.Error(), "lines 1 and 5") {
		t.Errorf("Append into one of two: %v", err)
	}
	l = Parse("f.md", []byte("## [A-1] empty\n\n"+head))
	if s, err := l.Section("A-1"); err != nil || s.Line != 3 || len(l.Findings) != 0 {
		t.Errorf("the only one with attempts is meant: %v %v %v", s, err, l.Findings)
	}
}

// TestParts tells a part of a section from a second section of its ID.
func TestParts(t *testing.T) {
	const outer, part = "## [A-1] one\n- Attempts History:\n", "### [A-1] Update\n- Plan: plans/a.md\n* [2025-01-01] Attempt #5 — Result: ok\n"
	l := Parse("f.md", []byte(outer+"### Notes\n"+part))
	if s, err := l.Section("A-1"); err != nil || len(s.Parts) != 1 || s.NextNumber() != 6 {
		t.Errorf("a part: %v, %v", s, err)
	}
	if cs := l.SectionsCiting("plans/a.md"); len(cs) != 1 || cs[0].Line != 1 {
		t.Errorf("a part's plan is its section's: %v", cs)
	}
	l = Parse("f.md", []byte(outer+"## Notes\n"+part))
	if s, err := l.Section("A-1"); err == nil {
		t.Errorf("under another heading it is no part: %v", s)
	}
	var many strings.Builder
	for range 100 {
		many.WriteString("## [A-1] x\n")
	}
	if _, err := Parse("f.md", []byte(many.String())).Section("A-1"); err == nil || !strings.Contains(err.Error(), "lines 1, 2, 3, 4, 5, 6, 7, 8 and 92 more") {
		t.Errorf("a hundred: %v", err)
	}
}

func TestTasks(t *testing.T) {
	for text, want := range map[string]string{
		"Result: success. Did A1 and H3a, P0.1 (M2g.2b).":         "A1 H3a P0.1 M2g.2b",
		"tasks B1-B2 and A1–A3, C2/C4":                            "B1 B2 A1 A2 A3 C2 C4",
		"plans/active/C1/plan.md and `reports/A1/x`":              "",
		"CLUSTER-CREF-001 in plan.md#C2.D; 0.A":                   "CLUSTER-CREF-001 plan.md#C2.D 0.A",
		"MOSFLM, AT, 2025-10-05, v1.2, sha256:ab, CUDA, float64.": "",
		"C3.":                    "C3",
		"L3k.3c.1 done (L3k.3c)": "L3k.3c.1 L3k.3c",
	} {
		if got := strings.Join(tasksNamed([]byte(text)), " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestIndex(t *testing.T) {
	l := Parse("f.md", []byte("## Index\n| Status | ID | Title |\n|---|---|---|\n| done (x) | [A-1](#a) | One \\| two |\n| `todo` | `B-2` | |\n\n### Queue\n- [C-3] Three — Priority: High, Status: in_progress (why)\n- [D-4] Four — done (x)\n- None\n\n## [A-1] One\n| ID | Status |\n|---|---|\n| Z-9 | done |\n"))
	var got []string
	for _, r := range l.Rows {
		got = append(got, fmt.Sprintf("%s/%s/%s/%d", r.ID, r.Title, r.Status, r.Line))
	}
	want := []string{`A-1/One \| two/done/4`, "B-2//todo/5", "C-3/Three/in_progress/8", "D-4/Four/done/9"}
	if !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
}

func TestSectionsCiting(t *testing.T) {
	src := `## [A-1] plan line
- Plan Reference: ` + "`plans/a.md`" + `
## [B-2] head
- Spec: see ./plans/b.md:12 and plans/a.md
## [C-3] attempt
- Attempts History:
  * [2025-01-01] Attempt #1 — Result: ok, plans/c.md. plans/a.md
## [D-4] other
- Plan: plans/a.md.bak, xplans/a.md, plans/a.md-old, plans/d.md
### [D-4] part
- note plans/b.md
`
	l := Parse("f.md", []byte(src))
	for path, want := range map[string]string{"plans/a.md": "A-1", "plans/b.md": "B-2 D-4", "plans/c.md": "C-3", "plans/d.md": "D-4", "plans/e.md": "", "": ""} {
		var got []string
		for _, s := range l.SectionsCiting(path) {
			got = append(got, s.ID)
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%s: cited by %q, want %q", path, g, want)
		}
	}
}

func TestBadInput(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		code finding.Code
		line int
	}{
		"empty":         {"", "", 0},
		"NUL":           {"## [A-1] x\n\x00", CodeBinary, 2},
		"invalid UTF-8": {"## [A-1] x\n\xff\n", CodeEncoding, 2},
		"open fence":    {"## [A-1] x\n```\n## [B-2] y\n", CodeOpenFence, 2},
		"open comment":  {"## [A-1] x\n<!--\n## [B-2] y\n", CodeOpenFence, 2},
		"date":          {"## [A-1] x\n* [2025-13-01] Attempt #1 — Result: ok\n", CodeDate, 2},
		"run twice":     {"## [A-1] x\n* [2025-12-01] Attempt #1 — A1: pass. Run: " + digest + "\n* [2025-12-01] Attempt #2 — A1: pass. Run: " + digest + "\n", CodeDuplicateRun, 3},
	} {
		l := Parse("f.md", []byte(c.src))
		if c.code == "" {
			if len(l.Findings) > 0 {
				t.Errorf("%s: %v", name, l.Findings)
			}
			continue
		}
		if len(l.Findings) != 1 || l.Findings[0].Code != c.code || l.Findings[0].Line != c.line || l.Findings[0].Severity != DefaultSeverity(c.code) {
			t.Errorf("%s: %v, want %s at line %d", name, l.Findings, c.code, c.line)
		}
	}
	l := Parse("f.md", []byte("a\x00b"))
	if _, err := l.Section("A-1"); err == nil {
		t.Error("a binary has no sections")
	}
	if _, err := l.CreateSection(Header{ID: "A-1"}); err == nil {
		t.Error("a binary is not written to")
	}
}
