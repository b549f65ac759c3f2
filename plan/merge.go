package plan

import (
	"bytes"
	"strconv"

	"github.com/planctl/planctl/internal/diff3"
	"github.com/planctl/planctl/internal/mdspan"
)

// Merge merges two descendants of one plan: ours and theirs of base, which is
// empty where there was none. Rows of checklist tables are merged by their ID,
// wherever they stand, so that ticks on neighbouring rows do not meet:
//
//   - Where one side changed a row's state and the other its words, the row has
//     both; so for any cells of which each changed on one side only.
//   - Where both sides gave a row the same state in different tokens, the token
//     is that of ours.
//   - Rows that either side added are all there, those of ours first.
//   - Where both sides changed one cell to different texts, or added different
//     rows of one ID, both rows stand in the result between conflict marks.
//   - Everything else is merged by lines.
//
// The result is read again. Where it does not have every row of both sides in
// the state that a merge gives it, the whole file is one conflict instead.
func Merge(base, ours, theirs []byte, tokens Tokens) diff3.Result {
	if r, ok := diff3.Trivial(base, ours, theirs); ok {
		return r
	}
	b, o, t := readVersion(base, tokens), readVersion(ours, tokens), readVersion(theirs, tokens)
	if b == nil || o == nil || t == nil {
		return diff3.Whole(ours, theirs)
	}
	j := &rowJoin{b: b, o: o, t: t}
	m := diff3.NewMerger(b.text, o.text, t.text, j.join)
	m.Units(b.units(), o.units(), t.units(), len(b.text.Lines) > 0)
	if r := m.Result(); proveMerge(b, o, t, r, tokens) {
		return r
	}
	return diff3.Whole(ours, theirs)
}

// version is one of the three plans.
type version struct {
	plan  *Plan
	text  diff3.Text
	rows  map[int]int  // by its first line, a row's place in Tasks
	last  []int        // by place in Tasks, the row's last line
	inRow map[int]bool // by line
	home  map[int]int  // by line, the table of which it is a row or the header, from 1
}

// readVersion is nil for what is no text.
func readVersion(src []byte, tokens Tokens) *version {
	if bytes.IndexByte(src, 0) >= 0 {
		return nil
	}
	v := &version{plan: Parse("", src, tokens), text: diff3.Split(src), rows: map[int]int{}, inRow: map[int]bool{}, home: map[int]int{}}
	seen := map[int]bool{}
	for i, task := range v.plan.tasks {
		end, _ := v.plan.Index.Pos(max(task.RowSpan.Start, task.RowSpan.End-1))
		v.rows[task.Line] = i
		v.last = append(v.last, max(end, task.Line))
		for n := task.Line; n <= end; n++ {
			v.home[n] = task.Table + 1
			v.inRow[n] = true
		}
		if seen[task.Table] {
			continue
		}
		seen[task.Table] = true
		for n := task.Line - 1; n > 0 && v.home[n] == 0 && bytes.IndexByte(v.text.Lines[n-1].Text, '|') >= 0; n-- {
			v.home[n] = task.Table + 1
		}
	}
	return v
}

// units cuts the plan: a row is one, also where its cells go over several
// lines; every other line is its own. A row is the same one in two versions
// where its phase and bytes are, else its phase and ID, else its ID and
// description.
func (v *version) units() []diff3.Unit {
	var out []diff3.Unit
	for n := 1; n <= len(v.text.Lines); n++ {
		u := diff3.Unit{Lines: v.text.Lines[n-1 : n], Ref: -1}
		if h := v.home[n]; h > 0 {
			u.Home = "table " + strconv.Itoa(h)
		}
		if i, ok := v.rows[n]; ok {
			u.Lines = v.text.Lines[n-1 : v.last[i]]
			u.Ref, u.Float, u.New = i, true, 2
			u.Keys = v.keys(i, u.Lines)
			k := len(out)
			for k > 0 && out[k-1].Ref < 0 && out[k-1].Lines[0].Blank() {
				k--
			}
			for _, blank := range out[k:] {
				u.Lead = append(u.Lead, blank.Lines[0])
			}
			out = out[:k]
			n = v.last[i]
		}
		out = append(out, u)
	}
	return out
}

