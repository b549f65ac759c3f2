package ledger

import (
	"fmt"
	"strings"
	"testing"
)

// TestSectionsWithoutMarks has a second section under a heading without # marks: its attempt is not evidence for the first,
// and an entry of the first does not go below it.
func TestSectionsWithoutMarks(t *testing.T) {
	const first = "# Ledger\n\n## [OTHER-001] Other\n- Attempts History:\n  * [2025-01-03] Attempt #1 — Result: ok.\n"
	const list = "- Status: done\n- Attempts History:\n  * [2025-01-04] Attempt #1 - Result: success. A1 imported.\n"
	for name, c := range map[string]struct {
		heading string
		want    string // sections with their attempts
		warned  bool
	}{
		"underlined":             {"\n[IMP-001] Import\n----\n", "OTHER-001:1 IMP-001:1", false},
		"underlined with =":      {"\n[IMP-001] Import\n===\n", "OTHER-001:1 IMP-001:1", false},
		"underlined, CRLF":       {"\r\n[IMP-001] Import\r\n----\r\n", "OTHER-001:1 IMP-001:1", false},
		"underlined, one word":   {"\n[Import] a thing\n----\n", "OTHER-001:1 Import:1", false},
		"in HTML":                {"\n<h2>[IMP-001] Import</h2>\n", "OTHER-001:1 IMP-001:1", true},
		"in HTML, with a name":   {"\n<H3 id=\"imp\">[IMP-001] Import</H3>\n\n", "OTHER-001:1 IMP-001:1", true},
		"in bold":                {"\n**[IMP-001] Import**\n", "OTHER-001:1 IMP-001:1", true},
		"in bold with a colon":   {"\n__[IMP-001] Import__:\n\n", "OTHER-001:1 IMP-001:1", true},
		"a patch's plus":         {"\n+## [IMP-001] Import\n", "OTHER-001:1 IMP-001:1", true},
		"a patch's minus":        {"\n-### [IMP-001] Import\n", "OTHER-001:1 IMP-001:1", true},
		"a mark and its own ID":  {"\n-### [OTHER-001] goes on\n", "OTHER-001:2", false},
		"a mark after a line":    {"\ntext\n-## [IMP-001] Import\n", "OTHER-001:2", false},
		"a mark, no space":       {"\n-##[IMP-001] Import\n", "OTHER-001:2", false},
		"an item's heading":      {"\n- ## [IMP-001] Import\n", "OTHER-001:2", false},
		"its own ID":             {"\n**[OTHER-001] goes on**\n", "OTHER-001:2", false},
		"its own ID, underlined": {"\n[OTHER-001] goes on\n----\n", "OTHER-001:2", false},
		"after a line":           {"\ntext\n**[IMP-001] Import**\n", "OTHER-001:2", false},
		"indented":               {"\n  **[IMP-001] Import**\n", "OTHER-001:2", false},
		"in an item":             {"\n- [IMP-001] Import\n  ---\n", "OTHER-001:2", false},
		"a label":                {"\n**[TODO] look again**\n", "OTHER-001:2", false},
		"a priority":             {"\n**[P1] look again**\n", "OTHER-001:2", false},
		"bold at its start":      {"\n**[IMP-001]** is another matter\n", "OTHER-001:2", false},
		"a date":                 {"\n**[2025-01-04] a day**\n", "OTHER-001:2", false},
		"dashes below text":      {"\nImport\n----\n", "OTHER-001:2", false},
		"a comment":              {"\n<!--\n<h2>[IMP-001] Import</h2>\n-->\n", "OTHER-001:2", false},
		"a fence":                {"\n```\n**[IMP-001] Import**\n```\n", "OTHER-001:2", false},
	} {
		src := first + c.heading + list
		if strings.Contains(c.heading, "\r") {
			src = strings.ReplaceAll(strings.ReplaceAll(src, "\r", ""), "\n", "\r\n")
		}
		l := Parse("f.md", []byte(src))
		var got []string
		for _, s := range l.Sections {
			got = append(got, fmt.Sprintf("%s:%d", s.ID, len(s.Attempts)))
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s: %s, want %s", name, g, c.want)
		}
		if warned := len(l.Findings) == 1 && l.Findings[0].Code == CodeLooseHeading && l.Findings[0].Line > 6; warned != c.warned {
			t.Errorf("%s: findings %v", name, l.Findings)
		}
		if len(l.Sections) < 2 {
			continue
		}
		for i, s := range l.Sections {
			ins, err := l.Append(s, sample(), Block)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			n := Parse("f.md", inserted(t, []byte(src), ins))
			if len(n.Sections[i].Attempts) != 2 || n.Sections[i].Status != s.Status {
				t.Errorf("%s: the entry of %s went elsewhere:\n%s", name, s.ID, n.Source)
			}
		}
	}
}

// TestBoldLineAboutASection has a line in bold that names a section which has a heading of its own.
func TestBoldLineAboutASection(t *testing.T) {
	l := Parse("f.md", []byte("## [A-1] one\n- Attempts History:\n\n**[B-2] waits for this**\n\n* [2025-01-04] Attempt #1 — Result: ok.\n\n## [B-2] two\n"))
	if len(l.Sections) != 2 || len(l.Sections[0].Attempts) != 1 || len(l.Findings) != 0 {
		t.Errorf("sections %v, findings %v", l.Sections, l.Findings)
	}
}

// TestEmptyUnderlinedSection has no list yet: the entry goes below the line under the heading.
func TestEmptyUnderlinedSection(t *testing.T) {
	src := []byte("# Ledger\n\n[A-1] one\n---------\n\n[B-2] two\n---------\n- Status: open\n")
	l := Parse("f.md", src)
	ins, err := l.Append(l.Sections[0], sample(), Block)
	if err != nil {
		t.Fatal(err)
	}
	if n := Parse("f.md", inserted(t, src, ins)); len(n.Sections) != 2 || len(n.Sections[0].Attempts) != 1 {
		t.Errorf("%s", n.Source)
	}
}
