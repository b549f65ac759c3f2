package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/yamlstrict"
)

// The keys of a task, and those of them that defaults may hold: what names
// one task, its command, its log or its place in the order is not shared.
func taskKeys() []string {
	return []string{"kind", "run", "because", "allow", "red", "pins", "criteria", "artifacts", "inputs", "tests", "env", "dir", "timeout", "tty",
		"after", "review", "executor", "resources", "plan", "phase", "log"}
}

func defaultKeys() []string {
	return []string{"kind", "because", "pins", "criteria", "artifacts", "inputs", "tests", "env", "dir", "timeout", "tty", "review", "executor", "resources"}
}

// reading is one call of Decode.
type reading struct {
	set      *Set
	defaults *Spec // FieldPos says which keys it has; File is that of the latest text
}

// Decode reads the texts of one plan as one. It never fails: what is wrong is
// in the set's findings, and a task that has one keeps what could be read.
func Decode(sources ...Source) *Set {
	r := &reading{
		set:      &Set{Tasks: map[string]*Spec{}, Phases: map[string]*PhaseSpec{}},
		defaults: &Spec{FieldPos: map[string][2]int{}},
	}
	for _, src := range sources {
		r.text(src)
	}
	for _, id := range r.set.Order {
		r.inherit(r.set.Tasks[id])
	}
	for _, id := range r.set.Order {
		s := r.set.Tasks[id]
		if red := r.set.Tasks[s.Red]; s.Kind == Green && s.Run == "" && red != nil && red != s {
			s.Follow(red)
		}
	}
	for _, id := range r.set.Order {
		r.set.contradictions(r.set.Tasks[id])
	}
	r.set.Findings.Sort()
	return r.set
}

func (r *reading) text(src Source) {
	doc := yamlstrict.Parse(yamlstrict.Source{Family: "spec", File: src.File, Text: src.Text, Line: src.Line})
	from := len(r.set.Findings)
	entries := doc.Root.MappingWith("a spec text", func(again, first yamlstrict.Entry) {
		switch again.Key {
		case "defaults", "phases":
			r.add(src.File, again.Line, again.Col, CodeDuplicateKey, "",
				fmt.Sprintf("%s stands on line %d already", again.Key, first.Line), "write both under one key")
		default:
			r.repeated(src.File, again, "spec", src.File, first.Line)
		}
	})
	for _, e := range entries {
		switch e.Key {
		case "defaults":
			r.shared(src.File, e)
		case "phases":
			r.phases(src.File, e)
		case "":
			r.add(src.File, e.Line, e.Col, CodeEmpty, "", "a spec has no task ID", "write the row's ID as the key")
		default:
			if old := r.set.Tasks[e.Key]; old != nil {
				r.repeated(src.File, e, "spec", old.File, old.Line)
				continue
			}
			s := &Spec{ID: e.Key, File: src.File, Line: e.Line, Col: e.Col, FieldPos: map[string][2]int{}}
			r.fields(s, e.Value.Fields("the spec of "+e.Key, taskKeys()...))
			r.set.Tasks[s.ID] = s
			r.set.Order = append(r.set.Order, s.ID)
		}
	}
	r.set.Findings = append(r.set.Findings, doc.Findings()...)
	r.set.Unread = r.set.Unread || !doc.Root.IsNull() && !doc.Root.IsMapping() ||
		slices.ContainsFunc(doc.Findings(), func(f finding.Finding) bool { return f.Code == CodeSyntax || f.Code == CodeSecondDocument })
	attribute(r.set.Findings[from:], entries)
}

// attribute gives findings the ID of the task whose text they stand in.
func attribute(findings finding.List, entries []yamlstrict.Entry) {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b yamlstrict.Entry) int { return a.Line - b.Line })
	for i := range findings {
		f := &findings[i]
		n, _ := slices.BinarySearchFunc(entries, f.Line+1, func(e yamlstrict.Entry, line int) int { return e.Line - line })
		if f.Task != "" || n == 0 {
			continue
		}
		if id := entries[n-1].Key; id != "defaults" && id != "phases" {
			f.Task = id
		}
	}
}

