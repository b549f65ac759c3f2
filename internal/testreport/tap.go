package testreport

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// tap reads the Test Anything Protocol, versions 12 to 14, of one producer or of several in a row
// (prove -v).
type tap struct{}

var (
	tapResult  = regexp.MustCompile(`^( *)(not )?ok\b *([0-9]+)? *(- )?(.*)$`)
	tapPlan    = regexp.MustCompile(`^( *)1\.\.([0-9]+)(?: *# *(.*))?$`)
	tapMark    = regexp.MustCompile(`(?m)^(?:TAP version 1[2-4]|1\.\.[0-9]+|(?:not )?ok [0-9]+\b)`)
	tapMarked  = regexp.MustCompile(`(?i)(?:^|\s)#\s*(todo|skip)\b`)
	tapSubtest = regexp.MustCompile(`^( *)# Subtest: (.*)$`)
	tapAbsent  = regexp.MustCompile(`^Error: Test file ".*" does not exist$`) // bats
	tapStack   = regexp.MustCompile("^(?:# | {4,})[( ](?:from function `(\\S+)' )?in (?:test )?file .*, line [0-9]+[,)]$")
	tapScript  = regexp.MustCompile(`^(?:\[[0-9:]+\] )?(\S*[./]\S*) \.{2,} *$`) // prove -v, before what a script says
	tapTimed   = regexp.MustCompile(` in [0-9]+ms$`)
	tapField   = regexp.MustCompile(`^(failureType|exitCode|signal): (.*)$`)
)

func (tap) Name() string { return "tap" }

func (tap) Detect(head, tail []byte) int {
	switch {
	case bytes.HasPrefix(head, []byte("TAP version ")):
		return 95
	case len(tapMark.FindAll(head, 2)) == 2 || len(tapMark.FindAll(tail, 2)) == 2:
		return 60
	case tapPlan.Match(bytes.TrimSpace(head)), tapAbsent.Match(bytes.TrimSpace(head)):
		return 60
	}
	return 0
}

// tapState is a document as it goes by.
type tapState struct {
	res     Results
	script  string            // of prove: whose document this is
	levels  map[int]*tapLevel // by indentation
	plan    int               // of the outermost level, -1 before it
	ran     int               // results of the outermost level
	block   string            // what ends the YAML diagnostic that we are in, "" outside
	line    int
	current *tapPoint // the last result, while its words follow
	loose   text      // words of no result since the last one's diagnostic
	none    Trouble   // why nothing ran, said where nothing did
}

// tapLevel is the results of one indentation since the last one further out.
type tapLevel struct {
	ran, failed int    // failed: or gave no verdict
	subtest     string // the name that `# Subtest:` announced
}

type tapPoint struct {
	name   string
	status Status
	line   int
	level  *tapLevel
	parent bool // it has subtests, and none of them failed
	told   bool // its diagnostic has ended
	said   text

	// What node says of it: whether it is its entry for a whole file, and which kind of failure it is.
	file                  bool
	failure, exit, signal string
	loose                 string

	hook bool // bats: one that the file has for its tests failed
}

func (tap) Read(r io.Reader) (Results, error) {
	s := &tapState{levels: map[int]*tapLevel{}, plan: -1}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.line = in.n
		s.read(line)
	}
	s.endDocument()
	if s.res.Total == 0 && len(s.res.Problems) == 0 && s.none.Problem != "" {
		s.res.trouble(s.none.Problem, s.none.Text, s.none.Line)
	}
	s.res.finish()
	return s.res, in.err
}

