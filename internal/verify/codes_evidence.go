package verify

import "github.com/planctl/planctl/internal/finding"

// The rules that hold plans, ledgers and evidence against each other. Only verify has them.
const (
	CodeNoAttemptOfTick finding.Code = "tick-no-attempt"
	CodeByHand          finding.Code = "tick-by-hand"
	CodeUnentered       finding.Code = "tick-unentered"
	CodeRefuted         finding.Code = "tick-refuted"
	CodeSuperseded      finding.Code = "tick-superseded"
	CodeNoTick          finding.Code = "tick-missing"
	CodeRowChanged      finding.Code = "tick-row"
	CodeSpecChanged     finding.Code = "tick-spec"
	CodeAfter           finding.Code = "tick-after"
	CodeSuspect         finding.Code = "tick-suspect"

	CodeEntryNumber    finding.Code = "ledger-entry-number"
	CodeEntryDate      finding.Code = "ledger-entry-date"
	CodeEntryResult    finding.Code = "ledger-entry-result"
	CodeEntryTask      finding.Code = "ledger-entry-task"
	CodeEntryCommand   finding.Code = "ledger-entry-command"
	CodeEntryCriteria  finding.Code = "ledger-entry-criteria"
	CodeEntryArtifacts finding.Code = "ledger-entry-artifacts"
	CodeEntryNote      finding.Code = "ledger-entry-note"
	CodeEntrySection   finding.Code = "ledger-entry-section"
	CodeWelded         finding.Code = "ledger-welded"
	CodeNumberTwice    finding.Code = "ledger-number-twice"
	CodeStatusWord     finding.Code = "ledger-status-word"
	CodeDrift          finding.Code = "ledger-drift"
	CodeLacks          finding.Code = "ledger-incomplete"
	CodeDateOrder      finding.Code = "ledger-date-order"

	CodeManifestMissing finding.Code = "evidence-manifest-missing"
	CodeManifestChanged finding.Code = "evidence-manifest-changed"
	CodeNoAttempt       finding.Code = "evidence-no-attempt"
	CodeLogMissing      finding.Code = "evidence-log-missing"
	CodeNoLog           finding.Code = "evidence-no-log"
	CodeFileMissing     finding.Code = "evidence-file-missing"
	CodeFileChanged     finding.Code = "evidence-file-changed"
	CodeAbsent          finding.Code = "evidence-absent"
	CodeDropped         finding.Code = "evidence-dropped"
	CodeReplayed        finding.Code = "evidence-replayed"
	CodeInconsistent    finding.Code = "evidence-inconsistent"
	CodeMoved           finding.Code = "evidence-stamp"
	CodeVerdict         finding.Code = "evidence-verdict"
	CodeTests           finding.Code = "evidence-tests"
	CodeCall            finding.Code = "evidence-call"
	CodeParent          finding.Code = "evidence-parent"
	CodeCommit          finding.Code = "evidence-commit"
	CodeCited           finding.Code = "evidence-cited"
	CodeUnfinished      finding.Code = "evidence-unfinished"

	CodeNoRed        finding.Code = "tdd-no-red"
	CodeBadRed       finding.Code = "tdd-red"
	CodeProofOrder   finding.Code = "tdd-order"
	CodeProofCommand finding.Code = "tdd-command"
	CodeProofTests   finding.Code = "tdd-tests"
	CodeProofPins    finding.Code = "tdd-pins"
	CodeAcceptedPins finding.Code = "tdd-pins-accepted"
	CodeReplay       finding.Code = "tdd-replay"
	CodeUnreplayed   finding.Code = "tdd-unreplayed"

	CodeInput finding.Code = "fresh-input"
	CodePin   finding.Code = "fresh-pin"
)

