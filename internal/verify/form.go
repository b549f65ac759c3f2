package verify

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
)

// Tier is how much of a ledger's form is checked. The zero value is Strict.
type Tier uint8

// The tiers, each with all that the one before it checks. Basic is what contradicts evidence or cannot be read, Strict
// what a ledger says of itself in two ways, All what is merely left out.
const (
	Strict Tier = iota
	Basic
	All
)

func (t Tier) String() string { return [...]string{"strict", "basic", "all"}[t] }

// MarshalText writes the tier as its word.
func (t Tier) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText accepts the words that MarshalText writes.
func (t *Tier) UnmarshalText(b []byte) error {
	for _, v := range []Tier{Basic, Strict, All} {
		if v.String() == string(b) {
			*t = v
			return nil
		}
	}
	return fmt.Errorf("unknown tier %q: want basic, strict or all", b)
}

// within reports whether a call with the tier asked makes the checks of t.
func (t Tier) within(asked Tier) bool {
	rank := [...]int{Strict: 1, Basic: 0, All: 2}
	return rank[t] <= rank[asked]
}

// tierOf is the least tier that looks for a rule, those of lint among them.
func tierOf(code finding.Code) Tier {
	switch code {
	case CodeLacks, CodeDateOrder:
		return All
	case CodeIndexMissing, CodeIndexExtra, CodeIndexStatus, CodeNumberTwice, CodeStatusWord, CodeDrift:
		return Strict
	}
	return Basic
}

// form checks how ledgers are kept.
func (c *checker) form() {
	if c.o.Ledger == Basic {
		c.list = slices.DeleteFunc(c.list, func(f finding.Finding) bool { return !tierOf(f.Code).within(Basic) })
		return
	}
	books := map[string]numbered{}
	for _, l := range slices.Backward(c.books()) { // the live one last: what stands in an archive is older
		seen := map[string]bool{}
		for _, s := range l.Doc.Sections {
			if seen[s.ID] {
				continue
			}
			seen[s.ID] = true
			c.numbers(l, s, books)
			c.status(l, s)
			if c.o.Ledger == All {
				c.leftOut(l, s)
			}
		}
	}
	c.drift()
}

// numbered is the first attempt of each number in a section, over all ledgers.
type numbered map[int]entryOf

// numbers finds one number that was given to two attempts. Two runs that were numbered on two branches are told apart
// by their digests, which is no fault: that is a note. A ledger that was begun anew counts from one again, so that an
// attempt of another ledger has to be of the same day.
func (c *checker) numbers(l *workspace.Ledger, s *ledger.Section, books map[string]numbered) {
	first := books[s.ID]
	if first == nil {
		first = numbered{}
		books[s.ID] = first
	}
	for _, a := range s.Entries() {
		if !a.Numbered || a.Number == 0 {
			continue
		}
		o, there := first[a.Number]
		if !there || o.book != l && o.Date != a.Date {
			first[a.Number] = entryOf{Attempt: a, book: l}
			continue
		}
		at := fmt.Sprintf("line %d", o.Line)
		if o.book != l {
			at = fmt.Sprintf("%s:%d", o.book.Path, o.Line)
		}
		f := len(c.list)
		c.entry(CodeNumberTwice, l, a, fmt.Sprintf("attempt #%d of [%s] was numbered at %s already", a.Number, s.ID, at), "the next attempt takes the next free number; those that are there stay as they are")
		if a.Run != "" && o.Run != "" {
			c.list[f].Severity = finding.Note
		}
	}
}

// statusWords are what a status begins with in ledgers that people keep, folded as ledger.StatusWord does.
var statusWords = [...]string{"pending", "planned", "planning", "todo", "open", "new", "ready", "active", "in progress", "in", "started", "ongoing", "wip", "blocked", "paused", "on hold", "hold",
	"deferred", "partial", "review", "verify", "verified", "done", "complete", "completed", "closed", "resolved", "fixed", "passed", "skipped", "cancelled", "canceled", "abandoned", "superseded", "obsolete",
	"archived", "monitoring", "draft", "proposed", "accepted", "rejected", "failed", "red", "green", "stable", "stale", "not started", "not"}

func (c *checker) status(l *workspace.Ledger, s *ledger.Section) {
	if s.Status == "" {
		return
	}
	w := ledger.StatusWord(s.Status)
	if w == "" || slices.Contains(statusWords[:], w) {
		return
	}
	c.add(CodeStatusWord, place{l.Path, s.Line, 0, ""}, fmt.Sprintf("the status of [%s] is %q, which is no word that planctl knows", s.ID, s.Status), "write pending, in_progress, blocked, done or archived first, then what there is to say")
}

// leftOut speaks of entries that lack what others would look for.
func (c *checker) leftOut(l *workspace.Ledger, s *ledger.Section) {
	last := ""
	for _, a := range s.Entries() {
		var lacks []string
		if !a.Numbered {
			lacks = append(lacks, "number")
		}
		if a.Date == "" {
			lacks = append(lacks, "date")
		}
		if a.Result == "" {
			lacks = append(lacks, "result")
		}
		if len(lacks) > 0 {
			c.entry(CodeLacks, l, a, fmt.Sprintf("%s has no %s", label(a), strings.Join(lacks, ", no ")), "`* [YYYY-MM-DD] Attempt #N — what: result.` has all three")
		}
		if a.Date != "" && last != "" && a.Date < last && a.Run == "" {
			c.entry(CodeDateOrder, l, a, fmt.Sprintf("%s is of %s and stands below one of %s", label(a), a.Date, last), "entries are added at the end; where the list is newest first, leave this rule off")
		}
		if a.Date != "" {
			last = a.Date
		}
	}
}

// drift says where a plan and the ledger's word for its initiative disagree.
func (c *checker) drift() {
	if c.w.Ledger.Missing() {
		return
	}
	for _, p := range c.w.Plans {
		if p.Archived || p.Link.Doubt != "" || len(p.Items) == 0 {
			continue
		}
		s, err := c.w.Ledger.Doc.Section(p.Link.ID)
		if err != nil || s.Status == "" {
			continue
		}
		if says := schedule.Drift(c.w, p, s.Status); says != "" {
			word := "in_progress"
			if !slices.ContainsFunc(p.Items, func(it *workspace.Item) bool { return schedule.IsOpen(it.Task) }) {
				word = "done"
			}
			help := "change the status word to " + word
			if slices.ContainsFunc(c.w.Ledger.Doc.Rows, func(r ledger.IndexRow) bool { return ledger.SameID(r.ID, s.ID) }) {
				help += ", here and in the Index"
			}
			c.add(CodeDrift, place{c.w.Ledger.Path, statusLine(c.w.Ledger.Doc, s), 0, ""}, "of "+p.Path+" "+says, help+"; or change the rows")
		}
	}
}

var statusKey = regexp.MustCompile(`(?i)^[ \t>]*(?:[-*+][ \t]+)?[*_]*status[*_]*:`)

// statusLine is the line of a section that says its status, that of its heading where none is found.
func statusLine(l *ledger.Ledger, s *ledger.Section) int {
	n := s.Line
	for line := range bytes.Lines(s.Span.Of(l.Source)) {
		if statusKey.Match(line) {
			return n
		}
		n++
	}
	return s.Line
}
