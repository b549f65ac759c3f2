package ledger

import "github.com/planctl/planctl/internal/finding"

// The rules that reading a ledger can find broken, and the reasons for which
// Append, CreateSection and Section refuse.
const (
	CodeBinary           finding.Code = "ledger-binary"
	CodeEncoding         finding.Code = "ledger-encoding"
	CodeOpenFence        finding.Code = "ledger-open-fence"
	CodeDate             finding.Code = "ledger-date"
	CodeUnreadAttempt    finding.Code = "ledger-unread-attempt"
	CodeLooseHeading     finding.Code = "ledger-loose-heading"
	CodeDuplicateSection finding.Code = "ledger-duplicate-section"
	CodeDuplicateRun     finding.Code = "ledger-duplicate-run"
	CodeNoSection        finding.Code = "ledger-no-section"
	CodeDoubtfulAppend   finding.Code = "ledger-doubtful-append"
	CodeEntry            finding.Code = "ledger-entry"
)

// Rule describes one code.
type Rule struct {
	Code     finding.Code
	Severity finding.Severity // by default; the config can set another
	Doc      string
}

// Rules lists the codes of this package. It is a fresh slice each time.
func Rules() []Rule {
	return []Rule{
		{CodeBinary, finding.Error, "The ledger has a NUL byte: it is no text, and nothing in it is read."},
		{CodeEncoding, finding.Warning, "The ledger is not valid UTF-8; its lines are read and kept byte for byte all the same."},
		{CodeOpenFence, finding.Warning, "A fence or HTML comment is never closed, so that everything after it is quotation."},
		{CodeDate, finding.Warning, "An attempt's date is not in the calendar."},
		{CodeUnreadAttempt, finding.Note, "An item, a row or a heading among attempts has a date or a number and is not read as an attempt."},
		{CodeLooseHeading, finding.Warning, "A line in bold, a heading in HTML or one behind the mark of a patch opens a section in place of a plain heading."},
		{CodeDuplicateSection, finding.Error, "Two sections have one ID, and nothing tells which of them attempts belong to."},
		{CodeDuplicateRun, finding.Error, "Two entries carry the digest of one run."},
		{CodeNoSection, finding.Error, "The ledger has no section with this ID."},
		{CodeDoubtfulAppend, finding.Error, "The place where an entry would go is in doubt, so that nothing is written."},
		{CodeEntry, finding.Error, "An entry or a section that is to be written has a part that the ledger's grammar has no place for."},
	}
}

// DefaultSeverity is the severity that Rules gives; Unknown for a code of another package.
func DefaultSeverity(c finding.Code) finding.Severity {
	for _, r := range Rules() {
		if r.Code == c {
			return r.Severity
		}
	}
	return finding.Unknown
}

func at(c finding.Code, file string, line, col int, message, help string) finding.Finding {
	return finding.Finding{Code: c, Severity: DefaultSeverity(c), File: file, Line: line, Col: col, Message: message, Help: help}
}
