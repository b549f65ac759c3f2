package yamlstrict

// Nearest is the known word that a person most likely meant by s: the one
// with the fewest changed, missing, added or swapped letters, at most a third
// of the word's length. "" where none is near.
func Nearest(s string, known []string) string {
	best, least := "", 1<<30
	a := []rune(s)
	if len(a) > 64 {
		return ""
	}
	for _, k := range known {
		b := []rune(k)
		if len(b) > 64 {
			continue
		}
		limit := max(1, max(len(a), len(b))/3)
		if d := distance(a, b); d <= limit && d < least && d < len(b) {
			best, least = k, d
		}
	}
	return best
}

// distance counts edits, a swap of neighbours as one (optimal string alignment).
func distance(a, b []rune) int {
	var before []int
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, prev[j]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev = prev, row
	}
	return prev[len(b)]
}
