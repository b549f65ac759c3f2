package plan

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/mdspan"
)

// People set marks beside an ID: an emoji, a footnote, an anchor, a bracket. Nobody writes them where the ID is named, so that
// an ID with its marks would be another one.

// maxMarks bounds the marks on either side of an ID.
const maxMarks = 16

// idIn is the ID that a cell holds, without what encloses it and without marks beside it. A cell that holds more than one
// word, or a word that is no ID, is taken whole.
func idIn(src []byte, s mdspan.Span) mdspan.Span {
	whole := unwrap(src, s)
	bare := whole
	for range maxMarks {
		if idWord(bare.Of(src)) {
			return bare
		}
		next := unwrap(src, unmarked(src, bare))
		if next == bare || next.Empty() {
			break
		}
		bare = next
	}
	return whole
}

// idWord reports one word of letters, digits, dots, hyphens and underscores that looks like an ID: A1, P1-T3, AB.
func idWord(b []byte) bool {
	letters := len(b) > 0 && len(b) <= 3
	for _, c := range string(b) {
		switch {
		case c == '.' || c == '-' || c == '_' || c >= '0' && c <= '9':
			letters = false
		case c >= 'A' && c <= 'Z':
		case unicode.IsLetter(c):
			letters = false
		default:
			return false
		}
	}
	return letters || looksID(b)
}

// unmarked takes one mark off either end; s where there is none.
func unmarked(src []byte, s mdspan.Span) mdspan.Span {
	b := s.Of(src)
	if len(b) == 0 {
		return s
	}
	if end, ok := map[byte]byte{'[': ']', '(': ')'}[b[0]]; ok && b[len(b)-1] == end && bytes.IndexByte(b[1:], b[0]) < 0 {
		return mdspan.Span{Start: s.Start + 1, End: s.End - 1}
	}
	if n := tagAt(b); n > 0 {
		s.Start += n
		return s
	}
	if b[len(b)-1] == '>' {
		if i := bytes.LastIndexByte(b, '<'); i >= 0 && tagAt(b[i:]) == len(b)-i {
			s.End = s.Start + i
			return s
		}
	}
	if b[len(b)-1] == ']' {
		if i := bytes.LastIndexByte(b, '['); i > 0 && i+1 < len(b) && (b[i+1] == '^' || b[i-1] == ']') { // a footnote, or a link's name
			s.End = s.Start + i
			return s
		}
	}
	if r, n := utf8.DecodeRune(b); sign(r) {
		s.Start += n
		return s
	}
	switch r, n := utf8.DecodeLastRune(b); {
	case sign(r), r == ':', r == '†', r == '‡', unicode.Is(unicode.No, r):
		s.End -= n
	case r == '*' && b[0] != '*': // a footnote's star
		s.End -= n
		if bytes.HasSuffix(s.Of(src), []byte(`\`)) {
			s.End--
		}
	}
	return s
}

// tagAt is the length of the HTML tag or comment that b starts with, 0 without one.
func tagAt(b []byte) int {
	if len(b) < 3 || b[0] != '<' {
		return 0
	}
	if bytes.HasPrefix(b, []byte("<!--")) {
		if n := bytes.Index(b, []byte("-->")); n > 0 {
			return n + len("-->")
		}
		return 0
	}
	if c := b[1] | 0x20; b[1] != '/' && (c < 'a' || c > 'z') {
		return 0
	}
	return bytes.IndexByte(b, '>') + 1
}

// sign reports an emoji or another sign that is no letter, and what joins them.
func sign(r rune) bool {
	return r >= 0x80 && r != utf8.RuneError && (unicode.In(r, unicode.So, unicode.Sm, unicode.Sk) || r == 0xFE0F || r == 0x200D || r == 0x20E3)
}

// marked says what stands beside an ID that could not be told from its marks; "" where nothing does.
func marked(id string) string {
	b := []byte(id)
	for i := range b {
		if b[i] == '<' && tagAt(b[i:]) > 0 {
			return "holds an HTML tag"
		}
		if b[i] == '[' && i+1 < len(b) && b[i+1] == '^' {
			return "holds a footnote"
		}
	}
	for _, r := range id {
		if sign(r) {
			return "holds a sign beside its words"
		}
	}
	return ""
}