func (r *reading) repeated(file string, e yamlstrict.Entry, what, firstFile string, firstLine int) {
	r.add(file, e.Line, e.Col, CodeDuplicateID, e.Key,
		fmt.Sprintf("%s has a %s already, at %s:%d", e.Key, what, firstFile, firstLine), "keep one of the two, with the keys of both")
}

func (r *reading) add(file string, line, col int, code finding.Code, task, message, help string) {
	r.set.Findings = append(r.set.Findings, finding.Finding{
		Code: code, Severity: severity(code), File: file, Line: line, Col: col, Task: task, Message: message, Help: help,
	})
}

// shared reads a defaults mapping; several texts may each hold a part.
func (r *reading) shared(file string, e yamlstrict.Entry) {
	fields := e.Value.Fields("defaults", defaultKeys()...)
	fields = slices.DeleteFunc(fields, func(f yamlstrict.Entry) bool {
		p, twice := r.defaults.FieldPos[f.Key]
		if twice {
			r.add(file, f.Line, f.Col, CodeDuplicateKey, "",
				fmt.Sprintf("defaults has %s already, at %s:%d", f.Key, r.defaults.File, p[0]), "a plan has one set of defaults, whatever number of blocks it has")
		}
		return twice
	})
	r.defaults.File = file
	r.fields(r.defaults, fields)
}

func (r *reading) phases(file string, e yamlstrict.Entry) {
	for _, p := range e.Value.MappingWith("phases", func(again, first yamlstrict.Entry) {
		r.repeated(file, again, "phase entry", file, first.Line)
	}) {
		if old := r.set.Phases[p.Key]; old != nil {
			r.repeated(file, p, "phase entry", old.File, old.Line)
			continue
		}
		ph := &PhaseSpec{ID: p.Key, File: file, Line: p.Line, Col: p.Col}
		for _, f := range p.Value.Fields("the phase "+p.Key, "criteria") {
			ph.Criteria = r.criteria(file, f.Value)
		}
		r.set.Phases[p.Key] = ph
	}
}

// fields reads the keys of a task or of the defaults into s.
func (r *reading) fields(s *Spec, entries []yamlstrict.Entry) {
	for _, e := range entries {
		n := e.Value
		line, col := n.Pos()
		s.FieldPos[e.Key] = [2]int{line, col}
		switch e.Key {
		case "kind":
			if w, ok := n.OneOf(Check.String(), Red.String(), Green.String(), Manual.String()); ok {
				s.KindSet = s.Kind.UnmarshalText([]byte(w)) == nil
			}
		case "run":
			s.Run = trimRun(r.one(s, e))
		case "because":
			s.Because = r.one(s, e)
			r.regular(s, e, s.Because)
		case "allow":
			s.Allow = r.allow(s, e)
		case "red":
			s.Red = r.one(s, e)
		case "pins":
			s.Pins = r.paths(s, e)
		case "criteria":
			s.Criteria = r.criteria(s.File, n)
		case "artifacts":
			s.Artifacts = r.paths(s, e)
		case "inputs":
			s.Inputs = r.paths(s, e)
		case "tests":
			s.Tests = r.paths(s, e)
		case "env":
			s.Env = r.env(s, n)
		case "dir":
			if s.Dir = r.one(s, e); s.Dir != "" {
				r.path(s, "dir", yamlstrict.Text{Value: s.Dir, Line: line, Col: col})
			}
		case "timeout":
			s.Timeout, _ = n.Duration()
		case "tty":
			s.TTY, _ = n.Bool()
		case "after":
			s.After = r.texts(s, e)
		case "review":
			s.Review, _ = n.Bool()
		case "executor":
			s.Executor = r.one(s, e)
		case "resources":
			s.Resources = r.resources(s, n)
		case "plan":
			s.Plan = r.one(s, e)
		case "phase":
			s.Phase = r.one(s, e)
		case "log":
			if s.Log = r.one(s, e); s.Log != "" {
				r.log(s, line, col)
			}
		}
	}
}

