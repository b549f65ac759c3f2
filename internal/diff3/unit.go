package diff3

import (
	"bytes"
	"strconv"
)

// Unit is what is merged as a whole: one line, or lines that belong together.
type Unit struct {
	// Keys say what the unit is, the surest first. Two versions of a file have
	// the same unit where a key is the same; a later key counts only for units
	// that no earlier one has joined, and only where it is the key of one unit on
	// each side. A unit without a key is its text.
	Keys []string

	// New is how many of the keys also join two units that the base has not.
	New int

	// Float says that a new unit conflicts with nothing: it is an entry beside
	// others, and follows what it followed on its own side.
	Float bool

	// Home is the list or table that the unit stands in, a name within its own
	// version; "" for none. A floating unit whose neighbours at home have gone
	// conflicts after all.
	Home string

	Lead  []Line // blank lines that separate it from what stands above
	Lines []Line
	Ref   int // the caller's own
}

// Piece is lines of a joined unit: settled, or in conflict.
type Piece struct {
	Lines        []Line
	Ours, Theirs []Line
	Conflict     bool
}

// Join merges a unit that both sides changed. base is nil where both made it.
type Join func(base, ours, theirs *Unit) []Piece

// Plain is a unit for each line.
func Plain(ls []Line) []Unit {
	us := make([]Unit, len(ls))
	for i := range ls {
		us[i].Lines = ls[i : i+1]
	}
	return us
}

// lines is a unit's lines and those above it.
func (u *Unit) lines() []Line {
	if len(u.Lead) == 0 {
		return u.Lines
	}
	return append(append(make([]Line, 0, len(u.Lead)+len(u.Lines)), u.Lead...), u.Lines...)
}

// SameText reports whether two runs of lines say the same, line ends aside.
func SameText(a, b []Line) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i].Text, b[i].Text) {
			return false
		}
	}
	return true
}

// side is one version, cut into units.
type side struct {
	units []Unit
	id    []int // of each unit; the same in two versions for the same unit

	// The units that are merged in order are the skeleton; floats[k] are the new
	// entries behind unit k-1 of it, floats[0] those before the first.
	skeleton []int
	floats   [][]int
}

// ids numbers units so that the same unit has the same number in each version.
type ids struct {
	texts map[string]int
	next  int
}

func (n *ids) fresh() int { n.next++; return n.next }

func (n *ids) text(ls []Line) int {
	var key []byte
	for _, l := range ls {
		key = append(strconv.AppendInt(key, int64(len(l.Text)), 10), ':')
		key = append(key, l.Text...)
	}
	id := n.texts[string(key)]
	if id == 0 {
		id = n.fresh()
		n.texts[string(key)] = id
	}
	return id
}

// number gives the units of a version numbers: those without a key by their
// text, those with one the number of the unit of from that they are.
func (n *ids) number(units []Unit, from *side) *side {
	s := &side{units: units, id: make([]int, len(units))}
	for i := range units {
		if len(units[i].Keys) == 0 {
			s.id[i] = n.text(units[i].Lines)
		}
	}
	if from != nil {
		same(from, s, func(u *Unit) int { return len(u.Keys) }, nil)
	}
	return s
}

// rest gives numbers of their own to units that have none yet.
func (n *ids) rest(s *side) {
	for i := range s.id {
		if s.id[i] == 0 {
			s.id[i] = n.fresh()
		}
	}
}

// same gives units of s without a number the number of the same unit of from.
// Where fresh is given, units of from without a number get one then, too, and
// those with one are passed.
func same(from, s *side, keys func(*Unit) int, fresh func() int) {
	taken := make([]bool, len(from.units))
	for k := 0; ; k++ {
		more := false
		at, count := map[string][]int{}, map[string]int{}
		for i := range from.units {
			if u := &from.units[i]; k < keys(u) && !taken[i] && (fresh == nil || from.id[i] == 0) {
				at[u.Keys[k]] = append(at[u.Keys[k]], i)
				more = true
			}
		}
		if !more {
			return
		}
		for j := range s.units {
			if u := &s.units[j]; k < keys(u) && s.id[j] == 0 {
				count[u.Keys[k]]++
			}
		}
		for j := range s.units {
			u := &s.units[j]
			if k >= keys(u) || s.id[j] != 0 {
				continue
			}
			is := at[u.Keys[k]]
			if len(is) == 0 || k > 0 && (len(is) > 1 || count[u.Keys[k]] > 1) {
				continue
			}
			i := is[0]
			at[u.Keys[k]] = is[1:]
			taken[i] = true
			if fresh != nil {
				from.id[i] = fresh()
			}
			s.id[j] = from.id[i]
		}
	}
}

// frame separates the skeleton from new entries. old has the numbers of the
// base's units; nil for the base itself, which has no new entries.
func (s *side) frame(old map[int]bool) {
	s.floats = append(s.floats, nil)
	for i := range s.units {
		if old != nil && s.units[i].Float && !old[s.id[i]] {
			k := len(s.floats) - 1
			s.floats[k] = append(s.floats[k], i)
			continue
		}
		s.skeleton = append(s.skeleton, i)
		s.floats = append(s.floats, nil)
	}
}

// order is the numbers of the skeleton.
func (s *side) order() []int {
	out := make([]int, len(s.skeleton))
	for k, i := range s.skeleton {
		out[k] = s.id[i]
	}
	return out
}

// at is unit k of the skeleton.
func (s *side) at(k int) *Unit { return &s.units[s.skeleton[k]] }

// home reports whether every entry that stands behind units lo to hi-1 of the
// skeleton has a neighbour of its own list just before or behind them.
func (s *side) home(lo, hi int) bool {
	for k := lo; k < hi; k++ {
		for _, i := range s.floats[k+1] {
			h := s.units[i].Home
			if h != "" && (lo == 0 || s.at(lo-1).Home != h) && (hi >= len(s.skeleton) || s.at(hi).Home != h) {
				return false
			}
		}
	}
	return true
}

// all is the lines of units lo to hi-1 of the skeleton with the entries behind them.
func (s *side) all(lo, hi int) []Line {
	var out []Line
	for k := lo; k < hi; k++ {
		out = append(out, s.at(k).lines()...)
		for _, i := range s.floats[k+1] {
			out = append(out, s.units[i].lines()...)
		}
	}
	return out
}
