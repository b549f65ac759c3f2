package workspace

import (
	"strings"
	"testing"
)

func TestLink(t *testing.T) {
	const file = "plans/active/x-001/plan.md"
	named := func(line, title string) string {
		s := "# Plan " + title + "\n\n"
		if line != "" {
			s += "- Initiative: " + line + "\n\n"
		}
		return s + phase("A", "", "A1")
	}
	cite := "- Plan Reference: `" + file + "`"
	for _, c := range []struct {
		name, config, plan, ledger string
		id, source, doubt          string // doubt: a part of it; "" for none
	}{
		{"line", "", named("X-001 — work", ""), section("X-001"), "X-001", SourceLine, ""},
		{"title", "", named("", "[X-001]"), section("X-001"), "X-001", SourceTitle, ""},
		{"line and title agree", "", named("X-001", "[X-001]"), section("X-001"), "X-001", SourceLine, ""},
		{"line and title disagree", "", named("X-001", "[Y-001]"), section("X-001") + section("Y-001"), "X-001", SourceLine, "X-001 (line"},
		{"ledger", "", named("", ""), section("Y-001", cite) + section("X-001"), "Y-001", SourceLedger, ""},
		{"ledger agrees among others", "", named("X-001", ""), section("Y-001", cite) + section("X-001", cite), "X-001", SourceLine, ""},
		{"ledger disagrees", "", named("X-001", ""), section("Y-001", cite) + section("X-001"), "X-001", SourceLine, "Y-001 (ledger"},
		{"two sections cite", "", named("", ""), section("Y-001", cite) + section("Z-001", cite), "Y-001", SourceLedger, "Z-001 (ledger"},
		{"one says Plan, one mentions", "", named("", ""), section("Y-001", "- Next: see `"+file+"`") + section("Z-001", cite), "Z-001", SourceLedger, ""},
		{"a longer path is no citation", "", named("", ""), section("Y-001", "- Plan: `old/"+file+"`"), "x-001", SourceDirectory, "invented"},
		{"directory, in the ledger's spelling", "", named("", ""), section("X-001"), "X-001", SourceDirectory, ""},
		{"directory without a section", "", named("", ""), section("Y-001"), "x-001", SourceDirectory, "invented"},
		{"config ends the doubt", "links: {" + file + ": Z-001}\n", named("X-001", "[Y-001]"), section("Z-001"), "Z-001", SourceConfig, ""},
		{"config without a section", "links: {" + file + ": Z-001}\n", named("X-001", ""), section("X-001"), "Z-001", SourceConfig, "invented"},
		{"word of the title", "", "# X-002 plan\n\n" + phase("A", "", "A1"), section("X-002"), "X-002", SourceWord, ""},
		{"word of the title, no section", "", "# X-002 plan\n\n" + phase("A", "", "A1"), section("Y-001"), "x-001", SourceDirectory, "invented"},
		{"word of the title, and a line", "", "# X-002 plan\n\n- Initiative: Y-001\n\n" + phase("A", "", "A1"), section("X-002") + section("Y-001"), "Y-001", SourceLine, ""},
		{"word of the title, and a citation", "", "# X-002 plan\n\n" + phase("A", "", "A1"), section("X-002") + section("Y-001", cite), "Y-001", SourceLedger, ""},
		{"word of the title, and the directory", "", "# Plan: X-002 again\n\n" + phase("A", "", "A1"), section("X-002") + section("X-001"), "X-002", SourceWord, "X-001 (directory"},
		{"two words of the title", "", "# X-002 and Y-001\n\n" + phase("A", "", "A1"), section("X-002") + section("Y-001"), "X-002", SourceWord, "Y-001 (title word"},
		{"part of a word of the title", "", "# X-002-B plan\n\n" + phase("A", "", "A1"), section("X-002"), "x-001", SourceDirectory, "invented"},
		{"header line", "", "# Plan\n\n**Related fix_plan item:** `[Y-001]` Fuse it — docs/fix_plan.md\n\n" + phase("A", "", "A1"), section("Y-001") + section("X-001"), "Y-001", SourceHeader, ""},
		{"header line, bare", "", "# Plan\n\nLedger section: Y-001 of the ledger\n\n" + phase("A", "", "A1"), section("Y-001"), "Y-001", SourceHeader, ""},
		{"header line, no section", "", "# Plan\n\n**Related fix_plan item:** `[Y-001]`\n\n" + phase("A", "", "A1"), section("X-001"), "X-001", SourceDirectory, ""},
		{"header line against the line", "", "# Plan\n\n**Related fix-plan item:** `[Y-001]`\n- Initiative: X-001\n\n" + phase("A", "", "A1"), section("Y-001") + section("X-001"), "X-001", SourceLine, "Y-001 (header"},
		{"two sections of one ID", "", named("X-001", ""), section("X-001") + section("X-001"), "X-001", SourceLine, "2 sections"},
		{"only in the archive", "ledgers: [docs/old.md]\n", named("OLD-1", ""), section("X-001"), "OLD-1", SourceLine, "only read"},
		{"no ledger", "", named("X-001", ""), "", "X-001", SourceLine, "is not there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{".planctl.yaml": "version: 1\n" + c.config, file: c.plan, "docs/old.md": section("OLD-1")}
			if c.ledger != "" {
				files["docs/fix_plan.md"] = "# Fix plan\n\n" + c.ledger
			}
			l := openFiles(t, files).Plans[0].Link
			if l.ID != c.id || l.Source != c.source || (c.doubt == "") != (l.Doubt == "") || !strings.Contains(l.Doubt, c.doubt) {
				t.Errorf("got %s by %s, doubt %q; candidates %v", l.ID, l.Source, l.Doubt, l.Candidates)
			}
			if n := len(l.Candidates); n < 2 || l.Candidates[n-1].Source != SourceStem {
				t.Errorf("candidates %v do not end with the stem", l.Candidates)
			}
		})
	}
}

