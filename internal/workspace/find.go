package workspace

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/planctl/planctl/internal/yamlstrict"
	"github.com/planctl/planctl/plan"
)

// NotFoundError says that nothing has the name.
type NotFoundError struct {
	What    string   // task, plan or phase
	Name    string   // as it was asked for
	Why     string   // where more is known: the file is there and is no plan
	Nearest []string // names that were probably meant, best first
}

func (e *NotFoundError) Error() string {
	s := e.brief()
	if h := e.Help(); h != "" {
		s += "; " + h
	}
	return s
}

// brief is the error without its help, for a finding that has a place for it.
func (e *NotFoundError) brief() string {
	s := fmt.Sprintf("no %s is named %q", e.What, e.Name)
	if e.Why != "" {
		s += ": " + e.Why
	}
	return s
}

// Help is the did-you-mean, "" where nothing is near.
func (e *NotFoundError) Help() string {
	if len(e.Nearest) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(e.Nearest, " or ") + "?"
}

// AmbiguousError says that several things have the name, and their full names.
type AmbiguousError struct {
	What       string // task, plan or phase
	Name       string
	Candidates []string
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%d %ss are named %q: %s", len(e.Candidates), e.What, e.Name, strings.Join(e.Candidates, ", "))
}

// Find gives the task named ID, or PLAN#ID where several plans have that ID.
// An exact ID comes before one that differs by case only. Archived plans are
// asked only where no other plan answers. The errors are *NotFoundError and *AmbiguousError.
func (w *Workspace) Find(name string) (*Item, error) {
	return find(w, "task", name, (*Plan).items, (*Item).id, (*Item).fullName, (*Item).line)
}

// FindPhase gives the phase named PHASE or PLAN#PHASE, by the rules of Find; the word Phase may stand
// before the ID, as it does in a heading.
func (w *Workspace) FindPhase(name string) (*Plan, *plan.Phase, error) {
	at := strings.LastIndexByte(name, '#') + 1
	if id := strings.TrimSpace(name[at:]); len(id) > 6 && strings.EqualFold(id[:6], "phase ") {
		name = name[:at] + strings.TrimSpace(id[6:])
	}
	ref, err := find(w, "phase", name, (*Plan).phaseRefs, PhaseRef.id, PhaseRef.name, PhaseRef.line)
	return ref.Plan, ref.Phase, err
}

func (r PhaseRef) id() string                 { return r.Phase.ID }
func (r PhaseRef) name(w *Workspace) string   { return w.planName(r.Plan) + "#" + r.Phase.ID }
func (r PhaseRef) line() int                  { return r.Phase.Line }
func (p *Plan) items() []*Item                { return p.Items }
func (it *Item) id() string                   { return it.Task.ID }
func (it *Item) line() int                    { return it.Task.Line }
func (it *Item) fullName(w *Workspace) string { return w.planName(it.Plan) + "#" + it.Task.ID }

func (p *Plan) phaseRefs() []PhaseRef {
	out := make([]PhaseRef, len(p.Doc.Phases))
	for i, ph := range p.Doc.Phases {
		out[i] = PhaseRef{p, ph}
	}
	return out
}

// find is the rule that tasks and phases share.
func find[T any](w *Workspace, what, name string, all func(*Plan) []T, id func(T) string, full func(T, *Workspace) string, line func(T) int) (T, error) {
	var none T
	plans, want := w.live(), name
	if i := strings.LastIndexByte(name, '#'); i >= 0 {
		p, err := w.FindPlan(name[:i])
		if err != nil {
			return none, err
		}
		plans, want = []*Plan{p}, name[i+1:]
	}
	collect := func(plans []*Plan, equal func(a, b string) bool) (hits []T) {
		for _, p := range plans {
			for _, t := range all(p) {
				if id(t) != "" && equal(id(t), want) {
					hits = append(hits, t)
				}
			}
		}
		return hits
	}
	groups := [][]*Plan{plans}
	if want == name {
		groups = append(groups, w.archived())
	}
	for _, g := range groups {
		for _, equal := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
			hits := collect(g, equal)
			if len(hits) == 1 {
				return hits[0], nil
			}
			if len(hits) > 1 {
				e := &AmbiguousError{What: what, Name: name}
				for _, h := range hits {
					name := full(h, w)
					if slices.ContainsFunc(hits, func(o T) bool { return line(o) != line(h) && full(o, w) == name }) {
						name += " (line " + strconv.Itoa(line(h)) + ")" // one plan has the ID twice: a finding says so
					}
					e.Candidates = append(e.Candidates, name)
				}
				return none, e
			}
		}
	}
	var known []string
	for _, p := range plans {
		for _, t := range all(p) {
			known = append(known, id(t))
		}
	}
	e := &NotFoundError{What: what, Name: name, Nearest: w.near(want, known)}
	if want == name && len(e.Nearest) == 0 {
		e.Why = w.unread()
	}
	return none, e
}

