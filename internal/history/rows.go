package history

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// rows holds the rows of the base's plans against what they are now.
func (c *comparison) rows() {
	was := c.before()
	x := &naming{comparison: c}
	x.read()
	for _, h := range c.head.Plans {
		b := was[h.Path]
		for _, t := range h.Doc.Tasks() {
			x.row(h, b, t)
		}
		if b != nil {
			c.deletedRows(h, b)
		}
	}
	found := map[*Plan]bool{}
	for _, b := range was {
		found[b] = true
	}
	for i := range c.base.Plans {
		if b := &c.base.Plans[i]; !found[b] {
			c.lost(b)
		}
	}
	for _, h := range c.head.Plans {
		if b := was[h.Path]; b != nil && b.Path == h.Path && h.Archived && !b.Archived {
			c.add(CodePlanArchived, h.Path, 0, "", "the plan was worked on at the base, and the config calls it archived now", "move it below plans/archive, or archive it in a change of its own: what is archived is not held to its inputs any more")
		}
	}
}

// lost speaks of a plan of the base that is none any more.
func (c *comparison) lost(b *Plan) {
	open, done := 0, 0
	for _, t := range b.Doc.Tasks() {
		switch t.State {
		case plan.Done:
			done++
		case plan.Skipped:
		default:
			open++
		}
	}
	if c.head.Unread[b.Path] {
		ran := slices.ContainsFunc(c.base.Manifests, func(m Manifest) bool { return m.Doc != nil && m.Doc.Predicate.Task.Plan == b.Path })
		c.add(CodePlanUnread, b.Path, 0, "", fmt.Sprintf("the plan stands there, and the config does not read it any more: %d of its rows are done, %d open", done, open),
			"let `plans` in .planctl.yaml name it; a plan that is over is moved below plans/archive")
		if done == 0 && !ran {
			c.list[len(c.list)-1].Severity = finding.Warning
		}
		return
	}
	if open > 0 {
		c.add(CodePlanDeleted, b.Path, 0, "", fmt.Sprintf("the plan is gone, and %d of its rows were open", open), "git checkout BASE -- "+b.Path+" brings it back; an archive below plans/archive keeps it")
	}
}

// before finds for each plan what it was at the base: of the same path, else one that is there no more, of the same file
// name or with most of its rows, which has moved.
func (c *comparison) before() map[string]*Plan {
	out := map[string]*Plan{}
	now := map[string]bool{}
	for _, h := range c.head.Plans {
		now[h.Path] = true
	}
	var moved []*Plan
	for i := range c.base.Plans {
		b := &c.base.Plans[i]
		switch {
		case now[b.Path]:
			out[b.Path] = b
		case !c.head.Unread[b.Path]:
			moved = append(moved, b)
		}
	}
	for _, h := range c.head.Plans {
		if out[h.Path] != nil {
			continue
		}
		best, most := -1, 0
		for i, b := range moved {
			n := shared(h, *b)
			if path.Base(b.Path) == path.Base(h.Path) {
				n *= 2
			}
			if 2*n > len(b.Doc.Tasks()) && n > most {
				best, most = i, n
			}
		}
		if best >= 0 {
			out[h.Path] = moved[best]
			moved = slices.Delete(moved, best, best+1)
		}
	}
	return out
}

func shared(a, b Plan) int {
	n := 0
	for _, t := range b.Doc.Tasks() {
		if o := a.Doc.Task(t.ID); t.ID != "" && o != nil && o.Description == t.Description {
			n++
		}
	}
	return n
}

