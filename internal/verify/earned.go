package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// reviewed reports whether the pass of a row is one that ticks it: where the spec asks for a review, a run alone does
// not, and a review of another run does not either.
func reviewed(it *workspace.Item, pass *workspace.Record) bool {
	if it.Spec == nil || !it.Spec.Review {
		return true
	}
	void, ran := it.Superseded(), it.Ran(pass)
	return slices.ContainsFunc(it.Runs, func(r *workspace.Record) bool {
		p := &r.Doc.Predicate
		return p.Result == manifest.Pass && p.State == plan.Done.String() && !void[r.Digest] && r.Attempt != nil && it.Ran(r) == ran
	})
}

// rolledUp holds a row that has no pass of its own to the run that completed its phase.
func (c *checker) rolledUp(it *workspace.Item, pass *workspace.Record, at place, name string) {
	help := "planctl mark " + name + " done --note \"…\" says why it is done all the same; else bring its spec back, or take the tick back"
	phases := pass.Doc.Predicate.Phases
	var closed []string
	for _, ph := range phases {
		if own := it.Phase != nil && ph.Plan == it.Plan.Path && ph.ID == it.Phase.ID; ph.Pass && !own {
			closed = append(closed, ph.ID)
		}
	}
	was := "phase " + strings.Join(closed, ", ")
	sp := it.Spec
	if sp == nil || !sp.IsRollup() {
		c.add(CodeSpecChanged, at, fmt.Sprintf("%s was ticked when %s was complete, and is no roll-up row any more", it.Task.ID, was), help)
		return
	}
	target := it.Plan
	if sp.Plan != "" {
		p, err := c.w.FindPlan(sp.Plan)
		if err != nil {
			return // that the spec leads nowhere is said of it
		}
		target = p
	}
	if len(phases) == 0 || slices.ContainsFunc(phases, func(ph manifest.PhaseVerdict) bool {
		return ph.Pass && ph.ID == sp.Phase && (ph.Plan == target.Path || !c.isPlan(ph.Plan))
	}) {
		return // phases came into manifests later than roll-up rows
	}
	c.add(CodeSpecChanged, specPlace(sp, "phase"), fmt.Sprintf("%s was ticked when %s was complete, and is a roll-up of phase %s now", it.Task.ID, was, sp.Phase), help)
}

func (c *checker) isPlan(path string) bool {
	return slices.ContainsFunc(c.w.Plans, func(p *workspace.Plan) bool { return p.Path == path })
}

// unearned speaks of a ticked row without a pass that stands.
func (c *checker) unearned(it *workspace.Item, at place, name string) {
	for _, r := range it.Runs {
		if r.Doc.Predicate.Result == manifest.Pass && (c.isAltered(r) || c.o.Intents[r.Doc.Predicate.Nonce]) {
			return // its entry is spoken of, or on its way
		}
	}
	void := it.Superseded()
	for _, r := range slices.Concat(it.Runs, it.Rollups) {
		switch {
		case r.Doc.Predicate.Result != manifest.Pass:
		case r.Attempt == nil && !void[r.Digest]:
			c.add(CodeUnentered, at, fmt.Sprintf("%s is ticked by a run that no attempt of the ledger names", it.Task.ID),
				"restore the entry from git, or planctl run "+name+" --force")
			return
		default:
			c.add(CodeSuperseded, at, fmt.Sprintf("%s is ticked, and what passed of it was reopened or called invalid since", it.Task.ID),
				"planctl run "+name+", or planctl mark "+name+" todo --note \"…\"")
			return
		}
	}
	said := c.told(it.Plan.Link.ID)
	var foreign *ledger.Attempt
	for _, a := range said.runs[it.Task.ID] {
		if !slices.ContainsFunc(a.Tasks, func(t string) bool { return c.isTask(t, it) }) {
			continue
		}
		r := c.w.Evidence.ByDigest(a.Run)
		if r == nil || it.Copies(r) {
			return // its manifest is not there, which is said at the entry; or the row is a copy of the one that ran
		}
		if foreign == nil {
			foreign = a
		}
	}
	hand, there := said.hand[it.Task.ID]
	how := ledger.PhaseUnnamed
	if !there && it.Phase != nil {
		hand, how = said.phase(it.Phase.ID)
	}
	switch {
	case !there && foreign != nil:
		t := c.w.Evidence.ByDigest(foreign.Run).Doc.Predicate.Task
		c.add(CodeNoAttemptOfTick, at, fmt.Sprintf("%s is ticked, and the run of %s is of another row: %s#%s “%s”", it.Task.ID, label(foreign), t.Plan, t.ID, t.Description),
			"planctl run "+name+" earns the tick; a plan that was moved keeps its rows as they ran; else take it back")
	case how == ledger.PhaseMentioned:
		c.add(CodeNoAttemptOfTick, at, fmt.Sprintf("%s is ticked, and no attempt in the section of %s names it: %s:%d only speaks of its phase", it.Task.ID, it.Plan.Link.ID, hand.book.Path, hand.Line),
			"planctl run "+name+" earns the tick, planctl mark "+name+" done --note \"…\" says why without a run; else take it back")
	case !there && how == ledger.PhaseUnnamed:
		c.add(CodeNoAttemptOfTick, at, fmt.Sprintf("%s is ticked, and no attempt in the section of %s names it", it.Task.ID, it.Plan.Link.ID),
			"planctl run "+name+" earns the tick, planctl mark "+name+" done --note \"…\" says why without a run; else take it back")
	case c.hasCommand(it):
		c.add(CodeNoAttemptOfTick, at, fmt.Sprintf("%s has a spec with a command and is ticked without a run: %s:%d is written by hand", it.Task.ID, hand.book.Path, hand.Line),
			"planctl run "+name+" earns the tick, planctl mark "+name+" done --note \"…\" says why without a run")
	case how == ledger.PhaseOver:
		c.add(CodeByHand, at, fmt.Sprintf("%s is ticked by hand: %s:%d names it only by its phase and has no evidence", it.Task.ID, hand.book.Path, hand.Line),
			"planctl mark "+name+" done --note \"…\" makes it a decision on record; planctl bind "+name+" gives it a command")
	default:
		c.add(CodeByHand, at, fmt.Sprintf("%s is ticked by hand: %s:%d names it and has no evidence", it.Task.ID, hand.book.Path, hand.Line),
			"planctl mark "+name+" done --note \"…\" makes it a decision on record; planctl bind "+name+" gives it a command")
	}
}