// unread names a plan that could not be read: what is looked for may stand there.
func (w *Workspace) unread() string {
	for _, f := range w.Findings.Errors() {
		if f.Code == "plan-unreadable" {
			return fmt.Sprintf("but %s was not read: %s", f.File, f.Message)
		}
	}
	return ""
}

// near is the one or two known names that are nearest to the name.
func (w *Workspace) near(name string, known []string) []string {
	slices.Sort(known)
	known = slices.Compact(known)
	var out []string
	for len(out) < 2 {
		n := yamlstrict.Nearest(name, known)
		if n == "" {
			break
		}
		out = append(out, n)
		known = slices.DeleteFunc(known, func(k string) bool { return k == n })
	}
	return out
}

// FindPlan gives the plan of that path (from the root, from the directory of
// the call, or absolute), initiative, stem or path suffix, in this order of
// trust: an exact path decides by itself; else every plan that the name fits
// counts, and there must be one. Archived plans answer where no other does.
func (w *Workspace) FindPlan(name string) (*Plan, error) {
	for _, p := range w.pathsOf(name) {
		if pl := w.byPath[p]; pl != nil {
			return pl, nil
		}
	}
	for _, group := range [][]*Plan{w.live(), w.archived()} {
		for _, equal := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
			hits := named(group, name, equal)
			if len(hits) == 1 {
				return hits[0], nil
			}
			if len(hits) > 1 {
				e := &AmbiguousError{What: "plan", Name: name}
				for _, p := range hits {
					e.Candidates = append(e.Candidates, w.planName(p))
				}
				return nil, e
			}
		}
	}
	e := &NotFoundError{What: "plan", Name: name, Why: w.noPlan(name)}
	if e.Why == "" {
		var known []string
		for _, p := range w.Plans {
			known = append(known, p.Link.ID, p.Stem(), p.Path, path.Base(p.Path))
		}
		e.Nearest = w.near(name, known)
	}
	return nil, e
}

// named is the plans whose initiative, stem or path suffix is the name.
func named(plans []*Plan, name string, equal func(a, b string) bool) []*Plan {
	name = strings.TrimPrefix(path.Clean(filepath.ToSlash(name)), "./")
	var hits []*Plan
	for _, p := range plans {
		if equal(p.Link.ID, name) || equal(p.Stem(), name) || hasSuffix(p.Path, name, equal) ||
			hasSuffix(strings.TrimSuffix(p.Path, path.Ext(p.Path)), name, equal) {
			hits = append(hits, p)
		}
	}
	return hits
}

// hasSuffix compares whole components from the end.
func hasSuffix(p, suffix string, equal func(a, b string) bool) bool {
	if len(p) < len(suffix) || suffix == "" {
		return false
	}
	i := len(p) - len(suffix)
	return equal(p[i:], suffix) && (i == 0 || p[i-1] == '/')
}

// pathsOf is the workspace paths that the name may mean.
func (w *Workspace) pathsOf(name string) []string {
	if name == "" {
		return nil
	}
	if filepath.IsAbs(name) {
		clean := filepath.Clean(name)
		out := []string{w.relative(clean)}
		if real, err := filepath.EvalSymlinks(clean); err == nil {
			out = append(out, w.relative(real))
		}
		return out
	}
	return []string{path.Clean(filepath.ToSlash(name)), w.relative(filepath.Join(w.Dir, name))}
}

// noPlan says why a file that is there is no plan.
func (w *Workspace) noPlan(name string) string {
	for _, rel := range w.pathsOf(name) {
		st, err := os.Stat(w.Abs(rel))
		if err != nil {
			continue
		}
		for _, f := range w.Findings {
			if f.File == rel && strings.HasPrefix(string(f.Code), "plan-") {
				return f.Message
			}
		}
		switch {
		case st.IsDir():
			return rel + " is a directory"
		case !st.Mode().IsRegular():
			return rel + " is no regular file"
		case st.Size() == 0:
			return rel + " is empty"
		case !matchesAny(w.Config.Plans, rel):
			return rel + " does not match `plans` in the config: " + strings.Join(w.Config.Plans, ", ")
		case w.Config.NestedIn(rel, w.configAt) != "":
			dir := w.Config.NestedIn(rel, w.configAt)
			return rel + " lies below " + dir + ", which has a config of its own: planctl -C " + dir + " works on it"
		default:
			return rel + " has no checklist table: a table with an ID column and a State or Status column of tokens such as [ ]"
		}
	}
	return ""
}

func (w *Workspace) live() []*Plan     { return w.group(false) }
func (w *Workspace) archived() []*Plan { return w.group(true) }

func (w *Workspace) group(archived bool) []*Plan {
	var out []*Plan
	for _, p := range w.Plans {
		if p.Archived == archived {
			out = append(out, p)
		}
	}
	return out
}

// Initiative is the plans that belong to the initiative, sorted by path, archived ones included.
func (w *Workspace) Initiative(id string) []*Plan {
	var out []*Plan
	for _, p := range w.Plans {
		if p.Link.ID == id {
			out = append(out, p)
		}
	}
	return out
}