// row speaks of a row that is done now and was not at the base.
func (x *naming) row(h Plan, b *Plan, t *plan.Task) {
	if t.ID == "" || h.Doc.Task(t.ID) != t {
		return
	}
	if t.State == plan.Skipped {
		x.skipped(h, b, t)
		return
	}
	if t.State != plan.Done {
		return
	}
	var old *plan.Task
	if b != nil {
		if old = b.Doc.Task(t.ID); old != nil && old.State == plan.Done {
			if h.RolledUp[t.ID] && words(old.Description) != words(t.Description) {
				x.add(CodeReworded, h.Path, t.Line, t.ID, fmt.Sprintf("%s was done by its phase at the base, and said “%s”", t.ID, old.Description),
					"bring its words back; planctl mark "+t.ID+" done --note \"…\" says why what it says now is done")
			}
			return
		}
	}
	if !x.named(h, t) {
		x.add(CodeTick, h.Path, t.Line, t.ID, fmt.Sprintf("%s was ticked since the base, and no attempt in the section of %s names it", t.ID, h.Initiative),
			"planctl run or planctl mark tick with an attempt; for work that was done otherwise write the attempt that says how")
	}
	if old != nil && b.Review[t.ID] && !h.Review[t.ID] && !x.decided[h.Path+"#"+t.ID] {
		x.add(CodeReviewLost, h.Path, t.Line, t.ID, fmt.Sprintf("%s waited for a review at the base, and was ticked since without one", t.ID),
			"planctl mark "+t.ID+" done --run DIGEST --note \"…\" is the review; bring `review: true` back, or take it out in a change of its own")
	}
	if old != nil && b.Commands[t.ID] && !h.Commands[t.ID] {
		x.add(CodeCommandLost, h.Path, t.Line, t.ID, fmt.Sprintf("%s had a command at the base, and lost it when it was ticked", t.ID), "bring the command back into the row, or bind it: planctl bind "+t.ID+" --write; nobody can run it again otherwise")
	}
}

// skipped speaks of an open row that was dropped without a word: its phase may be complete by that.
func (x *naming) skipped(h Plan, b *Plan, t *plan.Task) {
	if b == nil {
		return
	}
	old := b.Doc.Task(t.ID)
	if old == nil || old.State == plan.Skipped || old.State == plan.Done || x.named(h, t) {
		return
	}
	x.add(CodeSkip, h.Path, t.Line, t.ID, fmt.Sprintf("%s was open at the base and is skipped, and no attempt in the section of %s names it", t.ID, h.Initiative),
		"planctl mark "+t.ID+" skipped --note \"…\" says why; take the token back first")
}

// deletedRows speaks of rows that are gone. One whose ID was changed is known by its description.
func (c *comparison) deletedRows(h Plan, b *Plan) {
	said := map[string]bool{}
	for _, t := range h.Doc.Tasks() {
		if b.Doc.Task(t.ID) == nil {
			said[words(t.Description)] = true
		}
	}
	for _, t := range b.Doc.Tasks() {
		if t.ID == "" || h.Doc.Task(t.ID) != nil || said[words(t.Description)] {
			continue
		}
		if c.elsewhere(t) {
			continue
		}
		c.add(CodeRowDeleted, h.Path, 0, t.ID, fmt.Sprintf("row %s (line %d at the base, %s) is gone", t.ID, t.Line, t.State), "bring it back; [-] says that a task was dropped, and keeps it in the count")
	}
}

// words is a text without what the width of its column adds.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// elsewhere reports whether a row of that ID and description stands in another plan now.
func (c *comparison) elsewhere(t *plan.Task) bool {
	return slices.ContainsFunc(c.head.Plans, func(p Plan) bool {
		o := p.Doc.Task(t.ID)
		return o != nil && o.Description == t.Description
	})
}

// telling is an attempt that may name rows.
type telling struct {
	plan   string   // of the row that its manifest is of; "" where there is none
	rollup []string // the rows, PLAN#ID, that its manifest ticked besides
	names  ledger.Naming
}

// naming knows which rows attempts and manifests name.
type naming struct {
	*comparison
	there   map[string]bool                  // paths of plans
	told    map[string]map[string][]*telling // by initiative, folded, and by ID
	hand    map[string][]*telling            // by initiative, folded: those that a person wrote, who may speak of whole phases
	done    map[string]bool                  // PLAN#ID of manifests that an attempt carries
	decided map[string]bool                  // PLAN#ID that a person decided to be done, since the base
}

