// Package schedule says what a task waits for, in which order tasks run, and
// what comes next. It looks at a workspace and decides nothing else: it may
// not run, write or print.
package schedule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// Kind says why a task waits. The zero value means not known.
type Kind uint8

// The kinds of a gate.
const (
	Unknown  Kind = iota
	After         // a task that the spec's `after`, or the row in its own words, names is not done
	RedFirst      // a green's red has not passed yet
	Prereq        // a phase that Prereqs, or the row in its own words, names is not complete
	Blocked       // a person marked the row blocked
	Worded        // a word beside the row's token says that it is blocked
	Shelved       // a heading or a Status line says that nobody should work on the phase
	Broken        // what the gate names does not exist
)

// Gate is one thing that a task waits for.
type Gate struct {
	Kind Kind
	Name string          // the task or phase that is waited for
	Why  string          // how it stands: "todo", "2 of 4 rows open: A1, A2"
	Item *workspace.Item // the task that is waited for, nil for a phase
}

func (g Gate) String() string {
	switch g.Kind {
	case Blocked:
		return "the row is marked blocked"
	case Worded, Shelved:
		return "what " + g.Why
	case Prereq:
		return fmt.Sprintf("phase %s (%s)", g.Name, g.Why)
	}
	return fmt.Sprintf("%s (%s)", g.Name, g.Why)
}

// Gates is what a task waits for; none: it may run. Position alone gates nothing.
func Gates(w *workspace.Workspace, it *workspace.Item) []Gate {
	var out []Gate
	if it.Task.State == plan.Blocked {
		out = append(out, Gate{Kind: Blocked, Name: it.Name(w), Why: "blocked"})
	}
	if it.WordBlocked() {
		out = append(out, Gate{Kind: Worded, Name: it.Name(w), Why: "its State cell says: " + it.Task.StateCell})
	}
	if it.Phase != nil && it.Phase.Shelf.State != plan.Unknown {
		out = append(out, Gate{Kind: Shelved, Name: it.Phase.ID, Why: fmt.Sprintf("line %d says of its phase: %.80s", it.Phase.Shelf.Line, it.Phase.Shelf.Text)})
	}
	if sp, _, prose := it.EffectiveSpec(); sp != nil {
		for _, id := range sp.After {
			out = append(out, afterGate(w, it, id)...)
		}
		if sp.Kind == spec.Green && sp.Red != "" {
			out = append(out, redGate(w, it, sp.Red, prose)...)
		}
	}
	if it.Phase != nil {
		pre := it.Plan.Prereqs(w, it.Phase)
		for _, dep := range pre.Items {
			if why := notDone(w, dep); why != "" {
				out = append(out, Gate{Kind: After, Name: dep.Task.ID, Why: why + "; the phase's Prereqs", Item: dep})
			}
		}
		for _, g := range pre.Phases {
			if why := OpenPhase(w, g.Plan, g.Phase); why != "" {
				out = append(out, Gate{Kind: Prereq, Name: phaseName(it, g), Why: why})
			}
		}
	}
	return append(out, statedGates(w, it, out)...)
}

func phaseName(it *workspace.Item, r workspace.PhaseRef) string {
	if r.Plan != it.Plan {
		return r.Plan.Path + "#" + r.Phase.ID
	}
	return r.Phase.ID
}

// statedGates is what the row says in its own words that it waits for, where that is open and held by nothing else already.
func statedGates(w *workspace.Workspace, it *workspace.Item, have []Gate) []Gate {
	var out []Gate
	add := func(g Gate, text string) {
		is := func(h Gate) bool { return h.Kind == g.Kind && h.Item == g.Item && h.Name == g.Name }
		if slices.ContainsFunc(have, is) || slices.ContainsFunc(out, is) {
			return
		}
		g.Why += "; its row says: " + text
		out = append(out, g)
	}
	for _, s := range it.BlockedOn(w) {
		for _, dep := range s.Items {
			if why := notDone(w, dep); why != "" {
				add(Gate{Kind: After, Name: dep.Task.ID, Why: why, Item: dep}, s.Text)
			}
		}
		for _, r := range s.Phases {
			if why := OpenPhase(w, r.Plan, r.Phase); why != "" {
				add(Gate{Kind: Prereq, Name: phaseName(it, r), Why: why}, s.Text)
			}
		}
	}
	return out
}

