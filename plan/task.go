package plan

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

// task reads the cells of a row at line n: a group label, the continuation of
// the row above, or a task. md says that Markdown reads the row too.
func (t *walk) task(n int, at mdspan.Span, c cells, md bool) {
	col := t.h.col
	id := idIn(t.src, cell(c, col.id))
	state := cell(c, col.state)
	toks := tokensIn(t.src, state, t.tokens)
	if len(toks) == 0 && t.label(at, c, id) {
		return
	}
	if !namesRow(id.Of(t.src)) {
		id.End = id.Start
	}
	task := &Task{
		ID: string(id.Of(t.src)), IDSpan: id, Line: n,
		RowSpan: mdspan.Span{Start: at.Start, End: at.End},
	}
	spans := t.spans(at)
	t.fields(task, c, at, spans)
	t.warnMarkdown(n, at, md, task.ID)
	switch extra := len(c.at) - col.n; {
	case t.shifted(c, at, spans, toks, extra):
		t.lost(task, c, at, spans)
	case len(toks) == 0 && state.Empty():
		t.bad(task, CodeMissingState, rowPlace(at, state), "write a state token: "+t.allTokens(), "row %s has no state", shownID(task.ID))
	case len(toks) == 0:
		task.TokenSpan, task.Token = state, string(state.Of(t.src))
		t.bad(task, CodeUnknownToken, state.Start, "write a state token: "+t.allTokens(), "%.40q is no state token", state.Of(t.src))
	case len(toks) > 1:
		t.known = t.known || t.anyKnown(toks)
		task.TokenSpan, task.Token = toks[0], string(toks[0].Of(t.src))
		t.bad(task, CodeTwoTokens, toks[1].Start, "leave one token in the State cell", "the State cell holds %d tokens: %s", len(toks), t.join(toks))
	default:
		t.token(task, state, toks[0])
		if extra > 0 {
			t.extra(c, spans, extra, task.ID)
		}
	}
	if t.struck(task, cell(c, col.id)) {
		task.Struck = true
		t.find(CodeStruckRow, rowPlace(at, state), "write [-] if the task was dropped, or take the strike-through away", "row %s is struck out, and its state says %s", shownID(task.ID), task.State).Task = task.ID
	}
	task.Editable = task.Problem == ""
	if task.ID == "" {
		t.bad(task, CodeMissingID, rowPlace(at, id), "give the row an ID that no other row of the plan has", "a row with a state has no ID")
		task.Editable = false
	}
	t.tasks = append(t.tasks, task)
}

// namesRow reports whether an ID cell says an ID: a dash is how people leave a cell empty.
func namesRow(id []byte) bool {
	return bytes.ContainsFunc(id, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) })
}

// struck reports an open row whose ID or whole description a person has struck through.
func (t *walk) struck(task *Task, id mdspan.Span) bool {
	if task.State != Todo && task.State != Active && task.State != Blocked {
		return false
	}
	over := func(b []byte) bool {
		b = bytes.TrimSpace(b)
		return len(b) > 4 && bytes.HasPrefix(b, []byte("~~")) && bytes.HasSuffix(b, []byte("~~")) && bytes.Count(b, []byte("~~")) == 2
	}
	for range maxMarks { // the strike-through may stand within marks
		if next := unmarked(t.src, id); !over(id.Of(t.src)) && next != id {
			id = trim(t.src, next)
			continue
		}
		break
	}
	return over(id.Of(t.src)) || over([]byte(task.Description))
}

// rowPlace is where a cell is, or the row where the cell is not there.
func rowPlace(row, cell mdspan.Span) int {
	if cell.Start == 0 {
		return row.Start
	}
	return cell.Start
}

