package history

import (
	"bytes"
	"strings"

	"github.com/planctl/planctl/ledger"
)

// entry is an attempt with the lines that it says, as far as they may not change: without indentation, bullet, trailing
// space and blank lines.
type entry struct {
	*ledger.Attempt
	book    Ledger
	section string // its section's ID, folded
	lines   []string
	at      []int // the document's line of each
	order   int   // among the attempts of all ledgers
}

// entries reads the attempts of all ledgers.
func entries(books []Ledger) []*entry {
	var out []*entry
	for _, l := range books {
		for _, a := range l.Doc.Attempts() {
			e := &entry{Attempt: a, book: l, order: len(out)}
			if a.Section != nil {
				e.section = ledger.FoldID(a.Section.ID)
			}
			n := a.Line
			for line := range bytes.Lines(a.Span.Of(l.Doc.Source)) {
				if s := strings.TrimSpace(string(line)); s != "" {
					if len(e.lines) == 0 {
						s = withoutBullet(s)
					}
					e.lines, e.at = append(e.lines, s), append(e.at, n)
				}
				n++
			}
			out = append(out, e)
		}
	}
	return out
}

// withoutBullet is the head line without list markers and heading marks.
func withoutBullet(s string) string {
	for {
		t := strings.TrimLeft(s, "#")
		if t == s {
			t = strings.TrimLeft(s, "0123456789")
			if t != s && (strings.HasPrefix(t, ". ") || strings.HasPrefix(t, ") ")) {
				t = t[1:]
			} else if t = s; len(s) > 1 && strings.ContainsRune("-*+>", rune(s[0])) && s[1] == ' ' {
				t = s[1:]
			}
		}
		if t = strings.TrimSpace(t); t == s {
			return s
		}
		s = t
	}
}

func (e *entry) text() string { return strings.Join(e.lines, "\n") }

func (e *entry) body() string {
	if len(e.lines) == 0 {
		return ""
	}
	return strings.Join(e.lines[1:], "\n")
}

func (e *entry) head() string {
	if len(e.lines) == 0 {
		return ""
	}
	return e.lines[0]
}

// line is where one of its lines stands; the last one's where there is none of that number.
func (e *entry) line(i int) int {
	switch {
	case len(e.at) == 0:
		return e.Line
	case i >= len(e.at):
		return e.at[len(e.at)-1]
	}
	return e.at[i]
}
