package workspace

import (
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/yamlstrict"
)

// noTable says what is lost in a document that is no plan: rows that could
// not be read, and specs for tasks that are nowhere. It reports whether
// anything was said.
func (w *Workspace) noTable(p *Plan) bool {
	before := len(w.Findings)
	w.Findings = append(w.Findings, p.Doc.Findings...)
	if len(p.Doc.Specs) > 0 || p.Sidecar != "" {
		w.Findings = append(w.Findings, finding.Finding{
			Code: "plan-no-table", Severity: finding.Error, File: p.Path,
			Message: "the document has specs and no checklist table, so that it is no plan",
			Help:    "add a table with an ID column and a State column of tokens such as [ ]",
		})
		w.Findings = append(w.Findings, p.Specs.Findings...)
	}
	return len(w.Findings) > before
}

// tableless keeps the name of a document that `plans` matches, that has no
// checklist, and of which nothing else is said. Archived documents and what
// lies among reports were never meant as plans to work on.
func (w *Workspace) tableless(rel string, f *found) {
	if f.evidence[path.Dir(rel)] || matchesAny(w.Config.Archived, rel) || slices.Contains(strings.Split(path.Dir(rel), "/"), "reports") {
		return
	}
	if st, err := os.Stat(w.Abs(rel)); err != nil || !st.Mode().IsRegular() {
		return
	}
	w.Tableless = append(w.Tableless, rel)
}

// checkTableless says once that documents were passed over, at the first of them: where all plans of a place are in
// another style, a reader would think that there are none.
func (w *Workspace) checkTableless() {
	if len(w.Tableless) == 0 {
		return
	}
	w.Findings = append(w.Findings, finding.Finding{
		Code: "plan-no-checklist", Severity: finding.Note, File: w.Tableless[0], Message: w.PassedOver(),
		Help: "nothing, where they are no plans; else give them a table with an ID column and a State column of tokens such as [ ]",
	})
}

// PassedOver says how many documents hold a checklist and which do not; "" where all do.
func (w *Workspace) PassedOver() string {
	if len(w.Tableless) == 0 {
		return ""
	}
	first, more := w.Tableless[:min(3, len(w.Tableless))], ""
	if n := len(w.Tableless) - len(first); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("read %d of %d documents that `plans:` matches; the others hold no checklist table: %s%s",
		len(w.Plans), len(w.Plans)+len(w.Tableless), strings.Join(first, ", "), more)
}

// checkLinks reports `links` that lead to no plan.
func (w *Workspace) checkLinks() {
	for _, p := range names(w.Config.Links) {
		if w.byPath[p] != nil {
			continue
		}
		help := "mend the path, or take the entry out"
		if near := yamlstrict.Nearest(p, names(w.byPath)); near != "" {
			help = "did you mean " + near + "?"
		}
		w.Findings = append(w.Findings, finding.Finding{
			Code: "config-link", Severity: finding.Warning, File: w.ConfigPath,
			Message: "`links` names " + p + ", which is no plan of the workspace", Help: help,
		})
	}
}

// checkSidecars reports spec files that have no plan beside them.
func (w *Workspace) checkSidecars(f *found) {
	used := map[string]bool{}
	for _, p := range w.Plans {
		used[p.Sidecar] = true
	}
	for _, s := range names(f.sidecars) {
		if beside := strings.TrimSuffix(s, sidecarSuffix) + ".md"; !used[s] && w.byPath[beside] == nil {
			w.Findings = append(w.Findings, finding.Finding{
				Code: "spec-no-plan", Severity: finding.Error, File: s,
				Message: "the specs are for " + beside + ", which is no plan of the workspace", Help: "name the file after its plan: NAME" + sidecarSuffix + " beside NAME.md",
			})
		}
	}
}

