package ledger

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/planctl/planctl/internal/diff3"
)

// drawAppends appends some attempts, with and without a run, to a ledger.
func drawAppends(t *rapid.T, w written, src []byte, who string) []byte {
	for i := range rapid.IntRange(0, 4).Draw(t, who+" appends") {
		l := Parse("f.md", src)
		s, err := l.Section(rapid.SampledFrom(w.ids).Draw(t, "section"))
		if err != nil {
			t.Fatal(err)
		}
		e := sample()
		e.Number = 0
		e.Title = fmt.Sprintf("%s %d", who, i)
		e.Run = runOf(fmt.Sprintf("%x%02d", who, i))
		if rapid.IntRange(0, 3).Draw(t, "by hand") == 0 {
			e.Run = ""
		}
		ins, err := l.Append(s, e, rapid.SampledFrom([]Style{Block, Line}).Draw(t, "style"))
		if err != nil {
			t.Fatal(err)
		}
		src = Insert(src, ins)
	}
	return src
}

// drawEdits changes lines that people write: prose, lines below entries, whole sections.
func drawEdits(t *rapid.T, src []byte, who string) []byte {
	for i := range rapid.IntRange(0, 3).Draw(t, who+" edits") {
		l := Parse("f.md", src)
		lines := bytes.SplitAfter(src, []byte("\n"))
		n := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		mark := fmt.Sprintf(" by %s %d", who, i)
		switch rapid.SampledFrom([]string{"change", "below", "section", "delete", "insert"}).Draw(t, "edit") {
		case "change":
			b := bytes.TrimRight(lines[n], "\r\n")
			lines[n] = append(append(slices.Clone(b), mark...), lines[n][len(b):]...)
		case "below":
			if as := l.Attempts(); len(as) > 0 {
				a := rapid.SampledFrom(as).Draw(t, "entry")
				at := min(a.EndLine, len(lines)-1)
				lines = slices.Insert(lines, at, []byte(strings.Repeat(" ", a.indent+2)+"- note"+mark+"\n"))
			}
		case "section":
			lines = append(lines, []byte("\n\n## ["+strings.ToUpper(who)+"-1] Section\n- Attempts History:\n"))
		case "delete":
			lines = slices.Delete(lines, n, n+1)
		case "insert":
			lines = slices.Insert(lines, n, []byte("Inserted"+mark+".\n"))
		}
		src = bytes.Join(lines, nil)
	}
	return src
}

func drawnMerge(t *rapid.T, edit bool) (base, ours, theirs []byte) {
	w := drawLedger(t)
	ours, theirs = drawAppends(t, w, w.src, "o"), drawAppends(t, w, w.src, "t")
	if rapid.Bool().Draw(t, "both have one") {
		l := Parse("f.md", w.src)
		s, err := l.Section(w.ids[0])
		if err != nil {
			t.Fatal(err)
		}
		e := sample()
		e.Number = 0
		ins, err := l.Append(s, e, Block)
		if err != nil {
			t.Fatal(err)
		}
		both := Insert(w.src, ins)
		ours, theirs = drawAppends(t, w, both, "o"), drawAppends(t, w, both, "t")
	}
	if edit {
		ours, theirs = drawEdits(t, ours, "o"), drawEdits(t, theirs, "t")
	}
	return w.src, ours, theirs
}

// sortedLines is the lines of a text that are not blank, sorted.
func sortedLines(src []byte) []string {
	var out []string
	for _, l := range diff3.Split(src).Lines {
		if !l.Blank() {
			out = append(out, string(l.Text))
		}
	}
	slices.Sort(out)
	return out
}

// sansCR is a line without the carriage returns at its end: behind a last line
// without an end a merge writes one, and the two of them then read as one end.
func sansCR(l diff3.Line) string { return string(bytes.TrimRight(l.Text, "\r")) }

// keptAll holds what a merge must have: every line and every attempt that a side added, each run once.
func keptAll(t interface {
	Helper()
	Fatalf(string, ...any)
}, base, ours, theirs []byte, r diff3.Result) {
	t.Helper()
	had := map[string]bool{}
	for _, l := range diff3.Split(base).Lines {
		had[sansCR(l)] = true
	}
	got := map[string]bool{}
	for _, l := range diff3.Split(r.Bytes).Lines {
		got[sansCR(l)] = true
	}
	rows := map[string]bool{}
	for _, side := range [][]byte{ours, theirs} {
		l := Parse("f.md", side)
		for _, row := range l.Rows {
			rows[string(bytes.TrimRight(row.Span.Of(side), "\r"))] = true
		}
	}
	for _, side := range [][]byte{ours, theirs} {
		for _, l := range diff3.Split(side).Lines {
			if text := sansCR(l); !l.Blank() && !had[text] && !got[text] && !rows[text] {
				t.Fatalf("the line %q is lost:\n%s", text, r.Bytes)
			}
		}
	}
	if len(r.Conflicts) > 0 {
		return
	}
	l := Parse("f.md", r.Bytes)
	n := map[string]int{}
	for _, a := range l.Attempts() {
		n[a.Run]++
	}
	old := Parse("f.md", base)
	runs := func(side []byte) map[string]int {
		count := map[string]int{}
		for _, a := range Parse("f.md", side).Attempts() {
			count[a.Run]++
		}
		return count
	}
	inOurs, inTheirs := runs(ours), runs(theirs)
	for _, side := range [][]byte{ours, theirs} {
		for _, a := range Parse("f.md", side).Attempts() {
			if a.Run == "" || old.ByRun(a.Run) != nil {
				continue
			}
			// A side that had a run twice, where the other changed nothing, is taken as it is.
			if want := max(inOurs[a.Run], inTheirs[a.Run]); n[a.Run] != want {
				t.Fatalf("run %s is there %d times, want %d:\n%s", a.Run, n[a.Run], want, r.Bytes)
			} else if b := l.ByRun(a.Run); want == 1 && (b.Section.ID != a.Section.ID || b.Text != a.Text) {
				t.Fatalf("run %s is another entry:\n%s", a.Run, r.Bytes)
			}
		}
	}
}