func (c *checker) hasCommand(it *workspace.Item) bool {
	return it.Spec != nil && it.Spec.Run != "" && it.Spec.Kind != spec.Manual
}

// tellings is what the sections of one initiative say of its rows. It is read once: a plan may have thousands of rows,
// and an attempt a megabyte.
type tellings struct {
	runs map[string][]*ledger.Attempt // by the ID of the task: entries with a run that passed
	hand map[string]entryOf           // by the ID of a row: the first entry by hand that speaks of it
	over []entryOf                    // entries by hand, for what they say of whole phases
}

// phase is the first entry by hand that says the most of a phase as a whole.
func (t tellings) phase(id string) (found entryOf, most ledger.PhaseNaming) {
	for _, e := range t.over {
		if how := e.names.Phase(id); how > most {
			found, most = e, how
		}
	}
	return found, most
}

// entryOf is an attempt of a ledger.
type entryOf struct {
	*ledger.Attempt
	book  *workspace.Ledger
	names ledger.Naming
}

func (c *checker) told(initiative string) tellings {
	key := ledger.FoldID(initiative)
	if t, ok := c.tellings[key]; ok {
		return t
	}
	ids := map[string]bool{}
	for _, p := range c.w.Plans {
		if ledger.SameID(p.Link.ID, initiative) {
			for _, it := range p.Items {
				ids[it.Task.ID] = true
			}
		}
	}
	t := tellings{runs: map[string][]*ledger.Attempt{}, hand: map[string]entryOf{}}
	for _, l := range c.books() {
		for _, s := range l.Doc.SectionsOf(initiative) {
			for _, a := range s.Attempts {
				if a.Run == "" {
					e := entryOf{a, l, l.Doc.Names(a, ids)}
					t.over = append(t.over, e)
					for id := range e.names.IDs {
						if _, ok := t.hand[id]; !ok {
							t.hand[id] = e
						}
					}
					continue
				}
				if a.Result != "pass" && a.Result != "done" {
					continue
				}
				for _, name := range a.Tasks {
					id := name[strings.LastIndexByte(name, '#')+1:]
					t.runs[id] = append(t.runs[id], a)
				}
			}
		}
	}
	if c.tellings == nil {
		c.tellings = map[string]tellings{}
	}
	c.tellings[key] = t
	return t
}

// isTask reports whether an entry's name for a task, ID or PLAN#ID, is the row's.
func (c *checker) isTask(name string, it *workspace.Item) bool {
	i := strings.LastIndexByte(name, '#')
	if i < 0 {
		return name == it.Task.ID
	}
	if name[i+1:] != it.Task.ID {
		return false
	}
	p, err := c.w.FindPlan(name[:i])
	return err != nil || p == it.Plan // a plan that moved since is known by no name any more
}
