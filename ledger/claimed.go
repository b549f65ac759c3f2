package ledger

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// A number that stands in an attempts list is taken, whether or not the shape around it is read: one that planctl gave again
// would name two attempts.

// claim is the number that a text claims for an attempt near its beginning.
type claim struct {
	number int  // the highest it names, 0 where it is none that counts
	headed bool // something like a date or an ID stands before the word
}

// maxClaim bounds the numbers that count: Attempt-20251022 is a day.
const maxClaim = 99999

// claimed reads a text that says Attempt and a number near its beginning, in whatever shape: [Oct 22, 2025] Attempt #12,
// `W43` Attempt-12, Attempt number 12. It reports false for sentences and for templates.
func claimed(text []byte) (claim, bool) {
	var c claim
	b := firstBytes(text, 160)
	for {
		b, _ = trimDecoration(b)
		b, _ = trimDecoration(bytes.TrimLeft(b, "`'\"\u00a0 "))
		if len(b) == 0 {
			return c, false
		}
		if rest, ok := afterWord(b); ok {
			return c, c.read(rest)
		}
		n := headPart(b)
		if n == 0 {
			return c, false
		}
		c.headed = c.headed || separator(b) == 0
		b = b[n:]
	}
}

// headPart is the length of what may stand before Attempt: a tag, a bracket with a link's target, a sign, or a word of a date; 0
// for anything else.
func headPart(b []byte) int {
	switch b[0] {
	case '[', '(', '<':
		end := closing(b[0])
		if b[0] == '<' {
			end = '>'
		}
		n := bytes.IndexByte(b, end)
		if n < 0 || template(b[1:n]) {
			return 0
		}
		if n++; b[0] == '[' && n < len(b) && b[n] == '(' {
			if p := bytes.IndexByte(b[n:], ')'); p >= 0 {
				n += p + 1
			}
		}
		return n
	case ',', '.', ';', '/', ')', ']':
		return 1
	}
	if n := separator(b); n > 0 {
		return n
	}
	n := 0
	for n < len(b) {
		r, size := utf8.DecodeRune(b[n:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && (n == 0 || r != '-' && r != '.' && r != '/' && r != ':') {
			break
		}
		n += size
	}
	if n > 0 && n <= 24 && (bytes.ContainsFunc(b[:n], unicode.IsDigit) || dateWord(b[:n])) {
		return n
	}
	return 0
}

// template reports what a person is to fill in.
func template(in []byte) bool {
	return bytes.Contains(bytes.ToUpper(in), []byte("YYYY")) || bytes.EqualFold(in, []byte("date")) || bytes.ContainsAny(in, "…<{")
}

// dateWord reports a word of which dates are made.
func dateWord(b []byte) bool {
	w := string(bytes.ToLower(bytes.TrimRight(b, ".:-/")))
	switch w {
	case "utc", "gmt", "z", "am", "pm", "week", "day", "sept":
		return true
	}
	for _, name := range [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		if w == name || w == name[:3] {
			return true
		}
	}
	return false
}

// afterWord is what follows the word Attempt at the start of b.
func afterWord(b []byte) (rest []byte, ok bool) {
	const word = "attempt"
	if len(b) < len(word) || !bytes.EqualFold(b[:len(word)], []byte(word)) {
		return nil, false
	}
	b = b[len(word):]
	if len(b) > 0 && b[0]|0x20 == 's' {
		b = b[1:]
	}
	r, _ := utf8.DecodeRune(b)
	return b, !unicode.IsLetter(r)
}

// read takes the number after the word Attempt, of a range its end: #12, -12, No. 12, number 12, #12-14, #12/13, #12–#14.
func (c *claim) read(b []byte) bool {
	if len(b) > 1 && b[0] == '-' && digit(b[1]) {
		b = b[1:]
	} else {
		b = bytes.TrimLeft(b, " \t\u00a0*_`")
		for _, w := range [...]string{"number", "num", "no", "nr", "№"} {
			if len(b) > len(w) && bytes.EqualFold(b[:len(w)], []byte(w)) && !unicode.IsLetter(rune(b[len(w)])) {
				b = bytes.TrimLeft(b[len(w):], ". :")
				break
			}
		}
		b = bytes.TrimLeft(bytes.TrimPrefix(b, []byte("#")), " ")
	}
	if len(b) == 0 || !digit(b[0]) {
		return false
	}
	if dayAt(b) {
		return true // a day, and no number
	}
	n, b, ok := readNumber(b)
	if !ok || n > maxClaim {
		return ok
	}
	c.number = max(n, lastOf(n, b))
	return true
}

// readNumber reads 12 and 1,200.
func readNumber(b []byte) (n int, rest []byte, ok bool) {
	i := 0
	for i < len(b) && digit(b[i]) {
		i++
	}
	digits := b[:i:i]
	grouped := func() bool {
		return len(b) >= i+4 && b[i] == ',' && digit(b[i+1]) && digit(b[i+2]) && digit(b[i+3]) && (len(b) == i+4 || !digit(b[i+4]))
	}
	for short := i <= 3; short && i > 0 && grouped() && len(digits) <= maxDigits; i += 4 {
		digits = append(digits, b[i+1:i+4]...)
	}
	if len(digits) == 0 || len(digits) > maxDigits {
		return 0, b, false
	}
	n, err := strconv.Atoi(string(digits))
	return n, b[i:], err == nil
}

// maxSpan bounds the attempts that one entry may be about.
const maxSpan = 50

// lastOf is the end of a range that began with from: -14, –#14, /13, and #13; 0 without one.
func lastOf(from int, b []byte) int {
	most, marked := maxSpan, false
	rest := b
	switch {
	case len(b) > 0 && b[0] == '/': // 12/13; 3/10 is the third of ten
		rest, most = b[1:], 1
	case len(b) > 0 && hyphen(b) > 0:
		rest = b[hyphen(b):]
	case bytes.HasPrefix(b, []byte("–")):
		rest = b[len("–"):]
	default:
		rest = bytes.TrimLeft(b, " ")
		marked = true
		for _, w := range [...]string{"-", "–", "—", "to ", "and ", "& ", "through "} {
			if after, ok := bytes.CutPrefix(rest, []byte(w)); ok {
				rest = bytes.TrimLeft(after, " ")
				break
			}
		}
	}
	after, hash := bytes.CutPrefix(rest, []byte("#"))
	n, after, ok := readNumber(after)
	if !ok || marked && !hash || n <= from || n-from > most {
		return 0
	}
	if r, size := utf8.DecodeRune(after); wordRune(r) || (r == '-' || r == '.' || r == '/') && size < len(after) && wordByte(after[size]) {
		return 0 // a date, a version
	}
	return n
}

// claims remembers the number that a text claims in the section that the reader is in.
func (r *reader) claims(text []byte) (claim, bool) {
	c, ok := claimed(text)
	if ok {
		r.counts(c.number)
	}
	return c, ok
}

func (r *reader) counts(n int) {
	if r.cur != nil && n <= maxClaim {
		r.cur.claimed = max(r.cur.claimed, n)
	}
}
