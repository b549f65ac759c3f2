package plan

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/planctl/planctl/internal/diff3"
)

// drawTicks flips the state of some rows.
func drawTicks(t *rapid.T, src []byte) []byte {
	for range rapid.IntRange(0, 4).Draw(t, "flips") {
		p := Parse("p.md", src, Tokens{})
		task := rapid.SampledFrom(p.Tasks()).Draw(t, "row")
		e, err := p.SetState(task, drawState(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		if src, err = Apply(src, e); err != nil {
			t.Fatal(err)
		}
	}
	return src
}

// drawEdits changes what people write: words of rows, prose, new rows, lines removed.
func drawEdits(t *rapid.T, src []byte, who string) []byte {
	for i := range rapid.IntRange(0, 3).Draw(t, "edits") {
		mark := fmt.Sprintf(" by %s %d", who, i)
		p := Parse("p.md", src, Tokens{})
		lines := bytes.SplitAfter(src, []byte("\n"))
		n := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		switch rapid.SampledFrom([]string{"words", "prose", "row", "delete", "insert"}).Draw(t, "edit") {
		case "words":
			if len(p.Tasks()) > 0 {
				at := rapid.SampledFrom(p.Tasks()).Draw(t, "row").DescriptionSpan.End
				src = slices.Concat(src[:at], []byte(mark), src[at:])
			}
			continue
		case "prose":
			b := bytes.TrimRight(lines[n], "\r\n")
			if !bytes.Contains(b, []byte("|")) {
				lines[n] = append(append(slices.Clone(b), mark...), lines[n][len(b):]...)
			}
		case "row":
			if len(p.Tasks()) > 0 {
				task := rapid.SampledFrom(p.Tasks()).Draw(t, "row")
				row := bytes.Replace(p.Index.Line(task.Line).Of(src), []byte(task.ID), []byte(fmt.Sprintf("%s%d", who, i)), 1)
				lines = slices.Insert(lines, task.Line, append(row, "\n"...))
			}
		case "delete":
			lines = slices.Delete(lines, n, n+1)
		case "insert":
			lines = slices.Insert(lines, n, []byte("Inserted"+mark+".\n"))
		}
		src = bytes.Join(lines, nil)
	}
	return src
}

// states is the state of each row by phase and ID.
func states(src []byte) map[string]State {
	out := map[string]State{}
	for _, task := range Parse("p.md", src, Tokens{}).Tasks() {
		out[placeOf(task)] = task.State
	}
	return out
}

// TestPropertyMergeTicks: ticks of two branches conflict only where they say different things of one row.
func TestPropertyMergeTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := drawPlan(t)
		ours, theirs := drawTicks(t, base), drawTicks(t, base)
		was, o, th := states(base), states(ours), states(theirs)
		against := 0
		for key, s := range was {
			if o[key] != s && th[key] != s && o[key] != th[key] {
				against++
			}
		}
		r := Merge(base, ours, theirs, Tokens{})
		if len(r.Conflicts) != against {
			t.Fatalf("%d conflicts (whole: %t), want %d\n%s", len(r.Conflicts), r.Whole, against, r.Bytes)
		}
		mergeLaws(t, base, ours)
		if against > 0 {
			return
		}
		for key, s := range states(r.Bytes) {
			want := o[key]
			if want == was[key] {
				want = th[key]
			}
			if s != want {
				t.Fatalf("row %q is %s, want %s:\n%s", key, s, want, r.Bytes)
			}
		}
		if len(diff3.Split(r.Bytes).Lines) != len(diff3.Split(base).Lines) {
			t.Fatalf("a tick added or removed a line:\n%s", r.Bytes)
		}
	})
}

// TestPropertyMerge: whatever people write, no line that one side alone added is lost.
func TestPropertyMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := drawPlan(t)
		ours, theirs := drawEdits(t, drawTicks(t, base), "o"), drawEdits(t, drawTicks(t, base), "t")
		r := Merge(base, ours, theirs, Tokens{})
		back := Merge(base, theirs, ours, Tokens{})
		if (len(r.Conflicts) == 0) != (len(back.Conflicts) == 0) {
			t.Fatalf("%d conflicts in one direction, %d in the other:\n%s\nand\n%s", len(r.Conflicts), len(back.Conflicts), r.Bytes, back.Bytes)
		}
		keptAll(t, base, ours, theirs, r)
		mergeLaws(t, base, ours)
	})
}

