package testreport

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// nodeSpec reads what the spec reporter of node's own runner prints.
type nodeSpec struct{}

var (
	nodeLine  = regexp.MustCompile(`^( *)([✔✖⚠﹣▶]) (.+) \(([0-9.]+(?:e-?[0-9]+)?)ms\)(?: # (.*))?$`)
	nodeShort = regexp.MustCompile(`^( *)([✖﹣▶]) (.+?)(?: # (.*))?$`) // without a time: what never ran, and the head of a group
	nodeCount = regexp.MustCompile(`^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([0-9.]+)`)
	nodeMark  = regexp.MustCompile(`(?m)^ℹ (?:tests|pass|fail|cancelled) [0-9]+\r?$`)
	nodeFirst = regexp.MustCompile(`(?m)^[✔✖] .+ \([0-9.]+ms\)(?: #.*)?\r?$`)
	nodeFile  = regexp.MustCompile(`^[^ ]*\.[cm]?[jt]sx?$`)
	nodeNone  = regexp.MustCompile(`^Could not find '.*'$`)
	nodeNever = regexp.MustCompile(`(?m)^ *'(?:test did not finish before its parent and was cancelled|test timed out after .*|Promise resolution is still pending but .*|test could not be started because its parent finished)'$`)
	nodeHook  = regexp.MustCompile(`(?m)^ +at TestHook\.`)
	nodeBadly = regexp.MustCompile(`(?m)^ *'test failed'$`)
)

func (nodeSpec) Name() string { return "node" }

func (nodeSpec) Detect(head, tail []byte) int {
	switch {
	case len(nodeMark.FindAll(tail, 2)) == 2 || len(nodeMark.FindAll(head, 2)) == 2:
		return 88
	case nodeFirst.Match(head):
		return 55
	case nodeNone.Match(bytes.TrimSpace(head)):
		return 60
	}
	return 0
}

// nodeState is a run as it goes by.
type nodeState struct {
	res    Results
	points []*nodePoint
	listed int // lines with a result
	counts map[string]int
	open   []string   // the groups that we are in, outermost first
	inner  []nodeTree // what they hold, by depth
	last   *nodePoint // whose words these are
	loose  text       // words of no test since the last result
	ending bool       // in the list of what failed, at the end
	at     bool       // the line before was its "test at"
	again  map[string][]*nodePoint
	kept   int // bytes of all words
}

// nodeTree is the results within a group.
type nodeTree struct{ ran, bad int }

// nodePoint is a result that counts.
type nodePoint struct {
	name   string
	status Status // before its words are known
	depth  int
	file   bool // node's entry for a whole file
	line   int
	said   text
	loose  string // what its file printed, where that ended badly
	told   bool   // the list at the end has its words too
}

const nodeDepth = 100 // groups within groups; what is indented more is no result

func (nodeSpec) Read(r io.Reader) (Results, error) {
	s := &nodeState{}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.line(line, in.n)
	}
	s.end(in.n)
	s.res.finish()
	return s.res, in.err
}

func (s *nodeState) line(line []byte, n int) {
	if s.ending && s.list(line) {
		return
	}
	if s.last != nil && indented(line, 2*s.last.depth+2) {
		s.say(line)
		return
	}
	if m := nodeCount.FindSubmatch(line); m != nil {
		if s.counts == nil {
			s.counts = map[string]int{}
		}
		s.counts[string(m[1])], _ = strconv.Atoi(string(m[2])) // the time is no count
		s.last = nil
		return
	}
	m := nodeLine.FindSubmatch(line)
	if m == nil {
		if q := nodeShort.FindSubmatch(line); q != nil {
			m = [][]byte{q[0], q[1], q[2], q[3], nil, q[4]}
		}
	}
	switch {
	case bytes.Equal(line, []byte("✖ failing tests:")) && s.counts != nil:
		s.ending, s.last = true, nil
	case m != nil && len(m[1])/2 < nodeDepth:
		if s.counts != nil {
			s.end(n)
		}
		s.result(m, n)
	case nodeNone.Match(line) && s.listed == 0:
		s.res.trouble(CollectionError, string(line), n)
	default:
		s.last = nil
		s.loose.add(line)
	}
}

// indented reports whether a line is a failure's: empty, or indented that far.
func indented(line []byte, by int) bool {
	rest := bytes.TrimLeft(line, " ")
	return len(rest) == 0 || len(line)-len(rest) >= by
}

func (s *nodeState) say(line []byte) {
	if s.kept < maxTexts {
		s.kept += s.last.said.add(bytes.TrimPrefix(line, []byte(strings.Repeat(" ", min(2*s.last.depth+2, len(line))))))
	}
}