// across is the rules that look at evidence. A tier other than Basic is named in the sentence.
func across() []Rule {
	const note, warning, fault = finding.Note, finding.Warning, finding.Error
	return []Rule{
		{Code: CodeNoAttemptOfTick, Severity: fault, Doc: "A row is ticked, and no passing attempt or decision earned it."},
		{Code: CodeByHand, Severity: warning, Doc: "A row without a command is ticked, and the attempt that names it was written by hand."},
		{Code: CodeUnentered, Severity: fault, Doc: "A row is ticked by a run that no attempt of a ledger names."},
		{Code: CodeRefuted, Severity: fault, Doc: "A row is ticked, and its newest run failed."},
		{Code: CodeSuperseded, Severity: fault, Doc: "A row is ticked, and what passed of it was reopened or called invalid since."},
		{Code: CodeNoTick, Severity: warning, Doc: "A run passed and was to tick its row, and the row is not ticked."},
		{Code: CodeRowChanged, Severity: fault, Doc: "The ID or the description of a ticked row is not that of the row that passed."},
		{Code: CodeSpecChanged, Severity: fault, Doc: "The spec of a ticked row is not the one that passed."},
		{Code: CodeAfter, Severity: fault, Doc: "A task is done, and one that it comes after is not; a warning where a person went past it."},
		{Code: CodeSuspect, Severity: warning, Doc: "A task is done, and a row that it stands on was reopened since."},

		{Code: CodeEntryNumber, Severity: fault, Doc: "An attempt has another number than its manifest."},
		{Code: CodeEntryDate, Severity: fault, Doc: "An attempt has another date than its manifest."},
		{Code: CodeEntryResult, Severity: fault, Doc: "An attempt says another result, ending or completed phase than its manifest."},
		{Code: CodeEntryTask, Severity: fault, Doc: "An attempt names another task than its manifest."},
		{Code: CodeEntryCommand, Severity: fault, Doc: "An attempt says another command than its manifest."},
		{Code: CodeEntryCriteria, Severity: fault, Doc: "An attempt counts other criteria than its manifest."},
		{Code: CodeEntryArtifacts, Severity: fault, Doc: "An attempt does not cite the manifest that it names, or cites what that does not name."},
		{Code: CodeEntryNote, Severity: fault, Doc: "An attempt gives another reason or note, or another person who decided, than its manifest."},
		{Code: CodeEntrySection, Severity: fault, Doc: "An attempt stands in the section of another initiative than its manifest's."},
		{Code: CodeWelded, Severity: fault, Doc: "Two entries of the ledger were made into one, as git's union merge does."},
		{Code: CodeNumberTwice, Severity: warning, Doc: "Two attempts of a section have one number, in one ledger or on one day; a note where both have their run's digest."},
		{Code: CodeStatusWord, Severity: warning, Doc: "The status of a section begins with a word that planctl does not know."},
		{Code: CodeDrift, Severity: warning, Doc: "The rows of a plan and the status of its section say different things."},
		{Code: CodeLacks, Severity: note, Doc: "An attempt lacks its number, date or result; looked for with `--ledger all`."},
		{Code: CodeDateOrder, Severity: note, Doc: "An attempt written by hand is older than the one above it; looked for with `--ledger all`."},

		{Code: CodeManifestMissing, Severity: fault, Doc: "An attempt names a run whose manifest is not there."},
		{Code: CodeManifestChanged, Severity: fault, Doc: "The bytes of a manifest are not those that its attempt names."},
		{Code: CodeNoAttempt, Severity: fault, Doc: "A manifest has neither an attempt nor a run that is still on its way."},
		{Code: CodeLogMissing, Severity: fault, Doc: "The log of a run is not there."},
		{Code: CodeNoLog, Severity: fault, Doc: "The manifest of a run names no log."},
		{Code: CodeFileMissing, Severity: fault, Doc: "A file that a manifest names is not there, and git is not told to ignore it."},
		{Code: CodeFileChanged, Severity: fault, Doc: "The bytes of a file are not those that its run recorded, nor those of a later run."},
		{Code: CodeAbsent, Severity: note, Doc: "Evidence is not in this checkout and git is not to keep it, or keeps a pointer; its digest stands in the manifest."},
		{Code: CodeDropped, Severity: warning, Doc: "A recorded file that the base had is gone, and git is told to ignore it or to keep a pointer."},
		{Code: CodeReplayed, Severity: fault, Doc: "Two manifests are of one execution."},
		{Code: CodeInconsistent, Severity: fault, Doc: "A manifest says one thing in two ways that differ."},
		{Code: CodeMoved, Severity: warning, Doc: "A manifest does not lie in a directory of its own stamp."},
		{Code: CodeVerdict, Severity: fault, Doc: "The verdict of a manifest is not the one that its own evidence gives."},
		{Code: CodeTests, Severity: fault, Doc: "The test results of a manifest are not those of the report that it kept."},
		{Code: CodeCall, Severity: fault, Doc: "What a criterion is recorded to have seen is not what the recorded bytes give."},
		{Code: CodeParent, Severity: fault, Doc: "A manifest names another run that is not there."},
		{Code: CodeCommit, Severity: note, Doc: "Runs were made on commits that this clone does not have."},
		{Code: CodeCited, Severity: warning, Doc: "An attempt written by hand cites an artifact that is not there."},
		{Code: CodeUnfinished, Severity: note, Doc: "A run or a decision was cut short by a crash, and `planctl recover` has not finished it."},

		{Code: CodeNoRed, Severity: fault, Doc: "A green run has no red run behind it; a warning where its command was found in prose."},
		{Code: CodeBadRed, Severity: fault, Doc: "What a green names as its red is no red run that counted."},
		{Code: CodeProofOrder, Severity: warning, Doc: "A green ran on an older commit than its red, and HEAD comes from both."},
		{Code: CodeProofCommand, Severity: fault, Doc: "A green did not run the command of its red."},
		{Code: CodeProofTests, Severity: fault, Doc: "A test that failed in the red run did not pass in its green."},
		{Code: CodeProofPins, Severity: fault, Doc: "The pins of a green are not as they were in its red run."},
		{Code: CodeAcceptedPins, Severity: warning, Doc: "A green passed with pins that differ from its red, by `--accept-pins`."},
		{Code: CodeReplay, Severity: fault, Doc: "The proof of a green does not hold when it is replayed; looked for with `--replay`."},
		{Code: CodeUnreplayed, Severity: warning, Doc: "The proof of a green cannot be shown again on this machine or in this clone; looked for with `--replay`."},

		{Code: CodeInput, Severity: warning, Doc: "An input of a ticked task is not as it was when it passed."},
		{Code: CodePin, Severity: warning, Doc: "A pin of a ticked task is not as it was when it passed."},
	}
}