// sansCR is a line without the carriage returns at its end: behind a last line
// without an end a merge writes one, and the two of them then read as one end.
func sansCR(l diff3.Line) string { return string(bytes.TrimRight(l.Text, "\r")) }

// keptAll holds what a merge must have: every line of prose and, without conflicts, every row that a side added.
func keptAll(t interface {
	Helper()
	Fatalf(string, ...any)
}, base, ours, theirs []byte, r diff3.Result) {
	t.Helper()
	had, got := map[string]bool{}, map[string]bool{}
	for _, l := range diff3.Split(base).Lines {
		had[sansCR(l)] = true
	}
	for _, l := range diff3.Split(r.Bytes).Lines {
		got[sansCR(l)] = true
	}
	was, now := states(base), states(r.Bytes)
	for _, src := range [][]byte{ours, theirs} {
		inRow := map[int]bool{}
		if v := readVersion(src, Tokens{}); v != nil { // of a binary no row is known
			inRow = v.inRow
		}
		for i, l := range diff3.Split(src).Lines {
			if text := sansCR(l); !l.Blank() && !had[text] && !got[text] && !inRow[i+1] {
				t.Fatalf("the line %q is lost:\n%s", text, r.Bytes)
			}
		}
		if len(r.Conflicts) > 0 {
			continue
		}
		for key := range states(src) {
			_, old := was[key]
			if _, ok := now[key]; !ok && !old {
				t.Fatalf("the row %q is lost:\n%s", key, r.Bytes)
			}
		}
	}
}

// TestPropertyMergeThree: the ticks of three branches are all there, in whatever order they are merged.
func TestPropertyMergeThree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := drawPlan(t)
		p := Parse("p.md", base, Tokens{})
		branch := [3][]byte{base, base, base}
		for i, task := range p.Tasks() {
			at := i % 3
			q := Parse("p.md", branch[at], Tokens{})
			e, err := q.SetState(q.Tasks()[i], Done, nil)
			if err != nil {
				t.Fatalf("%s: %v", task.ID, err)
			}
			if branch[at], err = Apply(branch[at], e); err != nil {
				t.Fatal(err)
			}
		}
		for _, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
			two := Merge(base, branch[order[0]], branch[order[1]], Tokens{})
			all := Merge(base, two.Bytes, branch[order[2]], Tokens{})
			if len(two.Conflicts)+len(all.Conflicts) > 0 {
				t.Fatalf("order %v: conflicts:\n%s", order, all.Bytes)
			}
			for key, s := range states(all.Bytes) {
				if s != Done {
					t.Fatalf("order %v: row %q is %s:\n%s", order, key, s, all.Bytes)
				}
			}
		}
	})
}

func FuzzMerge(f *testing.F) {
	base := mergeTop + rowA1 + rowA2 + mergeEnd
	f.Add([]byte(base), bytes.Replace([]byte(base), []byte("[ ]"), []byte("[x]"), 1), bytes.Replace([]byte(base), []byte("Test it | [ ]"), []byte("Test | [D]"), 1))
	f.Add([]byte(base), []byte("\ufeff"+crlf(base)), []byte(base+"| A9 | x | [ ] |"))
	f.Add([]byte("|ID|State|\n|-|-|\n|a|[ ]|\n|a|[ ]|\n"), []byte("|ID|State|\n|-|-|\n|a|[x]|\n|a|[ ]|\n"), []byte("|ID|State|\r|-|-|\r|a|[ ]|\r"))
	f.Add([]byte(""), []byte("> - 1. | ID | State |\n> | - | - |\n> | a | [ ] |"), []byte("| ID | State |\n| - | - |\n| a | [x] |"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		r := Merge(base, ours, theirs, Tokens{})
		if !r.Kept {
			keptAll(t, base, ours, theirs, r)
		}
		mergeLaws(t, base, ours)
		mergeLaws(t, base, theirs)
	})
}