func (s *tapState) read(line []byte) {
	trimmed := bytes.TrimSpace(line)
	switch {
	case s.block != "":
		if string(bytes.TrimRight(line, " ")) == s.block {
			s.block = ""
			s.current.told = true
			return
		}
		s.field(line)
		s.say(line)
		return
	case s.current != nil && bytes.Equal(trimmed, []byte("---")):
		s.block = string(line[:bytes.IndexByte(line, '-')]) + "..."
		return
	case bytes.HasPrefix(trimmed, []byte("Bail out!")):
		s.res.trouble(Crashed, string(trimmed), s.line)
		return
	case bytes.HasPrefix(line, []byte("TAP version ")):
		s.endDocument()
		return
	case tapAbsent.Match(line) && s.res.Total == 0 && s.ran == 0:
		s.res.trouble(CollectionError, string(line), s.line)
		return
	}
	if m := tapPlan.FindSubmatch(line); m != nil {
		s.planned(len(m[1]), string(m[2]), string(m[3]))
		return
	}
	if m := tapResult.FindSubmatch(line); m != nil {
		if len(m[1]) == 0 && len(m[3]) == 0 && len(m[5]) == 0 && s.plan >= 0 && s.ran >= s.plan {
			return // prove's own verdict on a file
		}
		s.endPoint()
		s.result(len(m[1]), len(m[2]) > 0, string(m[3]), len(m[4]) > 0, strings.TrimSpace(string(m[5])))
		return
	}
	if m := tapScript.FindSubmatch(line); m != nil && (s.plan < 0 && s.ran == 0 || s.plan >= 0 && s.ran >= s.plan) {
		s.endDocument()
		s.script = string(m[1])
		return
	}
	if proveTotal.Match(line) {
		s.endDocument()
		s.script = ""
		return
	}
	if m := tapSubtest.FindSubmatch(line); m != nil {
		s.endPoint()
		s.level(len(m[1])).subtest = unescape(string(m[2]))
		return
	}
	s.say(line)
}

func (s *tapState) say(line []byte) {
	if m := tapStack.FindSubmatch(line); m != nil && s.current != nil && batsHook(string(m[1])) {
		s.current.hook = true
	}
	switch {
	case s.current == nil || s.current.told:
		s.loose.add(bytes.TrimPrefix(line, []byte("# ")))
	case s.block != "" || bytes.HasPrefix(bytes.TrimLeft(line, " "), []byte("#")):
		s.current.said.add(line)
	default: // no diagnostic, but what the next test prints while it runs
		s.loose.add(line)
	}
}

func batsHook(function string) bool {
	switch function {
	case "setup", "teardown", "setup_file", "teardown_file", "setup_suite", "teardown_suite":
		return true
	}
	return false
}

// field takes what node says in a diagnostic about the kind of a failure.
func (s *tapState) field(line []byte) {
	at := len(s.block) - len("...")
	if len(line) <= at || line[at] == ' ' {
		return
	}
	if m := tapField.FindSubmatch(line[at:]); m != nil {
		value := strings.Trim(string(m[2]), `'`)
		switch string(m[1]) {
		case "failureType":
			s.current.failure = value
		case "exitCode":
			s.current.exit = value
		case "signal":
			s.current.signal = value
		}
	}
}

func (s *tapState) planned(indent int, count, why string) {
	n, err := strconv.Atoi(count)
	if err != nil || indent > 0 {
		return
	}
	if s.plan >= 0 && s.ran > 0 {
		s.endDocument()
	}
	s.plan = n
	if n == 0 {
		s.hollow(strings.TrimSpace("the plan is 1..0 "+why), s.line)
	}
}

// hollow keeps the first reason why nothing ran.
func (s *tapState) hollow(why string, line int) {
	if s.none.Problem == "" {
		s.none = Trouble{NoTests, why, line}
	}
}

func (s *tapState) level(indent int) *tapLevel {
	if s.levels[indent] == nil {
		s.levels[indent] = &tapLevel{}
	}
	return s.levels[indent]
}

