package workspace

import (
	"strings"

	"github.com/planctl/planctl/plan"
)

// Name is what a person types for the task: its ID, or PLAN#ID where several
// plans have that ID. Find gives the item back for it.
func (it *Item) Name(w *Workspace) string {
	if w.shares(it) {
		return it.fullName(w)
	}
	return it.Task.ID
}

// EntryName is how the ledger names the task: its ID, or PLAN#ID where the
// initiative has several plans.
func (it *Item) EntryName(w *Workspace) string {
	if it.Plan.several(w) {
		return it.fullName(w)
	}
	return it.Task.ID
}

// PhaseName is how the ledger names a phase's own attempt, by the rule of EntryName.
func (p *Plan) PhaseName(w *Workspace, ph *plan.Phase) string {
	if p.several(w) {
		return w.planName(p) + "#" + ph.ID
	}
	return ph.ID
}

func (p *Plan) several(w *Workspace) bool { return w.size[p.Link.ID] > 1 }

// shares reports whether the bare ID would not lead Find to this item. Status
// asks it of every row, hence the table.
func (w *Workspace) shares(it *Item) bool {
	n := w.ids[it.Task.ID]
	if !it.Plan.Archived {
		return n.live != 1
	}
	return n.archived != 1 || w.folded[strings.ToLower(it.Task.ID)] > 0
}

// count is how many rows have an ID.
type count struct{ live, archived int }

// countIDs counts what names are made of, once the links are known.
func (w *Workspace) countIDs() {
	w.ids, w.folded, w.size = map[string]count{}, map[string]int{}, map[string]int{}
	for _, p := range w.Plans {
		w.size[p.Link.ID]++
		for _, it := range p.Items {
			n := w.ids[it.Task.ID]
			if p.Archived {
				n.archived++
			} else {
				n.live++
				w.folded[strings.ToLower(it.Task.ID)]++
			}
			w.ids[it.Task.ID] = n
		}
	}
}

// planName is the shortest name that FindPlan understands: the initiative,
// the stem, else as many components of the path as it takes.
func (w *Workspace) planName(p *Plan) string {
	w.mu.Lock()
	name, ok := w.names[p]
	w.mu.Unlock()
	if ok {
		return name
	}
	name = w.shortest(p)
	w.mu.Lock()
	w.names[p] = name
	w.mu.Unlock()
	return name
}

func (w *Workspace) shortest(p *Plan) string {
	for _, name := range []string{p.Link.ID, p.Stem()} {
		if name != "" && !strings.Contains(name, "#") && w.means(name, p) {
			return name
		}
	}
	parts := strings.Split(p.Path, "/")
	for i := len(parts) - 1; i >= 0; i-- {
		if name := strings.Join(parts[i:], "/"); w.means(name, p) {
			return name
		}
	}
	return p.Path
}

// means is FindPlan without the file system and without composing errors: names of errors need this function.
func (w *Workspace) means(name string, p *Plan) bool {
	if q := w.byPath[name]; q != nil {
		return q == p
	}
	for _, group := range [][]*Plan{w.live(), w.archived()} {
		for _, equal := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
			if hits := named(group, name, equal); len(hits) > 0 {
				return len(hits) == 1 && hits[0] == p
			}
		}
	}
	return false
}
