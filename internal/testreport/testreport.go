// Package testreport reads what test runners report, from their report files
// or from a log, into one shape. It may not decide what a red or green run
// is, and it runs nothing.
//
// Counting follows each tool's own meaning. A test that was expected to fail
// and did (pytest's xfail, TAP's TODO) counts as skipped: it says nothing
// about the code; one that was expected to fail and passed counts as passed,
// unless the tool fails it (pytest's strict xfail). A test that was begun and
// never ended counts as an error.
//
// Names are the tool's own:
//
//	pytest         path::Class::test[params]
//	go test        package.Test/subtest, with -json and without
//	TAP, node      parent > subtest; under prove script > parent > subtest
//	JUnit XML      classname::name, or the one where both are the same
//	cargo test     crate FILE module::test, of the file that its binary is made of; for an example in
//	               documentation Doc-tests crate FILE - item (line N); without those words where cargo is quiet
//	nextest        binary test
//	unittest       module.Class.test
//	Surefire       class::test
//	ctest          the test's name
//
// In go test a test with subtests counts beside them, as go itself has it.
// Without -v go does not list what passed: a package that is ok counts as one
// passed test without a name. In TAP a test with subtests does not count where
// its subtests do. pytest counts a test whose teardown fails twice, as passed
// and as an error, and lists by name only what failed unless it is run with -v.
//
// Where a tool calls a test failed that did not come to run (its fixture failed, it was cancelled), it counts as
// an error here; and an exception that the test's own code let through is that test's failure, also where the
// tool calls it an error (unittest, Surefire).
package testreport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/planctl/planctl/internal/regular"
)

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

// Bounds on what one report may make us keep. What is over them is counted and not kept.
const (
	maxFailures = 1000
	maxText     = 64 << 10 // bytes of one failure
	maxTexts    = 4 << 20  // bytes of all failures of a report, and of all tests that have not ended
	lastWords   = 1 << 10  // bytes of a failure that comes when maxTexts is reached: a reason stands at the end
	maxNames    = 200_000
)

// Failure is a failed test and its own text: what its runner says of it, and what it printed where
// the runner shows that with it. Errors (setup, collection, build) are no failures.
type Failure struct {
	Name string
	Text string // at most 64 kB, "" where the report has none; of more the first and the last 32 kB; after 4 MB of texts the last 1 kB of each
	Line int    // in the log or report, 0 where not known
}

// Trouble is a problem with the place that shows it.
type Trouble struct {
	Problem Problem
	Text    string
	Line    int
}

// Results is what one or more reports say.
type Results struct {
	Total, Passed, Failed, Skipped, Errors int

	Names    map[string]Status // only where the report names its tests
	Unnamed  bool              // it does not name what passes, so that a pass may be of any test
	Failures []Failure
	Problems []Trouble
	texts    int    // bytes of Failures' texts
	Reader   string // the name of the reader, "junit" for files of JUnit XML; "" where nothing was recognised, "none" where ReadFiles could read none
}

// Reader reads one format.
type Reader interface {
	Name() string
	// Detect reports how sure the reader is that a text is its own, from its first and its last 64 kB: 0 not, 100 certain.
	Detect(head, tail []byte) int
	Read(r io.Reader) (Results, error)
}

// readers is every format that a log can be in.
func readers() []Reader {
	return []Reader{goJSON{}, pytest{}, tap{}, goText{}, cargo{}, unittest{}, nodeSpec{}, ctest{}, prove{}, nextest{}, surefire{}}
}

// window is how much of a text's ends Detect sees, in bytes.
const window = 64 << 10

// ReadLog reads the test results in a log of any size, in one pass and bounded memory. It looks at the
// first and the last 64 kB to see whose log it is; where several runners wrote to it, the one that is
// recognised most surely is read. Where no reader knows the log for its own the
// Results have no Reader and no counts, and that is no error. When ctx is done its error is returned.
func ReadLog(ctx context.Context, path string) (res Results, err error) {
	f, _, err := regular.Open(path)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r, err := detect(f)
	if err != nil || r == nil {
		return res, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return res, err
	}
	res, err = r.Read(regular.Until(ctx, f))
	res.Reader = r.Name()
	return res, err
}

func detect(f *os.File) (Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	head := make([]byte, min(info.Size(), window))
	if _, err := io.ReadFull(f, head); err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	tail := make([]byte, min(info.Size(), window))
	if _, err := f.ReadAt(tail, info.Size()-int64(len(tail))); err != nil && err != io.EOF {
		return nil, err
	}
	head, tail = plain(head), plain(tail)
	var best Reader
	sure := 0
	for _, r := range readers() {
		if n := r.Detect(head, tail); n > sure {
			best, sure = r, n
		}
	}
	return best, nil
}

