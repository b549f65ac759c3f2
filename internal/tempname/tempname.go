// Package tempname is the names of the temporary files by which planctl replaces files: .NAME.planctl-DIGITS, 16 hex
// digits. What bears such a name belongs to planctl: git ignores it in the reports, no pattern finds it, and after a crash
// it is taken away. It may not know of any other name of planctl's.
package tempname

import (
	"encoding/hex"
	"strings"
)

// mark is in each name, so that a crash's leftovers can be told from files of people.
const mark = ".planctl-"

// Digits is how many hex digits end a name.
const Digits = 16

// Is reports whether a file's base name is that of a temporary file.
func Is(base string) bool {
	i := strings.LastIndex(base, mark)
	if i < 1 || base[0] != '.' {
		return false
	}
	_, err := hex.DecodeString(base[i+len(mark):])
	return err == nil && len(base) == i+len(mark)+Digits
}

// Of reports whether name is that of a temporary file for the file of the base name.
func Of(name, base string) bool {
	return Is(name) && strings.HasPrefix(name, Prefix(base)) && len(name) == len(Prefix(base))+Digits
}

// Prefix is all of a name but its digits.
func Prefix(base string) string {
	// The name and what surrounds it must fit into 255 bytes.
	if room := 255 - len(".") - len(mark) - Digits; len(base) > room {
		base = strings.ToValidUTF8(base[:room], "")
	}
	return "." + base + mark
}