// read reads each attempt once, for all rows of its initiative.
func (x *naming) read() {
	x.there, x.done, x.decided = map[string]bool{}, map[string]bool{}, map[string]bool{}
	x.told, x.hand = map[string]map[string][]*telling{}, map[string][]*telling{}
	ids := map[string]map[string]bool{}
	for _, p := range x.head.Plans {
		x.there[p.Path] = true
		key := ledger.FoldID(p.Initiative)
		if ids[key] == nil {
			ids[key] = map[string]bool{}
		}
		for _, t := range p.Doc.Tasks() {
			ids[key][t.ID] = true
		}
	}
	docs, old := map[string]*manifest.Statement{}, map[string]bool{}
	for _, m := range x.head.Manifests {
		if m.Doc != nil {
			docs[m.Digest] = m.Doc
		}
	}
	for _, m := range x.base.Manifests {
		old[m.Digest] = true
	}
	for _, l := range x.head.Ledgers {
		loose := x.loose(l.Doc)
		for _, a := range l.Doc.Attempts() {
			doc := docs[a.Run]
			if doc != nil {
				x.earned(&doc.Predicate, !old[a.Run])
			}
			if a.Section == nil {
				continue
			}
			for _, key := range append(loose[a.Section], ledger.FoldID(a.Section.ID)) {
				t := &telling{names: l.Doc.Names(a, ids[key])}
				if doc != nil {
					t.plan, t.rollup = doc.Predicate.Task.Plan, doc.Predicate.Rollup
				}
				if x.told[key] == nil {
					x.told[key] = map[string][]*telling{}
				}
				for id := range t.names.IDs {
					x.told[key][id] = append(x.told[key][id], t)
				}
				if a.Run == "" {
					x.hand[key] = append(x.hand[key], t)
				}
			}
		}
	}
}

// loose is the headings that name initiatives without brackets, each with the initiatives, folded, whose section it is.
func (x *naming) loose(doc *ledger.Ledger) map[*ledger.Section][]string {
	out := map[*ledger.Section][]string{}
	if len(doc.Loose) == 0 {
		return out
	}
	seen := map[string]bool{}
	for _, p := range x.head.Plans {
		if seen[p.Initiative] {
			continue
		}
		seen[p.Initiative] = true
		for _, s := range doc.SectionsOf(p.Initiative) {
			if slices.Contains(doc.Loose, s) {
				out[s] = append(out[s], ledger.FoldID(p.Initiative))
			}
		}
	}
	return out
}

// earned notes what a manifest that an attempt carries is of.
func (x *naming) earned(p *manifest.Predicate, fresh bool) {
	if p.Result != manifest.Pass {
		return
	}
	x.done[p.Task.Plan+"#"+p.Task.ID] = true
	for _, r := range p.Rollup {
		x.done[r] = true
	}
	if fresh && len(p.Argv) == 0 && p.State == plan.Done.String() {
		x.decided[p.Task.Plan+"#"+p.Task.ID] = true
	}
}

// named reports whether an attempt in the section of the plan's initiative names the row, or a manifest of an attempt is
// of it. An attempt whose manifest is of another plan that is there names no row of this one by its ID.
func (x *naming) named(h Plan, t *plan.Task) bool {
	if x.done[h.Path+"#"+t.ID] {
		return true
	}
	key := ledger.FoldID(h.Initiative)
	for _, a := range x.told[key][t.ID] {
		if a.plan == "" || a.plan == h.Path || !x.there[a.plan] {
			return true
		}
		for _, r := range a.rollup {
			if i := strings.LastIndexByte(r, '#'); i >= 0 && r[i+1:] == t.ID && (r[:i] == h.Path || !x.there[r[:i]]) {
				return true
			}
		}
	}
	return t.Phase != nil && slices.ContainsFunc(x.hand[key], func(a *telling) bool { return a.names.Phase(t.Phase.ID) != ledger.PhaseUnnamed })
}
