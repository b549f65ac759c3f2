package ledger

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// shape is the form in which an attempt stands. The zero value means not known.
type shape uint8

const (
	shapeItem      shape = iota + 1 // a list item
	shapeParagraph                  // a paragraph that starts with **Attempt #1**
	shapeHeading
)

// head is what the first line of an attempt says.
type head struct {
	number   int
	numbered bool
	date     string
	dated    bool // it names a date, though perhaps one that is not in the calendar
	bold     bool
	stamp    bool   // it starts with a day and a time, and says no Attempt: one in an attempts list alone
	firm     bool   // it starts with a date in square brackets: an attempt whatever follows
	rest     []byte // what follows "Attempt #N"
}

// readHead reads the first line of an attempt: text has no bullet and no #
// marks. It reports false for sentences that merely mention an attempt, and
// for templates such as [YYYY-MM-DD] Attempt #1.
func readHead(text []byte, sh shape) (head, bool) {
	var h head
	b, bold := trimDecoration(text)
	h.bold = bold
	if sh == shapeHeading {
		if _, _, after, ok := bracketID(b); ok {
			b, _ = trimDecoration(trimSeparator(after))
		}
	}
	if len(b) == 0 {
		return h, false
	}
	switch {
	case b[0] == '[' || b[0] == '(':
		close := bytes.IndexByte(b[:min(len(b), maxStamp)], closing(b[0]))
		if close < 0 {
			return h, false
		}
		in := b[1:close]
		if !year(in) {
			return h, false // a template, a link
		}
		h.date, h.dated = leadingDate(in), true
		h.firm = b[0] == '['
		b = b[close+1:]
	case b[0] >= '0' && b[0] <= '9':
		d, n := dateAt(b)
		if n == 0 {
			return h, false
		}
		h.date, h.dated = d, true
		stamp := b[n:]
		b = skipStamp(stamp)
		h.stamp = sh == shapeItem && d != "" && clock(stamp[:len(stamp)-len(b)])
	}
	if h.dated {
		b = trimSeparator(b)
		var again bool
		b, again = trimDecoration(b)
		h.bold = h.bold || again
	}
	const word = "attempt"
	if len(b) < len(word) || !bytes.EqualFold(b[:len(word)], []byte(word)) {
		h.rest = b
		return h, h.stamp && len(b) > 0
	}
	h.stamp = false
	b = b[len(word):]
	after := bytes.TrimLeft(b, " \t\u00a0")
	spaced := len(after) < len(b)
	hash := len(after) > 0 && after[0] == '#'
	digits := after
	if hash {
		digits = bytes.TrimLeft(after[1:], " ")
	}
	if v, rest, ok := readNumber(digits); ok && (hash || spaced) {
		h.number, h.numbered, h.rest = v, true, rest
		return h, h.firm || h.strict(sh)
	}
	// [2025-10-05] Attempt — Result: …, without a number.
	if hash || !h.dated {
		return h, false
	}
	h.rest = b
	rest := bytes.TrimLeft(after, "*_ ")
	return h, len(rest) == 0 || separator(rest) > 0 || rest[0] == '('
}

// Limits that keep a hostile line from being taken for a head.
const (
	maxStamp  = 64 // bytes from [ to ]
	maxDigits = 9
)

// strict is the test of a numbered head without a bracketed date: what follows
// the number must be a bracket, an end of emphasis, a separator or the end, or
// else this is a sentence.
func (h *head) strict(sh shape) bool {
	b := h.rest
	for {
		b = bytes.TrimLeft(b, " \t*_")
		if len(b) == 0 || b[0] != '(' && b[0] != '[' {
			break
		}
		close := bytes.IndexByte(b, closing(b[0]))
		if close < 0 {
			return false
		}
		if !h.dated {
			h.date = findDate(b[1:close])
			h.dated = h.date != ""
		}
		b = b[close+1:]
	}
	if len(b) == 0 {
		return true
	}
	if n := separator(b); n > 0 {
		if next := bytes.TrimLeft(b[n:], " "); len(next) < len(b[n:]) || len(next) == 0 || sh == shapeHeading || next[0] == '*' {
			if !h.dated {
				if in := bytes.TrimLeft(next, "[(*_ "); len(in) > 0 {
					if d, n := dateAt(in); n > 0 {
						h.date, h.dated = d, d != ""
					}
				}
			}
			return len(next) == 0 || next[0] != '#' // no range: #3 – #5
		}
	}
	return false
}

func closing(open byte) byte {
	if open == '(' {
		return ')'
	}
	return ']'
}

// separator is the length of a colon, dash or bar at the start of b, 0 without.
func separator(b []byte) int {
	r, n := utf8.DecodeRune(b)
	switch r {
	case ':', '—', '–', '-', '|', '→', '·':
		return n
	}
	return 0
}

func trimSeparator(b []byte) []byte {
	for {
		b = bytes.TrimLeft(b, " \t")
		n := separator(b)
		if n == 0 {
			return b
		}
		b = b[n:]
	}
}

