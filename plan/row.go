package plan

import (
	"bytes"

	"github.com/planctl/planctl/internal/mdspan"
)

// walk reads the rows of one table, as a person reads them, and keeps count of
// what Markdown would still take for a part of the table.
type walk struct {
	*reader
	h        header
	tasks    []*Task
	findings int  // of the plan, before this table
	md       bool // Markdown reads the next line as a row of this table
	run      bool // the previous line was part of the table by a person's reading
	mdEnd    int  // line at which Markdown's table ends
	end      int  // offset after the last line that was read as part of the table
	known    bool // some State cell holds a known token
	brackets int  // State cells that hold a bracketed word alone
}

// rows reads up to the next heading or table and returns the line there.
func (t *walk) rows() int {
	n, last := t.h.rows, t.doc.Index.Lines()
	t.end = t.after(t.h.rows - 1)
	for ; n <= last; n = max(n, t.h.rows) {
		kind := t.doc.Kind(n)
		if kind == mdspan.Title || t.bold[n] {
			break
		}
		if kind != mdspan.Prose {
			t.leave(n)
			n++
			continue
		}
		at, quote := t.content(n)
		if quote != t.h.quote && (quote > t.h.quote || t.run) {
			t.leave(n)
		}
		if quote > t.h.quote {
			t.stray(n, "it stands in a block quote")
			n++
			continue
		}
		if !t.has(at, '|') {
			t.text(n, at)
			n++
			continue
		}
		if _, ok := t.header(n); ok && !t.isRow(at) {
			break
		}
		n = t.row(n, at)
	}
	t.leave(n)
	return n
}

// leave notes that line n interrupts the table.
func (t *walk) leave(n int) {
	if t.mdEnd == 0 {
		t.mdEnd = n
	}
	t.md, t.run = false, false
}

func (t *walk) after(n int) int {
	if n < t.doc.Index.Lines() {
		return t.doc.Index.Line(n + 1).Start
	}
	return len(t.src)
}

// text passes a line without pipes.
func (t *walk) text(n int, at mdspan.Span) {
	if t.md && listMarker(at.Of(t.src)) == 0 {
		t.find(CodeWrappedCell, at.Start, "leave a blank line before the text, or write it into the row with <br>", "text right after a row: Markdown reads it as a row")
		return
	}
	t.leave(n)
}

// isRow reports whether the State column of the line holds a token.
func (t *walk) isRow(at mdspan.Span) bool {
	t.buf = split(t.src, at, nil, t.buf)
	return len(t.buf.at) > t.h.col.state && len(tokensIn(t.src, t.buf.at[t.h.col.state], t.tokens)) > 0
}

// row reads the row at line n, with the lines that its last cell is wrapped
// onto, and returns the line after it.
func (t *walk) row(n int, at mdspan.Span) int {
	col := t.h.col
	c := split(t.src, at, nil, cells{})
	if col.led && !c.led && !(t.isRow(at) && looksID(idIn(t.src, cell(c, col.id)).Of(t.src))) {
		t.text(n, at)
		return n + 1
	}
	if _, ok := delimiterCells(t.src, at); ok || blankRow(c) || t.sameHeader(c) {
		return n + 1
	}
	lastLine, listed := n, false
	if !c.closed {
		lastLine, listed = t.wrapped(n)
		if lastLine > n {
			at.End = trim(t.src, t.doc.Index.Line(lastLine)).End
			c = split(t.src, at, nil, cells{})
		}
	}
	fresh := !t.md && !t.run
	if fresh && !t.belongs(c) {
		t.stray(n, "it belongs to no table")
		return lastLine + 1
	}
	md := t.md
	t.run = true
	t.end = t.after(lastLine)
	t.task(n, at, c, md)
	if lastLine > n {
		from, _ := t.content(n + 1)
		t.find(CodeWrappedCell, from.Start, "write the cell on one line, with <br> for line breaks", "the row of line %d is wrapped onto this line: Markdown reads it as another row or as text", n)
		if listed {
			t.leave(n + 1)
			t.run = true
		}
	} else if !c.closed && col.closed {
		t.find(CodeOpenRow, max(at.End-1, at.Start), "end the row with |", "the row has no closing |")
	}
	return lastLine + 1
}

