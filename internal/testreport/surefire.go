package testreport

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// surefire reads what Maven prints of its Surefire plugin, of one module or of several. Its XML says more.
type surefire struct{}

var (
	sfTests  = regexp.MustCompile(`(?m)^(?:\[INFO\] )? T E S T S\r?$`)
	sfBuild  = regexp.MustCompile(`(?m)^\[INFO\] BUILD (?:SUCCESS|FAILURE)\r?$`)
	sfOne    = regexp.MustCompile(`^(?:\[(?:ERROR|WARNING)\] +)?(\S.*?) +(?:-- )?Time elapsed: [0-9.,]+ s(?:ec)? +<<< (FAILURE|ERROR)!$`)
	sfNamed  = regexp.MustCompile(`^(\S.*)\(([\w.$]+)\)$`)
	sfClass  = regexp.MustCompile(`^(?:[a-z_]\w*\.)*[A-Z][\w$]*$`)
	sfMarked = regexp.MustCompile(`^\[(?:INFO|ERROR|WARNING)\]`)
	sfCounts = regexp.MustCompile(`^(?:\[(?:INFO|ERROR|WARNING)\] )?Tests run: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+), Skipped: ([0-9]+)(?:, Flakes: [0-9]+)?$`)
	sfResult = regexp.MustCompile(`^(?:\[(?:INFO|ERROR|WARNING)\] )?Results ?:$`)
	sfGoal   = regexp.MustCompile(`^\[ERROR\] Failed to execute goal (\S+) .*?: (.*)$`)
	sfBroken = regexp.MustCompile(`^\[ERROR\] (\S+\.(?:java|kt|scala|groovy):\[[0-9]+,[0-9]+\] .*)$`)
	sfFork   = regexp.MustCompile(`^\[ERROR\] (?:\S*Exception:? )?((?:The forked VM terminated|There was an error in the forked process|There was a timeout or other error in the fork|Error occurred in starting fork).*)$`)
	sfLine   = regexp.MustCompile(`(?m)^\[ERROR\] Failed to execute goal `)
)

func (surefire) Name() string { return "surefire" }

func (surefire) Detect(head, tail []byte) int {
	switch {
	case sfTests.Match(head) || sfTests.Match(tail):
		return 78
	case sfBuild.Match(tail), sfLine.Match(tail):
		return 66
	}
	return 0
}

// sfState is the modules as they go by.
type sfState struct {
	res     Results
	begun   bool // a module's tests run, and its counts have not come
	parts   []*sfPart
	part    *sfPart // whose words these are
	results bool    // below "Results:"
	kept    int     // bytes of all words
	first   string  // the compiler's first error
	firstAt int
	over    bool // the build came to its end
	none    Trouble
}

type sfPart struct {
	class, name string
	failure     bool
	line        int
	said        text
}

func (surefire) Read(r io.Reader) (Results, error) {
	s := &sfState{}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.line(line, in.n)
	}
	switch {
	case s.begun && len(s.res.Problems) == 0:
		s.res.trouble(Crashed, "Maven ended before the counts of its tests", in.n)
	case !s.over && len(s.res.Problems) == 0:
		s.res.trouble(Crashed, "Maven ended before its build did", in.n)
	case s.res.Total == 0 && len(s.res.Problems) == 0 && s.none.Problem != "":
		s.res.trouble(s.none.Problem, s.none.Text, s.none.Line)
	}
	s.res.finish()
	return s.res, in.err
}

