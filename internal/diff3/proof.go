package diff3

// The places of the three versions and of their merge, where they are counted together.
const (
	InBase = iota
	InOurs
	InTheirs
	InResult
)

// AtLeast is how many of a thing that has a name of its own a merge must have:
// what one side added is there, and what both left alone.
func AtLeast(base, ours, theirs int) int {
	o, t := ours-base, theirs-base
	if o >= 0 && t >= 0 {
		return base + max(o, t)
	}
	return max(0, base+o+t)
}

// KeepsLines reports whether a merge, the last of the four texts, has the lines
// that the sides have and the base has not, each as often as the side that has
// most of them, and lines that neither side has fewer of. Blank lines are not
// counted, nor are those that pass says are proved in another way: pass gets the
// place of the version and the line from 1.
func KeepsLines(texts [4]Text, pass func(where, line int) bool) bool {
	count := map[string]*[4]int{}
	for where, t := range texts {
		for i, l := range t.Lines {
			if l.Blank() || where != InResult && pass(where, i+1) {
				continue
			}
			n := count[string(l.Text)]
			if n == nil {
				n = new([4]int)
				count[string(l.Text)] = n
			}
			n[where]++
		}
	}
	for _, n := range count {
		// A line that stands in many places may have been added here by both and
		// removed there by one: of those the number says little.
		least := max(n[InOurs], n[InTheirs])
		if n[InBase] > 0 {
			least = min(1, n[InOurs]/n[InBase], n[InTheirs]/n[InBase])
		}
		if n[InResult] < least {
			return false
		}
	}
	return true
}
