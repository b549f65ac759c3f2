package ledger

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Mentions reports whether a text has a task's ID as a word of its own: C1.D is in "done: C1.D." and not in C1.D2, XC1.D
// or C1.D.2.
func Mentions(text []byte, id string) bool {
	for off := 0; id != ""; {
		i := bytes.Index(text[off:], []byte(id))
		if i < 0 {
			return false
		}
		i += off
		before, _ := utf8.DecodeLastRune(text[:i])
		rest := text[i+len(id):]
		after, size := utf8.DecodeRune(rest)
		next, _ := utf8.DecodeRune(rest[min(size, len(rest)):])
		ends := !wordRune(after) && !((after == '.' || after == '-') && wordRune(next))
		if !wordRune(before) && before != '.' && ends {
			return true
		}
		off = i + 1
	}
	return false
}

func wordRune(r rune) bool {
	return r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