// Resolve finds the task that a spec names: in the same plan first, then in the workspace.
func Resolve(w *workspace.Workspace, from *workspace.Item, name string) (*workspace.Item, error) {
	for _, it := range from.Plan.Items {
		if it.Task.ID == name {
			return it, nil
		}
	}
	return w.Find(name)
}

func afterGate(w *workspace.Workspace, it *workspace.Item, name string) []Gate {
	dep, err := Resolve(w, it, name)
	if err != nil {
		return []Gate{{Kind: Broken, Name: name, Why: err.Error()}}
	}
	if why := notDone(w, dep); why != "" {
		return []Gate{{Kind: After, Name: name, Why: why, Item: dep}}
	}
	return nil
}

// notDone says how a task stands that is waited for; "" where it need not be any more.
func notDone(w *workspace.Workspace, dep *workspace.Item) string {
	switch {
	case dep.Refuted():
		return "refuted by its newest run"
	case dep.Task.State == plan.Done, dep.Task.State == plan.Skipped:
		return ""
	}
	return dep.Task.State.String()
}

// redGate holds a green until a run of its red has counted: a person's word shows no failure. A red that a person ticked
// before planctl came is taken as it is where the green stands only in prose: nothing but the same command joins the two.
func redGate(w *workspace.Workspace, it *workspace.Item, name string, prose bool) []Gate {
	dep, err := Resolve(w, it, name)
	if err != nil {
		return []Gate{{Kind: Broken, Name: name, Why: err.Error()}}
	}
	switch {
	case dep.RedRun() != nil:
		return nil
	case dep.LastPass() != nil:
		return []Gate{{Kind: RedFirst, Name: name, Why: "no run of it has failed as a red: " + worth(dep), Item: dep}}
	case prose && dep.Task.State == plan.Done:
		return nil
	}
	return []Gate{{Kind: RedFirst, Name: name, Why: "its red run has not been recorded", Item: dep}}
}

// worth says what stands behind the tick of a red that has no run which counted.
func worth(red *workspace.Item) string {
	p := &red.Ran(red.LastPass()).Doc.Predicate
	switch {
	case len(p.Argv) == 0:
		return "a person ticked it"
	case p.Kind != spec.Red.String():
		return "what passed of it is of kind " + p.Kind
	}
	return "its run was recorded as " + string(p.Result)
}

// OpenPhase says why a phase is not complete; "" when it is: every row done or skipped, its own
// criteria passed when they were last judged, or the phase was waived.
func OpenPhase(w *workspace.Workspace, p *workspace.Plan, ph *plan.Phase) string {
	v := LastVerdict(w, p, ph.ID)
	if v != nil && v.Waived {
		return ""
	}
	if open := p.OpenRows(ph); len(open) > 0 {
		return fmt.Sprintf("%d of %d rows open: %s", len(open), len(ph.Tasks), list(open, 6))
	}
	if ps := p.Specs.Phases[ph.ID]; ps != nil && len(ps.Criteria) > 0 {
		switch {
		case v == nil:
			return "its own exit criteria have not been judged: planctl run --phase " + ph.ID
		case !v.Pass:
			return "its own exit criteria failed when they were last judged"
		}
	}
	return ""
}

// Verdict is how a phase's own criteria were judged last.
type Verdict struct {
	Pass   bool
	Waived bool
	Record *workspace.Record
}

