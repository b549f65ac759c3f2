package testreport

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// tap reads the Test Anything Protocol, versions 12 to 14.
type tap struct{}

var (
	tapResult = regexp.MustCompile(`^( *)(not )?ok\b *([0-9]+)? *(?:- )?(.*)$`)
	tapPlan   = regexp.MustCompile(`^( *)1\.\.([0-9]+)(?: *#.*)?$`)
	tapMark   = regexp.MustCompile(`(?m)^(?:TAP version 1[2-4]|1\.\.[0-9]+|(?:not )?ok [0-9]+\b)`)
	tapTodo   = regexp.MustCompile(`(?i)(?:^|\s)#\s*(todo|skip)\b`)
	tapBlock  = regexp.MustCompile(`^ *---$`)
	tapEnd    = regexp.MustCompile(`^ *\.\.\.$`)
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
	depth   map[int]int // results by indentation since the last one further out
	plan    int         // of the outermost level, -1 before it
	seen    int         // results of the outermost level
	block   bool        // inside a YAML diagnostic
	current *Failure    // the failure whose words follow
	said    text
}

func (tap) Read(r io.Reader) (Results, error) {
	s := &tapState{depth: map[int]int{}, plan: -1}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.line(line, in.n)
	}
	s.endFailure()
	if s.plan > 0 && s.seen < s.plan && len(s.res.Problems) == 0 {
		s.res.trouble(Crashed, fmt.Sprintf("%d tests were planned and %d reported", s.plan, s.seen), 0)
	}
	s.res.finish()
	return s.res, in.err
}

func (s *tapState) line(line []byte, n int) {
	switch {
	case s.block:
		s.block = !tapEnd.Match(line)
		s.said.add(line)
		return
	case tapBlock.Match(line) && s.current != nil:
		s.block = true
		s.said.add(line)
		return
	case bytes.HasPrefix(bytes.TrimSpace(line), []byte("Bail out!")):
		s.res.trouble(Crashed, string(bytes.TrimSpace(line)), n)
		return
	}
	if m := tapPlan.FindSubmatch(line); m != nil {
		if total, err := strconv.Atoi(string(m[2])); err == nil && len(m[1]) == 0 {
			s.plan = total
		}
		return
	}
	if m := tapResult.FindSubmatch(line); m != nil {
		s.endFailure()
		s.result(len(m[1]), len(m[2]) > 0, strings.TrimSpace(string(m[4])), n)
		return
	}
	if s.current != nil && !bytes.HasPrefix(bytes.TrimSpace(line), []byte("# Subtest")) {
		s.said.add(line)
	}
}

func (s *tapState) result(indent int, not bool, name string, n int) {
	inner := 0
	for d, k := range s.depth {
		if d > indent {
			inner += k
			delete(s.depth, d)
		}
	}
	s.depth[indent]++
	if indent == 0 {
		s.seen++
	}
	status := Passed
	if not {
		status = Failed
	}
	directive := ""
	if at := tapTodo.FindStringSubmatchIndex(name); at != nil {
		directive = strings.ToLower(name[at[2]:at[3]])
		name = strings.TrimSpace(name[:at[0]])
	}
	if directive == "skip" || directive == "todo" && not {
		status = Skipped
	}
	name = firstOf(name, fmt.Sprintf("test %d", s.depth[indent]))
	if inner > 0 && (status != Failed || s.res.Failed > 0) {
		return // its subtests count
	}
	s.res.count(name, status)
	if status == Failed {
		s.current = &Failure{Name: name, Line: n}
	}
}

func (s *tapState) endFailure() {
	if s.current != nil {
		s.res.fail(s.current.Name, s.said.String(), s.current.Line)
	}
	s.current, s.said = nil, text{}
}
