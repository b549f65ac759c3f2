package ledger

import (
	"bytes"
	"maps"
	"slices"
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
		if startsWord(text[:i]) && endsWord(text[i+len(id):]) {
			return true
		}
		off = i + 1
	}
	return false
}

// startsWord reports whether an ID may begin after the text.
func startsWord(before []byte) bool {
	r, _ := utf8.DecodeLastRune(before)
	return !wordRune(r) && r != '.'
}

// endsWord reports whether an ID may end before the text.
func endsWord(rest []byte) bool {
	after, size := utf8.DecodeRune(rest)
	next, _ := utf8.DecodeRune(rest[min(size, len(rest)):])
	return !wordRune(after) && !((after == '.' || after == '-') && wordRune(next))
}

// Mentioned is those of the IDs that Mentions finds in a text, in one reading of it for all of them: its time does not
// grow with how many IDs there are, only with how many lengths they have.
func Mentioned(text []byte, ids map[string]bool) map[string]bool {
	out := map[string]bool{}
	first, lengths := [256]bool{}, map[int]bool{}
	for id := range ids {
		if id != "" {
			first[id[0]], lengths[len(id)] = true, true
		}
	}
	long := slices.Sorted(maps.Keys(lengths))
	for i := range text {
		if !first[text[i]] || !startsWord(text[:i]) {
			continue
		}
		for _, n := range long {
			if n > len(text)-i {
				break
			}
			if id := text[i : i+n]; ids[string(id)] && endsWord(text[i+n:]) {
				out[string(id)] = true
			}
		}
	}
	return out
}

func wordRune(r rune) bool {
	return r == '_' || r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
