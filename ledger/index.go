package ledger

import (
	"bytes"

	"github.com/planctl/planctl/internal/mdspan"
)

// indexPlace is where a new row of the Index goes, and how its rows look.
type indexPlace struct {
	columns []string // header cells of the first table, in lower case
	after   line     // the row, or the list item, that a new one follows; n is 0 without an Index
	ruler   bool     // after is a table's delimiter row
	list    bool
}

// readIndex reads the rows under a heading that says Index, and those of a
// table above the first section that has an ID and a Status column.
func (l *Ledger) readIndex() {
	x := indexReader{l: l, heads: l.doc.Headings}
	first := len(l.Source)
	if len(l.Sections) > 0 {
		first = l.Sections[0].Span.Start
	}
	for n := 1; n <= l.Index.Lines(); n++ {
		sp := l.Index.Line(n)
		if sp.Start >= first {
			break
		}
		x.line(n, sp)
	}
}

type indexReader struct {
	l      *Ledger
	heads  []mdspan.Heading
	inside bool // under a heading that says Index
	level  int
	cols   []string // of the table that the line is in
	closed bool     // the first table or list has ended

	id, title, status int // columns of cols, -1 where it has none
}

func (x *indexReader) line(n int, sp mdspan.Span) {
	l := x.l
	for len(x.heads) > 0 && x.heads[0].Line < n {
		x.heads = x.heads[1:]
	}
	if len(x.heads) > 0 && x.heads[0].Line == n && len(l.Source) > sp.Start && l.doc.Kind(n) == mdspan.Title {
		h := x.heads[0]
		text, _ := trimDecoration(h.Text.Of(l.Source))
		if bytes.EqualFold(firstBytes(text, len("index")), []byte("index")) {
			x.inside, x.level = true, h.Level
		} else if h.Level <= x.level {
			x.inside = false
		}
		x.end()
		return
	}
	switch l.doc.Kind(n) {
	case mdspan.Fenced, mdspan.Raw, mdspan.FrontMatter:
		return
	}
	ln := readLine(l.Source, n, sp)
	switch {
	case ln.bullet:
		if x.inside && ln.indent < 2 {
			x.item(ln)
		}
	case len(ln.text) > 0 && ln.text[0] == '|':
		x.row(ln)
	case len(ln.text) > 0 && ln.indent == 0:
		x.end()
	case len(ln.text) == 0 && x.cols != nil:
		x.end()
	}
}

// end is the end of a table or list.
func (x *indexReader) end() {
	x.cols = nil
	x.closed = x.closed || x.l.index.after.n > 0
}

func (x *indexReader) row(ln line) {
	cs := cells(ln.text)
	if x.cols == nil {
		cols := make([]string, len(cs))
		for i, c := range cs {
			cols[i] = string(bytes.ToLower(bytes.Trim(c, "*_` ")))
		}
		// Looked up here and not for each row: a header may have as many columns as the table has rows.
		x.id, x.title, x.status = column(cols, "id"), column(cols, "title"), column(cols, "status")
		if x.inside || x.id >= 0 && x.status >= 0 {
			x.cols = cols
		}
		return
	}
	p := &x.l.index
	if delimiter(ln.text) {
		if !x.closed && p.after.n == 0 {
			p.after, p.ruler, p.columns = ln, true, x.cols
		}
		return
	}
	if !x.closed && p.columns != nil {
		p.after, p.ruler = ln, false
	}
	at := func(i int) []byte {
		if i >= 0 && i < len(cs) {
			return cs[i]
		}
		return nil
	}
	id := at(x.id)
	if id == nil && len(cs) > 0 {
		id = cs[0]
	}
	id = rowID(id)
	if id == nil {
		return
	}
	x.l.Rows = append(x.l.Rows, IndexRow{ID: string(id), Title: string(at(x.title)), Status: word(at(x.status)), Line: ln.n, Span: ln.span})
}

// column finds a column by its name or by what people call it instead.
func column(cols []string, name string) int {
	names := map[string][]string{
		"id":       {"id", "item", "item id", "initiative", "initiative id", "fix id"},
		"title":    {"title", "description", "summary", "item title", "name"},
		"status":   {"status", "state"},
		"priority": {"priority", "prio"},
		"owner":    {"owner", "owner/date"},
		"date":     {"date", "updated", "last updated", "opened"},
		"plan":     {"plan", "plan reference", "working plan"},
	}[name]
	for _, n := range names {
		for i, c := range cols {
			if c == n {
				return i
			}
		}
	}
	return -1
}

// rowID is the ID in a cell: [ID](#anchor), `ID`, **ID** or plain.
func rowID(b []byte) []byte {
	if id, _, _, ok := bracketID(b); ok {
		return id
	}
	if id := bytes.Trim(b, "`*_ "); validID(id) {
		return id
	}
	return nil
}

// item reads "- [ID] Title — Priority: High, Status: done (why)" and "- [ID]
// Title — done".
func (x *indexReader) item(ln line) {
	p := &x.l.index
	if !x.closed && p.columns == nil {
		p.after, p.list = ln, true
	}
	id, title, _, ok := bracketID(ln.text)
	if !ok {
		return
	}
	row := IndexRow{ID: string(id), Line: ln.n, Span: ln.span}
	if i := bytes.Index(title, []byte("Status:")); i >= 0 {
		row.Status = word(title[i+len("Status:"):])
	}
	if i := bytes.Index(title, []byte(" — ")); i >= 0 {
		if row.Status == "" {
			row.Status = word(title[i+len(" — "):])
		}
		title = title[:i]
	}
	row.Title = string(bytes.TrimSpace(title))
	x.l.Rows = append(x.l.Rows, row)
}

// cells splits a row of a table at bars that no backslash escapes (GFM 4.10).
func cells(b []byte) [][]byte {
	b = bytes.TrimPrefix(bytes.TrimSpace(b), []byte("|"))
	var out [][]byte
	start := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '|':
			out = append(out, bytes.TrimSpace(b[start:i]))
			start = i + 1
		}
	}
	if start < len(b) {
		out = append(out, bytes.TrimSpace(b[start:]))
	}
	return out
}

// delimiter reports whether b is the row between a table's head and body.
func delimiter(b []byte) bool {
	return bytes.IndexByte(b, '-') >= 0 && len(bytes.Trim(b, "|-: \t")) == 0
}
