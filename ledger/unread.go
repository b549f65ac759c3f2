package ledger

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/mdspan"
)

// Under an Attempts History line, people take every dated or numbered item for an attempt. One that is written in a shape
// that is not read counts for no tick and for no number, and they must hear of it.

// unreadItem looks at an item of a list of attempts that became no attempt.
func (r *reader) unreadItem(ln line) {
	if ln.indent > max(r.hist.items, 0) && r.hist.items >= 0 {
		return
	}
	if c, ok := r.claims(ln.text); ok || likeHead(ln.text) {
		r.unread(ln.n, "this item of an attempts list has a date or a number and is not read as an attempt"+taken(c))
	}
}

// taken says that a number is not given again.
func taken(c claim) string {
	if c.number == 0 {
		return ""
	}
	return fmt.Sprintf("; planctl does not give its number, %d, again", c.number)
}

// unreadText looks at a paragraph in bold, or one that begins with a bracket, among attempts.
func (r *reader) unreadText(ln line) {
	if ln.bullet || r.hist == nil || r.att != nil && ln.indent > r.att.indent || !startsBold(ln.text) && (r.blanks == 0 || len(ln.text) == 0 || ln.text[0] != '[') {
		return
	}
	if c, ok := claimed(ln.text); ok && c.headed {
		r.counts(c.number)
		r.unread(ln.n, "this line among attempts has a number and is not read as an attempt"+taken(c))
	}
}

// unreadHeading looks at a heading inside a section that is no attempt.
func (r *reader) unreadHeading(h mdspan.Heading, text []byte) {
	if c, ok := claimed(text); ok && c.headed && r.cur != nil && !r.loose {
		r.counts(c.number)
		r.unread(h.Line, "this heading has a number and is not read as an attempt"+taken(c))
	}
}

// unreadQuote looks at a line that may be an attempt in a block quote, beside the attempts of its list.
func (r *reader) unreadQuote(ln line) {
	if len(ln.text) == 0 || ln.text[0] != '>' || r.hist == nil || r.hist.items >= 0 && ln.indent > r.hist.items {
		return
	}
	b := ln.text
	for len(b) > 0 && (b[0] == '>' || b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	if w := bullet(b); w > 0 {
		b = bytes.TrimLeft(b[w:], " \t")
	}
	if _, ok := readHead(b, shapeItem); ok {
		c, _ := r.claims(b)
		r.unread(ln.n, "this attempt stands in a block quote and is not read"+taken(c))
	}
}

func (r *reader) unread(n int, what string) {
	r.l.Findings = append(r.l.Findings, at(CodeUnreadAttempt, r.l.File, n, 1, what,
		"write * [YYYY-MM-DD] Attempt #N — Result: …, if it is one; a remark stands well below the attempt that it is about"))
}

// tableRow looks at a line of a table: one that begins where attempts are listed may well be a table of attempts. It
// reports whether the line is of a table.
func (r *reader) tableRow(ln line) bool {
	if len(ln.text) == 0 || ln.text[0] != '|' {
		r.sayRows()
		return false
	}
	if r.rows.open = r.rows.open || r.hist != nil && r.att == nil; !r.rows.open || delimiter(ln.text) {
		return true
	}
	for _, c := range cells(ln.text) {
		if len(c) > 1 && c[0] == '#' && digit(c[1]) {
			if n, _, ok := readNumber(c[1:]); ok {
				r.counts(n)
			}
		} else if _, ok := r.claims(c); !ok && !likeHead(c) {
			continue
		}
		if r.rows.n++; r.rows.n == 1 {
			r.rows.first = ln.n
		}
		break
	}
	return true
}

// tableRows is the rows of a table of attempts, so far.
type tableRows struct {
	open     bool
	n, first int
}

func (r *reader) sayRows() {
	if n := r.rows.n; n > 0 {
		what := "a row of a table below an attempts line has a date or a number and is not read as an attempt"
		if n > 1 {
			what = fmt.Sprintf("%d rows of a table below an attempts line have a date or a number and are not read as attempts", n)
		}
		r.unread(r.rows.first, what)
	}
	r.rows = tableRows{}
}

// likeHead reports whether a text begins as attempts do: with a day, or with a word and a number, Try #8.
func likeHead(text []byte) bool {
	b, _ := trimDecoration(text)
	b = bytes.TrimLeft(b, "[(")
	b, _ = trimDecoration(b)
	return dayAt(b) || numberedWord(b)
}

// dayAt reports whether b starts with a day: 2025-01-08, 2025/1/8, 8.1.2025, 01/08/2025.
func dayAt(b []byte) bool {
	if _, n := dateAt(b); n > 0 {
		return true
	}
	var n [3]int // digits of each number
	i := 0
	var sep byte
	for k := range n {
		for i < len(b) && digit(b[i]) {
			n[k]++
			i++
		}
		if k == 2 {
			break
		}
		if i == len(b) || b[i] != '.' && b[i] != '/' && b[i] != '-' || k == 1 && b[i] != sep {
			return false
		}
		sep = b[i]
		i++
	}
	short := func(k int) bool { return n[k] == 1 || n[k] == 2 }
	if i < len(b) && (wordByte(b[i]) || b[i] == sep && i+1 < len(b) && wordByte(b[i+1])) {
		return false
	}
	return short(1) && (n[0] == 4 && short(2) || short(0) && n[2] == 4)
}

// numberedWord reports whether b starts with one word and a number after #, No. or Nr.
func numberedWord(b []byte) bool {
	n := 0
	for n < len(b) && n < maxKey {
		c, size := utf8.DecodeRune(b[n:])
		if !unicode.IsLetter(c) {
			break
		}
		n += size
	}
	rest := bytes.TrimLeft(b[n:], " \t\u00a0*_")
	if n == 0 {
		return false
	}
	for _, mark := range []string{"#", "No.", "no.", "Nr.", "nr.", "№"} {
		if after, ok := bytes.CutPrefix(rest, []byte(mark)); ok {
			after = bytes.TrimLeft(after, " ")
			return len(after) > 0 && digit(after[0])
		}
	}
	return false
}
