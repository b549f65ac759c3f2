package diff3

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMerge(t *testing.T) {
	for _, c := range []struct {
		name, base, ours, theirs, want string
		conflicts                      []int
	}{
		{name: "apart", base: "a\nb\nc\n", ours: "A\nb\nc\n", theirs: "a\nb\nC\n", want: "A\nb\nC\n"},
		{name: "both the same", base: "a\nb\n", ours: "a\nX\nb\n", theirs: "a\nX\nb\n", want: "a\nX\nb\n"},
		{name: "neighbours", base: "a\nb\n", ours: "A\nb\n", theirs: "a\nB\n", want: "<<<<<<< ours\nA\nb\n=======\na\nB\n>>>>>>> theirs\n", conflicts: []int{1}},
		{name: "what both begin and end with stands outside", base: "a\nz\n", ours: "a\n1\n2\n9\nz\n", theirs: "a\n1\n3\n9\nz\n",
			want: "a\n1\n<<<<<<< ours\n2\n=======\n3\n>>>>>>> theirs\n9\nz\n", conflicts: []int{3}},
		{name: "removed and changed", base: "a\nb\nc\n", ours: "a\nc\n", theirs: "a\nB\nc\n", want: "a\n<<<<<<< ours\n=======\nB\n>>>>>>> theirs\nc\n", conflicts: []int{2}},
		{name: "two conflicts", base: "a\n-\nb\n", ours: "1\n-\n2\n", theirs: "3\n-\n4\n",
			want: "<<<<<<< ours\n1\n=======\n3\n>>>>>>> theirs\n-\n<<<<<<< ours\n2\n=======\n4\n>>>>>>> theirs\n", conflicts: []int{1, 7}},
		{name: "no newline, taken away", base: "a\n-\nb\n", ours: "A\n-\nb\n", theirs: "a\n-\nb", want: "A\n-\nb"},
		{name: "no newline, put there", base: "a\n-\nb", ours: "A\n-\nb", theirs: "a\n-\nb\n", want: "A\n-\nb\n"},
		{name: "no newline, added behind", base: "a\n-\nb", ours: "A\n-\nb", theirs: "a\n-\nb\nc", want: "A\n-\nb\nc"},
		{name: "a mark taken away", base: "\ufeffa\n-\nb\n", ours: "a\n-\nb\n", theirs: "\ufeffa\n-\nB\n", want: "a\n-\nB\n"},
		{name: "CRLF", base: "a\r\n-\r\nb\r\n", ours: "A\r\n-\r\nb\r\n", theirs: "a\r\n-\r\nB\r\n", want: "A\r\n-\r\nB\r\n"},
		{name: "converted to CRLF", base: "a\n-\nb\n", ours: "a\r\n-\r\nb\r\n", theirs: "a\n-\nB\n", want: "a\r\n-\r\nB\r\n"},
		{name: "converted from CRLF", base: "a\r\n-\r\nb\r\n", ours: "a\r\n-\r\nB\r\n", theirs: "a\n-\nb\n", want: "a\n-\nB\n"},
		{name: "one line's end", base: "a\n-\nb\n", ours: "a\r\n-\nb\n", theirs: "a\n-\nB\n", want: "a\r\n-\nB\n"},
		{name: "CR alone", base: "a\r-\rb\r", ours: "A\r-\rb\r", theirs: "a\r-\rB\r", want: "A\r-\rB\r"},
		{name: "no base", base: "", ours: "a\nb\n", theirs: "a\nc\n", want: "a\n<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n", conflicts: []int{2}},
		{name: "all removed", base: "a\nb\n", ours: "", theirs: "a\nb\n", want: ""},
		{name: "no text", base: "a\n", ours: "b\n", theirs: "c\x00\n", want: "b\n", conflicts: []int{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Merge([]byte(c.base), []byte(c.ours), []byte(c.theirs))
			if string(r.Bytes) != c.want || !slices.Equal(r.Conflicts, c.conflicts) {
				t.Errorf("%q, conflicts %v\nwant %q, %v", r.Bytes, r.Conflicts, c.want, c.conflicts)
			}
		})
	}
}

func TestCells(t *testing.T) {
	for _, c := range []struct{ name, base, ours, theirs, want string }{
		{"one each", "| a | b |", "| A | b |", "| a | B |", "| A | B |"},
		{"one cell", "| a | b |", "| A | b |", "| x | b |", ""},
		{"the same", "| a | b |", "| A | b |", "| A | B |", "| A | B |"},
		{"space is no change", "| a | b |", "| a   | b |", "| A | b |", "| A | b |"},
		{"an escaped bar", `| a \| b | c |`, `| a \| b | C |`, `| a \| B | c |`, `| a \| B | C |`},
		{"a cell more", "| a | b |", "| a | b | c |", "| A | b |", ""},
	} {
		got, ok := Cells([]byte(c.base), []byte(c.ours), []byte(c.theirs))
		if string(got) != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %t, want %q", c.name, got, ok, c.want)
		}
	}
}