// A plan that moves to the archive with its directory keeps its initiative.
func TestLinkOfAnArchivedPlan(t *testing.T) {
	w := openFiles(t, map[string]string{"plans/archive/X-001/plan.md": "# P\n\n" + phase("A", "", "A1")})
	if l := w.Plans[0].Link; l.ID != "X-001" || l.Source != SourceDirectory {
		t.Errorf("%+v", l)
	}
}

// Where no directory names an initiative, an ID that the title begins with is proposed before the file's name, which is asked
// where the ledger has its section.
func TestLinkByTheTitlesBeginning(t *testing.T) {
	for _, c := range []struct{ title, ledger, id, source string }{
		{"X-002: faster", "Y-001", "X-002", SourceWord},
		{"X-002: faster", "search", "search", SourceStem},
		{"Faster than X-002", "Y-001", "search", SourceStem},
		{"Faster", "Y-001", "search", SourceStem},
	} {
		w := openFiles(t, map[string]string{".planctl.yaml": "version: 1\nplans: [plans/search.md]\n", "plans/search.md": "# " + c.title + "\n\n" + phase("A", "", "A1"),
			"docs/fix_plan.md": "# L\n\n## [" + c.ledger + "] T\n- Attempts History:\n"})
		if l := w.Plans[0].Link; l.ID != c.id || l.Source != c.source || (l.Doubt == "") != (c.id == c.ledger) {
			t.Errorf("%+v: %+v", c, l)
		}
	}
}

func TestInitiativeDir(t *testing.T) {
	for p, want := range map[string]string{
		"plans/active/X/plan.md": "plans/active/X", "plans/active/x.md": "", "plans/active/X/reports/S/P/plan.md": "plans/active/X",
		"sub/plans/archive/X/p.md": "sub/plans/archive/X", "plans/other/X/p.md": "", "p.md": "",
	} {
		if got := initiativeDir(p); got != want {
			t.Errorf("%s: %q, want %q", p, got, want)
		}
	}
}
