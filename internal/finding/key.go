package finding

import (
	"regexp"
	"strings"
)

// What moves in a message when something else in the repository is edited.
var (
	// line 12, lines 3, 8 and 20
	lineNumbers = regexp.MustCompile(`\b([Ll]ines?) \d+((?:,? (?:and )?\d+)*)\b`)
	// docs/fix_plan.md:12, plans/c.md:12:4
	places = regexp.MustCompile(`([^\s:]*[./][^\s:]*):\d+(?::\d+)?\b`)
	// The rows of a plan that are open: 3 rows are open, 1 row is open; 3 of 8 rows open: A1, A2
	openRows = regexp.MustCompile(`\b1 row is open\b|\b\d+ rows are open\b|\b\d+ of \d+ rows open(?:: .*)?`)

	digits = regexp.MustCompile(`\d+`)
)

// Key is what stays of a message when something else is edited, so that a finding is known again: the numbers of lines, and of a
// plan's open rows, are N, since an edit elsewhere moves them. Every other
// number stays, such as an attempt's. Key(Key(s)) is Key(s).
func Key(message string) string {
	s := strings.ToValidUTF8(message, "\uFFFD") // a baseline is UTF-8
	s = lineNumbers.ReplaceAllStringFunc(s, func(m string) string { return digits.ReplaceAllString(m, "N") })
	s = places.ReplaceAllString(s, "${1}:N")
	return openRows.ReplaceAllStringFunc(s, func(m string) string {
		m, _, _ = strings.Cut(strings.Replace(m, "1 row is", "N rows are", 1), ":")
		return digits.ReplaceAllString(m, "N")
	})
}
