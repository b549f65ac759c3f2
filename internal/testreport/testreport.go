// Package testreport reads what test runners report, from their report files
// or from a log, into one shape. It may not decide what a red or green run
// is, and it runs nothing.
package testreport

import "io"

// Status is a test's own verdict. The zero value means not known.
type Status string

// The verdicts.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
	Errored Status = "error" // the test could not give a verdict: setup, collection, build
)

// Problem is a shape of report that holds no verdict of a test.
type Problem string

// The problems.
const (
	CollectionError Problem = "collection-error"
	BuildError      Problem = "build-error"
	NoTests         Problem = "no-tests"
	Unreadable      Problem = "unreadable"
	Crashed         Problem = "crashed"
)

// Failure is a failed test and its own text.
type Failure struct {
	Name string
	Text string
	Line int // in the log or report, 0 where not known
}

// Results is what one or more reports say.
type Results struct {
	Total, Passed, Failed, Skipped, Errors int
	Names                                  map[string]Status // only where the report names its tests
	Failures                               []Failure
	Problems                               []Trouble
	Reader                                 string // junit, gotest-json, gotest, tap, pytest; "" where nothing was recognised
}

// Trouble is a problem with the place that shows it.
type Trouble struct {
	Problem Problem
	Text    string
	Line    int
}

// Reader reads one format.
type Reader interface {
	Name() string
	// Detect reports how sure the reader is that head, the first or last 64 kB of a log or file, is its own: 0 not, 100 certain.
	Detect(head []byte) int
	Read(r io.Reader) (Results, error)
}