// ReadFiles reads report files (JUnit XML, go test -json, TAP and the rest) and adds them up. A file
// that no reader knows is a Problem, and so is an empty one: its writer did not come to the end. One
// that is whole and holds no test is a Problem only where the others hold none either. With several
// files a Problem's text begins with the name of its file. When ctx is done its error is returned.
func ReadFiles(ctx context.Context, paths []string) (Results, error) {
	sum := Results{Names: map[string]Status{}}
	var none []Trouble
	for _, p := range paths {
		one, err := readFile(ctx, p)
		if err != nil {
			return sum, fmt.Errorf("%s: %w", p, err)
		}
		if len(paths) > 1 {
			for i := range one.Problems {
				one.Problems[i].Text = filepath.Base(p) + ": " + one.Problems[i].Text
			}
		}
		if len(one.Problems) == 1 && one.Problems[0].Problem == NoTests && one.Reader != noReader {
			none, one.Problems = append(none, one.Problems...), nil
		}
		sum.add(one)
	}
	if sum.Total == 0 && len(none) > 0 {
		sum.Problems = append(sum.Problems, none[0])
	}
	return sum, nil
}

// noReader is Results.Reader of files that no reader could take: the caller asked for reports, and
// what it got is a report that is broken, not none.
const noReader = "none"

func readFile(ctx context.Context, path string) (res Results, err error) {
	f, _, err := regular.Open(path)
	if err != nil {
		return res, err
	}
	head := make([]byte, 4096)
	n, rerr := io.ReadFull(f, head)
	if rerr == io.ErrUnexpectedEOF || rerr == io.EOF {
		rerr = nil
	}
	if err := errors.Join(rerr, f.Close()); err != nil {
		return res, err
	}
	start := bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case len(start) == 0 && n < len(head):
		return Results{Reader: noReader, Problems: []Trouble{{Problem: NoTests, Text: "the report is empty"}}}, nil
	case len(start) > 0 && start[0] == '<':
		return readJUnit(ctx, path)
	}
	res, err = ReadLog(ctx, path)
	if err == nil && res.Reader == "" {
		res = Results{Reader: noReader, Problems: []Trouble{{Problem: Unreadable, Text: "no known format of test report"}}}
	}
	return res, err
}

func (r *Results) add(o Results) {
	r.Total += o.Total
	r.Passed += o.Passed
	r.Failed += o.Failed
	r.Skipped += o.Skipped
	r.Errors += o.Errors
	r.Unnamed = r.Unnamed || o.Unnamed
	for n, s := range o.Names {
		r.name(n, s)
	}
	for _, f := range o.Failures {
		r.fail(f.Name, f.Text, f.Line)
	}
	r.Problems = append(r.Problems, o.Problems...)
	if r.Reader == "" || r.Reader == noReader {
		r.Reader = o.Reader
	}
}

// count adds one verdict. name may be empty where the report does not name the test.
func (r *Results) count(name string, s Status) {
	r.Total++
	switch s {
	case Passed:
		r.Passed++
	case Failed:
		r.Failed++
	case Skipped:
		r.Skipped++
	case Errored:
		r.Errors++
	}
	if name != "" {
		r.name(name, s)
	}
}

// name keeps a test's verdict; of two verdicts of one name the worse stays.
func (r *Results) name(n string, s Status) {
	if r.Names == nil {
		r.Names = map[string]Status{}
	}
	old, ok := r.Names[n]
	if !ok && len(r.Names) >= maxNames {
		return
	}
	if !ok || worse(s) > worse(old) {
		r.Names[n] = s
	}
}

// worse ranks verdicts. A skip is worse than a pass: of two tests of one name the one that did not run is not shown by the other.
func worse(s Status) int {
	switch s {
	case Passed:
		return 1
	case Skipped:
		return 2
	case Errored:
		return 3
	case Failed:
		return 4
	}
	return 0
}

func (r *Results) fail(name, text string, line int) {
	if len(r.Failures) >= maxFailures {
		return
	}
	text = lastOf(text, r.texts)
	r.texts += len(text)
	r.Failures = append(r.Failures, Failure{Name: name, Text: text, Line: line})
}

func (r *Results) trouble(p Problem, text string, line int) {
	if len(r.Problems) < maxFailures {
		r.Problems = append(r.Problems, Trouble{p, text, line})
	}
}

// finish says that nothing ran where nothing did and nothing else says why.
func (r *Results) finish() {
	if r.Total == 0 && len(r.Problems) == 0 {
		r.trouble(NoTests, "no test ran", 0)
	}
}