// checkNames reports specs for tasks and phases that are not there, and
// references of specs that lead nowhere.
func (w *Workspace) checkNames() {
	for _, p := range w.Plans {
		add := func(code finding.Code, file string, line, col int, task, message, help string) {
			w.Findings = append(w.Findings, finding.Finding{
				Code: code, Severity: finding.Error, File: file, Line: line, Col: col, Task: task, Message: message, Help: help,
			})
		}
		ids, unknown := names(p.byID), 0
		for _, id := range names(p.Specs.Tasks) {
			s := p.Specs.Tasks[id]
			if p.byID[id] == nil {
				if unknown++; unknown > maxMeant {
					ids = nil
				}
				add("spec-unknown-task", s.File, s.Line, s.Col, id, fmt.Sprintf("%s has no task %s", p.Path, id), meant(id, ids, "the key is a task's ID as its row has it"))
				continue
			}
			unknown += w.checkReferences(p, s, unknown, add)
		}
		var phases []string
		for _, ph := range p.Doc.Phases {
			phases = append(phases, ph.ID)
		}
		for _, id := range names(p.Specs.Phases) {
			if s := p.Specs.Phases[id]; !slices.Contains(phases, id) {
				add("spec-unknown-phase", s.File, s.Line, s.Col, "", fmt.Sprintf("%s has no phase %s", p.Path, id), meant(id, phases, "the key is a phase's ID: "+strings.Join(phases, ", ")))
			}
		}
	}
}

// maxMeant bounds how many names of a plan are compared with all others: a
// plan in which more than that is wrong does not get better by guesses.
const maxMeant = 50

// checkReferences reports what one spec names, and gives how many tasks it did not find.
func (w *Workspace) checkReferences(p *Plan, s *spec.Spec, before int, add func(code finding.Code, file string, line, col int, task, message, help string)) (unknown int) {
	at := func(key string) (int, int) {
		if pos, ok := s.FieldPos[key]; ok {
			return pos[0], pos[1]
		}
		return s.Line, s.Col
	}
	task := func(key, name string) {
		if n := w.ids[name]; p.byID[name] != nil || n.live == 1 || n.live == 0 && n.archived == 1 && w.folded[strings.ToLower(name)] == 0 {
			return
		}
		line, col := at(key)
		if before+unknown >= maxMeant && !w.known(name) {
			unknown++
			add("spec-unknown-task", s.File, line, col, s.ID, fmt.Sprintf("`%s` of %s: no one task is named %q", key, s.ID, name), "write an ID of this plan, or PLAN#ID")
			return
		}
		if _, err := w.Find(name); err != nil {
			unknown++
			add("spec-unknown-task", s.File, line, col, s.ID, fmt.Sprintf("`%s` of %s: %s", key, s.ID, brief(err)), helpOf(err, "write an ID of this plan, or PLAN#ID"))
		}
	}
	for _, a := range s.After {
		task("after", a)
	}
	if s.Red != "" {
		task("red", s.Red)
	}
	if !s.IsRollup() {
		return unknown
	}
	target := p
	if s.Plan != "" {
		var err error
		if target, err = w.FindPlan(s.Plan); err != nil {
			line, col := at("plan")
			add("spec-unknown-plan", s.File, line, col, s.ID, fmt.Sprintf("`plan` of %s: %s", s.ID, brief(err)), helpOf(err, "write a path, or another unambiguous name of a plan"))
			return unknown
		}
	}
	if target.Doc.Phase(s.Phase) == nil {
		var phases []string
		for _, ph := range target.Doc.Phases {
			phases = append(phases, ph.ID)
		}
		line, col := at("phase")
		add("spec-unknown-phase", s.File, line, col, s.ID, fmt.Sprintf("`phase` of %s: %s has no phase %s", s.ID, target.Path, s.Phase), meant(s.Phase, phases, "its phases are "+strings.Join(phases, ", ")))
	}
	return unknown
}

// known reports whether Find may find the name, without looking for near ones.
func (w *Workspace) known(name string) bool {
	i := strings.LastIndexByte(name, '#')
	if i < 0 {
		return w.folded[strings.ToLower(name)] == 1
	}
	p, err := w.FindPlan(name[:i])
	return err == nil && p.byID[name[i+1:]] != nil
}

func brief(err error) string {
	if e := (*NotFoundError)(nil); errors.As(err, &e) {
		return e.brief()
	}
	return err.Error()
}

func helpOf(err error, other string) string {
	if e := (*NotFoundError)(nil); errors.As(err, &e) && e.Help() != "" {
		return e.Help()
	}
	return other
}

// meant is a did-you-mean, or the other help.
func meant(name string, known []string, other string) string {
	if near := yamlstrict.Nearest(name, known); near != "" {
		return "did you mean " + near + "?"
	}
	return other
}
