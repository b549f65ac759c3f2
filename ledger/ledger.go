// Package ledger reads docs/fix_plan.md and inserts attempts into it. It is
// pure: bytes in, bytes out. It may not open a file, know the plan or the
// runner, or change a byte that it did not insert.
package ledger

import (
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

// Ledger is what one document says.
type Ledger struct {
	File     string
	Sections []*Section
	Rows     []IndexRow // rows of the Index, where there is one
	Findings finding.List
	Index    *mdspan.Index
	Source   []byte
}

// Section is an initiative's part of the ledger.
type Section struct {
	ID       string
	Title    string
	Line     int
	Level    int
	Span     mdspan.Span // heading to the byte before the next section
	Status   string      // the word after "Status:", "" without
	Attempts []*Attempt
}

// Attempt is one entry.
type Attempt struct {
	Number  int    // 0 where it has none
	Date    string // 2006-01-02, "" where it has none
	Line    int
	EndLine int // its last non-blank line
	Span    mdspan.Span
	Result  string   // the entry's own word: pass, fail, success, partial, …
	Run     string   // sha256:… of the manifest, "" for an entry written by hand
	Tasks   []string // task IDs that the head line names (planctl's entries: exactly one, perhaps PLAN#ID)
	Text    string   // the head line without bullet
	Section *Section
}

// IndexRow is a row of the Index table or list.
type IndexRow struct {
	ID, Title, Status string
	Line              int
	Span              mdspan.Span
}

// Entry is what Append writes.
type Entry struct {
	Date      string // 2006-01-02
	Number    int    // 0: the next free one of the section, counted over archives too by the caller
	Task      string // "C2.D", or PLAN#ID
	Title     string // the row's description
	Result    string // pass, fail, interrupted, done, reopened, …
	Detail    string // "exit 0, 35.86 s"
	Command   string // "" leaves the line out; so for the next ones
	Criteria  string
	Artifacts string
	Note      string
	Extra     []string // further "Key: text" lines
	Run       string   // sha256:…
}
