package schedule

import (
	"slices"

	"github.com/planctl/planctl/internal/workspace"
)

// Ring is open rows and phases that wait for each other for good.
type Ring struct {
	Names []string        // tasks and "phase X", each waiting for the next; the last is the first
	Item  *workspace.Item // a row of the plan that was asked about, which waits for the next by words of its phase or its own
	Own   bool            // the words are the row's own, and not its phase's Prereqs
}

// node is a task that is to start, or a phase that is to be complete where item is nil.
type node struct {
	item  *workspace.Item
	phase workspace.PhaseRef
}

// Standstill finds a ring that goes through the Prereqs of a phase of the plan, or through what a row of it says that it is
// blocked on; nil where there is none. Cycle finds the rings of specs alone.
func Standstill(w *workspace.Workspace, p *workspace.Plan) *Ring {
	s := standstill{w: w, plan: p, mark: map[node]progress{}, waits: map[workspace.PhaseRef][]node{}}
	for _, it := range p.Items {
		if IsOpen(it.Task) && s.visit(node{item: it}) {
			return s.found
		}
	}
	return nil
}

type progress uint8

const (
	onPath progress = iota + 1
	settled
)

type standstill struct {
	w     *workspace.Workspace
	plan  *workspace.Plan
	mark  map[node]progress
	path  []node
	waits map[workspace.PhaseRef][]node // what a phase's rows wait for by its Prereqs
	found *Ring
}

func (s *standstill) visit(n node) bool {
	switch s.mark[n] {
	case settled:
		return false
	case onPath:
		return s.ring(s.path[slices.Index(s.path, n):])
	}
	s.mark[n] = onPath
	s.path = append(s.path, n)
	for _, next := range s.next(n) {
		if s.visit(next) {
			return true
		}
	}
	s.path = s.path[:len(s.path)-1]
	s.mark[n] = settled
	return false
}

// next is what a task or a phase waits for that is open.
func (s *standstill) next(n node) []node {
	var out []node
	if n.item == nil {
		for _, it := range n.phase.Plan.Rows(n.phase.Phase) {
			if IsOpen(it.Task) {
				out = append(out, node{item: it})
			}
		}
		return out
	}
	for _, dep := range Needs(s.w, n.item) {
		if IsOpen(dep.Task) {
			out = append(out, node{item: dep})
		}
	}
	for _, said := range n.item.BlockedOn(s.w) {
		for _, dep := range said.Items {
			if IsOpen(dep.Task) {
				out = append(out, node{item: dep})
			}
		}
		out = append(out, s.open(said.Phases)...)
	}
	return append(out, s.prereqs(n.item)...)
}

// open is those of the phases that are not complete.
func (s *standstill) open(refs []workspace.PhaseRef) []node {
	var out []node
	for _, r := range refs {
		if OpenPhase(s.w, r.Plan, r.Phase) != "" {
			out = append(out, node{phase: r})
		}
	}
	return out
}

// prereqs is what a row waits for by its phase's Prereqs.
func (s *standstill) prereqs(it *workspace.Item) []node {
	if it.Phase == nil {
		return nil
	}
	ref := workspace.PhaseRef{Plan: it.Plan, Phase: it.Phase}
	waits, known := s.waits[ref]
	if !known {
		pre := ref.Plan.Prereqs(s.w, ref.Phase)
		waits = s.open(pre.Phases)
		for _, dep := range pre.Items {
			if IsOpen(dep.Task) {
				waits = append(waits, node{item: dep})
			}
		}
		s.waits[ref] = waits
	}
	return waits
}

// ring reports a way round that words of the plan are part of.
func (s *standstill) ring(round []node) bool {
	r := &Ring{}
	for i, n := range round {
		if n.item == nil || n.item.Plan != s.plan {
			continue
		}
		next := round[(i+1)%len(round)]
		pre := slices.Contains(s.prereqs(n.item), next)
		if pre && (r.Item == nil || r.Own) {
			r.Item, r.Own = n.item, false
		}
		if !pre && r.Item == nil && (next.item == nil || !slices.Contains(Needs(s.w, n.item), next.item)) {
			r.Item, r.Own = n.item, true
		}
	}
	if r.Item == nil {
		return false
	}
	for _, n := range append(slices.Clone(round), round[0]) {
		r.Names = append(r.Names, s.name(n))
	}
	s.found = r
	return true
}

func (s *standstill) name(n node) string {
	p := n.phase.Plan
	text := ""
	if n.item != nil {
		text, p = n.item.Task.ID, n.item.Plan
	} else {
		text = "phase " + n.phase.Phase.ID
	}
	if p != s.plan {
		text += " of " + p.Path
	}
	return text
}
