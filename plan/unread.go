package plan

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

// A person counts the rows of tables that are no checklists here: their states are words, or they are written in HTML.
// Nothing of that is read, and somebody who thinks that it is must hear of it.

// wordy reports a table that has a checklist's columns and whose State column holds words or signs. Without a column for
// the task it may as well be one of measurements, so that it is a note, and only below a heading of a phase.
func (t *walk) wordy() {
	var says []string
	rows := 0
	for _, task := range t.tasks {
		if task.ID == "" || task.Token == "" {
			continue
		}
		rows++
		if s := strings.TrimSpace(task.Token); len(says) < 3 && len(s) <= 40 && !slices.Contains(says, s) {
			says = append(says, s)
		}
	}
	plain := t.brackets > 0 || t.h.col.taskColumn
	if rows == 0 || !plain && !t.belowPhase(t.h.line) {
		return
	}
	like := ""
	if len(says) > 0 {
		like = " (it says " + strings.Join(says, ", ") + ")"
	}
	f := t.find(CodeNoTokens, t.h.at.Start, "write tokens such as [ ] and [x] in the State column, if these are tasks",
		"the %s column holds no state token%s, so the table was not read as a checklist and its %d rows are not counted", strings.TrimSpace(t.h.col.names[t.h.col.state]), like, rows)
	if !plain {
		f.Severity = finding.Note
	}
}

// belowPhase reports whether line n stands in the section of a heading that names a phase.
func (r *reader) belowPhase(n int) bool {
	if r.up == nil {
		r.up = r.parents()
	}
	k, _ := slices.BinarySearchFunc(r.heads, n, func(h head, n int) int { return h.Line - n })
	return k > 0 && r.phaseOf(k-1, r.up) >= 0
}

// htmlCells looks at the cells of tables in HTML.
type htmlCells struct {
	*reader
	tokens, first int // cells that hold a state token alone, and the place of the first
	id, state     bool
	head          int  // the place of the first header cell
	comment       bool // the line before opened a comment and did not close it
}

// line looks at line n, which is HTML and no comment.
func (h *htmlCells) line(n int) {
	at := h.doc.Index.Line(n)
	for off := at.Start; off < at.End; {
		if h.comment {
			i := bytes.Index(h.src[off:at.End], []byte("-->"))
			if i < 0 {
				return
			}
			off, h.comment = off+i, false
		}
		i := bytes.IndexByte(h.src[off:at.End], '<')
		if i < 0 {
			return
		}
		tag := off + i
		off = tag + 1
		b := h.src[tag:at.End]
		if h.comment = bytes.HasPrefix(b, []byte("<!--")); h.comment {
			off += len("!--")
			continue
		}
		if len(b) < 4 || b[1]|0x20 != 't' || b[3] != '>' && b[3] != ' ' {
			continue
		}
		open := bytes.IndexByte(b, '>')
		if open < 0 {
			return
		}
		text := b[open+1:]
		if end := bytes.IndexByte(text, '<'); end >= 0 {
			text = text[:end]
		}
		h.cell(b[2]|0x20, tag, mdspan.Span{Start: tag + open + 1, End: tag + open + 1 + len(text)})
	}
}

func (h *htmlCells) cell(kind byte, tag int, text mdspan.Span) {
	switch kind {
	case 'd':
		if t, ok := tokenCell(h.src, text, h.reader.tokens); ok && h.reader.tokens.State(string(t.Of(h.src))) != Unknown {
			if h.tokens++; h.tokens == 1 {
				h.first = tag
			}
		}
	case 'h':
		name := words(bytes.TrimSpace(text.Of(h.src)))
		if (name == "id" || stateName(name)) && !h.id && !h.state {
			h.head = tag
		}
		h.id, h.state = h.id || name == "id", h.state || stateName(name)
	}
}

// say speaks of them, once.
func (h *htmlCells) say() {
	const help = "write the table in Markdown, with an ID and a State column, if its rows are tasks"
	switch {
	case h.tokens > 0:
		cells := "a cell of a table in HTML holds a state token"
		if h.tokens > 1 {
			cells = fmt.Sprintf("%d cells of tables in HTML hold state tokens", h.tokens)
		}
		h.find(CodeUnreadRow, h.first, help, "%s: only tables in Markdown are read", cells)
	case h.id && h.state:
		h.find(CodeUnreadRow, h.head, help, "a table in HTML is headed ID and State or Status: only tables in Markdown are read").Severity = finding.Note
	}
}
