package ledger

import "strings"

// StatusWord is a status's first word, folded as people vary it: In Progress, in_progress and
// in-progress are "in progress".
func StatusWord(status string) string {
	s := strings.ToLower(strings.NewReplacer("_", " ", "-", " ", "*", "", "`", "").Replace(status))
	if s == "in" || strings.HasPrefix(s, "in progress") { // the ledger keeps the first word of two
		return "in progress"
	}
	first, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return strings.Trim(first, ".,;:()")
}