// LastVerdict finds the newest record that judged or waived a phase; nil where there is none. Records
// come oldest first.
func LastVerdict(w *workspace.Workspace, p *workspace.Plan, phase string) *Verdict {
	if w.Evidence == nil {
		return nil
	}
	for _, r := range slices.Backward(w.Evidence.Records) {
		pr := &r.Doc.Predicate
		if pr.Task.ID == "" && pr.Task.Phase == phase && r.Plan == p && pr.Result == manifest.Decided {
			if pr.State == "waived" {
				return &Verdict{Pass: true, Waived: true, Record: r}
			}
		}
		for i := range pr.Phases {
			// The path is that of the time; a plan that moved since is known by its own record.
			if pr.Phases[i].ID == phase && (pr.Phases[i].Plan == p.Path || pr.Phases[i].Plan == pr.Task.Plan && r.Plan == p) {
				return &Verdict{Pass: pr.Phases[i].Pass, Record: r}
			}
		}
	}
	return nil
}

// Cycle finds tasks that wait for each other through `after` and `red`, as a path that ends where it
// began; nil where there is none.
func Cycle(w *workspace.Workspace, items []*workspace.Item) []string {
	const (
		onPath = 1
		clear  = 2
	)
	mark := map[*workspace.Item]int{}
	var path []*workspace.Item
	var found []string
	var visit func(it *workspace.Item) bool
	visit = func(it *workspace.Item) bool {
		switch mark[it] {
		case clear:
			return false
		case onPath:
			for _, p := range path[slices.Index(path, it):] {
				found = append(found, p.Task.ID)
			}
			found = append(found, it.Task.ID)
			return true
		}
		mark[it] = onPath
		path = append(path, it)
		for _, dep := range Needs(w, it) {
			if visit(dep) {
				return true
			}
		}
		path = path[:len(path)-1]
		mark[it] = clear
		return false
	}
	for _, it := range items {
		if visit(it) {
			return found
		}
	}
	return nil
}

// Needs is the tasks that a task's spec names in `after` and `red`, those that exist.
func Needs(w *workspace.Workspace, it *workspace.Item) []*workspace.Item {
	sp, _, _ := it.EffectiveSpec()
	if sp == nil {
		return nil
	}
	names := slices.Clone(sp.After)
	if sp.Red != "" {
		names = append(names, sp.Red)
	}
	var out []*workspace.Item
	for _, n := range names {
		// A name that leads nowhere is a Broken gate and a finding of lint; it makes no cycle.
		if dep, err := Resolve(w, it, n); err == nil {
			out = append(out, dep)
		}
	}
	return out
}

// IsOpen reports whether a task still has to be done.
func IsOpen(t *plan.Task) bool { return t.State != plan.Done && t.State != plan.Skipped }

// Next lists the tasks that can run now, best first: those that somebody has begun, then those of
// plans that are furthest along, then in the document's order. Archived plans never.
func Next(w *workspace.Workspace) []*workspace.Item {
	var out []*workspace.Item
	share := map[*workspace.Plan]float64{}
	for _, p := range w.Plans {
		if p.Archived {
			continue
		}
		closed := 0
		for _, it := range p.Items {
			if !IsOpen(it.Task) {
				closed++
				continue
			}
			if it.Task.State == plan.Unknown || !it.Task.Editable || it.Task.Struck {
				continue
			}
			if sp, _, _ := it.EffectiveSpec(); sp != nil && sp.IsRollup() {
				continue
			}
			if len(Gates(w, it)) == 0 {
				out = append(out, it)
			}
		}
		if len(p.Items) > 0 {
			share[p] = float64(closed) / float64(len(p.Items))
		}
	}
	slices.SortStableFunc(out, func(a, b *workspace.Item) int {
		if aa, bb := a.Task.State == plan.Active, b.Task.State == plan.Active; aa != bb {
			if aa {
				return -1
			}
			return 1
		}
		switch sa, sb := share[a.Plan], share[b.Plan]; {
		case sa > sb:
			return -1
		case sa < sb:
			return 1
		}
		return 0
	})
	return out
}

func list(ids []string, most int) string {
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return strings.Join(ids[:most], ", ") + fmt.Sprintf(" and %d more", len(ids)-most)
}
