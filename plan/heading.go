package plan

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/mdspan"
)

// head is a heading, or a bold line that stands in for one.
type head struct {
	mdspan.Heading
	id, title string // of "Phase ID — title"; "" where the heading does not say Phase
	bold      bool
}

// headings reads what every heading says. A bold line counts as one only where
// no heading names its phase: elsewhere it is emphasis.
func (r *reader) headings() {
	named := map[string]bool{}
	for _, h := range r.doc.Headings {
		id, title := phaseName(string(h.Text.Of(r.src)))
		if id != "" && prereqsName(words(h.Text.Of(r.src))) {
			id, title = "", "" // "Prerequisites for Phase B" is a line of that phase
		}
		named[id] = true
		r.heads = append(r.heads, head{Heading: h, id: id, title: title})
		if h.Loose {
			r.find(CodeLooseHeading, h.Span.Start, "put one plain space after the # marks", "Markdown takes this for a paragraph, not a heading")
		}
	}
	r.boldHeadings(named)
	if len(r.doc.Headings) > 0 {
		r.p.Title = string(r.doc.Headings[0].Text.Of(r.src))
		r.p.TitleID = titleID(r.p.Title)
	}
}

func (r *reader) boldHeadings(named map[string]bool) {
	r.bold = map[int]bool{}
	var out []head
	next, level := 0, 0
	for n := 1; n <= r.doc.Index.Lines(); n++ {
		for next < len(r.heads) && r.heads[next].Line <= n {
			out = append(out, r.heads[next])
			level = r.heads[next].Level
			next++
		}
		if r.doc.Kind(n) != mdspan.Prose {
			continue
		}
		if k := r.doc.Kind(n - 1); k == mdspan.Prose {
			continue
		}
		at, quote := r.content(n)
		b := at.Of(r.src)
		if h, ok := patched(b); ok && !named[h.id] {
			h.Line, h.Text, h.Span, h.Quote = n, mdspan.Span{Start: at.Start + 2 + h.Level, End: at.End}, r.doc.Index.Line(n), quote
			out, level = append(out, h), h.Level
			r.find(CodeLooseHeading, at.Start, "take the "+string(b[:1])+" off", "a heading behind the mark of a patch: Markdown takes it for a paragraph")
			continue
		}
		if len(b) < 10 || !bytes.HasPrefix(b, []byte("**")) && !bytes.HasPrefix(b, []byte("__")) || len(b) > 300 {
			continue
		}
		text := unwrap(r.src, mdspan.Span{Start: at.Start, End: at.Start + len(bytes.TrimRight(b, ": "))})
		id, title := phaseName(string(text.Of(r.src)))
		if id == "" || named[id] || !strings.HasPrefix(strings.ToLower(string(text.Of(r.src))), "phase") || bytes.Contains(text.Of(r.src), b[:2]) {
			continue
		}
		h := mdspan.Heading{Line: n, Level: min(level+1, 6), Text: at, Span: r.doc.Index.Line(n), Quote: quote}
		out = append(out, head{Heading: h, id: id, title: title, bold: true})
		r.bold[n] = true
		r.find(CodeBoldHeading, at.Start, "make it a heading: ### Phase …", "Markdown takes this bold line for a paragraph, not a heading")
	}
	r.heads = append(out, r.heads[next:]...)
}

// patched reads -### Phase B, a heading behind the + or - of a patch that was pasted in with its marks, where it names a
// phase. Its rows would be those of the phase above.
func patched(b []byte) (head, bool) {
	if len(b) < len("-# Phase A") || len(b) > 300 || b[0] != '-' && b[0] != '+' {
		return head{}, false
	}
	text := bytes.TrimLeft(b[1:], "#")
	level := len(b) - 1 - len(text)
	if level < 1 || level > 6 || len(text) == 0 || text[0] != ' ' {
		return head{}, false
	}
	id, title := phaseName(string(text[1:]))
	return head{Heading: mdspan.Heading{Level: level}, id: id, title: title}, id != ""
}

// phaseName reads "Phase C1 — RED: a failing test" in a heading's text: the ID
// after the word Phase, and what follows its separator. An ID holds a digit or
// is one or two capital letters, or parts of them such as E.A, or a Roman number.
func phaseName(text string) (id, title string) {
	const word = "phase"
	for at := 0; ; {
		i := indexFold(text[at:], word)
		if i < 0 {
			return "", ""
		}
		start := at + i
		at = start + len(word)
		if start > 0 {
			if c, _ := utf8.DecodeLastRuneInString(text[:start]); unicode.IsLetter(c) || unicode.IsDigit(c) {
				continue
			}
			if mentioned(text[:start]) || start > 0 && partOf(text[:start]) {
				continue
			}
		}
		rest := strings.TrimLeftFunc(text[at:], unicode.IsSpace)
		if len(rest) == len(text[at:]) {
			continue
		}
		rest = strings.TrimLeft(rest, "*_`")
		n := phaseIDLen(rest)
		if n == 0 {
			continue
		}
		return rest[:n], phaseTitle(rest[n:])
	}
}

// mentioned reports that what stands before the word makes it a mention of another phase: "after Phase 1", "(see Phase 3)".
func mentioned(before string) bool {
	before = before[max(0, len(before)-24):] // the last word is enough, and a heading may be long
	words := strings.FieldsFunc(before, func(c rune) bool { return !unicode.IsLetter(c) })
	if len(words) == 0 {
		return false
	}
	switch strings.ToLower(words[len(words)-1]) {
	case "after", "before", "see", "from", "during", "until", "till", "per", "since", "post", "pre", "follows", "following", "beyond", "unlike", "cf", "via":
		return true
	}
	return false
}