// drawLines is a text of few different lines, so that many are the same.
func drawLines(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a\n", "b\n", "c\n", "\n", "d\n", "e\n"}), 0, 12).Draw(t, label), "")
}

// TestPropertyMatch: what is matched is the same on both sides and in order, and of short sequences nothing
// between two matches is left that is the same.
func TestPropertyMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 40).Draw(t, "a")
		b := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 40).Draw(t, "b")
		last := -1
		open := map[int]bool{} // elements of a since the last match
		from := 0
		for i, j := range append(Match(a, b), len(b)) {
			if j < 0 {
				open[a[i]] = true
				continue
			}
			if j <= last || i < len(a) && a[i] != b[j] {
				t.Fatalf("%v and %v: %d matched with %d", a, b, i, j)
			}
			for _, x := range b[from:j] {
				if open[x] {
					t.Fatalf("%v and %v: %d is on both sides before %d and not matched", a, b, x, i)
				}
			}
			last, from = j, j+1
			clear(open)
		}
	})
}

// TestPropertyMerge: no line of either side is lost, and a side that did nothing changes nothing.
func TestPropertyMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, ours, theirs := drawLines(t, "base"), drawLines(t, "ours"), drawLines(t, "theirs")
		texts := [4]Text{Split([]byte(base)), Split([]byte(ours)), Split([]byte(theirs))}
		r := Merge([]byte(base), []byte(ours), []byte(theirs))
		texts[InResult] = Split(r.Bytes)
		if !KeepsLines(texts, func(int, int) bool { return false }) {
			t.Fatalf("%q, %q and %q gave %q", base, ours, theirs, r.Bytes)
		}
		for _, y := range []Result{Merge([]byte(base), []byte(base), []byte(ours)), Merge([]byte(base), []byte(ours), []byte(base)), Merge([]byte(base), []byte(ours), []byte(ours))} {
			if string(y.Bytes) != ours || len(y.Conflicts) > 0 {
				t.Fatalf("%q became %q", ours, y.Bytes)
			}
		}
	})
}

// TestAgainstGit: what git's own text merge joins without a conflict, this one does too, and to the same.
func TestAgainstGit(t *testing.T) {
	dir := t.TempDir()
	base := strings.Split("one two three four five six seven eight nine ten eleven twelve", " ")
	text := func(ls []string) []byte { return []byte(strings.Join(ls, "\n") + "\n") }
	edits := func(ls []string, at int, kind string) []byte {
		ls = slices.Clone(ls)
		switch kind {
		case "change":
			ls[at] += " changed"
		case "delete":
			ls = slices.Delete(ls, at, at+1)
		case "insert":
			ls = slices.Insert(ls, at, "new")
		}
		return text(ls)
	}
	clean := 0
	for at := range base {
		for _, kind := range []string{"change", "delete", "insert"} {
			ours, theirs := edits(base, at, kind), edits(base, (at*5+3)%len(base), "change")
			names := []string{"ours", "base", "theirs"}
			for i, b := range [][]byte{ours, text(base), theirs} {
				if err := os.WriteFile(filepath.Join(dir, names[i]), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command("git", "merge-file", "-p", "ours", "base", "theirs")
			cmd.Dir = dir
			want, err := cmd.Output()
			r := Merge(text(base), ours, theirs)
			if err == nil != (len(r.Conflicts) == 0) {
				t.Errorf("%s at %d: git says %v, this has %d conflicts", kind, at, err, len(r.Conflicts))
			}
			if err == nil {
				clean++
				if !bytes.Equal(r.Bytes, want) {
					t.Errorf("%s at %d:\n%s\nwant\n%s", kind, at, r.Bytes, want)
				}
			}
		}
	}
	if clean == 0 {
		t.Error("git joined none of them")
	}
}

// far are pairs of long sequences that are hard to align.
func far(n int) map[string][2][]int {
	up, down, few, other, pairs := make([]int, n), make([]int, n), make([]int, n), make([]int, n), make([]int, n)
	x := uint32(1)
	for i := range n {
		x = x*1664525 + 1013904223
		up[i], down[i], few[i], pairs[i] = i, n-i, int(x>>30), i/2
		x = x*1664525 + 1013904223
		other[i] = int(x >> 30)
	}
	return map[string][2][]int{"reversed": {up, down}, "few kinds": {few, other}, "each twice": {pairs, down}}
}

// TestMatchFar aligns what has no good alignment. Nothing is asserted of the time, which BenchmarkMatchFar shows; a
// quadratic one would take minutes.
func TestMatchFar(t *testing.T) {
	for name, ab := range far(1 << 18) {
		for i, j := range Match(ab[0], ab[1]) {
			if j >= 0 && ab[0][i] != ab[1][j] {
				t.Fatalf("%s: %d matched with %d", name, i, j)
			}
		}
	}
}

func BenchmarkMatchFar(b *testing.B) {
	for _, size := range []int{1 << 16, 1 << 17, 1 << 18} {
		for name, ab := range far(size) {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				for b.Loop() {
					Match(ab[0], ab[1])
				}
			})
		}
	}
}