// result takes a line that says how a test ended, or the head of a group.
func (s *nodeState) result(m [][]byte, n int) {
	depth, symbol, name := min(len(m[1])/2, len(s.open)), string(m[2]), string(m[3])
	s.last = nil
	if symbol == "▶" && m[4] == nil {
		s.open = append(s.open[:depth], name)
		return
	}
	s.listed++
	for len(s.inner) < depth+2 {
		s.inner = append(s.inner, nodeTree{})
	}
	var tree nodeTree
	if depth < len(s.open) && s.open[depth] == name {
		for _, t := range s.inner[depth+1:] {
			tree.ran += t.ran
			tree.bad += t.bad
		}
	}
	clear(s.inner[depth+1:])
	s.open = s.open[:depth]
	status := nodeStatus(symbol, string(m[5]))
	here := &s.inner[depth]
	here.ran += max(1, tree.ran)
	here.bad += tree.bad
	if symbol == "▶" || tree.ran > 0 && (status != Failed || tree.bad > 0) {
		return // its tests count
	}
	if status == Failed {
		here.bad++
	}
	p := &nodePoint{name: strings.Join(append(s.open[:depth:depth], name), " > "), status: status, depth: depth, line: n}
	p.file = depth == 0 && tree.ran == 0 && nodeFile.MatchString(name)
	if len(s.points) >= maxNames {
		s.res.count("", status)
		return
	}
	s.points = append(s.points, p)
	if status == Failed {
		s.last = p
		if p.file && s.kept < maxTexts {
			p.loose = s.loose.String()
			s.kept += len(p.loose)
		}
		if s.again == nil {
			s.again = map[string][]*nodePoint{}
		}
		key := string(m[0][len(m[1]):])
		s.again[key] = append(s.again[key], p)
	}
	s.loose = text{}
}

// nodeStatus is what a symbol says. A test that is to be done has the cross of a failure with a remark behind it,
// or in newer versions a sign of its own.
func nodeStatus(symbol, remark string) Status {
	switch {
	case symbol == "✔":
		return Passed
	case symbol == "✖" && remark == "":
		return Failed
	}
	return Skipped
}

// list takes a line of the list of what failed, which has every failure's words; in newer versions they stand
// nowhere else. It reports false where the list is over.
func (s *nodeState) list(line []byte) bool {
	switch {
	case s.at:
		s.at, s.last = false, nil
		if same := s.again[string(line)]; len(same) > 0 {
			s.last, s.again[string(line)] = same[0], same[1:]
			s.kept -= len(s.last.said.head) + len(s.last.said.tail)
			s.last.said, s.last.told, s.last.depth = text{}, true, 0
		}
		return true
	case bytes.HasPrefix(line, []byte("test at ")):
		s.at, s.last = true, nil
		return true
	case !indented(line, 2):
		s.ending = false
		return false
	case s.last != nil:
		s.say(line)
	}
	return true
}

// end counts a run.
func (s *nodeState) end(n int) {
	before := s.res.Total
	var hollow *nodePoint
	for _, p := range s.points {
		said := p.said.String()
		switch {
		case p.file && p.status == Passed:
			hollow = p // no test of it ran; node counts the file itself
		case p.file && p.status == Failed && (said == "" || nodeBadly.MatchString(said)):
			s.res.count(p.name, Errored)
			what := Crashed
			if strings.Contains(p.loose, "\nNode.js v") { // its end is that of an exception which nobody caught
				what = CollectionError
			}
			s.res.trouble(what, strings.TrimSpace(p.name+" ended badly outside its tests\n"+p.loose), p.line)
		case p.status == Failed && (nodeNever.MatchString(said) || nodeHook.MatchString(said)):
			s.res.count(p.name, Errored)
		default:
			s.res.count(p.name, p.status)
			if p.status == Failed {
				s.res.fail(p.name, said, p.line)
			}
		}
	}
	tests, counted := s.counts["tests"]
	suites, nested := s.counts["suites"]
	switch {
	case s.listed > 0 && !counted:
		s.res.trouble(Crashed, "node's runner ended before its counts", n)
	case counted && nested && tests+suites != s.listed:
		s.res.trouble(Unreadable, fmt.Sprintf("node counts %d tests and %d suites, and %d results are listed: a test prints what looks like one; use --test-reporter tap or junit", tests, suites, s.listed), n)
	case s.res.Total == before && hollow != nil:
		s.res.trouble(NoTests, hollow.name+" holds no test that ran", hollow.line)
	case s.res.Total == before && counted:
		s.res.trouble(NoTests, "node ran no test", n)
	}
	*s = nodeState{res: s.res}
}