// trimDecoration takes emphasis, check boxes and signs such as ✅ off the start
// of a line, and reports whether it is bold.
func trimDecoration(b []byte) (rest []byte, bold bool) {
	for len(b) > 0 {
		switch {
		case bytes.HasPrefix(b, []byte("**")), bytes.HasPrefix(b, []byte("__")):
			b, bold = b[2:], true
		case b[0] == '*' || b[0] == '_' || b[0] == ' ' || b[0] == '\t' || b[0] == '~':
			b = b[1:]
		case len(b) > 3 && b[0] == '[' && b[2] == ']' && b[3] == ' ':
			b = b[4:]
		case b[0] < utf8.RuneSelf:
			return b, bold
		default:
			r, n := utf8.DecodeRune(b)
			if r == utf8.RuneError || !unicode.Is(unicode.So, r) && r != 0xFE0F && r != 0x200D && r != 0xFEFF && r != 0xA0 {
				return b, bold
			}
			b = b[n:]
		}
	}
	return b, bold
}

// dateAt reads 2025-10-19 (with ASCII or non-breaking hyphens) or 20251019T… at
// the start of b. n is 0 where there is none; the date is "" where it is not in
// the calendar.
func dateAt(b []byte) (date string, n int) {
	var d [8]byte
	k, i := 0, 0
	for k < 8 && i < len(b) {
		if b[i] >= '0' && b[i] <= '9' {
			d[k] = b[i]
			k++
			i++
			continue
		}
		h := hyphen(b[i:])
		if h == 0 || k != 4 && k != 6 {
			return "", 0
		}
		i += h
	}
	if k < 8 || i != 8 && i < 10 || i < len(b) && (b[i] >= '0' && b[i] <= '9') {
		return "", 0
	}
	if i == 8 && (len(b) <= 8 || b[8] != 'T') {
		return "", 0 // eight digits alone may be anything
	}
	s := string(d[:4]) + "-" + string(d[4:6]) + "-" + string(d[6:])
	if !realDate(s) {
		return "", i
	}
	return s, i
}

// hyphen is the length of an ASCII hyphen, U+2010 or U+2011 at the start of b.
func hyphen(b []byte) int {
	if b[0] == '-' {
		return 1
	}
	if len(b) >= 3 && b[0] == 0xE2 && b[1] == 0x80 && (b[2] == 0x90 || b[2] == 0x91) {
		return 3
	}
	return 0
}

func realDate(s string) bool {
	m := int(s[5]-'0')*10 + int(s[6]-'0')
	d := int(s[8]-'0')*10 + int(s[9]-'0')
	if m < 1 || m > 12 || d < 1 {
		return false
	}
	days := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m-1]
	if y, _ := strconv.Atoi(s[:4]); m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		days++
	}
	return d <= days
}

func leadingDate(b []byte) string {
	d, _ := dateAt(b)
	return d
}

// year reports whether b starts with four digits and no more.
func year(b []byte) bool {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n == 4 || n == 8
}

// findDate is the first date anywhere in b.
func findDate(b []byte) string {
	for i := 0; i+10 <= len(b); i++ {
		if b[i] < '0' || b[i] > '9' || i > 0 && b[i-1] >= '0' && b[i-1] <= '9' {
			continue
		}
		if d, _ := dateAt(b[i:]); d != "" {
			return d
		}
	}
	return ""
}

// clock reports a time of day as stamps have it behind their day: T052920Z, T05:29:20Z.
func clock(b []byte) bool {
	b = bytes.TrimRight(b, " :")
	if len(b) < len("T0529Z") || b[0] != 'T' || b[len(b)-1] != 'Z' {
		return false
	}
	digits := bytes.ReplaceAll(b[1:len(b)-1], []byte(":"), nil)
	return (len(digits) == 4 || len(digits) == 6) && !bytes.ContainsFunc(digits, func(c rune) bool { return c < '0' || c > '9' })
}

// skipStamp drops a time of day after a date: " 14:30 UTC", "T052920Z".
func skipStamp(b []byte) []byte {
	i := 0
	for i < len(b) && i < 24 && (b[i] >= '0' && b[i] <= '9' || bytes.IndexByte([]byte(" :.TZUC+"), b[i]) >= 0) {
		i++
	}
	return b[i:]
}

// bracketID reads [ID] at the start of a heading's text, with the target of a
// link behind it.
func bracketID(b []byte) (id, title, after []byte, ok bool) {
	b, _ = trimDecoration(b)
	if len(b) < 4 || b[0] != '[' {
		return nil, nil, nil, false
	}
	close := bytes.IndexByte(b[:min(len(b), maxID)], ']')
	if close < 0 {
		return nil, nil, nil, false
	}
	id = bytes.Trim(b[1:close], "`*_")
	if !validID(id) {
		return nil, nil, nil, false
	}
	after = b[close+1:]
	if len(after) > 0 && after[0] == '(' {
		if p := bytes.IndexByte(after, ')'); p >= 0 {
			after = after[p+1:]
		}
	}
	after = bytes.TrimLeft(after, "*_~")
	title = bytes.TrimSpace(bytes.TrimRight(trimSeparator(after), "*_~ "))
	return id, title, after, true
}

// maxID is the longest ID with its brackets, in bytes.
const maxID = 130

// validID reports whether b can be an initiative's ID: two characters or more,
// no space, a letter, not a date.
func validID(b []byte) bool {
	if len(b) < 2 || len(b) > maxID-2 {
		return false
	}
	letter := false
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && n == 1, unicode.IsSpace(r), unicode.IsControl(r):
			return false
		case unicode.IsLetter(r):
			letter = true
		case r == '[' || r == ']' || r == '(' || r == ')' || r == '`' || r == '|' || r == '<' || r == '>' || r == '!' || r == '^':
			return false
		}
		i += n
	}
	if _, n := dateAt(b); n > 0 {
		return false
	}
	return letter && !bytes.ContainsAny(b[:1], "-./#")
}
