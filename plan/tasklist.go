package plan

import (
	"bytes"
	"fmt"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

// taskLists says, once, that items of task lists (GFM 5.3) are no tasks here: a person may well count them. Where items
// begin with an ID, somebody meant them as rows, and it is a warning.
func (r *reader) taskLists() {
	items, named, first, id := 0, 0, 0, ""
	for n := 1; n <= r.doc.Index.Lines(); n++ {
		if r.doc.Kind(n) != mdspan.Prose {
			continue
		}
		at, _ := r.content(n)
		text, ok := r.taskItem(at.Of(r.src))
		if !ok {
			continue
		}
		if items++; items == 1 {
			first = at.Start
		}
		if name := itemID(text); name != nil {
			if named++; named == 1 {
				id = string(name)
			}
		}
	}
	if items == 0 {
		return
	}
	what, help := "an item of a task list is no task", "write a row of a checklist table with an ID, if it is a task"
	if items > 1 {
		what, help = fmt.Sprintf("%d items of task lists are no tasks", items), "write rows of a checklist table with IDs, if they are tasks"
	}
	switch {
	case named == 0:
	case items == 1:
		what += ", although it has an ID, " + id
	default:
		what += fmt.Sprintf(", %d of them with an ID such as %s", named, id)
	}
	f := r.find(CodeTaskList, first, help, "%s: only rows of checklist tables are counted", what)
	if named > 0 {
		f.Severity = finding.Warning
	}
}

// taskItem reads a list item that begins with a state token, up to four spaces after its bullet, and gives what follows.
func (r *reader) taskItem(b []byte) (text []byte, ok bool) {
	w := listMarker(b)
	if w == 0 {
		return nil, false
	}
	b = b[w:]
	for i := 0; i < 3 && len(b) > 0 && b[0] == ' '; i++ {
		b = b[1:]
	}
	end := bytes.IndexByte(b[:min(len(b), maxToken+2)], ']')
	if end < 0 || b[0] != '[' || r.tokens.State(string(b[:end+1])) == Unknown {
		return nil, false
	}
	text = b[end+1:]
	if len(text) > 0 && bytes.IndexByte([]byte(" \t*_~`"), text[0]) < 0 {
		return nil, false // a link, or a word
	}
	return text, true
}

// maxItemID is the longest ID that is looked for in an item, in bytes.
const maxItemID = 24

// itemID is the ID that an item begins with: A2:, **1.1**, P0.1 —. A day is none, and neither is a number that is followed
// by what it counts.
func itemID(b []byte) []byte {
	b = bytes.TrimLeft(b, " \t")
	bold := bytes.HasPrefix(b, []byte("**")) || bytes.HasPrefix(b, []byte("__"))
	if bold {
		b = b[2:]
	}
	n := 0
	for n < len(b) && n <= maxItemID && (alnum(b[n]) || b[n] == '-' || b[n] == '.' || b[n] == '_') {
		n++
	}
	id := bytes.TrimRight(b[:n], "._-")
	rest := b[len(id):]
	if !looksID(id) || len(id) > maxItemID || id[0] >= 'a' && id[0] <= 'z' || day(id) {
		return nil
	}
	switch {
	case bold && (bytes.HasPrefix(rest, []byte("**")) || bytes.HasPrefix(rest, []byte("__"))):
	case bytes.HasPrefix(rest, []byte(": ")), bytes.HasPrefix(rest, []byte(":**")), bytes.HasPrefix(rest, []byte(" — ")), bytes.HasPrefix(rest, []byte(" – ")):
	default:
		return nil
	}
	return id
}

// day reports whether b is 2025-10-05.
func day(b []byte) bool {
	if len(b) != 10 || b[4] != '-' || b[7] != '-' {
		return false
	}
	for i, c := range b {
		if i != 4 && i != 7 && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
