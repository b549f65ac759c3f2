package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/yamlstrict"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// Alone gives the findings on one document that no workspace looks at, sorted: as a plan with its
// specs, as a ledger where it is one. sidecars are the spec files beside it. What needs the other
// documents (initiatives, roll-up rows, cited paths, PLAN#ID) is passed over.
func Alone(file string, src []byte, sidecars []spec.Source, tokens plan.Tokens) finding.List {
	doc := plan.Parse(file, src, tokens)
	var sources []spec.Source
	for _, b := range doc.Specs {
		sources = append(sources, spec.Source{File: file, Text: b.Span.Of(src), Line: b.Line})
	}
	sources = append(sources, sidecars...)
	l := &linter{}
	switch book := ledger.Parse(file, src); {
	case len(doc.Phases) == 0 && len(sources) == 0 && len(book.Sections) > 0:
		l.list = book.Findings
	default:
		l.list = append(l.list, doc.Findings...)
		l.secondReading(doc, tokens)
		l.setAlone(doc, spec.Decode(sources...))
	}
	l.list.Sort()
	return slices.CompactFunc(l.list, func(a, b finding.Finding) bool { return a == b })
}

func (l *linter) setAlone(doc *plan.Plan, set *spec.Set) {
	l.list = append(l.list, set.Findings...)
	l.phaseCriteria(set)
	var ids, phases []string
	for _, t := range doc.Tasks() {
		ids = append(ids, t.ID)
	}
	for _, ph := range doc.Phases {
		phases = append(phases, ph.ID)
	}
	for _, id := range sortedKeys(set.Phases) {
		if ps := set.Phases[id]; !slices.Contains(phases, id) {
			l.broken("spec-unknown-phase", place{ps.File, ps.Line, ps.Col, ""}, fmt.Sprintf("%s has no phase %s", doc.File, id), id, phases, "the key is a phase's ID: "+strings.Join(phases, ", "))
		}
	}
	known := map[string]bool{}
	for _, id := range ids {
		known[id] = true
	}
	for _, id := range sortedKeys(set.Tasks) {
		s := set.Tasks[id]
		if !known[id] {
			l.broken("spec-unknown-task", place{s.File, s.Line, s.Col, id}, fmt.Sprintf("%s has no task %s", doc.File, id), id, ids, "the key is a task's ID as its row has it")
			continue
		}
		l.criteria(s)
		if s.IsRollup() {
			continue
		}
		l.because(s)
		for _, name := range s.After {
			l.namedAlone(s, "after", name, known, ids)
		}
		if s.Red != "" {
			l.namedAlone(s, "red", s.Red, known, ids)
		}
	}
	if c := cycleAlone(set, ids, known); c != nil {
		l.add(CodeCycle, specPlace(set.Tasks[c[0]], "after"), "these tasks wait for each other: "+strings.Join(c, " → "), "take one of them out of the other's `after` or `red`")
	}
}

func (l *linter) namedAlone(s *spec.Spec, key, name string, known map[string]bool, ids []string) {
	if !known[name] && !strings.Contains(name, "#") {
		l.broken("spec-unknown-task", specPlace(s, key), fmt.Sprintf("`%s` of %s: no task is named %q", key, s.ID, name), name, ids, "write an ID of this plan, or PLAN#ID")
	}
}

// most bounds how many names are compared with all others, so that a document of nothing but wrong
// names costs linear time.
const most = 50

// broken reports a name that leads nowhere, with the nearest one that does not.
func (l *linter) broken(code finding.Code, at place, msg, name string, known []string, help string) {
	if l.guesses++; l.guesses <= most {
		if near := yamlstrict.Nearest(name, known); near != "" {
			help = "did you mean " + near + "?"
		}
	}
	l.list = append(l.list, finding.Finding{Code: code, Severity: finding.Error, File: at.file, Line: at.line, Col: at.col, Task: at.task, Message: msg, Help: help})
}

// cycleAlone finds tasks of one document that wait for each other: the way round, its first name again
// at the end; nil without. A task that names itself is reported where its spec is decoded.
func cycleAlone(set *spec.Set, ids []string, known map[string]bool) []string {
	const under, done = 1, 2
	state := map[string]int{}
	type frame struct {
		id   string
		next []string
	}
	waits := func(id string) []string {
		s := set.Tasks[id]
		if s == nil {
			return nil
		}
		names := slices.Clone(s.After)
		if s.Red != "" {
			names = append(names, s.Red)
		}
		return slices.DeleteFunc(names, func(n string) bool { return n == id || !known[n] })
	}
	for _, start := range ids {
		if state[start] != 0 {
			continue
		}
		state[start] = under
		stack := []frame{{start, waits(start)}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.next) == 0 {
				state[top.id] = done
				stack = stack[:len(stack)-1]
				continue
			}
			n := top.next[0]
			top.next = top.next[1:]
			switch state[n] {
			case under:
				var round []string
				for i := slices.IndexFunc(stack, func(f frame) bool { return f.id == n }); i < len(stack); i++ {
					round = append(round, stack[i].id)
				}
				return append(round, n)
			case 0:
				state[n] = under
				stack = append(stack, frame{n, waits(n)})
			}
		}
	}
	return nil
}
