package plan

import "testing"

// Where no header names the task, its title is in the first column that is not about something else, by its header alone: rows
// that come later change no title.
func TestTitleOfOtherHeaders(t *testing.T) {
	for _, c := range []struct{ header, row, title string }{
		{"| ID | Tag | Aufgabe | Status |", "| A1 | 12 | Bauen | [ ] |", "Bauen"},
		{"| ID | Sev | Finding | Status |", "| A1 | High | It leaks | [ ] |", "It leaks"},
		{"| ID | Sprint | Location | Issue | Status |", "| A1 | S1 | a.c:10 | It leaks | [ ] |", "It leaks"},
		{"| ID | Phase | Beschreibung | Status |", "| A1 | Phase 1 | Bauen | [ ] |", "Bauen"},
		{"| ID | Blocked by | Finding | Status |", "| A1 | | It leaks | [ ] |", "It leaks"},
		{"| ID | Sev | Status |", "| A1 | High | [ ] |", "High"}, // there is no other
	} {
		p := Parse("p.md", []byte("# T\n\n## Phase A\n"+c.header+"\n"+dashes(c.header)+"\n"+c.row+"\n"), Tokens{})
		if task := p.Task("A1"); task == nil || task.Description != c.title {
			t.Errorf("%s: %+v, want %q", c.header, task, c.title)
		}
	}
}

func dashes(header string) string {
	out := "|"
	for i := 1; i < len(header); i++ {
		if header[i] == '|' {
			out += " --- |"
		}
	}
	return out
}
