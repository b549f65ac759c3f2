package workspace

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"
)

// place is where a record stands when its parents say nothing: in the order
// of the ledgers, archives first since they hold what is older; a record
// without an entry comes after those that have one, by its start, and by its
// digest in the end so that two readings agree. Clocks never come before the
// ledger: they differ between machines.
type place struct {
	ledger, entry int
	start         int64
	digest        string
}

func (a place) compare(b place) int {
	return cmp.Or(cmp.Compare(a.ledger, b.ledger), cmp.Compare(a.entry, b.entry), cmp.Compare(a.start, b.start), strings.Compare(a.digest, b.digest))
}

// order sorts records oldest first: a record comes after all of its parents;
// among those that are free to come next, the earliest place does.
func order(w *Workspace, records []*Record) []*Record {
	rank := map[*Ledger]int{w.Ledger: len(w.Archives)}
	for i, a := range w.Archives {
		rank[a] = i
	}
	by := make(map[string]*node, len(records))
	for _, r := range records {
		pl := place{ledger: len(w.Archives) + 1, start: r.Doc.Predicate.Started.UnixNano(), digest: r.Digest}
		if r.Attempt != nil {
			pl.ledger, pl.entry = rank[r.Ledger], r.Attempt.Line
		}
		by[r.Digest] = &node{r: r, place: pl}
	}
	free := &nodes{}
	for _, r := range records {
		n := by[r.Digest]
		parents := slices.Clone(r.Doc.Predicate.Parents)
		slices.Sort(parents)
		for _, d := range slices.Compact(parents) {
			if parent := by[d]; parent != nil {
				parent.children = append(parent.children, n)
				n.waits++
			}
		}
		if n.waits == 0 {
			heap.Push(free, n)
		}
	}
	out := make([]*Record, 0, len(records))
	for free.Len() > 0 {
		n := heap.Pop(free).(*node)
		out = append(out, n.r)
		for _, c := range n.children {
			if c.waits--; c.waits == 0 {
				heap.Push(free, c)
			}
		}
	}
	if len(out) < len(records) {
		// Digests cannot form a ring unless somebody breaks SHA-256; lose nothing even then.
		for _, r := range records {
			if by[r.Digest].waits > 0 {
				out = append(out, r)
			}
		}
	}
	return out
}

// node is a record that waits for its parents.
type node struct {
	r        *Record
	place    place
	children []*node
	waits    int
}

// nodes is a heap, the earliest place first.
type nodes []*node

func (h nodes) Len() int           { return len(h) }
func (h nodes) Less(i, j int) bool { return h[i].place.compare(h[j].place) < 0 }
func (h nodes) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *nodes) Push(x any)        { *h = append(*h, x.(*node)) }
func (h *nodes) Pop() any {
	old := *h
	n := old[len(old)-1]
	*h = old[:len(old)-1]
	return n
}
