package ledger

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/planctl/planctl/internal/diff3"
)

// Merge merges two descendants of one ledger: ours and theirs of base, which is
// empty where there was none. Nothing that a side wrote is lost:
//
//   - Attempts that either side added to a section are all in it, those of ours
//     first, each as it was written: entries are never mixed. One that both
//     sides have (the same run; without a run, the same text) is in it once,
//     with the lines that people added below it on either side. Numbers are left
//     alone.
//   - Rows that either side added to the Index are all in it.
//   - A section that both sides made is one, and so is its heading.
//   - Everything else is merged by lines. Where both sides changed the same
//     lines, or one changed what the other removed or moved away, both versions
//     stand in the result between conflict marks.
//
// The result is read again. Where it does not have every attempt of both sides
// in its section, and each run once, the whole file is one conflict instead.
func Merge(base, ours, theirs []byte) diff3.Result {
	if r, ok := diff3.Trivial(base, ours, theirs); ok {
		return r
	}
	b, o, t := readVersion(base), readVersion(ours), readVersion(theirs)
	if b.doc.unread || o.doc.unread || t.doc.unread {
		return diff3.Whole(ours, theirs)
	}
	for _, how := range []func(b, o, t *version) (diff3.Result, bool){mergeSections, mergeFlat} {
		if r, ok := how(b, o, t); ok && proveMerge(b, o, t, r) {
			return r
		}
	}
	return diff3.Whole(ours, theirs)
}

// version is one of the three ledgers, cut into parts and units.
type version struct {
	doc   *Ledger
	text  diff3.Text
	parts []mergePart
	at    map[string]int // the part with a key
	twice []string       // keys of parts that share their ID with an earlier one

	entries map[int]*Attempt // by their first line
	heads   map[int]*Section // by the line of their heading
	rows    map[int]string   // IDs of Index rows, by line
	keys    map[int]string   // homes of the lines over lists of attempts, by line
	ends    map[int][]string // homes of the lists that end with a line
	home    map[*history]string
}

// mergePart is a section's lines, or those between two sections.
type mergePart struct {
	key   string
	units []diff3.Unit
}

func readVersion(src []byte) *version {
	v := &version{doc: Parse("", src), text: diff3.Split(src), entries: map[int]*Attempt{}, heads: map[int]*Section{},
		rows: map[int]string{}, keys: map[int]string{}, ends: map[int][]string{}, home: map[*history]string{}}
	if v.doc.unread {
		return v
	}
	for _, a := range v.doc.attempts {
		v.entries[a.Line] = a
	}
	for _, r := range v.doc.Rows {
		v.rows[r.Line] = foldID(r.ID)
	}
	for _, s := range v.doc.Sections {
		v.heads[s.Line] = s
		v.lists(s)
	}
	for _, s := range v.doc.Loose {
		v.lists(s)
	}
	v.cut()
	return v
}

// lists notes where the section's lists of attempts start and end.
func (v *version) lists(s *Section) {
	for i, h := range s.lists {
		home := foldID(s.ID) + " list " + strconv.Itoa(i)
		v.home[h] = home
		v.keys[h.key.n] = home
		v.ends[h.last] = append(v.ends[h.last], home)
	}
}

// cut makes parts: one before the first section, one for each section, and one
// from each heading that ends a section to the next. Blank lines above a
// heading belong to it, so that parts can change places.
func (v *version) cut() {
	v.at = map[string]int{}
	count := map[string]int{}
	start, key := 1, "top"
	end := func(line int) {
		count[key]++
		if n := count[key]; n > 1 {
			key += "\x00" + strconv.Itoa(n)
			v.twice = append(v.twice, key)
		}
		v.at[key] = len(v.parts)
		v.parts = append(v.parts, mergePart{key: key, units: v.units(start, line-1)})
	}
	next := func(offset int, k string) {
		line, _ := v.doc.Index.Pos(offset)
		for line > start && v.text.Lines[line-2].Blank() {
			line--
		}
		end(line)
		start, key = line, k
	}
	for i, s := range v.doc.Sections {
		next(s.Span.Start, "section "+foldID(s.ID))
		if s.Span.End < len(v.doc.Source) && (i+1 == len(v.doc.Sections) || v.doc.Sections[i+1].Span.Start != s.Span.End) {
			line, _ := v.doc.Index.Pos(s.Span.End)
			next(s.Span.End, "under "+string(v.doc.Index.Line(line).Of(v.doc.Source)))
		}
	}
	end(len(v.text.Lines) + 1)
}