func delimiterCells(src []byte, at mdspan.Span) (int, bool) {
	k, _ := delimiter(src, at, cells{})
	return k, k > 0
}

func blankRow(c cells) bool {
	for _, s := range c.at {
		if !s.Empty() {
			return false
		}
	}
	return true
}

// sameHeader reports a header row that is written again inside its table.
func (t *walk) sameHeader(c cells) bool {
	if len(c.at) != t.h.col.n {
		return false
	}
	for i, s := range c.at {
		if words(s.Of(t.src)) != t.h.col.names[i] {
			return false
		}
	}
	return true
}

func cell(c cells, i int) mdspan.Span {
	if i < 0 || i >= len(c.at) {
		return mdspan.Span{}
	}
	return c.at[i]
}

// wrapped finds the last line that an open row goes on to. listed says that
// one of them starts a list item, which ends Markdown's table.
func (t *walk) wrapped(n int) (last int, listed bool) {
	last = n
	for m := n + 1; t.doc.Kind(m) == mdspan.Prose && !t.bold[m]; m++ {
		at, quote := t.content(m)
		if at.Empty() || quote != t.h.quote || t.src[at.Start] == '|' || thematic(at.Of(t.src)) {
			break
		}
		if t.has(at, '|') {
			if !t.h.col.led || t.isRow(at) && looksID(idIn(t.src, cell(t.buf, t.h.col.id)).Of(t.src)) {
				break
			}
			if next, ok := t.header(m); ok && next.delim > 0 {
				break
			}
		}
		listed = listed || listMarker(at.Of(t.src)) > 0
		last = m
		if b := at.Of(t.src); b[len(b)-1] == '|' && (len(b) < 2 || b[len(b)-2] != '\\') {
			break
		}
	}
	return last, listed
}

func thematic(b []byte) bool {
	return len(b) >= 3 && len(bytes.Trim(b, "-")) == 0 || len(b) >= 3 && len(bytes.Trim(b, "*")) == 0 || len(b) >= 3 && len(bytes.Trim(b, "_")) == 0
}

// belongs reports whether a row that stands apart from its table is plainly
// one of it: it has an ID, and a token where the State column is.
func (t *walk) belongs(c cells) bool {
	id := idIn(t.src, cell(c, t.h.col.id))
	if id.Empty() || len(c.at) <= t.h.col.state {
		return false
	}
	if len(tokensIn(t.src, c.at[t.h.col.state], t.tokens)) > 0 {
		return true
	}
	if !looksID(id.Of(t.src)) || len(c.at) <= t.h.col.n {
		return false
	}
	for _, s := range c.at {
		if _, ok := tokenCell(t.src, s, t.tokens); ok {
			return true
		}
	}
	return false
}

// looksID reports a single short word with a digit in it, such as A1, P0.1 or
// CLUSTER-CREF-001.
func looksID(b []byte) bool {
	if len(b) == 0 || len(b) > 40 {
		return false
	}
	digit := false
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digit = true
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c == '.' || c == '-' || c == '_' || c >= 0x80:
		default:
			return false
		}
	}
	return digit || bytes.IndexByte(b, '.') > 0 && len(b) <= 8
}

// checklist reports whether the rows make this a checklist: its State column
// holds state tokens.
func (t *walk) checklist() bool {
	return t.known || t.brackets > 0 && t.h.col.taskColumn
}

// warnMarkdown reports a row that Markdown does not read as one.
func (t *walk) warnMarkdown(n int, at mdspan.Span, md bool, id string) {
	if t.doc.MarkdownQuoted(n) {
		t.find(CodeNestedFence, at.Start, "give the outer fence more marks than any fence inside it", "Markdown takes row %s for code, because of a fence inside a fence above", shownID(id)).Task = id
	} else if !md && t.h.delim == t.h.col.n && !t.h.apart {
		t.find(CodeBrokenTable, at.Start, "take out the blank line or the text between this row and its table", "Markdown does not read row %s: its table ended above", shownID(id)).Task = id
	}
}
