package ledger

import (
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

// Ledger is what one document says.
type Ledger struct {
	File     string
	Sections []*Section // headings with an ID, in the document's order
	Loose    []*Section // headings without one that hold attempts or an Attempts History; ID is the heading's text
	Rows     []IndexRow // rows of the Index, where there is one
	Findings finding.List
	Index    *mdspan.Index
	Source   []byte

	doc      *mdspan.Doc
	attempts []*Attempt // all of them, in the document's order
	byRun    map[string]*Attempt
	index    indexPlace
	closing  int // offset of the first archive-like heading after a section, -1 without
	unread   bool
}

// Section is an initiative's part of the ledger.
type Section struct {
	ID       string
	Title    string
	Line     int
	Level    int
	Span     mdspan.Span // heading to the byte before the next section
	Status   string      // the word after "Status:", "" without
	Attempts []*Attempt  // those in Span; Entries has the ones of Parts too
	Parts    []*Section  // sections of the same ID inside this one

	last   int         // the last line of its heading, where that is underlined the line below Line
	head   mdspan.Span // Span up to the first heading in it
	parent *Section
	lists  []*history
	keys   keyHabit

	claimed int // the highest number that an entry claims which is not its own: the end of a range, one that is not read
}

// Attempt is one entry.
type Attempt struct {
	Number   int    // 0 where it has none, or says #0: see Numbered
	Numbered bool   // it says a number
	Date     string // 2006-01-02, "" where it has none
	Line     int
	EndLine  int // its last non-blank line
	Span     mdspan.Span

	// Result is the entry's own word. In an entry of planctl's it is the word
	// between the last colon of the head and its detail: pass, fail,
	// interrupted, done, reopened. In one written by a person it is what
	// follows Result: or Status: in the head line, else in the first line
	// below that begins so, without emphasis and without signs before it, up to
	// the first full stop, bracket, semicolon, dash or closing emphasis:
	// success, partial, PARITY FAILURE.
	Result string

	Run     string   // sha256:… of the manifest, "" for an entry written by hand
	Tasks   []string // task IDs that the head line names (planctl's entries: exactly one, perhaps PLAN#ID)
	Text    string   // the head line without bullet
	Section *Section

	shape  shape
	indent int    // columns before the bullet
	lead   string // indentation and bullet as written, up to the text
	level  int    // of a heading
	list   *history
}

// IndexRow is a row of the Index table or list.
type IndexRow struct {
	ID, Title, Status string
	Line              int
	Span              mdspan.Span
}

// Attempts is every attempt of the document, in its order.
func (l *Ledger) Attempts() []*Attempt { return l.attempts }

// ByRun is the attempt that carries a manifest's digest (sha256:…), the first
// where there are several; nil where there is none.
func (l *Ledger) ByRun(digest string) *Attempt { return l.byRun[digest] }

// Entries is the section's attempts and those of its parts, in the document's order.
func (s *Section) Entries() []*Attempt {
	if len(s.Parts) == 0 {
		return s.Attempts
	}
	out := append([]*Attempt(nil), s.Attempts...)
	for _, p := range s.Parts {
		out = append(out, p.Attempts...)
	}
	return out
}

// NextNumber is one more than the highest number in the section and its parts,
// and 1 where none has a number. The numbers of entries in their lists that are
// not read count, too. Archives are the caller's to count.
func (s *Section) NextNumber() int {
	n := s.claimed
	for _, p := range s.Parts {
		n = max(n, p.claimed)
	}
	for _, a := range s.Entries() {
		n = max(n, a.Number)
	}
	return n + 1
}