// units cuts lines first to last: an attempt is one, a heading with an ID, a
// row of the Index; every other line is its own. Blank lines above those that
// have a key belong to them.
func (v *version) units(first, last int) []diff3.Unit {
	var out []diff3.Unit
	blank := 0 // blank lines at the end of out
	named := func(u diff3.Unit) {
		for _, b := range out[len(out)-blank:] {
			u.Lead = append(u.Lead, b.Lines...)
		}
		out, blank = append(out[:len(out)-blank], u), 0
	}
	for n := first; n <= last; n++ {
		end := n
		switch a := v.entries[n]; {
		case a != nil:
			end = min(a.EndLine, last)
			named(v.entry(a, v.text.Lines[n-1:end]))
		case v.heads[n] != nil:
			named(diff3.Unit{Keys: []string{"heading " + foldID(v.heads[n].ID)}, New: 1, Home: v.keys[n], Lines: v.text.Lines[n-1 : n]})
		case v.rows[n] != "":
			named(diff3.Unit{Keys: []string{"row " + v.rows[n]}, New: 1, Float: true, Home: "index", Lines: v.text.Lines[n-1 : n]})
		default:
			l := v.text.Lines[n-1 : n]
			out = append(out, diff3.Unit{Home: v.keys[n], Lines: l})
			if blank++; !l[0].Blank() {
				blank = 0
			}
		}
		// The end of a list is a unit without lines: what one side changes behind
		// it and what the other enters before it do not meet.
		for line := n; line <= end; line++ {
			for _, home := range v.ends[line] {
				out, blank = append(out, diff3.Unit{Keys: []string{"end of " + home}, New: 1, Home: home}), 0
			}
		}
		n = end
	}
	return out
}

// entry is an attempt as a unit. In the base and on a side it is the same one
// by its run; by hand it is the same text, else the only one with that head, or
// with that number and date.
func (v *version) entry(a *Attempt, ls []diff3.Line) diff3.Unit {
	u := diff3.Unit{Float: true, New: 1, Lines: ls, Home: v.home[a.list]}
	if a.Run != "" {
		u.Keys = []string{"run " + a.Run}
		return u
	}
	var text []byte
	for _, l := range ls {
		text = append(append(text, l.Text...), '\n')
	}
	sec := ""
	if a.Section != nil {
		sec = foldID(a.Section.ID)
	}
	u.Keys = []string{"text " + sec + "\x00" + string(text), "head " + sec + "\x00" + a.Text}
	if a.Numbered && a.Date != "" {
		u.Keys = append(u.Keys, fmt.Sprintf("attempt %s\x00%d %s", sec, a.Number, a.Date))
	}
	return u
}

// joinEntry merges what both sides changed in one unit. Lines that each added
// below an entry are all kept; what planctl wrote of one run, up to its Run
// line, is a conflict where it differs.
func joinEntry(base, ours, theirs *diff3.Unit) []diff3.Piece {
	if !ours.Float {
		return diff3.Lines(base, ours, theirs)
	}
	if base != nil {
		if len(base.Lines) == 1 && len(ours.Lines) == 1 && len(theirs.Lines) == 1 {
			if row, ok := diff3.Cells(base.Lines[0].Text, ours.Lines[0].Text, theirs.Lines[0].Text); ok && ours.Home == "index" {
				return []diff3.Piece{{Lines: []diff3.Line{{Text: row, End: ours.Lines[0].End}}}}
			}
		}
		return diff3.Pieces(base.Lines, ours.Lines, theirs.Lines, true, true)
	}
	o, t := ownLines(ours.Lines), ownLines(theirs.Lines)
	var out []diff3.Piece
	if diff3.SameText(ours.Lines[:o], theirs.Lines[:t]) {
		out = append(out, diff3.Piece{Lines: ours.Lines[:o]})
	} else {
		out = append(out, diff3.Piece{Ours: ours.Lines[:o], Theirs: theirs.Lines[:t], Conflict: true})
	}
	return append(out, diff3.Pieces(nil, ours.Lines[o:], theirs.Lines[t:], false, true)...)
}

// ownLines is how many lines of an entry are up to its Run line.
func ownLines(ls []diff3.Line) int {
	for i, l := range ls {
		if b := bytes.TrimLeft(l.Text, " \t>-*+•"); runLine(bytes.TrimRight(b, " \t\r")) != "" {
			return i + 1
		}
	}
	return 1
}

// mergeFlat merges the ledgers as one part.
func mergeFlat(b, o, t *version) (diff3.Result, bool) {
	m := diff3.NewMerger(b.text, o.text, t.text, joinEntry)
	all := func(v *version) []diff3.Unit { return v.units(1, len(v.text.Lines)) }
	m.Units(all(b), all(o), all(t), len(b.text.Lines) > 0)
	return m.Result(), true
}
