package report

import "strings"

// BindingView is a command found in prose and the spec that would run it.
type BindingView struct {
	Task   string
	Plan   string
	Line   int
	Col    int
	Source string // where in the plan's text it was found
	YAML   string // "" where it cannot be run
	Why    string // why not
}

// Binding shows one.
func Binding(p *Printer, v BindingView) {
	p.Printf("# %s (%s:%d:%d, %s)\n", Clean(v.Task), Clean(v.Plan), v.Line, v.Col, Clean(v.Source))
	if v.YAML == "" {
		p.Printf("#   %s %s\n", p.Paint(Warn, "cannot be run:"), Clean(v.Why))
		return
	}
	p.Printf("%s\n", strings.TrimRight(CleanLines(v.YAML), "\n"))
}

// BindingJSON is one as JSON.
func BindingJSON(v BindingView) any {
	return struct {
		Schema string `json:"schema"`
		Task   string `json:"task"`
		Plan   string `json:"plan"`
		Line   int    `json:"line"`
		Col    int    `json:"col"`
		Source string `json:"source"`
		YAML   string `json:"yaml,omitempty"`
		Why    string `json:"why,omitempty"`
	}{"planctl/binding/v1", v.Task, v.Plan, v.Line, v.Col, v.Source, v.YAML, v.Why}
}
