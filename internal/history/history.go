// Package history compares what a repository said at one commit with what it
// says now, and names what may not have changed: attempts, manifests, and rows
// that were ticked without a word in the ledger.
//
// It is given documents that were read, and gives findings. It may not open a
// file, ask git, or judge whether evidence is good.
//
// # What may change
//
//   - New attempts, anywhere in a list.
//   - Lines that people add to an entry, but no second line of a key that
//     planctl wrote there.
//   - Indentation, bullets, trailing space, line ends, and blank lines.
//   - All prose outside of attempts: status, goals, the Index.
//   - The place of a section: in the file, and in which of the ledgers.
//   - The place of a manifest: it is known by its digest.
//
// Everything else that an attempt said is still said, in its section and in
// the order of its list.
package history

import (
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// Ledger is a ledger that was read.
type Ledger struct {
	Path string
	Doc  *ledger.Ledger
}

// Plan is a plan that was read.
type Plan struct {
	Path       string
	Initiative string // that it is linked to; only of what is there now
	Doc        *plan.Plan
	Archived   bool
	Commands   map[string]bool // the rows that have a command, in a spec or in prose
	Review     map[string]bool // those whose spec asks for a review
	RolledUp   map[string]bool // those that are done by their phase alone; only of what is there now
}

// Manifest is a file with a manifest's name.
type Manifest struct {
	Path, Digest string
	Doc          *manifest.Statement // nil for one that cannot be read
}

// Snapshot is all of them at one moment.
type Snapshot struct {
	Ledgers   []Ledger // the live one and archives
	Plans     []Plan
	Manifests []Manifest
	Unread    map[string]bool // plans of the base that stand at their paths and are none any more; only of what is there now
}

// Rule is a code with what it means.
type Rule struct {
	Code     finding.Code
	Severity finding.Severity // unless the config says otherwise
	Doc      string
}

// The rules.
const (
	CodeDeleted         finding.Code = "history-attempt-deleted"
	CodeSectionDeleted  finding.Code = "history-section-deleted"
	CodeTruncated       finding.Code = "history-attempt-truncated"
	CodeSplit           finding.Code = "history-attempt-split"
	CodeWelded          finding.Code = "history-attempt-welded"
	CodeNumber          finding.Code = "history-attempt-number"
	CodeDate            finding.Code = "history-attempt-date"
	CodeResult          finding.Code = "history-attempt-result"
	CodeRun             finding.Code = "history-attempt-run"
	CodeRewritten       finding.Code = "history-attempt-rewritten"
	CodeLinesDeleted    finding.Code = "history-attempt-lines"
	CodeReordered       finding.Code = "history-attempt-order"
	CodeMoved           finding.Code = "history-attempt-moved"
	CodeManifestDeleted finding.Code = "history-manifest-deleted"
	CodeManifestChanged finding.Code = "history-manifest-changed"
	CodeTick            finding.Code = "history-tick-unnamed"
	CodeSkip            finding.Code = "history-skip-unnamed"
	CodeRowDeleted      finding.Code = "history-row-deleted"
	CodePlanDeleted     finding.Code = "history-plan-deleted"
	CodeCommandLost     finding.Code = "history-command-lost"
	CodeReviewLost      finding.Code = "history-review-lost"
	CodeReworded        finding.Code = "history-row-reworded"
	CodePlanUnread      finding.Code = "history-plan-unread"
	CodePlanArchived    finding.Code = "history-plan-archived"
	CodeLowered         finding.Code = "history-severity-lowered"
)

// IsNew reports whether a rule is about what the head has and the base had not; the others are about what was lost or
// rewritten.
func IsNew(code finding.Code) bool {
	switch code {
	case CodeTick, CodeSkip, CodeCommandLost, CodeReviewLost, CodeLowered:
		return true
	}
	return false
}

// Rules is every rule of this package. It is a fresh slice each time.
func Rules() []Rule {
	const warning, fault = finding.Warning, finding.Error
	return []Rule{
		{CodeDeleted, fault, "An attempt that the base has is gone."},
		{CodeSectionDeleted, fault, "A section with attempts that the base has is gone, to no archive that the config names."},
		{CodeTruncated, fault, "An attempt has lost its last lines since the base."},
		{CodeSplit, fault, "An attempt was cut in two since the base: another stands in the middle of it."},
		{CodeWelded, fault, "Two attempts of the base were made into one."},
		{CodeNumber, fault, "An attempt has another number than at the base."},
		{CodeDate, fault, "An attempt has another date than at the base."},
		{CodeResult, fault, "An attempt has another result than at the base."},
		{CodeRun, fault, "An attempt names another run than at the base."},
		{CodeRewritten, fault, "A line of an attempt was rewritten since the base."},
		{CodeLinesDeleted, fault, "Lines in the middle of an attempt are gone since the base."},
		{CodeReordered, fault, "An attempt stands at another place among the attempts of its section than at the base."},
		{CodeMoved, fault, "An attempt stands in another section than at the base."},
		{CodeManifestDeleted, fault, "A manifest that the base has is gone."},
		{CodeManifestChanged, fault, "A manifest has other bytes than at the base."},
		{CodeTick, fault, "A row was ticked since the base, and no attempt in its initiative's section names it."},
		{CodeSkip, warning, "A row that was open at the base is skipped, and no attempt in its initiative's section names it."},
		{CodeRowDeleted, warning, "A row that the base has is gone."},
		{CodePlanDeleted, warning, "A plan that the base has is gone, and rows of it were open."},
		{CodeCommandLost, warning, "A row that had a command at the base was ticked and has none any more."},
		{CodeReviewLost, fault, "A row that was to be reviewed at the base was ticked without a review, and its spec asks for none any more."},
		{CodePlanUnread, fault, "A plan that the base has stands at its place, and the config does not read it any more; a warning where none of its rows was done."},
		{CodePlanArchived, warning, "A plan that was worked on at the base stands at its place, and the config calls it archived."},
		{CodeLowered, warning, "The config makes less of findings that were errors by the base's."},
		{CodeReworded, fault, "A roll-up row that was done at the base says something else now."},
	}
}

// Compare names what may not have changed from the base to the head. The findings are in no order.
func Compare(base, head Snapshot) finding.List {
	c := &comparison{base: base, head: head}
	c.manifests()
	c.attempts()
	c.rows()
	return c.list
}

type comparison struct {
	base, head Snapshot
	list       finding.List
}

func (c *comparison) add(code finding.Code, file string, line int, task, msg, help string) {
	f := finding.Finding{Code: code, File: file, Line: line, Task: task, Message: msg, Help: help}
	if line > 0 {
		f.Col = 1
	}
	for _, r := range Rules() {
		if r.Code == code {
			f.Severity = r.Severity
		}
	}
	c.list = append(c.list, f)
}

// manifests holds the manifests of the base against those of the head, wherever they lie now.
func (c *comparison) manifests() {
	have, at := map[string]bool{}, map[string]string{}
	for _, m := range c.head.Manifests {
		have[m.Digest] = true
		at[m.Path] = m.Digest
	}
	said := map[string]bool{}
	for _, m := range c.base.Manifests {
		if have[m.Digest] || said[m.Digest] {
			continue
		}
		said[m.Digest] = true
		task := ""
		if m.Doc != nil {
			task = m.Doc.Predicate.Task.ID
		}
		if now, ok := at[m.Path]; ok {
			c.add(CodeManifestChanged, m.Path, 0, task, "the manifest was "+short(m.Digest)+" at the base and is "+short(now), "git checkout BASE -- "+m.Path+" brings it back; what is wrong in it is corrected by a new run or a new attempt")
			continue
		}
		c.add(CodeManifestDeleted, m.Path, 0, task, "the manifest "+short(m.Digest)+" that the base has is gone", "git checkout BASE -- "+m.Path+" brings it back")
	}
}

// short is the beginning of a digest, enough to tell it from others.
func short(digest string) string {
	const prefix = len("sha256:")
	if len(digest) > prefix+12 {
		return digest[prefix : prefix+12]
	}
	return digest
}
