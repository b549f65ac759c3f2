package ledger

import (
	"bytes"
	"slices"
	"strconv"
)

// maxTasks and maxHead bound what is looked for in a head line written by hand.
const (
	maxTasks = 64
	maxHead  = 4 << 10 // bytes
)

// tasksNamed finds the task IDs in the head line of an entry written by hand:
// A1, H3a, P0.1, M2g.2b, L3k.3c.1, C2.D, 0.A, CLUSTER-CREF-001, each perhaps
// with PLAN# before it. A range names what lies between its ends as well:
// A1–A3 is A1, A2, A3. Paths name no task.
func tasksNamed(b []byte) []string {
	b = b[:min(len(b), maxHead)]
	var out []string
	add := func(id string) {
		if len(out) < maxTasks && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	prev, prevEnd := "", -1
	for i := 0; i < len(b); {
		if !tokenByte(b[i]) {
			i++
			continue
		}
		j := i
		for j < len(b) && tokenByte(b[j]) {
			j++
		}
		token := string(bytes.TrimRight(b[i:j], "./-#_"))
		ids := tokenTasks(token)
		if len(ids) > 0 && prev != "" && string(b[prevEnd:i]) == "–" {
			for _, id := range between(prev, ids[0]) {
				add(id)
			}
		}
		for _, id := range ids {
			add(id)
		}
		prev, prevEnd = "", j
		if len(ids) > 0 && i+len(token) == j {
			prev = ids[len(ids)-1]
		}
		i = j
	}
	return out
}

func tokenByte(c byte) bool { return wordByte(c) || c == '.' || c == '-' || c == '/' || c == '#' }

// tokenTasks is the IDs in one word: an ID, PLAN#ID, B1/B2, B1-B3.
func tokenTasks(s string) []string {
	if isTask(s) {
		return []string{s}
	}
	if i := lastByte(s, '#'); i > 0 {
		if isTask(s[i+1:]) {
			return []string{s}
		}
		return nil
	}
	var out []string
	for _, part := range bytes.Split([]byte(s), []byte("/")) {
		p := string(part)
		switch i := lastByte(p, '-'); {
		case isTask(p):
			out = append(out, p)
		case i > 0 && isTask(p[:i]) && isTask(p[i+1:]):
			out = append(append(append(out, p[:i]), between(p[:i], p[i+1:])...), p[i+1:])
		default:
			return nil // a path, or a word
		}
	}
	return out
}

func lastByte(s string, c byte) int { return bytes.LastIndexByte([]byte(s), c) }

// isTask reports whether s has the shape of a task's ID.
func isTask(s string) bool {
	n := 0
	for n < len(s) && s[n] >= 'A' && s[n] <= 'Z' {
		n++
	}
	switch {
	case len(s) > maxID:
		return false
	case n == 0:
		return zeroTask(s)
	case n <= 2 && n < len(s) && digit(s[n]):
		return dotted(s[n:])
	}
	return cluster(s)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// zeroTask is 0.A, 12.B.
func zeroTask(s string) bool {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	return n > 0 && n+2 == len(s) && s[n] == '.' && s[n+1] >= 'A' && s[n+1] <= 'Z'
}

// dotted is what follows the letters of an ID: 1, 3a, 0.1, 2g.2b, 3k.3c.1, 2.D.
func dotted(s string) bool {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	if n < len(s) && s[n] >= 'a' && s[n] <= 'z' {
		n++
	}
	for n < len(s) {
		if s[n] != '.' || n+1 == len(s) || !wordByte(s[n+1]) {
			return false
		}
		for n++; n < len(s) && wordByte(s[n]); n++ {
		}
	}
	return true
}

// cluster is CLUSTER-CREF-001: capitals and digits, three digits at the end.
func cluster(s string) bool {
	i := lastByte(s, '-')
	if i < 1 || len(s)-i != 4 || !digit(s[i+1]) || !digit(s[i+2]) || !digit(s[i+3]) {
		return false
	}
	for j := 0; j < i; j++ {
		if c := s[j]; (c < 'A' || c > 'Z') && !digit(c) && (c != '-' || s[j+1] == '-') {
			return false
		}
	}
	return true
}

// between is the IDs between two that differ in their last number only.
func between(from, to string) []string {
	p, a := cutNumber(from)
	q, b := cutNumber(to)
	if p != q || a < 0 || b <= a || b-a > maxTasks {
		return nil
	}
	var out []string
	for n := a + 1; n < b; n++ {
		out = append(out, p+strconv.Itoa(n))
	}
	return out
}

// cutNumber takes the number off the end of an ID; -1 where it has none.
func cutNumber(s string) (string, int) {
	i := len(s)
	for i > 0 && digit(s[i-1]) {
		i--
	}
	if i == len(s) || len(s)-i > maxDigits {
		return "", -1
	}
	n, err := strconv.Atoi(s[i:])
	if err != nil {
		return "", -1
	}
	return s[:i], n
}