// partOf reports that what stands before the word is the ID of a phase's part, a separator and more: "C4.F — Close-out &
// Phase D prep" is no Phase D.
func partOf(before string) bool {
	s := strings.TrimLeft(before, " *_`")
	n := phaseIDLen(s)
	if n == 0 || s[0] < 'A' || s[0] > 'Z' || !strings.Contains(s[:n], ".") {
		return false
	}
	rest := strings.TrimLeft(s[n:], " *_`")
	title := phaseTitle(rest)
	return title != "" && strings.ContainsRune("-–—:", []rune(rest)[0])
}

// indexFold is strings.Index for an ASCII word in any case.
func indexFold(s, word string) int {
	for i := 0; i+len(word) <= len(s); i++ {
		if s[i]|0x20 == word[0] && strings.EqualFold(s[i:i+len(word)], word) {
			return i
		}
	}
	return -1
}

// phaseIDLen is the length of the phase ID at the start of s, 0 without one.
func phaseIDLen(s string) int {
	n, digit, upper := 0, false, true
	for n < len(s) {
		c := s[n]
		switch {
		case c >= '0' && c <= '9':
			digit = true
		case c >= 'A' && c <= 'Z':
		case c >= 'a' && c <= 'z':
			upper = false
		case (c == '.' || c == '_') && n > 0 && n+1 < len(s) && alnum(s[n+1]):
		case c == '-' && n > 0 && n+1 < len(s) && s[n+1] >= '0' && s[n+1] <= '9':
		default:
			return phaseIDFits(s, n, digit, upper)
		}
		n++
	}
	return phaseIDFits(s, n, digit, upper)
}

func phaseIDFits(s string, n int, digit, upper bool) int {
	if n < len(s) {
		if c, _ := utf8.DecodeRuneInString(s[n:]); unicode.IsLetter(c) {
			return 0 // a word that goes on in another alphabet
		}
	}
	switch {
	case n == 0 || n > 24:
		return 0
	case digit, upper && shortParts(s[:n]), upper && strings.Trim(s[:n], "IVX") == "":
		return n
	case n == 1 && strings.HasPrefix(strings.TrimLeftFunc(s[1:], unicode.IsSpace), "—"):
		return n
	}
	return 0
}

// shortParts reports one or two letters in each part of an ID: A, EB, E.A.
func shortParts(id string) bool {
	return !slices.ContainsFunc(strings.Split(id, "."), func(part string) bool { return len(part) > 2 })
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// phaseTitle is what follows a phase's ID, without the separator, emphasis at
// either end, and parentheses around all of it.
func phaseTitle(s string) string {
	s = strings.Trim(s, " \t\u00a0\u202f*_`")
	s = strings.TrimLeftFunc(s, func(c rune) bool {
		return unicode.IsSpace(c) || strings.ContainsRune("-–—‒―:.·|/*_", c)
	})
	s = strings.TrimRightFunc(s, func(c rune) bool { return unicode.IsSpace(c) || c == ':' })
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") && strings.Count(s, "(") == 1 {
		s = s[1 : len(s)-1]
	}
	return s
}

// titleID is the ID in square brackets in a title: capitals, digits, hyphens,
// dots and underscores.
func titleID(title string) string {
	for {
		_, rest, ok := strings.Cut(title, "[")
		if !ok {
			return ""
		}
		id, _, ok := strings.Cut(rest, "]")
		if !ok {
			return ""
		}
		if n := initiativeLen(id); n > 0 && n == len(id) {
			return id
		}
		title = rest
	}
}

// TitleWords is the words of the title that an initiative's ID could be: `# CRLF-001 plan`.
func (p *Plan) TitleWords() []string {
	var out []string
	for i := 0; i < len(p.Title); i++ {
		if i > 0 && (alnum(p.Title[i-1]) || strings.IndexByte("-_.", p.Title[i-1]) >= 0) {
			continue
		}
		if n := initiativeLen(p.Title[i:]); n > 0 {
			out = append(out, p.Title[i:i+n])
			i += n
		}
	}
	return out
}

// initiativeLen is the length of an initiative ID such as TEST-PYTORCH-001 at
// the start of s: capitals and digits joined by hyphens, with a hyphen or a
// digit in it; 0 without one.
func initiativeLen(s string) int {
	n, joint, upper := 0, false, false
	for n < len(s) {
		c := s[n]
		switch {
		case c >= 'A' && c <= 'Z':
			upper = true
		case c >= '0' && c <= '9':
			joint = true
		case (c == '-' || c == '_' || c == '.') && n > 0 && n+1 < len(s) && (s[n+1] >= 'A' && s[n+1] <= 'Z' || s[n+1] >= '0' && s[n+1] <= '9'):
			joint = true
		default:
			if c >= 'a' && c <= 'z' {
				return 0
			}
			return initiativeFits(n, upper, joint)
		}
		n++
	}
	return initiativeFits(n, upper, joint)
}

func initiativeFits(n int, upper, joint bool) int {
	if !upper || !joint || n < 3 {
		return 0
	}
	return n
}

// Slug is text in lower case with hyphens for everything but letters and
// digits: the ID of a phase whose heading names none, and a part of file
// names. It ends at the first word that begins after sixty bytes.
func Slug(s string) string {
	var b strings.Builder
	gap := false
	for _, c := range s {
		switch {
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			if gap && b.Len() > 60 || b.Len() > 120 {
				return b.String()
			}
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(unicode.ToLower(c))
		case c == '\'' || c == '’' || unicode.Is(unicode.Mn, c):
		default:
			gap = true
		}
	}
	return b.String()
}
