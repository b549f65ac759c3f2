// Package prose finds the command that a person wrote into a plan's text. What
// it finds is a suggestion: it may not run anything, and nothing that it
// returns may be run before somebody has seen it.
//
// It looks at three places, and the first that has a command decides:
//
//  1. the Command column: its code spans, or the whole cell where it has none;
//  2. the guidance cell (the description where a row has no guidance): a code
//     span after Run, Re-run, Execute, Executed, Invoke and their like, or
//     after a label `Command:`, or in an order that leads to it; a span `NAME=value program …` that stands for itself; and a cell that
//     begins with the code span of a known program and its arguments;
//  3. the entries of a Command Reference section, matched by their labels.
//
// A path, a symbol, a flag or an assignment in a code span is no command, so
// that rows whose text merely names things get no suggestion. Where a cell
// holds several commands, one that is not ready to run, or one that its row does
// not plainly order, here and now, the suggestion says so in Why, with the words
// that make it doubtful, and is for reading only.
package prose

import (
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/mdspan"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/plan"
)

// Suggestion is a command found in prose.
type Suggestion struct {
	Run      string    // the script, `| tee LOG` at its end taken off
	Log      string    // file name from that tee, "" without
	Kind     spec.Kind // red, green or check
	File     string
	Line     int    // from 1
	Col      int    // from 1, in characters
	Source   string // "Command column", "guidance", "Command Reference: RED run selector"
	Runnable bool
	Why      string   // why it is shown and not run: several commands, a placeholder, …
	KindOpen bool     // Why is nothing but that the row leaves its kind open
	Others   []string // further commands seen in the same place
}

// found is a command and the way to its place, which costs a walk along its line.
type found struct {
	shell
	at   func() (line, col int)
	span int // which of its cell's code spans it is
	// doubt is why the words before it are no plain order; it counts where the command itself could run
	doubt string
}

// Finder finds the commands of one plan's tasks. It reads the plan's Command
// Reference once, when the first task is asked for: with as many entries as
// rows, reading it for each row would go with the square of the plan.
type Finder struct {
	plan *plan.Plan
	refs *references // nil until a task is asked for
}

// In is what finds the commands of a plan's tasks.
func In(p *plan.Plan) *Finder { return &Finder{plan: p} }

// Suggest finds the command of a task of the plan; nil where there is none.
func (f *Finder) Suggest(t *plan.Task) *Suggestion {
	if f.plan == nil || t == nil {
		return nil
	}
	if f.refs == nil {
		f.refs = readReferences(f.plan)
	}
	return suggest(f.plan, t, f.refs)
}

func suggest(p *plan.Plan, t *plan.Task, refs *references) *Suggestion {
	kind := titleKind(t)
	if s := build(p, t, commandColumn(p, t, standing(t.Command)), "Command column"); s != nil {
		return s
	}
	entry := refs.of(t, kind)
	source, text, at := prose(t)
	if s := build(p, t, cell(p, t, text, standing(text), at), source); s != nil {
		if entry != nil && len(entry.commands) == 1 && entry.commands[0].run == s.Run {
			s.Source += ", Command Reference: " + entry.label
		}
		return s
	}
	if entry == nil {
		return takenBack(p, t)
	}
	s := build(p, t, entry.commands, "Command Reference: "+entry.label)
	if s != nil && s.Runnable && entry.why != "" {
		s.Runnable, s.Why, s.KindOpen = false, entry.why, false
	}
	return s
}

// prose is the cell of a row whose sentences are read.
func prose(t *plan.Task) (source, text string, at mdspan.Span) {
	if t.GuidanceSpan.Empty() && strings.TrimSpace(t.Guidance) == "" {
		return "description", t.Description, t.DescriptionSpan
	}
	return "guidance", t.Guidance, t.GuidanceSpan
}

// takenBack is the command that a row would have if nothing in it were struck through or commented out. It is for reading: a
// person who wrote a command is told why it is not run.
func takenBack(p *plan.Plan, t *plan.Task) *Suggestion {
	source, text, at := prose(t)
	var all []found
	switch {
	case standing(t.Command).live != t.Command:
		source, all = "Command column", commandColumn(p, t, passage{t.Command, t.Command})
	case standing(text).live != text:
		all = cell(p, t, text, passage{text, text}, at)
	}
	if len(all) == 0 {
		return nil
	}
	all[0].why = "it is struck through, or stands in a comment"
	return build(p, t, all[:1], source)
}

// build makes the suggestion of the commands that one place holds.
func build(p *plan.Plan, t *plan.Task, all []found, source string) *Suggestion {
	if len(all) == 0 {
		return nil
	}
	first := all[0]
	line, col := first.at()
	kind, doubt := kindOf(t, first.shell)
	s := &Suggestion{Run: first.run, Log: first.log, Kind: kind, File: p.File, Line: line, Col: col, Source: source, Why: first.why}
	if s.Why == "" {
		s.Why, s.KindOpen = doubt, doubt != ""
	}
	for _, f := range all[1:] {
		if f.run != s.Run && !slices.Contains(s.Others, f.run) && len(s.Others) < 20 {
			s.Others = append(s.Others, f.run)
		}
	}
	if len(s.Others) > 0 {
		s.Why, s.KindOpen = "several commands stand there", false
	}
	s.Runnable = s.Why == ""
	return s
}
