package prose

import (
	"regexp"
	"slices"
	"strings"
)

// Words that a person took back or hid are no order: a comment, and what is struck through. A reader of the page does not see
// the one and reads the other as gone.

const comment = "<!--"

var (
	struckTag = regexp.MustCompile(`(?i)^<(del|s|strike)(?:\s[^<>]*)?>`)
	struckEnd = regexp.MustCompile(`(?i)</(?:del|s|strike)\s*>`)
)

// passage is a text as it counts: offsets are those of the text as it was written.
type passage struct {
	live string // with blanks for what is commented out or struck through: orders stand here
	said string // with blanks for what is struck through alone: a comment may warn
}

// standing tells what counts of a text. A mark inside a code span is text. What is opened and not closed is as it stands, as on the
// page, but for a comment, which ends with its cell.
func standing(text string) passage {
	if !strings.Contains(text, comment) && !strings.Contains(text, "~") && !strings.Contains(text, "<") {
		return passage{text, text}
	}
	live := []byte(text)
	for _, r := range comments(text) {
		blank(live, r)
	}
	uncommented := string(live)
	gone := struck(uncommented, codeSpans(uncommented, false))
	if len(gone) == 0 {
		return passage{uncommented, text}
	}
	said := []byte(text)
	for _, r := range gone {
		blank(live, r)
		blank(said, r)
	}
	return passage{string(live), string(said)}
}

// reach is a part of a text, by offsets.
type reach struct{ from, to int }

func blank(b []byte, r reach) {
	for i := r.from; i < r.to; i++ {
		if b[i] != '\n' && b[i] != '\r' {
			b[i] = ' '
		}
	}
}

// comments are the comments of a text. One that begins before a back-tick takes it along, and a code span that begins before
// the mark of a comment.
func comments(text string) (out []reach) {
	if !strings.Contains(text, comment) {
		return nil
	}
	unclosed := map[int]bool{}
	for i := 0; i < len(text); {
		switch {
		case text[i] == '\\':
			i += 2
		case text[i] == '`':
			n := run(text, i)
			if !unclosed[n] {
				if end := closing(text, i+n, n); end >= 0 {
					i = end
				} else {
					unclosed[n] = true
				}
			}
			i += n
		case strings.HasPrefix(text[i:], comment):
			to := len(text)
			if n := strings.Index(text[i+len(comment):], "-->"); n >= 0 {
				to = i + len(comment) + n + len("-->")
			}
			out = append(out, reach{i, to})
			i = to
		default:
			i++
		}
	}
	return out
}

// struck is what is struck through in a text.
func struck(text string, spans []code) (out []reach) {
	never := map[string]bool{} // closers that do not come any more, so that hostile text stays linear
	for i := 0; i < len(text); {
		to, step := 0, 1
		switch text[i] {
		case '\\':
			i += 2
			continue
		case '`':
			if end := inSpan(spans, i); end > 0 {
				i = end
				continue
			}
		case '<':
			to = elementTo(text, i, spans, never)
		case '~':
			to, step = tildesTo(text, i, spans, never), tildes(text, i)
		}
		if to > i {
			out = append(out, reach{i, to})
			i = to
			continue
		}
		i += step
	}
	return out
}

// elementTo is the end of the struck element that begins at i, 0 where none does.
func elementTo(text string, i int, spans []code, never map[string]bool) int {
	m := struckTag.FindString(text[i:min(len(text), i+200)])
	if m == "" || never["</"] {
		return 0
	}
	for at := i + len(m); ; {
		loc := struckEnd.FindStringIndex(text[at:])
		if loc == nil {
			never["</"] = true
			return 0
		}
		if end := inSpan(spans, at+loc[0]); end > 0 {
			at = end
			continue
		}
		return at + loc[1]
	}
}

// tildesTo is the end of ~~words~~ or ~words~ that begins at i (GFM 6.5), 0 where they do not: "~5 min" and "~/x" are none.
func tildesTo(text string, i int, spans []code, never map[string]bool) int {
	n := tildes(text, i)
	mark := text[i : i+n]
	if n > 2 || never[mark] || i+n >= len(text) || strings.ContainsRune(" \t\n", rune(text[i+n])) || i > 0 && n == 1 && wordByte(text[i-1]) {
		return 0
	}
	for at := i + n; ; {
		j := strings.IndexByte(text[at:], '~')
		if j < 0 {
			never[mark] = true
			return 0
		}
		at += j
		if end := inSpan(spans, at); end > 0 {
			at = end
			continue
		}
		m := tildes(text, at)
		after := at + m
		if m == n && !strings.ContainsRune(" \t\n", rune(text[at-1])) && (n == 2 || after == len(text) || !wordByte(text[after]) && text[after] != '/') {
			return after
		}
		at = after
	}
}

func tildes(text string, i int) int {
	n := 0
	for i+n < len(text) && text[i+n] == '~' {
		n++
	}
	return n
}

// inSpan is the end of the code span that holds the offset, 0 where none does.
func inSpan(spans []code, at int) int {
	i, exact := slices.BinarySearchFunc(spans, at, func(c code, at int) int { return c.start - at })
	if !exact {
		i--
	}
	if i >= 0 && at < spans[i].end {
		return spans[i].end
	}
	return 0
}