// TestPropertyMergeAppends: what planctl does on two branches never conflicts.
func TestPropertyMergeAppends(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, ours, theirs := drawnMerge(t, false)
		r := Merge(base, ours, theirs)
		if len(r.Conflicts) > 0 {
			t.Fatalf("%d conflicts (whole: %t):\n%s", len(r.Conflicts), r.Whole, r.Bytes)
		}
		keptAll(t, base, ours, theirs, r)
		if back := Merge(base, theirs, ours); !slices.Equal(sortedLines(r.Bytes), sortedLines(back.Bytes)) {
			t.Fatalf("not symmetric:\n%s\nand\n%s", r.Bytes, back.Bytes)
		}
		o, th, b, m := len(Parse("", ours).Attempts()), len(Parse("", theirs).Attempts()), len(Parse("", base).Attempts()), len(Parse("", r.Bytes).Attempts())
		if m > o+th-b || m < max(o, th) {
			t.Fatalf("%d attempts of %d and %d over %d:\n%s", m, o, th, b, r.Bytes)
		}
		mergeLaws(t, base, ours)
	})
}

// TestPropertyMerge: whatever people write, no line is lost and no entry doubled.
func TestPropertyMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, ours, theirs := drawnMerge(t, true)
		r := Merge(base, ours, theirs)
		keptAll(t, base, ours, theirs, r)
		back := Merge(base, theirs, ours)
		if len(back.Conflicts) == 0 != (len(r.Conflicts) == 0) {
			t.Fatalf("%d conflicts in one direction, %d in the other:\n%s\nand\n%s", len(r.Conflicts), len(back.Conflicts), r.Bytes, back.Bytes)
		}
		if len(r.Conflicts) == 0 && !slices.Equal(sortedLines(r.Bytes), sortedLines(back.Bytes)) {
			t.Fatalf("not symmetric:\n%s\nand\n%s", r.Bytes, back.Bytes)
		}
		mergeLaws(t, base, ours)
	})
}

// TestPropertyMergeThree: three branches, merged in any order, have every attempt of all.
func TestPropertyMergeThree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawLedger(t)
		var branch [3][]byte
		for i, who := range []string{"a", "b", "c"} {
			branch[i] = drawAppends(t, w, w.src, who)
		}
		var want []string
		for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			two := Merge(w.src, branch[order[0]], branch[order[1]])
			all := Merge(w.src, two.Bytes, branch[order[2]])
			if len(two.Conflicts)+len(all.Conflicts) > 0 {
				t.Fatalf("order %v: conflicts:\n%s", order, all.Bytes)
			}
			for _, b := range branch {
				keptAll(t, w.src, b, w.src, all)
			}
			got := sortedLines(all.Bytes)
			if want == nil {
				want = got
			} else if !slices.Equal(got, want) {
				t.Fatalf("order %v gives other lines:\n%s", order, all.Bytes)
			}
		}
	})
}

func FuzzMerge(f *testing.F) {
	a1, a2, a3 := entryText(1, "a1"), entryText(2, "a2"), entryText(2, "a3")
	base := topText + sectionA + a1 + risksText
	f.Add([]byte(base), []byte(topText+sectionA+a1+a2+risksText), []byte(topText+sectionA+a1+a3+risksText))
	f.Add([]byte(base), []byte(base+"\n## [B-1] b\n- Attempts History:\n"+a2), []byte("\ufeff"+crlf(base)+"\n## [B-1] b\n- Attempts History:\n"+a3))
	f.Add([]byte(""), []byte("## [A-1] t\r- Attempts History:\r"), []byte("## [A-1] t\n* [2025-01-01] Attempt #1"))
	f.Add([]byte("## [A-1] t\n## [A-1] t\n"), []byte("## [A-1] t\n"), []byte("## [A-1] t\n## [A-1] t\n* [2025-01-01] Attempt #1\n"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		r := Merge(base, ours, theirs)
		if !r.Kept {
			keptAll(t, base, ours, theirs, r)
		}
		mergeLaws(t, base, ours)
		mergeLaws(t, base, theirs)
	})
}
