package ledger

import (
	"bytes"
	"testing"
)

// check reads a document and tests what must hold of any reading.
func read(t testing.TB, src []byte) *Ledger {
	l := Parse("f.md", src)
	if !bytes.Equal(l.Source, src) {
		t.Fatal("reading changed the document")
	}
	if l.unread {
		return l
	}
	end := 0
	for _, s := range l.Sections {
		if s.Span.Start < end || s.Span.End < s.Span.Start || s.Span.End > len(src) || s.ID == "" || s.Line < 1 {
			t.Fatalf("section %q has the span %v after %d", s.ID, s.Span, end)
		}
		end = s.Span.End
	}
	line := 0
	for _, a := range l.Attempts() {
		if a.Line <= line || a.EndLine < a.Line || a.EndLine > l.Index.Lines() || a.Section == nil || a.Span.End > len(src) || a.Span.Start > a.Span.End {
			t.Fatalf("attempt at line %d to %d after %d", a.Line, a.EndLine, line)
		}
		if a.Date != "" && !realDate(a.Date) || a.Run != "" && !ValidDigest(a.Run) || a.Number < 0 {
			t.Fatalf("attempt %+v", a)
		}
		line = a.EndLine
	}
	return l
}

// appended appends to every section and tests that nothing else moves.
func appended(t testing.TB, l *Ledger, e Entry, style Style) {
	for i, s := range append(append([]*Section(nil), l.Sections...), l.Loose...) {
		if i == 8 {
			break
		}
		ins, err := l.Append(s, e, style)
		if err != nil {
			continue // a doubt, or an entry that has no place in the grammar
		}
		inserted(t, l.Source, ins)
		n := read(t, Insert(l.Source, ins))
		if len(n.Attempts()) != len(l.Attempts())+1 {
			t.Fatalf("%d attempts became %d", len(l.Attempts()), len(n.Attempts()))
		}
		k := 0
		for k < len(l.Attempts()) && l.Attempts()[k].Span.Start < ins.At {
			k++
		}
		for j, a := range l.Attempts() {
			b, by := n.Attempts()[j], 0
			if j >= k {
				b, by = n.Attempts()[j+1], len(ins.Text)
			}
			if a.Text != b.Text || a.Span.Start+by != b.Span.Start || a.Span.End+by != b.Span.End || !bytes.Equal(a.Span.Of(l.Source), b.Span.Of(n.Source)) {
				t.Fatalf("the attempt at line %d is another now: %q", a.Line, b.Text)
			}
		}
		a := n.Attempts()[k]
		if a.Date != e.Date || a.Result != e.Result || a.Run != e.Run || e.Number > 0 && a.Number != e.Number ||
			e.Number == 0 && a.Number < 1 || e.Task != "" && (len(a.Tasks) != 1 || a.Tasks[0] != e.Task) {
			t.Fatalf("wrote %+v, read %+v", e, a)
		}
	}
}

func seeds(f *testing.F, add func(string)) {
	for _, s := range []string{
		"",
		string(big(1)),
		"## [A-1] t\n- Attempts History:\n  * [2025-01-01] Attempt #1 — Result: ok\n- Risks: x\n",
		"## [A-1] t\r\n**Attempts History:**\r\n- [2025-01-01] Attempt — Result: ok\r\n\r\n  more",
		"## [A-1] t\n### [A-1] Attempt #2 (2025-01-01)\n- x\n### Archive\n* [2025-01-01 10:00 UTC] Attempt #3\n",
		"## [A-1] t\n```\n## [B-2] q\n- Attempts History:\n",
		"\xEF\xBB\xBF## [A-1] t\n1. a\n   - Attempts History:\n     * **Attempt #1 (2025-01-01)**: OK\n2. b\n   - Attempts History:\n",
		"## Index\n| ID | Status |\n|---|---|\n| [A-1](#a) | done |\n\n## [A-1] t\n---\n",
		"## [A-1] t\n\t*\t[2025-01-01] Attempt #1 — x\n\xff\x00",
		"## [A-1] t\n- Attempts History:\n  - [YYYY-MM-DD] Attempt #1\n<!-- x\n-->\n    * [2025-01-01] Attempt #1 — Result: a\n",
	} {
		add(s)
	}
}

func FuzzParse(f *testing.F) {
	seeds(f, func(s string) { f.Add([]byte(s)) })
	f.Fuzz(func(t *testing.T, src []byte) { read(t, src) })
}

func FuzzAppend(f *testing.F) {
	seeds(f, func(s string) {
		f.Add([]byte(s), "C2.D", "Capture: fail (x). `a", "exit 0)", "cat <<X\n* [2025-01-01] Attempt #9\n`", "Run: x", true)
		f.Add([]byte(s), "", "A1 title\\", "", "", "", false)
	})
	f.Fuzz(func(t *testing.T, src []byte, task, title, detail, command, note string, block bool) {
		style := Line
		if block {
			style = Block
		}
		e := Entry{Date: "2025-10-19", Task: task, Title: title, Result: "pass", Detail: detail, Command: command, Criteria: note,
			Artifacts: title, Note: note, Extra: []string{note, "Key: " + title}, Run: digest}
		l := read(t, src)
		appended(t, l, e, style)
		e.Run, e.Number = "", 7
		appended(t, l, e, style)
	})
}
