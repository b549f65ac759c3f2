// Package spec decodes the machine-readable part of tasks, strictly, from
// fenced blocks or a sidecar file, and gives a spec its canonical digest. It
// may not read files, run commands or judge criteria.
package spec

import (
	"time"

	"github.com/planctl/planctl/internal/finding"
)

// Kind says what must hold before any criterion. The zero value means not known.
type Kind uint8

// The kinds of a task; Phase and Rollup are kinds of attempts and rows without a command.
const (
	Unknown Kind = iota
	Check
	Red
	Green
	Manual
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
	Kind      Kind
	KindSet   bool // written by the author rather than defaulted
	Run       string
	Because   string
	Red       string
	Pins      []string
	Criteria  []Criterion
	Artifacts []string
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
	FieldPos  map[string][2]int // key → line, col of its value, for findings about one field
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
}

// Source is one YAML text: a block in the Markdown, or a sidecar.
type Source struct {
	File string
	Text []byte
	Line int // of the text's first line in File, from 1
}
