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
	tapResult  = regexp.MustCompile(`^( *)(not )?ok\b *([0-9]+)? *(?:- )?(.*)$`)
	tapPlan    = regexp.MustCompile(`^( *)1\.\.([0-9]+)(?: *# *(.*))?$`)
	tapMark    = regexp.MustCompile(`(?m)^(?:TAP version 1[2-4]|1\.\.[0-9]+|(?:not )?ok [0-9]+\b)`)
	tapMarked  = regexp.MustCompile(`(?i)(?:^|\s)#\s*(todo|skip)\b`)
	tapSubtest = regexp.MustCompile(`^( *)# Subtest: (.*)$`)
	tapNode    = regexp.MustCompile(`^/.*\.[cm]?[jt]sx?$`)
)

func (tap) Name() string { return "tap" }

func (tap) Detect(head, tail []byte) int {
	switch {
	case bytes.HasPrefix(head, []byte("TAP version ")):
		return 95
	case len(tapMark.FindAll(head, 2)) == 2 || len(tapMark.FindAll(tail, 2)) == 2:
		return 60
	case tapPlan.Match(bytes.TrimSpace(head)):
		return 60
	}
	return 0
}

// tapState is a document as it goes by.
type tapState struct {
	res     Results
	levels  map[int]*tapLevel // by indentation
	plan    int               // of the outermost level, -1 before it
	ran     int               // results of the outermost level
	block   string            // what ends the YAML diagnostic that we are in, "" outside
	line    int
	current *tapPoint // the last result, while its words follow
}

// tapLevel is the results of one indentation since the last one further out.
type tapLevel struct {
	ran, failed int
	subtest     string // the name that `# Subtest:` announced
}

type tapPoint struct {
	name   string
	status Status
	line   int
	file   bool // node's entry for a whole file
	said   text
}

func (tap) Read(r io.Reader) (Results, error) {
	s := &tapState{levels: map[int]*tapLevel{}, plan: -1}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.line = in.n
		s.read(line)
	}
	s.endDocument()
	s.res.finish()
	return s.res, in.err
}

func (s *tapState) read(line []byte) {
	trimmed := bytes.TrimSpace(line)
	switch {
	case s.block != "":
		if string(bytes.TrimRight(line, " ")) == s.block {
			s.block = ""
		}
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
	}
	if m := tapPlan.FindSubmatch(line); m != nil {
		s.planned(len(m[1]), string(m[2]), string(m[3]))
		return
	}
	if m := tapResult.FindSubmatch(line); m != nil {
		if len(m[1]) == 0 && len(m[3]) == 0 && len(m[4]) == 0 && s.plan >= 0 && s.ran >= s.plan {
			return // prove's own verdict on a file
		}
		s.endPoint()
		s.result(len(m[1]), len(m[2]) > 0, string(m[3]), strings.TrimSpace(string(m[4])))
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
	if s.current != nil {
		s.current.said.add(line)
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
		s.res.trouble(NoTests, strings.TrimSpace("the plan is 1..0 "+why), s.line)
	}
}

func (s *tapState) level(indent int) *tapLevel {
	if s.levels[indent] == nil {
		s.levels[indent] = &tapLevel{}
	}
	return s.levels[indent]
}

func (s *tapState) result(indent int, not bool, number, name string) {
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
	level.subtest = ""
	if indent == 0 {
		s.ran++
	}
	name, status := tapStatus(name, not)
	if status == Failed {
		level.failed++
	}
	name = firstOf(name, "test "+firstOf(number, strconv.Itoa(level.ran)))
	if inner.ran > 0 && (status != Failed || inner.failed > 0) {
		return // its subtests count
	}
	s.current = &tapPoint{name: strings.Join(append(path, name), " > "), status: status, line: s.line, file: tapNode.MatchString(name)}
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
		if (directive == "skip") != not {
			status = Skipped
		}
	}
	return unescape(name), status
}

// unescape undoes TAP 14's \# and \\.
func unescape(s string) string { return strings.NewReplacer(`\\`, `\`, `\#`, `#`).Replace(s) }

// endPoint counts the last result. node reports a file of its own where it has no test or ended
// badly: the first is no test, the second no test's verdict.
func (s *tapState) endPoint() {
	p := s.current
	s.current = nil
	switch {
	case p == nil || p.file && p.status == Passed:
	case p.file && p.status == Failed:
		s.res.count(p.name, Errored)
		s.res.trouble(CollectionError, p.name+" ended badly outside its tests\n"+p.said.String(), p.line)
	default:
		s.res.count(p.name, p.status)
		if p.status == Failed {
			s.res.fail(p.name, p.said.String(), p.line)
		}
	}
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
