// Package diff3 merges two descendants of one text, by lines and by units of
// lines that belong together. It works on bytes in memory; it may not open a
// file or know what a unit means: the caller cuts the text into units and says
// how two changes of one unit are joined.
//
// # What holds of every merge
//
//   - A line that one side added is in the result, as it was written.
//   - What both sides left alone is in the result, as it was.
//   - Where both sides changed the same lines to different ones, both are in the
//     result, between the marks that git uses: <<<<<<< ours, =======, >>>>>>> theirs.
//   - Time and memory are linear in the texts' length, but for a factor that is
//     bounded; where it would be more, fewer lines are seen to be the same, and
//     the result has more conflicts.
//
// The rule of a three-way merge is that of diff3: lines of the base that both
// sides kept cut the texts into regions; a region that one side left as it was
// is taken from the other.
package diff3

import (
	"bytes"

	"github.com/planctl/planctl/internal/mdspan"
)

// Line is a line of a text. The last one has an end here even where the file
// has none: Text.Open remembers.
type Line struct{ Text, End []byte }

// Blank reports whether nothing is to be seen on the line.
func (l Line) Blank() bool { return len(bytes.TrimSpace(l.Text)) == 0 }

// Text is a file taken apart.
type Text struct {
	Lines []Line
	End   []byte // how its lines end: LF, CRLF or CR, by its first line
	BOM   bool   // a byte order mark stood before the first line and is no part of it
	Open  bool   // the last line had no end

	mixed bool // not all lines end so
}

const bom = "\xEF\xBB\xBF"

// Split takes a file apart at its line ends. Lines are those of mdspan.Index,
// so that line numbers agree.
func Split(src []byte) Text {
	t := Text{End: []byte("\n")}
	index := mdspan.NewIndex(src)
	n := index.Lines()
	t.Lines = make([]Line, 0, n)
	for i := 1; i <= n; i++ {
		s := index.Line(i)
		next := len(src)
		if i < n {
			next = index.Line(i + 1).Start
		}
		l := Line{Text: s.Of(src), End: src[s.End:next]}
		switch open := i == n && !closed(src, l.End); {
		case open:
			t.Open = true
			l = Line{Text: src[s.Start:], End: t.End}
		case i == 1:
			t.End = l.End
		}
		t.mixed = t.mixed || !bytes.Equal(l.End, t.End)
		t.Lines = append(t.Lines, l)
	}
	if n > 0 && bytes.HasPrefix(t.Lines[0].Text, []byte(bom)) {
		t.BOM = true
		t.Lines[0].Text = t.Lines[0].Text[len(bom):]
	}
	return t
}

// closed reports whether end, behind the last line of src, ends it.
func closed(src, end []byte) bool {
	if len(end) == 0 {
		return false
	}
	return end[len(end)-1] == '\n' || bytes.IndexByte(src, '\n') < 0
}

// Result is a merged file.
type Result struct {
	Bytes     []byte
	Conflicts []int // the lines of the <<<<<<< marks in Bytes, from 1
	Whole     bool  // the one conflict is the whole file: what was merged could not be proved
	Kept      bool  // a side is no text, so this is ours as it was, and all of it is in conflict
}

// writer puts the result together.
type writer struct {
	out       []byte
	n         int // lines written
	conflicts []int
	end       []byte // of lines that are ours to write
	old       []byte // a line end that one side converted to end; nil where none did
	last      int    // length of the last line's end
	marked    bool   // the last line is a conflict mark
}

func newWriter(base, ours, theirs Text) *writer {
	w := &writer{end: ours.End}
	if len(base.Lines) > 0 {
		// A side that converted the whole file has converted what the other side wrote, too.
		w.end = pick(base.End, ours.End, theirs.End)
		if !bytes.Equal(w.end, base.End) && !base.mixed && !ours.mixed && !theirs.mixed {
			w.old = base.End
		}
	}
	w.noCR(ours, theirs)
	if either(len(base.Lines) > 0, base.BOM, ours.BOM, theirs.BOM) {
		w.out = append(w.out, bom...)
	}
	return w
}

// noCR keeps CR alone from ending lines where a side has other ends: beside an
// LF it would be space, and weld lines together.
func (w *writer) noCR(ours, theirs Text) {
	for _, t := range []Text{ours, theirs} {
		if string(w.end) == "\r" && len(t.Lines) > 0 {
			w.end = t.End
		}
	}
}

// pick is the three-way choice between values of which only equality matters; ours wins.
func pick(base, ours, theirs []byte) []byte {
	if bytes.Equal(ours, base) {
		return theirs
	}
	return ours
}

// either is the three-way choice between two truths; without a base ours decides.
func either(known, base, ours, theirs bool) bool {
	if known && ours == base {
		return theirs
	}
	return ours
}

func (w *writer) line(l Line) {
	end := l.End
	if w.old != nil && bytes.Equal(end, w.old) || string(end) == "\r" {
		end = w.end
	}
	w.out = append(append(w.out, l.Text...), end...)
	w.last = len(end)
	w.marked = false
	w.n++
}

func (w *writer) lines(ls []Line) {
	for _, l := range ls {
		w.line(l)
	}
}

func (w *writer) mark(text string) {
	w.line(Line{Text: []byte(text), End: w.end})
	w.marked = true
}

// The marks are those of git, which every editor knows.
const (
	markOurs   = "<<<<<<< ours"
	markMiddle = "======="
	markTheirs = ">>>>>>> theirs"
)

func (w *writer) conflict(ours, theirs []Line) {
	w.mark(markOurs)
	w.conflicts = append(w.conflicts, w.n)
	w.lines(ours)
	w.mark(markMiddle)
	w.lines(theirs)
	w.mark(markTheirs)
}

func (w *writer) result(open bool) Result {
	if open && !w.marked && w.n > 0 {
		w.out = w.out[:len(w.out)-w.last]
	}
	return Result{Bytes: w.out, Conflicts: w.conflicts}
}

// Trivial is the merge where one side left the file alone, or both made it the
// same; false where it takes more.
func Trivial(base, ours, theirs []byte) (Result, bool) {
	switch {
	case bytes.Equal(ours, theirs), bytes.Equal(base, theirs):
		return Result{Bytes: bytes.Clone(ours)}, true
	case bytes.Equal(base, ours):
		return Result{Bytes: bytes.Clone(theirs)}, true
	}
	return Result{}, false
}

// Whole is both files in one conflict. Where one of them is no text (it has a
// NUL byte), ours is left as it is: marks would only break it.
func Whole(ours, theirs []byte) Result {
	if bytes.IndexByte(ours, 0) >= 0 || bytes.IndexByte(theirs, 0) >= 0 {
		return Result{Bytes: bytes.Clone(ours), Conflicts: []int{1}, Kept: true}
	}
	o, t := Split(ours), Split(theirs)
	w := &writer{end: o.End}
	w.noCR(o, t)
	w.conflict(o.Lines, t.Lines)
	r := w.result(false)
	r.Whole = true
	return r
}

// Merge is the three-way merge by lines.
func Merge(base, ours, theirs []byte) Result {
	if r, ok := Trivial(base, ours, theirs); ok {
		return r
	}
	for _, b := range [...][]byte{base, ours, theirs} {
		if bytes.IndexByte(b, 0) >= 0 {
			return Whole(ours, theirs)
		}
	}
	b, o, t := Split(base), Split(ours), Split(theirs)
	m := NewMerger(b, o, t, nil)
	m.Units(Plain(b.Lines), Plain(o.Lines), Plain(t.Lines), true)
	return m.Result()
}
