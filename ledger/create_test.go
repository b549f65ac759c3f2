package ledger

import (
	"strings"
	"testing"
)

func TestCreateSection(t *testing.T) {
	h := Header{ID: "NEW-1", Title: "A new | thing", Status: "in_progress", Priority: "High", Owner: "me", Date: "2025-10-19", Plan: "plans/active/new.md"}
	const section = "## [NEW-1] A new \\| thing\n- Priority: High\n- Status: in_progress\n- Owner/Date: me/2025-10-19\n- Plan Reference: `plans/active/new.md`\n- Attempts History:\n"
	const a1 = "## [A-1] One\n- Attempts History:\n  * [2025-01-01] Attempt #1 — Result: a\n"
	for name, c := range map[string]struct{ doc, want string }{
		"empty": {"", "# Fix Plan Ledger\n\n## Index\n| ID | Title | Priority | Status |\n| --- | --- | --- | --- |\n" +
			"| [NEW-1](#new-1-a-new--thing) | A new \\| thing | High | in_progress |\n\n" + section},
		"title only":         {"# Ledger\n", "# Ledger\n\n" + section},
		"after the last":     {a1, a1 + "\n" + section},
		"no last newline":    {strings.TrimSuffix(a1, "\n"), strings.TrimSuffix(a1+"\n"+section, "\n")},
		"ruled":              {a1 + "\n---\n\n## [B-2] Two\n- x\n", a1 + "\n---\n\n## [B-2] Two\n- x\n\n---\n\n" + section},
		"before the archive": {a1 + "\n### Completed Items\n\n## [B-2] Two\n", a1 + "\n" + section + "\n### Completed Items\n\n## [B-2] Two\n"},
		"before notes":       {a1 + "\n## Notes\n- x\n", a1 + "\n" + section + "\n## Notes\n- x\n"},
		"level and table": {"## Index\n| Status | Item | X |\n|---|---|---|\n| done | `A-1` | y |\n\n#" + a1,
			"## Index\n| Status | Item | X |\n|---|---|---|\n| done | `A-1` | y |\n| in_progress | `NEW-1` |  |\n\n#" + a1 + "\n#" + section},
		"list": {"## Index\n- [A-1] One — Status: done\n\n" + a1,
			"## Index\n- [A-1] One — Status: done\n- [NEW-1] A new \\| thing — Priority: High, Status: in_progress\n\n" + a1 + "\n" + section},
		"CRLF": {strings.ReplaceAll(a1, "\n", "\r\n"), strings.ReplaceAll(a1+"\n"+section, "\n", "\r\n")},
	} {
		l := Parse("f.md", []byte(c.doc))
		edits, err := l.CreateSection(h)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := string(Insert([]byte(c.doc), edits...)); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
		n := Parse("f.md", Insert([]byte(c.doc), edits...))
		if s, err := n.Section("NEW-1"); err != nil || s.Status != "in_progress" || s.NextNumber() != 1 {
			t.Errorf("%s: %v %v", name, s, err)
		}
		if cs := n.SectionsCiting("plans/active/new.md"); len(cs) != 1 || cs[0].ID != "NEW-1" {
			t.Errorf("%s: cited by %v", name, cs)
		}
	}
}

func TestCreateSectionRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		doc  string
		h    Header
		want string
	}{
		"there already": {"## [A-1] x\n", Header{ID: "A-1"}, "f.md:1:1: error[ledger-duplicate-section]"},
		"no ID":         {"", Header{ID: "no id"}, "cannot be a section's ID"},
		"hidden":        {"", Header{ID: "A\u202e1"}, "cannot be a section's ID"},
		"date":          {"", Header{ID: "A-1", Date: "today"}, "2006-01-02"},
		"open fence":    {"## [A-1] x\n```\n", Header{ID: "B-2"}, "would not be read back"},
	} {
		if _, err := Parse("f.md", []byte(c.doc)).CreateSection(c.h); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestCreateHostile puts text into every part that could end a heading, a row or a line.
func TestCreateHostile(t *testing.T) {
	nasty := "x\n## [B-2] y\r\n* [2025-01-01] Attempt #1 — Result: z | ` \x1b[2J <!-- "
	h := Header{ID: "A-1", Title: nasty, Spec: nasty, Plan: nasty, Priority: nasty, Status: nasty, Owner: nasty,
		Fields: []Field{{nasty, nasty}, {"Run", digest}, {"Attempts History", "x"}, {"Goal", nasty}}}
	for _, doc := range []string{"", "## Index\n| ID | Title | Status | Plan |\n|---|---|---|---|\n", "## Index\n- None\n"} {
		edits, err := Parse("f.md", []byte(doc)).CreateSection(h)
		if err != nil {
			t.Errorf("%q: %v", doc, err)
			continue
		}
		out := Insert([]byte(doc), edits...)
		l := Parse("f.md", out)
		if len(l.Sections) != 1 || len(l.Attempts()) != 0 || strings.ContainsAny(string(out), "\x1b\r") {
			t.Errorf("%q:\n%s", doc, out)
		}
	}
}
