package plan

import "github.com/planctl/planctl/internal/finding"

// The rules that reading a plan checks.
const (
	CodeBinary        finding.Code = "plan-binary"
	CodeEncoding      finding.Code = "plan-encoding"
	CodeEmpty         finding.Code = "plan-empty"
	CodeLineEnds      finding.Code = "plan-line-ends"
	CodeUnclosed      finding.Code = "plan-unclosed"
	CodeNestedFence   finding.Code = "plan-nested-fence"
	CodeLooseHeading  finding.Code = "plan-loose-heading"
	CodeBoldHeading   finding.Code = "plan-bold-heading"
	CodePhaseID       finding.Code = "plan-duplicate-phase"
	CodePrereqsUnread finding.Code = "plan-prereqs-unread"
	CodeDelimiter     finding.Code = "plan-delimiter-row"
	CodeNoTokens      finding.Code = "plan-no-tokens"
	CodeNoState       finding.Code = "plan-no-state-column"
	CodeStruckRow     finding.Code = "plan-struck-row"
	CodeStateWord     finding.Code = "plan-state-word"
	CodeShelved       finding.Code = "plan-shelved-phase"
	CodeTaskList      finding.Code = "plan-task-list"
	CodeNoID          finding.Code = "plan-no-id-column"
	CodeBrokenTable   finding.Code = "plan-broken-table"
	CodeWrappedCell   finding.Code = "plan-wrapped-cell"
	CodeGroupRow      finding.Code = "plan-group-row"
	CodeExtraCells    finding.Code = "plan-extra-cells"
	CodeOpenRow       finding.Code = "plan-open-row"
	CodeUnreadRow     finding.Code = "plan-unread-row"
	CodeMissingID     finding.Code = "plan-missing-id"
	CodeDuplicateID   finding.Code = "plan-duplicate-id"
	CodeIDCharacters  finding.Code = "plan-id-characters"
	CodeUnknownToken  finding.Code = "plan-unknown-token"
	CodeMissingState  finding.Code = "plan-missing-state"
	CodeStateCell     finding.Code = "plan-state-cell"
	CodeTwoTokens     finding.Code = "plan-two-tokens"
	CodeSpecBlockInfo finding.Code = "plan-spec-block"
)

// Rule describes a rule code.
type Rule struct {
	Code     finding.Code
	Severity finding.Severity // unless the configuration says otherwise
	Doc      string           // one sentence: what the finding says
	Hides    bool             // rows may be missing from the reading altogether
}

// Rules is every rule of this package, in the order of the documentation.
func Rules() []Rule {
	const note, warning, fault = finding.Note, finding.Warning, finding.Error
	return []Rule{
		{CodeBinary, fault, "The document holds NUL bytes: it is no text, or text in UTF-16, and was not read.", true},
		{CodeEncoding, fault, "The document holds bytes that are not valid UTF-8.", false},
		{CodeEmpty, warning, "The document holds no text.", false},
		{CodeLineEnds, warning, "The document's lines end with CR alone, which Markdown tools read in different ways.", false},
		{CodeUnclosed, fault, "A fence or HTML comment that is never closed hides lines that look like rows.", true},
		{CodeNestedFence, warning, "A fence inside a fence of the same length: Markdown reads the text after it as code, or the code as text.", false},
		{CodeLooseHeading, warning, "A heading without a plain space after its # marks, or behind the mark of a patch: Markdown reads a paragraph.", false},
		{CodeBoldHeading, warning, "A bold line that starts a phase in place of a heading: Markdown reads a paragraph.", false},
		{CodePhaseID, note, "Two headings of checklist tables have the same phase ID; the later one got a longer ID.", false},
		{CodePrereqsUnread, warning, "A heading inside a phase speaks of prerequisites, and what stands under it holds no task back.", false},
		{CodeDelimiter, warning, "The delimiter row of a checklist is missing, apart from its header, or has another number of cells: Markdown reads no table.", false},
		{CodeNoTokens, warning, "A table with ID, Task and State columns holds no state token in its State column, and was not read as a checklist; a note where it has no Task column and stands below a phase.", false},
		{CodeStruckRow, warning, "A row is struck through and its state says that it is still to be done.", false},
		{CodeShelved, warning, "A phase's heading or Status line says that it was given up, and its rows are still to be done; a note where it says that the phase waits.", false},
		{CodeStateWord, warning, "A word beside the state token says another state than the token.", false},
		{CodeTaskList, note, "Items of a task list (`- [ ]`) stand in a plan; only rows of checklist tables are tasks; a warning where items begin with an ID.", false},
		{CodeNoState, warning, "A table with an ID column holds state tokens, but no column is headed State or Status, so it was not read as a checklist.", false},
		{CodeNoID, note, "A table with a State or Status column holds state tokens, but no ID column, so it was not read as a checklist; a warning where it has a Task column.", false},
		{CodeBrokenTable, warning, "A row after a blank line or other text, which Markdown does not read as part of the table.", false},
		{CodeWrappedCell, warning, "A cell is wrapped onto the next lines, which Markdown reads as rows or as text.", false},
		{CodeGroupRow, warning, "A group label that does not fill its row: Markdown pads it to a row of empty cells.", false},
		{CodeExtraCells, warning, "A row has more cells than its table: Markdown drops what is after the last column.", false},
		{CodeOpenRow, note, "A row has no closing | although its table's header has one.", false},
		{CodeUnreadRow, warning, "A line looks like a checklist row but was not read as one.", false},
		{CodeMissingID, fault, "A row with a state token has no ID.", false},
		{CodeDuplicateID, fault, "Two rows of one plan have the same ID.", false},
		{CodeIDCharacters, warning, "An ID holds control, invisible or bidirectional characters, signs or HTML beside its words, mixes alphabets, or looks like another ID of the plan.", false},
		{CodeUnknownToken, fault, "The State cell holds no state token that is known.", false},
		{CodeMissingState, fault, "The row has no State cell, or an empty one.", false},
		{CodeStateCell, fault, "The State cell cannot be found by counting from the left, because of a bare | before it.", false},
		{CodeTwoTokens, fault, "The State cell holds more than one state token.", false},
		{CodeSpecBlockInfo, warning, "A fenced block looks like a spec but is not read as one.", false},
	}
}

func rule(c finding.Code) (Rule, bool) {
	for _, r := range Rules() {
		if r.Code == c {
			return r, true
		}
	}
	return Rule{}, false
}