func (v *version) keys(i int, ls []diff3.Line) []string {
	task := v.plan.tasks[i]
	phase := ""
	if task.Phase != nil {
		phase = task.Phase.ID
	}
	text := []byte("text " + phase)
	for _, l := range ls {
		text = append(append(text, 0), bytes.TrimSpace(l.Text)...)
	}
	if task.ID == "" {
		return []string{string(text)}
	}
	return []string{string(text), "row " + phase + "\x00" + task.ID, "id " + task.ID + "\x00" + task.RowText()}
}

// rowJoin joins a row that both sides changed.
type rowJoin struct{ b, o, t *version }

func (j *rowJoin) join(base, ours, theirs *diff3.Unit) []diff3.Piece {
	if base != nil && base.Ref >= 0 && ours.Ref >= 0 && theirs.Ref >= 0 {
		if ls, ok := j.rows(base, ours, theirs); ok {
			return []diff3.Piece{{Lines: ls}}
		}
	}
	return []diff3.Piece{{Ours: ours.Lines, Theirs: theirs.Lines, Conflict: true}}
}

// rows is the joined row. Its states are taken out of the rows first and merged
// for themselves: the token is what a tick changes, however the row was
// rewritten meanwhile.
func (j *rowJoin) rows(base, ours, theirs *diff3.Unit) ([]diff3.Line, bool) {
	b, o, t := j.b.row(base), j.o.row(ours), j.t.row(theirs)
	if !b.known || !o.known || !t.known {
		return j.cells(base.Lines, ours.Lines, theirs.Lines)
	}
	token, ok := mergeState(b, o, t)
	if !ok {
		return nil, false
	}
	// With one token in all three, what differs is what else was changed.
	bl, ol, tl := b.with(token), o.with(token), t.with(token)
	switch {
	case diff3.SameText(ol, tl), diff3.SameText(tl, bl):
		return ol, true
	case diff3.SameText(ol, bl):
		return tl, true
	}
	return j.cells(bl, ol, tl)
}

// cells joins rows of one line cell by cell.
func (j *rowJoin) cells(b, o, t []diff3.Line) ([]diff3.Line, bool) {
	if len(b) != 1 || len(o) != 1 || len(t) != 1 {
		return nil, false
	}
	row, ok := diff3.Cells(b[0].Text, o[0].Text, t[0].Text)
	return []diff3.Line{{Text: row, End: o[0].End}}, ok
}

// ticked is a row of one version, and where its token stands in its lines.
type ticked struct {
	lines []diff3.Line
	line  int         // index in lines of the one with the token
	at    mdspan.Span // in that line
	token string
	state State
	known bool
}

func (v *version) row(u *diff3.Unit) ticked {
	task := v.plan.tasks[u.Ref]
	r := ticked{lines: u.Lines, token: task.Token, state: task.State, known: task.State != Unknown && !task.TokenSpan.Empty()}
	if !r.known {
		return r
	}
	n, _ := v.plan.Index.Pos(task.TokenSpan.Start)
	start := v.plan.Index.Line(n).Start
	if n == 1 && v.text.BOM {
		start += len("\ufeff")
	}
	r.line = n - task.Line
	r.at = mdspan.Span{Start: task.TokenSpan.Start - start, End: task.TokenSpan.End - start}
	r.known = r.line >= 0 && r.line < len(r.lines) && r.at.Start >= 0 && r.at.End <= len(r.lines[r.line].Text)
	return r
}

// mergeState is the token that the joined row has; false where the two sides
// gave it different states.
func mergeState(b, o, t ticked) (string, bool) {
	switch {
	case o.state == t.state:
		if o.token == b.token {
			return t.token, true
		}
		return o.token, true
	case t.state == b.state:
		return o.token, true
	case o.state == b.state:
		return t.token, true
	}
	return "", false
}

// with is the row's lines with another token.
func (r ticked) with(token string) []diff3.Line {
	if r.token == token {
		return r.lines
	}
	out := append([]diff3.Line(nil), r.lines...)
	l := out[r.line].Text
	text := append(append(append([]byte(nil), l[:r.at.Start]...), token...), l[r.at.End:]...)
	out[r.line].Text = text
	return out
}
