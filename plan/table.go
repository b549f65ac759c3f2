package plan

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

// tables reads every checklist table, in one pass over the lines.
func (r *reader) tables() {
	r.hides = map[int]int{}
	for n, last := 1, r.doc.Index.Lines(); n <= last; {
		if r.doc.Kind(n) != mdspan.Prose {
			n++
			continue
		}
		if h, ok := r.header(n); ok {
			n = r.table(h)
			continue
		}
		r.stray(n, "it belongs to no table with an ID and a State column")
		n++
	}
}

// header is where a table starts.
type header struct {
	line  int // of the header row
	rows  int // line after the delimiter row, or after the header where that is missing
	delim int // number of cells of the delimiter row, 0 without one
	apart bool
	quote int
	at    mdspan.Span
	col   columns
}

func (h header) checklist() bool { return h.col.id >= 0 && h.col.state >= 0 }

// header reads a table's header row at line n. Markdown wants a delimiter row
// right after it; a person recognises a checklist's header without.
func (r *reader) header(n int) (header, bool) {
	at, quote := r.content(n)
	h := header{line: n, rows: n + 2, quote: quote, at: at}
	if !r.has(at, '|') {
		return h, false
	}
	if r.doc.Kind(n+1) == mdspan.Prose {
		h.delim = r.delim(n+1, quote)
	}
	if h.delim == 0 {
		if at.Len() > maxShown || !bytes.Contains(bytes.ToLower(at.Of(r.src)), []byte("stat")) {
			return h, false
		}
		if r.doc.Kind(n+1) == mdspan.Blank && r.doc.Kind(n+2) == mdspan.Prose {
			h.delim, h.apart, h.rows = r.delim(n+2, quote), true, n+3
		}
		if h.delim == 0 {
			h.rows = n + 1
		}
	}
	r.buf = split(r.src, at, nil, r.buf)
	h.col = readHeader(r.src, r.buf)
	if h.delim > 0 && !h.apart && h.delim == h.col.n {
		return h, true
	}
	if !h.checklist() {
		return h, false
	}
	if h.delim > 0 {
		return h, true
	}
	if r.doc.Kind(n+1) != mdspan.Prose {
		return h, false
	}
	next, q := r.content(n + 1)
	r.buf = split(r.src, next, nil, r.buf)
	if q != quote || len(r.buf.at) <= h.col.state {
		return h, false
	}
	_, ok := tokenCell(r.src, r.buf.at[h.col.state], r.tokens)
	return h, ok
}

func (r *reader) delim(n, quote int) int {
	at, q := r.content(n)
	if q != quote || at.Empty() || bytes.IndexByte([]byte("|:-"), r.src[at.Start]) < 0 {
		return 0
	}
	var k int
	k, r.buf = delimiter(r.src, at, r.buf)
	return k
}

// table reads the rows under a header and returns the line to go on at.
func (r *reader) table(h header) int {
	if !h.checklist() {
		return r.other(h)
	}
	t := walk{reader: r, h: h, findings: len(r.p.Findings), md: h.delim == h.col.n && !h.apart, run: true}
	end := t.rows()
	if !t.checklist() {
		r.p.Findings = r.p.Findings[:t.findings]
		t.wordy()
		return t.mdEnd
	}
	if h.delim != h.col.n || h.apart {
		help := "write a delimiter row with a cell for each column right under the header: | " + strings.Repeat("--- | ", h.col.n)
		switch {
		case h.delim == 0:
			r.find(CodeDelimiter, h.at.Start, strings.TrimSpace(help), "the checklist has no delimiter row")
		case h.apart:
			r.find(CodeDelimiter, h.at.Start, "take out the blank line", "a blank line stands between the header and its delimiter row")
		default:
			r.find(CodeDelimiter, h.at.Start, strings.TrimSpace(help), "the header has %d cells and its delimiter row %d", h.col.n, h.delim)
		}
	}
	index := len(r.list)
	for _, task := range t.tasks {
		task.Table = index
	}
	r.list = append(r.list, checklist{line: h.line, quote: h.quote, tasks: t.tasks, end: t.end})
	return end
}