// one is a key's text; a key without one is an error.
func (r *reading) one(s *Spec, e yamlstrict.Entry) string {
	if e.Value.IsNull() {
		r.empty(s, e.Key, e.Line, e.Col)
		return ""
	}
	v, ok := e.Value.String()
	if !ok {
		return ""
	}
	line, col := e.Value.Pos()
	if !r.fine(s, e.Key, yamlstrict.Text{Value: v, Line: line, Col: col}) {
		return ""
	}
	return v
}

// texts is a key's list of texts, without those that are wrong.
func (r *reading) texts(s *Spec, e yamlstrict.Entry) []string {
	var out []string
	for _, t := range r.list(s, e) {
		out = append(out, t.Value)
	}
	return out
}

func (r *reading) list(s *Spec, e yamlstrict.Entry) []yamlstrict.Text {
	if e.Value.IsNull() {
		r.empty(s, e.Key, e.Line, e.Col)
		return nil
	}
	return slices.DeleteFunc(e.Value.Texts(), func(t yamlstrict.Text) bool { return !r.fine(s, e.Key, t) })
}

func (r *reading) fine(s *Spec, key string, t yamlstrict.Text) bool {
	if strings.TrimSpace(t.Value) == "" {
		r.empty(s, key, t.Line, t.Col)
		return false
	}
	if strings.ContainsRune(t.Value, 0) {
		r.add(s.File, t.Line, t.Col, CodeType, s.ID, "`"+key+"` holds a NUL, which no command or file name can", "")
		return false
	}
	return true
}

func (r *reading) empty(s *Spec, key string, line, col int) {
	help := "leave the key out where it says nothing"
	if key == "run" {
		help = "write the command, or `kind: manual` where a person does it"
	}
	r.add(s.File, line, col, CodeEmpty, s.ID, "`"+key+"` is empty", help)
}

func (r *reading) criteria(file string, n *yamlstrict.Node) []Criterion {
	var out []Criterion
	for _, t := range n.Texts() {
		if strings.TrimSpace(t.Value) == "" {
			r.add(file, t.Line, t.Col, CodeEmpty, "", "a criterion is empty", "write an expression such as `tests.passed >= 1`")
			continue
		}
		out = append(out, Criterion{Expr: strings.TrimRight(t.Value, "\r\n"), File: file, Line: t.Line, Col: t.Col})
	}
	return out
}

// inherit puts the defaults under what the task says itself.
func (r *reading) inherit(s *Spec) {
	if s.IsRollup() {
		return
	}
	d := r.defaults.clone()
	lacks := func(key string) bool {
		_, own := s.FieldPos[key]
		_, has := d.FieldPos[key]
		return has && !own
	}
	if lacks("kind") {
		s.Kind, s.KindSet = d.Kind, d.KindSet
	}
	if s.Kind == Unknown {
		s.Kind = Check
	}
	if lacks("because") && s.Kind == Red {
		s.Because = d.Because
	}
	if lacks("pins") && (s.Kind == Red || s.Kind == Green) {
		s.Pins = d.Pins
	}
	if lacks("criteria") {
		s.Criteria = d.Criteria
	}
	if lacks("artifacts") {
		s.Artifacts = d.Artifacts
	}
	if lacks("inputs") {
		s.Inputs = d.Inputs
	}
	if lacks("tests") {
		s.Tests = d.Tests
	}
	if lacks("dir") {
		s.Dir = d.Dir
	}
	if lacks("timeout") {
		s.Timeout = d.Timeout
	}
	if lacks("tty") {
		s.TTY = d.TTY
	}
	if lacks("review") && s.Kind != Manual {
		s.Review = d.Review
	}
	if lacks("executor") {
		s.Executor = d.Executor
	}
	s.Env = under(d.Env, s.Env)
	s.Resources = under(d.Resources, s.Resources)
}

// under is the shared mapping with the task's own entries over it.
func under[V any](shared, own map[string]V) map[string]V {
	if len(shared) == 0 {
		return own
	}
	out := maps.Clone(shared)
	maps.Copy(out, own)
	return out
}
