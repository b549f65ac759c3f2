package workspace

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/planctl/planctl/plan"
)

// PhaseRef is a phase with the plan that it is in.
type PhaseRef struct {
	Plan  *Plan
	Phase *plan.Phase
}

// Prereqs is what a phase's Prereqs line says that it waits for. How that stands is not looked at.
type Prereqs struct {
	Phases    []PhaseRef
	Items     []*Item  // rows of the plan
	Elsewhere []string // names of phases that this initiative does not have, as written
	Free      []string // names of phases that by the words beside them nothing waits for, as written
}

// Prereqs reads a phase's Prereqs line.
//
// A name is what follows the word Phase or Phases, with lists and ranges
// ("Phases A–C", "Phases B and D", "Phase M1 + M2"). It gates unless the same
// part of the sentence has another plan's path or ID, or an initiative's ID in
// brackets, beside it ("`[DETECTOR-CONFIG-001]` Phase C1 complete"). A phase
// of this plan comes before those of the initiative's other plans; a name that
// none of them has gates nothing. The phase itself is passed over, and so is a phase
// that the sentence says nobody waits for ("can run in parallel with Phase 3").
//
// The ID of a phase of this plan that begins the sentence is a name, too ("D2
// documentation updated"), where no row has it.
func (p *Plan) Prereqs(w *Workspace, ph *plan.Phase) Prereqs {
	var out Prereqs
	if ph == nil {
		return out
	}
	name := func(list *[]string, s string) {
		if !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	for _, m := range mentions(ph.Prereqs.Text) {
		if m.bare && !p.hasPhases(m) {
			for _, it := range p.rowsOf(ph, m) {
				if !slices.Contains(out.Items, it) {
					out.Items = append(out.Items, it)
				}
			}
			continue
		}
		if w.elsewhere(p, m.beside) {
			name(&out.Elsewhere, m.text)
			continue
		}
		for _, id := range w.expand(p, m) {
			refs := w.phasesNamed(p, id)
			if len(refs) == 0 && looksLikePhase(id) {
				name(&out.Elsewhere, "Phase "+id)
			}
			for _, r := range refs {
				switch {
				case r.Phase == ph:
				case m.free:
					name(&out.Free, m.text)
				case !slices.Contains(out.Phases, r):
					out.Phases = append(out.Phases, r)
				}
			}
		}
	}
	all, one := aboveIn(ph.Prereqs.Text)
	if i := slices.Index(p.Doc.Phases, ph); i > 0 && (all || one) {
		from := i - 1
		if all {
			from = 0
		}
		for _, other := range p.Doc.Phases[from:i] {
			if r := (PhaseRef{p, other}); !slices.Contains(out.Phases, r) {
				out.Phases = append(out.Phases, r)
			}
		}
	}
	return out
}

// rowsOf is the rows of other phases that a sentence begins with and says to be done first: "T005 and T006 done", "A1–A3".
func (p *Plan) rowsOf(ph *plan.Phase, m mention) []*Item {
	var out []*Item
	for _, it := range m.items {
		from, to := p.byID[it.from], p.byID[it.to]
		switch {
		case !m.done || m.free || from == nil || it.to != "" && (to == nil || to.at < from.at || to.at-from.at >= maxRange):
			return nil
		case to == nil:
			to = from
		}
		for _, row := range p.Items[from.at : to.at+1] {
			if row.Phase != ph {
				out = append(out, row)
			}
		}
	}
	return out
}

// hasPhases reports whether each ID of a mention is that of a phase of the plan, and of no row.
func (p *Plan) hasPhases(m mention) bool {
	has := func(id string) bool { return id == "" || p.Doc.Phase(id) != nil && p.Doc.Task(id) == nil }
	return !slices.ContainsFunc(m.items, func(it item) bool { return !has(it.from) || !has(p.rangeEnd(it)) })
}

// rangeEnd is the end of a range, with what it leaves out of its beginning: B2.A–C ends at B2.C.
func (p *Plan) rangeEnd(it item) string {
	if dot := strings.LastIndexByte(it.from, '.'); dot >= 0 && it.to != "" && phaseNamed(p, it.to) == nil {
		if whole := it.from[:dot+1] + it.to; phaseNamed(p, whole) != nil {
			return whole
		}
	}
	return it.to
}

// phasesNamed is the phase of this plan, else those of the initiative's other
// plans; archived plans answer where no other does.
func (w *Workspace) phasesNamed(p *Plan, id string) []PhaseRef {
	if ph := phaseNamed(p, id); ph != nil {
		return []PhaseRef{{p, ph}}
	}
	var live, archived []PhaseRef
	for _, q := range w.Initiative(p.Link.ID) {
		if q == p {
			continue
		}
		if ph := phaseNamed(q, id); ph != nil {
			if q.Archived {
				archived = append(archived, PhaseRef{q, ph})
			} else {
				live = append(live, PhaseRef{q, ph})
			}
		}
	}
	if len(live) > 0 {
		return live
	}
	return archived
}

func phaseNamed(p *Plan, id string) *plan.Phase {
	if ph := p.Doc.Phase(id); ph != nil {
		return ph
	}
	if !looksLikePhase(id) {
		return nil // "phase a complete" may be an article
	}
	return p.fold[strings.ToLower(id)]
}

// elsewhere reports whether the words beside a mention name another plan or another initiative.
func (w *Workspace) elsewhere(p *Plan, beside string) bool {
	for _, m := range bracketID.FindAllStringSubmatch(beside, -1) {
		if !strings.EqualFold(m[1], p.Link.ID) {
			return true
		}
	}
	for _, id := range bareID.FindAllString(beside, -1) {
		if id != p.Link.ID && len(w.Initiative(id)) > 0 {
			return true
		}
	}
	for _, name := range docPath.FindAllString(beside, -1) {
		if w.isLedger(name) || hasSuffix(w.Config.Ledger, name, func(a, b string) bool { return a == b }) {
			continue
		}
		hits := named(w.Plans, name, func(a, b string) bool { return a == b })
		own := slices.Contains(hits, p)
		if !own && (len(hits) > 0 || matchesAny(w.Config.Plans, path.Clean(name)) && !strings.Contains(name, "/reports/")) {
			return true
		}
	}
	return false
}

// expand is the IDs of a mention. A range whose ends this plan has is every
// phase from one to the other in the document's order; else the IDs are counted.
func (w *Workspace) expand(p *Plan, m mention) []string {
	var out []string
	for _, it := range m.items {
		if it.to == "" {
			out = append(out, it.from)
			continue
		}
		it.to = p.rangeEnd(it)
		from, to := phaseNamed(p, it.from), phaseNamed(p, it.to)
		i, j := slices.Index(p.Doc.Phases, from), slices.Index(p.Doc.Phases, to)
		if from != nil && to != nil && i <= j {
			for _, ph := range p.Doc.Phases[i : j+1] {
				out = append(out, ph.ID)
			}
			continue
		}
		out = append(out, counted(it.from, it.to)...)
	}
	return out
}

// maxRange bounds a range that is counted: "Phases 1–999999" is no list of phases.
const maxRange = 100

// counted is C1 … C3, A … F or 1 … 4; the two ends where they cannot be counted.
func counted(from, to string) []string {
	ends := []string{from, to}
	prefix := strings.TrimRight(from, "0123456789")
	a, errA := strconv.Atoi(from[len(prefix):])
	last, ok := strings.CutPrefix(to, prefix)
	b, errB := strconv.Atoi(last)
	if !ok { // "C1–3"
		b, errB = strconv.Atoi(to)
	}
	switch {
	case errA == nil && errB == nil && a <= b && b-a < maxRange:
		var out []string
		for n := a; n <= b; n++ {
			out = append(out, prefix+strconv.Itoa(n))
		}
		return out
	case len(from) == 1 && len(to) == 1 && from <= to && to[0]-from[0] < 26:
		var out []string
		for c := from[0]; c <= to[0]; c++ {
			out = append(out, string(c))
		}
		return out
	}
	return ends
}
