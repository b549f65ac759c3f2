// Package spec decodes the machine-readable part of tasks, strictly, from
// fenced blocks or a sidecar file, and gives a spec its canonical digest. It
// may not read files, run commands or judge criteria.
//
// # The text
//
// A text is one YAML mapping. Its keys are task IDs, each with that task's
// spec, and two words: `defaults`, which holds what the specs of the plan
// share, and `phases`, which holds the phases' own exit criteria.
//
//	defaults:
//	  timeout: 10m
//	C2.D:
//	  kind: green
//	  red: C1.D
//	  criteria: [seconds < 120]
//	phases:
//	  C2:
//	    criteria: ['file("out.npz").exists']
//
// A plan may have several texts; they are read as one. `env` and `resources`
// of a task are merged with those of the defaults, key by key; any other key
// of a task replaces the default. Roll-up rows, which run nothing, take no
// defaults.
//
// # The digest
//
// What ran is identified by the SHA-256 of the RFC 8785 JSON of the effective
// keys that decide it (Value). Where a spec stands, how it is laid out, and
// which of its keys came from the defaults make no difference.
package spec

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/planctl/planctl/internal/finding"
)

// Criterion is one expression with the place where it stands.
type Criterion struct {
	Expr      string
	File      string
	Line, Col int
}

// Spec is one task's spec after defaults were applied.
type Spec struct {
	ID        string
	Kind      Kind // Unknown for a roll-up row, which has none
	KindSet   bool // written by the author rather than defaulted
	Run       string
	Because   string
	Allow     []string // of a red: problems that count as its failure, see Allowable
	Red       string
	Pins      []string
	Criteria  []Criterion
	Artifacts []string // as written: `?` at the end is still there
	Inputs    []string
	Tests     []string
	Env       map[string]*string // nil value: unset the variable
	Dir       string
	Timeout   time.Duration // 0: none
	TTY       bool
	After     []string
	Review    bool
	Executor  string
	Resources map[string]string
	Plan      string // roll-up: with Phase
	Phase     string
	Log       string
	File      string // where it is written
	Line, Col int
	FieldPos  map[string][2]int // key → line, col of its value in File, for findings about one field; keys from defaults are not in it
}

// PhaseSpec is a phase's own exit criteria.
type PhaseSpec struct {
	ID        string
	Criteria  []Criterion
	File      string
	Line, Col int
}

// Set is all specs of one plan.
type Set struct {
	Tasks    map[string]*Spec
	Phases   map[string]*PhaseSpec
	Order    []string // task IDs as written
	Findings finding.List
	Unread   bool // a text, or a part of it, could not be read at all: nobody knows which tasks it has specs for
}

// Source is one YAML text: a block in the Markdown, or a sidecar.
type Source struct {
	File string
	Text []byte
	Line int // of the text's first line in File, from 1
}

// IsRollup reports whether the row is done when a phase of another plan is,
// and so has no command.
func (s *Spec) IsRollup() bool { return s.Plan != "" || s.Phase != "" }

// FromCommand is the spec of a command that no spec block holds yet. It
// equals, digest for digest, the spec that Marshal writes and Decode reads
// back where the plan has no defaults. An unknown kind is a check.
func FromCommand(id, run string, kind Kind) *Spec {
	s := &Spec{ID: id, Kind: kind, KindSet: kind != Unknown, Run: trimRun(run)}
	if kind == Unknown {
		s.Kind = Check
	}
	return s
}

// trimRun takes off the line ends of a block scalar, which mean nothing to
// bash, so that one command has one text however it was laid out.
func trimRun(run string) string { return strings.TrimRight(run, "\r\n") }

// Expand is a copy with <TS>, <STAMP> and <ISO8601> replaced by the run's
// stamp in run, log, artifacts and criteria.
func (s *Spec) Expand(stamp string) *Spec {
	r := stamps(stamp)
	c := s.clone()
	c.Run, c.Log = r.Replace(c.Run), r.Replace(c.Log)
	for i := range c.Artifacts {
		c.Artifacts[i] = r.Replace(c.Artifacts[i])
	}
	for i := range c.Criteria {
		c.Criteria[i].Expr = r.Replace(c.Criteria[i].Expr)
	}
	return c
}

// Expanded is texts of a spec, such as its criteria, with the stamp put in as Expand does.
func Expanded(texts []string, stamp string) []string {
	r := stamps(stamp)
	var out []string
	for _, t := range texts {
		out = append(out, r.Replace(t))
	}
	return out
}

func stamps(stamp string) *strings.Replacer {
	return strings.NewReplacer("<TS>", stamp, "<STAMP>", stamp, "<ISO8601>", stamp)
}

// Follow gives a green without a command of its own that of its red, and with it what makes it the same command: its
// directory, its environment and its report files, as far as the green does not say otherwise.
func (s *Spec) Follow(red *Spec) {
	s.Run = red.Run
	if s.Dir == "" {
		s.Dir = red.Dir
	}
	if len(s.Tests) == 0 {
		s.Tests = slices.Clone(red.Tests)
	}
	if len(red.Env) == 0 {
		return
	}
	env := maps.Clone(red.Env)
	maps.Copy(env, s.Env)
	s.Env = env
}

// clone shares nothing with s that could be changed.
func (s *Spec) clone() *Spec {
	c := *s
	c.Pins, c.Criteria, c.Artifacts = slices.Clone(s.Pins), slices.Clone(s.Criteria), slices.Clone(s.Artifacts)
	c.Allow = slices.Clone(s.Allow)
	c.Inputs, c.Tests, c.After = slices.Clone(s.Inputs), slices.Clone(s.Tests), slices.Clone(s.After)
	c.Env, c.Resources, c.FieldPos = maps.Clone(s.Env), maps.Clone(s.Resources), maps.Clone(s.FieldPos)
	return &c
}

// Pos is the place of a field's value, or of the spec where the field was not
// written in it.
func (s *Spec) Pos(field string) (line, col int) {
	if p, ok := s.FieldPos[field]; ok {
		return p[0], p[1]
	}
	return s.Line, s.Col
}

// Finding is an error about one field of the spec; an empty field is about the spec as a whole.
func (s *Spec) Finding(code finding.Code, field, message, help string) finding.Finding {
	line, col := s.Pos(field)
	return finding.Finding{Code: code, Severity: severity(code), File: s.File, Line: line, Col: col, Task: s.ID, Message: message, Help: help}
}

// Where is the place of the spec as file:line, "" for one that stands nowhere.
func (s *Spec) Where() string {
	if s.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}
