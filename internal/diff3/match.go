package diff3

import "sort"

// Match aligns two sequences: for each index of a the index in b of the element
// that is the same one, -1 where there is none. Indices increase, so it is a
// common subsequence, though not always the longest: elements that both have
// once are matched first (as in patience diff), what stands between them by the
// shortest edit where that is short.
func Match(a, b []int) []int {
	m := &matcher{a: a, b: b, to: make([]int, len(a))}
	for i := range m.to {
		m.to[i] = -1
	}
	m.span(0, len(a), 0, len(b), maxDepth)
	return m.to
}

// Bounds on the work. Over them fewer elements are matched.
const (
	maxDepth = 24  // of anchors between anchors
	maxEdit  = 256 // insertions and deletions between two anchors
)

type matcher struct {
	a, b []int
	to   []int
}

func (m *matcher) span(alo, ahi, blo, bhi, depth int) {
	for alo < ahi && blo < bhi && m.a[alo] == m.b[blo] {
		m.to[alo] = blo
		alo++
		blo++
	}
	for alo < ahi && blo < bhi && m.a[ahi-1] == m.b[bhi-1] {
		ahi--
		bhi--
		m.to[ahi] = bhi
	}
	if alo == ahi || blo == bhi {
		return
	}
	anchors := m.anchors(alo, ahi, blo, bhi)
	if len(anchors) == 0 || depth == 0 {
		m.shortest(alo, ahi, blo, bhi)
		return
	}
	for _, x := range anchors {
		m.to[x.a] = x.b
		m.span(alo, x.a, blo, x.b, depth-1)
		alo, blo = x.a+1, x.b+1
	}
	m.span(alo, ahi, blo, bhi, depth-1)
}

type pair struct{ a, b int }

// anchors is the longest increasing run of elements that stand once in each span.
func (m *matcher) anchors(alo, ahi, blo, bhi int) []pair {
	type seen struct{ a, b, inA, inB int }
	at := make(map[int]*seen, ahi-alo)
	for i := alo; i < ahi; i++ {
		s := at[m.a[i]]
		if s == nil {
			s = &seen{}
			at[m.a[i]] = s
		}
		s.a = i
		s.inA++
	}
	for j := blo; j < bhi; j++ {
		if s := at[m.b[j]]; s != nil {
			s.b = j
			s.inB++
		}
	}
	var once []pair
	for i := alo; i < ahi; i++ {
		if s := at[m.a[i]]; s.inA == 1 && s.inB == 1 {
			once = append(once, pair{i, s.b})
		}
	}
	return rising(once)
}

// rising is the longest subsequence of pairs, given in the order of a, whose b rises too.
func rising(ps []pair) []pair {
	var tops []int // for each length, the index of the pair with the least b that ends such a run
	prev := make([]int, len(ps))
	for i, p := range ps {
		k := sort.Search(len(tops), func(k int) bool { return ps[tops[k]].b >= p.b })
		prev[i] = -1
		if k > 0 {
			prev[i] = tops[k-1]
		}
		if k == len(tops) {
			tops = append(tops, i)
		} else {
			tops[k] = i
		}
	}
	out := make([]pair, len(tops))
	if len(tops) == 0 {
		return out
	}
	for i, k := tops[len(tops)-1], len(tops)-1; k >= 0; i, k = prev[i], k-1 {
		out[k] = ps[i]
	}
	return out
}

// shortest matches two spans by the fewest insertions and deletions (Myers,
// "An O(ND) Difference Algorithm", 1986), and not at all where there would be
// more than maxEdit.
func (m *matcher) shortest(alo, ahi, blo, bhi int) {
	n, k := ahi-alo, bhi-blo
	most := min(n+k, maxEdit)
	v := make([]int, 2*most+3) // furthest x on each diagonal, from -most-1
	mid := most + 1
	var steps [][]int
	for d := 0; d <= most; d++ {
		for diag := -d; diag <= d; diag += 2 {
			x := 0
			switch {
			case d == 0:
			case diag == -d || diag != d && v[mid+diag-1] < v[mid+diag+1]:
				x = v[mid+diag+1]
			default:
				x = v[mid+diag-1] + 1
			}
			y := x - diag
			for x < n && y < k && x >= 0 && y >= 0 && m.a[alo+x] == m.b[blo+y] {
				x++
				y++
			}
			v[mid+diag] = x
			if x >= n && y >= k {
				m.walk(steps, alo, blo, n, k, d)
				return
			}
		}
		steps = append(steps, append([]int(nil), v[mid-d:mid+d+1]...))
	}
}

// walk goes back from the end over the furthest points that each step reached.
func (m *matcher) walk(steps [][]int, alo, blo, x, y, d int) {
	for ; d > 0; d-- {
		v := steps[d-1] // diagonals -(d-1) to d-1
		at := func(diag int) int {
			if i := diag + d - 1; i >= 0 && i < len(v) {
				return v[i]
			}
			return -1
		}
		diag := x - y
		from := diag - 1
		if diag == -d || diag != d && at(diag-1) < at(diag+1) {
			from = diag + 1
		}
		px := at(from)
		py := px - from
		for x > px && y > py {
			x--
			y--
			m.to[alo+x] = blo + y
		}
		x, y = px, py
	}
	for x > 0 && y > 0 {
		x--
		y--
		m.to[alo+x] = blo + y
	}
}

// region is a stretch of the three sequences. Where stable, each has one
// element, and they are the same one.
type region struct {
	b, o, t [2]int
	stable  bool
}

// regions cuts three sequences at the elements of the base that both sides kept.
func regions(base, ours, theirs []int) []region {
	mo, mt := Match(base, ours), Match(base, theirs)
	var out []region
	var pb, po, pt int
	gap := func(b, o, t int) {
		if b > pb || o > po || t > pt {
			out = append(out, region{b: [2]int{pb, b}, o: [2]int{po, o}, t: [2]int{pt, t}})
		}
	}
	for i := range base {
		o, t := mo[i], mt[i]
		if o < 0 || t < 0 {
			continue
		}
		gap(i, o, t)
		out = append(out, region{b: [2]int{i, i + 1}, o: [2]int{o, o + 1}, t: [2]int{t, t + 1}, stable: true})
		pb, po, pt = i+1, o+1, t+1
	}
	gap(len(base), len(ours), len(theirs))
	return out
}
