// Package plan reads phase plans written in Markdown and edits them by
// splicing bytes. It is pure: bytes in, bytes out. It may not open a file,
// print, run anything, or know the ledger or the runner.
//
// # What a plan is
//
// A plan is a Markdown document with checklist tables under headings:
//
//	# Cache rewrite [CACHE-001]
//
//	## Context
//	- Initiative: CACHE-001 — a cache that survives a restart
//
//	### Phase A — RED: a failing test
//	Goal: the test exists and fails for the right reason.
//	Prereqs: none.
//	Exit Criteria: a log of the failure is stored.
//
//	| ID | Task Description | State | How/Why & Guidance |
//	| --- | --- | --- | --- |
//	| A1 | Write the test | [x] | In `cache_test.go`. |
//	| A2 | Capture the failing run | [ ] | Run `go test ./cache`. |
//
// # Grammar
//
// In EBNF, over lines that lie in no fence, no indented code block, no HTML
// block and no front matter:
//
//	plan      = { line } .
//	phase     = heading { line } table { line | row } .           // up to the next heading
//	heading   = text [ "Phase" id [ separator ] title ] .         // at any level
//	separator = "-" | "–" | "—" | ":" | "." | "(" … ")" .
//	table     = header delimiter { row | group } .
//	header    = cells .     // an ID column and a State column, in any order, with any others
//	delimiter = cells .     // of dashes and colons
//	row       = cells .     // the ID cell holds an ID, the State cell a token
//	group     = "|" text [ "|" ] .                                // one cell: a label, no task
//	cells     = [ "|" ] cell { "|" cell } [ "|" ] .               // "\|" is no separator
//	token     = [ "`" ] "[" mark "]" [ "`" ] .
//	label     = [ bullet ] [ "**" ] name [ "**" ] ":" [ "**" ] text .
//
// The ID column is headed ID, Task ID, Cluster ID or anything else that ends
// in ID, else #, No or Step. The State column is headed State or Status, and a
// table is a checklist only if cells of that column hold tokens; a table of
// metrics with a Status column is none. [DefaultTokens] lists the tokens.
//
// The State cell is found by counting cells from the left. Rows that cannot be
// read for certain are tasks too, so that they are counted, with
// [Task.Editable] false and an error finding.
//
// Where Markdown loses or shifts what a person plainly means (a blank line in
// a table, a cell wrapped onto the next lines, a fence inside a fence, a bare
// "|" after the State cell, a group label that does not fill its row), the
// person's reading holds and a warning says how to write it.
//
// # Edits
//
// The document is never rendered again. [Plan.SetState], [Plan.Annotate] and
// [Plan.InsertBlock] return an [Edit], and [Apply] splices it into the source.
package plan

import (
	"strings"

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
	Sections []Text // IDs that a header line such as `Related fix_plan item:` names, sections of the ledger
	Context  Context
	Phases   []*Phase      // in the order of the document
	Specs    []Block       // fenced blocks with the info string "yaml planctl"
	Commands []Reference   // entries of a Command Reference section
	Findings finding.List  // plan family only, sorted
	Index    *mdspan.Index // positions of Source
	Source   []byte        // the bytes given to Parse, never changed

	tasks  []*Task // in the order of the document
	byID   map[string]*Task
	phase  map[string]*Phase
	tokens Tokens
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
	Dependencies     []Text // one per bullet, or per part of a line between semicolons
	Findings         []Text
	BaselineEvidence []Text
}

// Phase is a heading whose section holds a checklist table. A table under a
// heading that names no phase belongs to the nearest heading above that names
// one, else to its own heading; a table before any heading to a phase without
// one, whose Line and Level are 0.
type Phase struct {
	ID                          string // C1, or a slug of the heading where it has no "Phase X"; unique in its plan
	Title                       string
	Heading                     string // the heading's text as written, without the # marks
	Line                        int    // of the heading
	Level                       int    // 1 to 6
	Goal, Prereqs, ExitCriteria Text   // the first of each
	Parts                       []Part // where several headings inside the phase have such lines of their own, each of these; nil else
	Tasks                       []*Task
	Shelf                       Shelf // what says that nobody should work on it

	end int // offset after the last line of its last table
}

// Part is a heading inside a phase that has a goal, prerequisites or exit criteria of its own: `### C4.A — Design` under
// `## Phase C4 Tasks`. Its lines are the phase's, too.
type Part struct {
	ID                          string // the word with a digit or a dot that the heading begins with, "" without one
	Title                       string // the heading's text without it
	Line                        int    // of the heading
	Goal, Prereqs, ExitCriteria Text
}

// Name is the part's ID, else its title.
func (pt Part) Name() string {
	if pt.ID != "" {
		return pt.ID
	}
	return pt.Title
}

// Task is one row of a checklist table.
type Task struct {
	ID                                                 string // without emphasis, back-ticks and strike-through around it
	Description                                        string // cell text as written, without surrounding space
	Guidance                                           string // How/Why & Guidance cell, or a wrapped cell's whole text
	Command                                            string // the Command column's cell, "" without such a column
	Waits, WaitsColumn                                 string // the Depends on column's cell, and its header in lower case; "" without such a column
	State                                              State
	Token                                              string      // as written, without back-ticks around it
	StateWord                                          State       // what a word beside the token says: `[ ] (blocked)`; Unknown without one
	StateCell                                          string      // the whole State cell, where it has such a word
	Line                                               int         // of the row's first line, from 1
	TokenSpan                                          mdspan.Span // the bytes of Token; empty where no token was found
	RowSpan                                            mdspan.Span // from the row's first byte to its last, wrapped lines included, without the final line end
	IDSpan, DescriptionSpan, GuidanceSpan, CommandSpan mdspan.Span
	Phase                                              *Phase
	Editable                                           bool // false where the row or its State cell is not certain; Problem then says why
	Problem                                            string
	Struck                                             bool // a person struck it through and left an open state: nobody should run it
	Table                                              int  // index of the checklist table in the document, from 0: the scope of "the token that this state has in the table"
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
	Codes []Text // its code spans, without back-ticks, and its fenced blocks
	Line  int
	Span  mdspan.Span
}

// Tasks is every row of every checklist table, in the order of the document.
func (p *Plan) Tasks() []*Task { return p.tasks }

// Task is the row with that ID, nil without one. Where a duplicate makes the
// ID ambiguous it is the first, which is not editable then.
func (p *Plan) Task(id string) *Task { return p.byID[id] }

// Phase is the phase with that ID, nil without one.
func (p *Plan) Phase(id string) *Phase { return p.phase[id] }

// Unreadable reports whether a finding means that rows may be missing from
// Tasks altogether. Callers that judge completeness must not go on then.
func (p *Plan) Unreadable() bool {
	for _, f := range p.Findings {
		if f.Severity != finding.Error {
			continue
		}
		if r, ok := rule(f.Code); ok && r.Hides {
			return true
		}
	}
	return false
}

// TokenUse counts the tokens that rows of known state have, by state.
func (p *Plan) TokenUse() map[State]map[string]int {
	use := map[State]map[string]int{}
	for _, t := range p.tasks {
		count(use, t)
	}
	return use
}

func count(use map[State]map[string]int, t *Task) {
	if t.State == Unknown {
		return
	}
	if use[t.State] == nil {
		use[t.State] = map[string]int{}
	}
	use[t.State][t.Token]++
}

// RowText is the ID and the description with every run of space as one: what
// a row's digest is taken of, so that realigning a table changes none.
func (t *Task) RowText() string {
	return strings.Join(strings.Fields(t.ID+" "+t.Description), " ")
}