// other passes a table that is no checklist. It says so where cells hold
// state tokens, since a person might take its rows for tasks.
func (r *reader) other(h header) int {
	n, where, ticks := h.rows, -1, 0
	for ; r.doc.Kind(n) == mdspan.Prose; n++ {
		if next, ok := r.header(n); ok && next.checklist() {
			break
		}
		at, _ := r.content(n)
		if !r.has(at, '|') || !r.has(at, '[') {
			continue
		}
		r.buf = split(r.src, at, nil, r.buf)
		for _, c := range r.buf.at {
			if t, ok := tokenCell(r.src, c, r.tokens); ok && r.tokens.State(string(t.Of(r.src))) != Unknown {
				ticks++
				if where < 0 {
					where = t.Start
				}
				break
			}
		}
	}
	switch {
	case ticks == 0:
	case h.col.id >= 0:
		r.find(CodeNoState, h.at.Start, "head the column that holds the tokens State, if these are tasks", "%d rows hold state tokens, but no column is headed State or Status", ticks)
	default:
		f := r.find(CodeNoID, h.at.Start, "add an ID column, if these are tasks", "%d rows hold state tokens, but the table has no ID column", ticks)
		if h.col.taskColumn {
			f.Severity = finding.Warning
		}
	}
	return max(n, h.line+1)
}

// stray reports a line outside every checklist that looks like a row of one.
func (r *reader) stray(n int, why string) bool {
	at, _ := r.content(n)
	if !r.looksLikeRow(at) {
		return false
	}
	r.find(CodeUnreadRow, at.Start, "put it into a checklist table, with no blank line or other text between its rows, if it is a task", "this looks like a checklist row but was not read: %s", why)
	return true
}

// looksLikeRow reports whether a line starts with a pipe and one of its cells
// holds a known state token and nothing else.
func (r *reader) looksLikeRow(at mdspan.Span) bool {
	if at.Empty() || r.src[at.Start] != '|' || !r.has(at, '[') {
		return false
	}
	r.buf = split(r.src, at, nil, r.buf)
	for _, c := range r.buf.at {
		if t, ok := tokenCell(r.src, c, r.tokens); ok && len(r.buf.at) > 1 && r.tokens.State(string(t.Of(r.src))) != Unknown {
			return true
		}
	}
	return false
}

// hidden reports rows that quotation hides although nobody may have meant to
// quote them: in a fence or comment that is never closed, in indented code, or
// in HTML that a blank line was left out after.
func (r *reader) hidden() {
	r.taskLists()
	for _, f := range r.doc.Fences {
		if f.Close == 0 && f.Last == r.doc.Index.Lines() {
			r.unclosed(f.Open, f.Last, "fence", "close the fence: put its marks alone on a line")
		}
		if f.Outer >= 0 {
			at, _ := r.content(f.Open)
			r.find(CodeNestedFence, at.Start, "give the outer fence more marks than any fence inside it", "a fence inside the fence of line %d: Markdown ends that one at the next bare fence", r.doc.Fences[f.Outer].Open)
		}
	}
	html := htmlCells{reader: r}
	defer html.say()
	for _, h := range r.doc.HTML {
		at, _ := r.content(h.Open)
		b := at.Of(r.src)
		if !h.Closed {
			r.unclosed(h.Open, h.Last, "HTML comment or block", "write its end mark")
			continue
		}
		if bytes.HasPrefix(b, []byte("<!")) || bytes.HasPrefix(b, []byte("<?")) || bytes.HasPrefix(bytes.ToLower(b), []byte("<pre")) {
			continue
		}
		for n := h.Open; n <= h.Last; n++ {
			r.stray(n, "Markdown takes it for HTML; leave a blank line after the tag")
			html.line(n)
		}
	}
	for n := 1; n <= r.doc.Index.Lines(); n++ {
		switch {
		case r.doc.Kind(n) == mdspan.Indented:
			r.stray(n, "Markdown takes it for code, because it is indented by four columns or more")
		case r.doc.Kind(n) == mdspan.Fenced && !r.doc.MarkdownQuoted(n):
			r.stray(n, "it stands in a fence that a bare fence inside seems to end")
		}
	}
}

func (r *reader) unclosed(open, last int, what, help string) {
	rows := 0
	for n := open; n <= last; n++ {
		if r.stray(n, "the "+what+" of line "+strconv.Itoa(open)+" is never closed") {
			rows++
		}
	}
	if rows > 0 {
		at, _ := r.content(open)
		r.find(CodeUnclosed, at.Start, help, "this %s is never closed and hides %d lines that look like rows", what, rows)
	}
}
