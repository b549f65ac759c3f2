// Package glob finds files by the patterns that plans, specs and the config
// use: *, ?, [class], ** and {a,b}. It returns paths; it may not open them.
package glob

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// IsPattern reports whether s has a wildcard; braces alone name files.
func IsPattern(s string) bool { return strings.ContainsAny(s, "*?[") }

// Valid reports whether s is a well-formed pattern.
func Valid(s string) bool { return doublestar.ValidatePattern(s) }

// Match reports whether the slash-separated name matches the pattern. A malformed pattern matches nothing.
func Match(pattern, name string) bool {
	ok, err := doublestar.Match(pattern, name)
	return err == nil && ok
}

// Braces expands {a,b} alternatives, so that each name can be required; nested braces too. At most
// limit names are returned (a plan is input from others); ok is false where there would be more.
func Braces(s string, limit int) (names []string, ok bool) {
	open := -1
	depth := 0
	var commas []int
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			if depth == 0 {
				open, commas = i, nil
			}
			depth++
		case ',':
			if depth == 1 {
				commas = append(commas, i)
			}
		case '}':
			if depth == 0 {
				continue
			}
			depth--
			if depth > 0 || len(commas) == 0 {
				continue
			}
			prefix, start := s[:open], open+1
			for _, c := range append(commas, i) {
				rest, fine := Braces(prefix+s[start:c]+s[i+1:], limit-len(names))
				names = append(names, rest...)
				if !fine || len(names) > limit {
					return names[:min(len(names), limit)], false
				}
				start = c + 1
			}
			return names, true
		}
	}
	return []string{s}, limit > 0
}