// number is "1 cell" or "2 cells".
func number(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func shownID(id string) string {
	if id == "" {
		return "without ID"
	}
	return id
}

// label passes rows without a token that are no tasks: a group label, which
// fills one cell, and a row that has neither ID nor state.
func (t *walk) label(at mdspan.Span, c cells, id mdspan.Span) bool {
	filled := 0
	for _, s := range c.at {
		if !s.Empty() {
			filled++
		}
	}
	alone := filled == 1 && !cell(c, 0).Empty()
	switch {
	case alone && len(c.at) == 1 && looksID(idIn(t.src, c.at[0]).Of(t.src)):
		t.find(CodeUnreadRow, at.Start, "fill the row's cells, if it is a task", "this looks like a row with an ID and nothing else: it was taken for a group label")
		return true
	case alone && !looksID(id.Of(t.src)):
		if len(c.at) < t.h.col.n {
			t.find(CodeGroupRow, at.Start, "fill the row with empty cells, or make the label a heading", "the group label %.60q stands in a row of %s, in a table of %s", c.at[0].Of(t.src), number(len(c.at), "cell"), number(t.h.col.n, "column"))
		}
		return true
	case id.Empty() && cell(c, t.h.col.state).Empty():
		if !t.stray(t.lineAt(at.Start), "it has neither an ID nor a state") {
			t.find(CodeWrappedCell, at.Start, "write the cell on one line, with <br> for line breaks", "a row with neither ID nor state: it is read as a continuation of the row above")
		}
		return true
	}
	return false
}

func (t *walk) lineAt(off int) int { n, _ := t.p.Index.Pos(off); return n }

func (t *walk) spans(at mdspan.Span) []mdspan.Span {
	if !t.has(at, '`') {
		return nil
	}
	return codeSpans(t.src, at)
}

// shifted reports that counting from the left does not find the State cell for
// certain: a bare pipe in a code span before it, a code span that reaches into
// it where the row has its columns with that pipe left out, or another cell,
// within reach of the cells that are too many, that holds a token as well or
// instead.
func (t *walk) shifted(c cells, at mdspan.Span, spans []mdspan.Span, toks []mdspan.Span, extra int) bool {
	k := t.h.col.state
	if extra > 0 && len(spans) > 0 && k < len(c.at) {
		if aware := split(t.src, at, spans, cells{}); len(aware.at) == t.h.col.n && aware.at[k].Start != c.at[k].Start {
			return true
		}
	}
	end := len(c.pipes)
	if k < len(c.at) {
		end = min(end, k)
	}
	j := 0
	for _, p := range c.pipes[:end] {
		for j < len(spans) && spans[j].End <= p {
			j++
		}
		if j < len(spans) && spans[j].Start < p && (k >= len(c.at) || spans[j].End <= c.at[k].Start || len(toks) == 0) {
			return true
		}
	}
	for i := k + 1; i <= k+extra && i < len(c.at); i++ {
		if _, ok := tokenCell(t.src, c.at[i], t.tokens); ok {
			return true
		}
	}
	return false
}

// lost reports a State cell that cannot be found by counting. What a person
// would take for the token is kept, for display only: the state stays unknown.
func (t *walk) lost(task *Task, c cells, at mdspan.Span, spans []mdspan.Span) {
	k := t.h.col.state
	aware := split(t.src, at, spans, cells{})
	if tok, ok := tokenCell(t.src, cell(aware, k), t.tokens); ok && len(aware.at) < len(c.at) {
		task.TokenSpan = tok
	} else {
		found := 0
		for i := k; i < len(c.at); i++ {
			if tok, ok := tokenCell(t.src, c.at[i], t.tokens); ok {
				found++
				task.TokenSpan = tok
			}
		}
		if found != 1 {
			task.TokenSpan = mdspan.Span{}
		}
	}
	task.Token = string(task.TokenSpan.Of(t.src))
	if t.tokens.State(task.Token) != Unknown {
		t.known = true
	}
	t.bad(task, CodeStateCell, t.barePipe(c, spans), `write \| for a | that does not separate cells`, "the State cell of row %s cannot be found by counting: a bare | stands before it", shownID(task.ID))
}

// barePipe is where a pipe that was not meant to separate cells stands: the
// first in a code span, else the first that is too many.
func (t *walk) barePipe(c cells, spans []mdspan.Span) int {
	j := 0
	for _, p := range c.pipes {
		for j < len(spans) && spans[j].End <= p {
			j++
		}
		if j < len(spans) && spans[j].Start < p {
			return p
		}
	}
	if n := min(t.h.col.n, len(c.pipes)) - 1; n >= 0 {
		return c.pipes[n]
	}
	return c.at[0].Start
}

func (t *walk) extra(c cells, spans []mdspan.Span, extra int, id string) {
	t.find(CodeExtraCells, t.barePipe(c, spans), `write \| for a | that does not separate cells`, "row %s has %s more than the table's %s: Markdown drops what stands after the last", shownID(id), number(extra, "cell"), number(t.h.col.n, "column")).Task = id
}

// token reads a State cell that holds one token.
func (t *walk) token(task *Task, state, tok mdspan.Span) {
	task.TokenSpan, task.Token = tok, string(tok.Of(t.src))
	task.State = t.tokens.State(task.Token)
	if task.State != Unknown {
		t.known = true
		t.besides(task, state, tok)
		return
	}
	if _, ok := tokenCell(t.src, state, t.tokens); ok && strings.Trim(task.Token, "[]0123456789") != "" {
		t.brackets++
	}
	help := "write one of " + t.allTokens() + ", or add the token to `tokens:` in the configuration"
	if near := t.tokens.near(task.Token); near != "" {
		help = "write " + near + ", or add the token to `tokens:` in the configuration"
	}
	t.bad(task, CodeUnknownToken, tok.Start, help, "%s is no state token that is known", task.Token)
}

func (t *walk) anyKnown(toks []mdspan.Span) bool {
	for _, s := range toks {
		if t.tokens.State(string(s.Of(t.src))) != Unknown {
			return true
		}
	}
	return false
}

func (t *walk) join(toks []mdspan.Span) string {
	var out []string
	for _, s := range toks[:min(len(toks), 4)] {
		out = append(out, string(s.Of(t.src)))
	}
	return strings.Join(out, " ")
}

func (r *reader) allTokens() string {
	if r.help == "" {
		var out []string
		for _, s := range States() {
			out = append(out, r.tokens.Of(s)[0])
		}
		r.help = strings.Join(out, " ")
	}
	return r.help
}

// bad reports a finding that makes a row uneditable.
func (r *reader) bad(task *Task, code finding.Code, at int, help, format string, args ...any) {
	f := r.find(code, at, help, format, args...)
	f.Task = task.ID
	task.Editable = false
	if task.Problem == "" {
		task.Problem = fmt.Sprintf(format, args...)
	}
}

// fields fills in the description, the guidance and the command. Where a row
// has too many cells, the guidance takes what Markdown would drop.
func (t *walk) fields(task *Task, c cells, at mdspan.Span, spans []mdspan.Span) {
	col := t.h.col
	get := func(i int) mdspan.Span { return cell(c, i) }
	if extra := len(c.at) - col.n; extra > 0 {
		aware := split(t.src, at, spans, cells{})
		switch {
		case len(spans) > 0 && len(aware.at) == col.n:
			get = func(i int) mdspan.Span { return cell(aware, i) }
		case col.guidance > col.state:
			get = func(i int) mdspan.Span {
				switch {
				case i == col.guidance:
					return mdspan.Span{Start: c.at[i].Start, End: c.at[i+extra].End}
				case i > col.guidance:
					return c.at[i+extra]
				}
				return cell(c, i)
			}
		}
	}
	set := func(i int, text *string, span *mdspan.Span) {
		if s := get(i); i >= 0 && s.End > 0 {
			*span, *text = s, string(s.Of(t.src))
		}
	}
	set(col.description, &task.Description, &task.DescriptionSpan)
	set(col.guidance, &task.Guidance, &task.GuidanceSpan)
	set(col.command, &task.Command, &task.CommandSpan)
	if col.waits >= 0 {
		task.Waits, task.WaitsColumn = string(get(col.waits).Of(t.src)), col.names[col.waits]
	}
}