func (s *tapState) result(indent int, not bool, number string, dash bool, name string) {
	if indent == 0 && s.ran > 0 && number == "1" {
		s.endDocument()
	}
	var inner tapLevel
	var path []string
	for d := range indent {
		if l := s.levels[d]; l != nil && l.subtest != "" {
			path = append(path, l.subtest)
		}
	}
	for d, l := range s.levels {
		if d > indent {
			inner.ran += l.ran
			inner.failed += l.failed
			delete(s.levels, d)
		}
	}
	level := s.level(indent)
	level.ran += max(1, inner.ran)
	level.failed += inner.failed
	announced := level.subtest
	level.subtest = ""
	name, status := tapStatus(name, not)
	if !dash { // bats, which puts no dash before a name
		name = tapTimed.ReplaceAllString(name, "")
	}
	name = firstOf(name, "test "+firstOf(number, strconv.Itoa(level.ran)))
	file := indent == 0 && inner.ran == 0 && announced == name && nodeFile.MatchString(name)
	if file && s.plan == 0 {
		s.plan = -1 // node passes on the plan of a file in which no test ran
	}
	if indent == 0 {
		s.ran++
	}
	if inner.ran > 0 && (status != Failed || inner.failed > 0) {
		return // its subtests count
	}
	if s.script != "" {
		path = append([]string{s.script}, path...)
	}
	s.current = &tapPoint{name: strings.Join(append(path, name), " > "), status: status, line: s.line, level: level, parent: inner.ran > 0,
		file: file, loose: s.loose.String()}
	s.loose = text{}
}

// tapStatus takes the directive off a description. A test that is to be done counts as skipped while
// it fails and as passed once it does.
func tapStatus(name string, not bool) (string, Status) {
	status := Passed
	if not {
		status = Failed
	}
	if at := tapMarked.FindStringSubmatchIndex(name); at != nil {
		directive := strings.ToLower(name[at[2]:at[3]])
		name = strings.TrimSpace(name[:at[0]])
		switch {
		case directive == "skip" && not: // bats writes so of every skip, to others it is a failure: no verdict in any case
			status = Errored
		case directive == "skip" || not:
			status = Skipped
		}
	}
	return unescape(name), status
}

// unescape undoes TAP 14's \# and \\.
func unescape(s string) string { return strings.NewReplacer(`\\`, `\`, `\#`, `#`).Replace(s) }

// endPoint counts the last result. node reports a file of its own where it has no test or ended badly: the first
// is no test, the second no test's verdict. Nor is one that node gives a test which did not come to run, or not to
// its end.
func (s *tapState) endPoint() {
	p := s.current
	s.current = nil
	switch {
	case p == nil:
	case p.file && p.status == Passed:
		s.hollow(p.name+" holds no test that ran", p.line)
	case p.file && p.status == Failed && (p.exit != "" || p.failure == ""):
		s.res.count(p.name, Errored)
		what := CollectionError
		if p.signal != "" && p.signal != "~" || p.exit != "" && p.exit != "1" {
			what = Crashed
		}
		s.res.trouble(what, strings.TrimSpace(p.name+" ended badly outside its tests\n"+p.loose)+"\n"+p.said.String(), p.line)
		p.level.failed++
	case p.parent && p.failure == "subtestsFailed": // what failed in it is none of its results
	case p.status == Failed && batsHook(strings.TrimSuffix(p.name, " failed")): // bats; so it says that a file has an error of syntax, too
		s.res.count(p.name, Errored)
		s.res.trouble(CollectionError, p.name+"\n"+p.said.String(), p.line)
		p.level.failed++
	case p.status == Failed && (p.hook || tapNoVerdict(p.failure)):
		s.res.count(p.name, Errored)
		p.level.failed++
	default:
		s.res.count(p.name, p.status)
		if p.status == Failed {
			s.res.fail(p.name, p.said.String(), p.line)
			p.level.failed++
		}
	}
}

// tapNoVerdict reports whether a failure of that type is not of the test's own making.
func tapNoVerdict(failure string) bool {
	switch failure {
	case "hookFailed", "cancelledByParent", "parentAlreadyFinished", "testTimeoutFailure", "testAborted":
		return true
	}
	return false
}

// endDocument compares what ran with the plan.
func (s *tapState) endDocument() {
	s.endPoint()
	bailed := len(s.res.Problems) > 0 && s.res.Problems[len(s.res.Problems)-1].Problem == Crashed
	switch {
	case bailed:
	case s.plan >= 0 && s.ran != s.plan:
		s.res.trouble(Crashed, fmt.Sprintf("%d tests were planned and %d reported", s.plan, s.ran), s.line)
	case s.plan < 0 && s.ran > 0:
		s.res.trouble(Crashed, "the report ends before its plan", s.line)
	}
	s.plan, s.ran, s.block = -1, 0, ""
	clear(s.levels)
}