func (s *sfState) line(line []byte, n int) {
	if m := sfOne.FindSubmatch(line); m != nil && !bytes.HasPrefix(bytes.TrimLeft(line, "[ERORWANIG] "), []byte("Tests run: ")) {
		s.one(string(m[1]), string(m[2]) == "FAILURE", n)
		return
	}
	if m := sfCounts.FindSubmatch(line); m != nil && s.results {
		s.end(m, n)
		return
	}
	if s.part != nil {
		if len(bytes.TrimSpace(line)) == 0 || sfMarked.Match(line) {
			s.part = nil
		} else {
			if s.kept < maxTexts {
				s.kept += s.part.said.add(line)
			}
			return
		}
	}
	switch {
	case sfTests.Match(line):
		s.begun, s.results = true, false
	case sfResult.Match(line):
		s.results = true
	case sfBuild.Match(line):
		s.over = true
	case sfBroken.Match(line) && s.first == "":
		s.first, s.firstAt = string(sfBroken.FindSubmatch(line)[1]), n
	case sfFork.Match(line):
		if k := len(s.res.Problems); k == 0 || s.res.Problems[k-1].Problem != Crashed {
			s.res.trouble(Crashed, string(sfFork.FindSubmatch(line)[1]), n)
		}
	case bytes.HasPrefix(line, []byte("[INFO] No tests to run.")):
		s.none = Trouble{NoTests, "Surefire had no tests to run", n}
	}
	if m := sfGoal.FindSubmatch(line); m != nil {
		s.goal(string(m[1]), string(m[2]), n)
	}
}

// one opens what a test that failed says: "test(class)", in newer versions "class.test".
func (s *sfState) one(name string, failure bool, n int) {
	p := &sfPart{name: name, failure: failure, line: n}
	if m := sfNamed.FindStringSubmatch(name); m != nil {
		p.class, p.name = m[2], m[1]
	} else if i := strings.LastIndexByte(strings.SplitN(name, "(", 2)[0], '.'); i > 0 && !sfClass.MatchString(name) {
		p.class, p.name = name[:i], name[i+1:]
	} else { // of a whole class
		p.class = name
	}
	if s.part = p; len(s.parts) < maxNames {
		s.parts = append(s.parts, p)
	}
}

// end counts a module.
func (s *sfState) end(m [][]byte, n int) {
	var number [5]int
	for i := 1; i < len(number); i++ {
		k, _ := strconv.Atoi(string(m[i])) // digits only
		number[i] = min(k, maxNames)
	}
	for _, p := range s.parts {
		name, said := p.class+"::"+p.name, p.said.String()
		if p.name == "" || p.name == p.class {
			name = p.class
		}
		status := jvmStatus(p.class, firstOf(p.name, p.class), said, p.failure)
		switch {
		case status != "":
		case p.failure:
			status = Failed
		default:
			status = Errored
		}
		s.res.count(name, status)
		if status == Failed {
			s.res.fail(name, said, p.line)
		}
	}
	s.res.Unnamed = s.res.Unnamed || number[1] > 0
	bad := number[2] + number[3]
	for range number[4] {
		s.res.count("", Skipped)
	}
	for range number[1] - number[4] - bad {
		s.res.count("", Passed)
	}
	switch {
	case bad != len(s.parts):
		s.res.trouble(Unreadable, fmt.Sprintf("Surefire counts %d tests that failed, and %d are listed: read its XML files", bad, len(s.parts)), n)
	case number[1] == 0 && s.none.Problem == "":
		s.none = Trouble{NoTests, "Surefire ran no test", n}
	}
	*s = sfState{res: s.res, none: s.none, over: s.over}
}

// goal takes what ended the build.
func (s *sfState) goal(goal, why string, n int) {
	switch {
	case strings.HasPrefix(why, "There are test failures"): // they say it themselves
	case strings.HasPrefix(why, "No tests were executed"), strings.HasPrefix(why, "No tests matching"):
		s.res.trouble(NoTests, why, n)
	case strings.Contains(goal, "surefire"), strings.Contains(goal, "failsafe"):
		s.res.trouble(Crashed, why, n)
	case s.first != "":
		s.res.trouble(BuildError, s.first+"\n"+why, s.firstAt)
	default:
		s.res.trouble(BuildError, why, n)
	}
	s.begun = false
}
