// Package plan reads phase plans written in Markdown and edits them by
// splicing bytes. It is pure: bytes in, bytes out. It may not open a file,
// print, run anything, or know the ledger or the runner.
package plan

import (
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

// Plan is what one document says. Parse never fails: what cannot be read is a
// finding, and the row that holds it is counted and not editable.
type Plan struct {
	File     string // as given to Parse; only for positions
	Title    string // text of the first heading, "" without one
	TitleID  string // ID in square brackets in the title, "" without
	Line     Initiative
	Context  Context
	Phases   []*Phase      // in the order of the document
	Specs    []Block       // fenced blocks with the info string "yaml planctl"
	Commands []Reference   // entries of a Command Reference section
	Findings finding.List  // plan family only, sorted
	Index    *mdspan.Index // positions of Source
	Source   []byte        // the bytes given to Parse, never changed
}

// Initiative is an `Initiative:` line: the ID that it names and its whole text.
type Initiative struct {
	ID   string // "" where the line names no ID or is absent
	Text string
	Span mdspan.Span
}

// Text is a piece of prose with its place; Span covers the text without its label.
type Text struct {
	Text string
	Span mdspan.Span
}

// Context is what the plan's opening section says of itself; any of it may be absent.
type Context struct {
	PhaseGoal        Text
	Dependencies     []Text // one per bullet or semicolon-free line
	Findings         []Text
	BaselineEvidence []Text
}

// Phase is a heading whose own section holds a checklist table.
type Phase struct {
	ID                          string // C1, or a slug of the heading where it has no "Phase X"
	Title                       string
	Heading                     string // the heading's text as written, without the # marks
	Line                        int    // of the heading
	Level                       int    // 1 to 6
	Goal, Prereqs, ExitCriteria Text
	Tasks                       []*Task
}

// Task is one row of a checklist table.
type Task struct {
	ID                                                 string
	Description                                        string // cell text as written, without surrounding space
	Guidance                                           string // How/Why & Guidance cell, or a wrapped cell's whole text
	Command                                            string // the Command column's cell, "" without such a column
	State                                              State
	Token                                              string      // as written, back-ticks included
	Line                                               int         // of the row
	TokenSpan                                          mdspan.Span // the state token's bytes (inside back-ticks: with them)
	RowSpan                                            mdspan.Span // from the row's first byte to its last, wrapped lines included, without the final line end
	IDSpan, DescriptionSpan, GuidanceSpan, CommandSpan mdspan.Span
	Phase                                              *Phase
	Editable                                           bool // false where the State cell is not certain; Problem then says why
	Problem                                            string
	Table                                              int // index of the checklist table in the document, from 0: the scope of "the token that this state has in the table"
}

// Block is a fenced spec block: the bytes between the fences.
type Block struct {
	Span mdspan.Span // content only
	Line int         // of the content's first line, from 1
}

// Reference is one entry of a Command Reference section: `- LABEL: text`.
type Reference struct {
	Label string // "RED run selector"
	Text  string // what follows the colon, as written
	Codes []Text // its code spans, without back-ticks
	Line  int
	Span  mdspan.Span
}

// Edit replaces Span of the source by New.
type Edit struct {
	Span mdspan.Span
	New  []byte
}
