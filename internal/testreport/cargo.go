package testreport

import (
	"bytes"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// cargo reads the words of Rust's own test harness, as cargo test prints them for each test binary and for the
// examples in documentation.
type cargo struct{}

var (
	cargoRunning = regexp.MustCompile(`^running ([0-9]+) tests?$`)
	cargoTest    = regexp.MustCompile(`^test (\S.*?)(?: - should panic)?(?: - compile(?: fail)?)? \.\.\. ?(.*)$`)
	cargoVerdict = regexp.MustCompile(`^(ok|FAILED|ignored)(?:, .*)?(?: <[0-9.]+m?s>)?$`)
	cargoResult  = regexp.MustCompile(`^test result: (ok|FAILED)\. ([0-9]+) passed; ([0-9]+) failed; ([0-9]+) ignored; ([0-9]+) measured; [0-9]+ filtered out`)
	cargoBinary  = regexp.MustCompile(`^ +Running (?:unittests )?(\S+\.rs) \((?:.*[/\\])?([^/\\]+?)(?:-[0-9a-f]{16})?(?:\.exe)?\)$`)
	cargoDocs    = regexp.MustCompile(`^ +(Doc-tests \S+)$`)
	cargoStdout  = regexp.MustCompile(`^---- (\S.*?)(?: - should panic)?(?: - compile(?: fail)?)? (?:stdout|stderr) ----$`)
	cargoBuild   = regexp.MustCompile("^error: (?:could not compile `|no test target named|failed to (?:parse|run custom build|select)|couldn't compile|linking with)")
	cargoMark    = regexp.MustCompile("(?m)^(?:test result: (?:ok|FAILED)\\. [0-9]+ passed; |running [0-9]+ tests?$|error: (?:could not compile `|no test target named )|     Running (?:unittests )?\\S+\\.rs \\()")
)

func (cargo) Name() string { return "cargo" }

func (cargo) Detect(head, tail []byte) int {
	if cargoMark.Match(head) || cargoMark.Match(tail) {
		return 75
	}
	return 0
}

// cargoState is the binaries' tests as they go by.
type cargoState struct {
	res     Results
	binary  string // whose tests these are, and a space; "" where cargo does not say
	inside  bool   // a binary's tests run, and their result has not come
	planned int
	names   []goTest // of this binary
	waiting string   // a test whose verdict stands on a later line, after what it printed
	said    texts
	current string // the failed test whose words these are
	success bool   // what tests that passed have printed (--show-output)
	first   string // the compiler's first error
	firstAt int
}

func (cargo) Read(r io.Reader) (Results, error) {
	s := &cargoState{}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		s.line(line, in.n)
	}
	if s.inside {
		s.crashed("the tests ended before their result", in.n)
	}
	s.res.finish()
	return s.res, in.err
}

func (s *cargoState) line(line []byte, n int) {
	if m := cargoRunning.FindSubmatch(line); m != nil && s.current == "" {
		if s.inside {
			s.crashed("the tests ended before their result", n)
		}
		s.inside = true
		s.planned, _ = strconv.Atoi(string(m[1])) // digits only; one too large for an int is too large in any case
		return
	}
	if !s.inside {
		s.outside(line, n)
		return
	}
	if m := cargoResult.FindSubmatch(line); m != nil {
		s.end(m, n)
		return
	}
	if m := cargoStdout.FindSubmatch(line); m != nil {
		if s.current = string(m[1]); s.success {
			s.current = ""
		}
		return
	}
	switch {
	case bytes.Equal(line, []byte("failures:")), bytes.Equal(line, []byte("successes:")):
		s.current, s.success = "", line[0] == 's'
		return
	case s.current != "":
		s.said.add(s.current, line)
		return
	}
	if m := cargoTest.FindSubmatch(line); m != nil {
		s.waiting = ""
		if v := cargoVerdict.FindSubmatch(m[2]); v != nil {
			s.verdict(string(m[1]), string(v[1]), n)
		} else if !bytes.HasPrefix(m[2], []byte("bench:")) {
			s.waiting = string(m[1])
		}
		return
	}
	if v := cargoVerdict.FindSubmatch(line); v != nil && s.waiting != "" { // --nocapture with one thread
		s.verdict(s.waiting, string(v[1]), n)
		if string(v[1]) != "FAILED" {
			s.said.take(s.waiting)
		}
		s.waiting = ""
	} else if s.waiting != "" {
		s.said.add(s.waiting, line)
	}
}

func (s *cargoState) verdict(name, word string, n int) {
	status := map[string]Status{"ok": Passed, "FAILED": Failed, "ignored": Skipped}[word]
	if len(s.names) < maxNames {
		s.names = append(s.names, goTest{name, status, n})
	}
}

// end counts a binary. Its own numbers decide; what they count beyond the tests that were named has no name (--quiet,
// or output that ran into a line).
func (s *cargoState) end(m [][]byte, n int) {
	number := func(i int) int {
		v, _ := strconv.Atoi(string(m[i]))
		return min(v, maxNames)
	}
	left := map[Status]int{Passed: number(2) + number(5), Failed: number(3), Skipped: number(4)}
	for _, t := range s.names {
		left[t.status]--
		s.count(t)
	}
	for _, name := range slices.Sorted(maps.Keys(s.said.by)) { // the failures of --quiet are named where their words stand
		if left[Failed] > 0 {
			left[Failed]--
			s.count(goTest{name, Failed, n})
		}
	}
	s.res.Unnamed = s.res.Unnamed || len(s.names) < number(2)+number(3)+number(4)+number(5)
	for status, k := range left {
		for range k {
			s.res.count("", status)
		}
	}
	s.reset()
}

func (s *cargoState) count(t goTest) {
	s.res.count(s.binary+t.name, t.status)
	if t.status == Failed {
		s.res.fail(s.binary+t.name, rustWords(s.said.take(t.name)), t.line)
	}
}

var (
	rustPanic = regexp.MustCompile(`(?m)^ *thread '.*' (?:\([0-9]+\) )?panicked at `)
	rustStack = regexp.MustCompile(`(?m)^ *(?:stack backtrace:|note: run with .RUST_BACKTRACE=)`)
)

// rustWords are a failed test's own words: from its first panic on, without what it printed before, and without the stack. A
// test that returned an error has no panic; then its words cannot be told from its output.
func rustWords(said string) string {
	at := rustPanic.FindStringIndex(said)
	if at == nil {
		return said
	}
	said = said[at[0]:]
	if end := rustStack.FindStringIndex(said); end != nil {
		said = said[:end[0]]
	}
	return strings.TrimSpace(said)
}

func (s *cargoState) reset() {
	s.binary = ""
	s.inside, s.planned, s.names, s.waiting, s.current, s.success, s.said = false, 0, nil, "", "", false, texts{}
}

// crashed ends a binary that gave no result: who has no verdict has an error.
func (s *cargoState) crashed(why string, n int) {
	seen := len(s.names)
	for _, t := range s.names {
		s.count(t)
	}
	for range min(max(s.planned-seen, 0), maxNames) {
		s.res.count("", Errored)
	}
	s.res.trouble(Crashed, why, n)
	s.reset()
}

// outside is a line of cargo's or the compiler's.
func (s *cargoState) outside(line []byte, n int) {
	switch {
	case cargoBuild.Match(line):
		text := strings.TrimSpace(s.first + "\n" + string(line))
		s.res.trouble(BuildError, text, max(s.firstAt, 0))
		if s.firstAt == 0 {
			s.res.Problems[len(s.res.Problems)-1].Line = n
		}
		s.first, s.firstAt = "", 0
	case s.firstAt == 0 && (bytes.HasPrefix(line, []byte("error[E")) || bytes.HasPrefix(line, []byte("error: "))):
		s.first, s.firstAt = string(line), n
	case bytes.HasPrefix(line, []byte("     Running ")), bytes.HasPrefix(line, []byte("   Doc-tests ")):
		s.first, s.firstAt, s.binary = "", 0, ""
		if m := cargoBinary.FindSubmatch(line); m != nil {
			s.binary = string(m[2]) + " " + string(m[1]) + " "
		} else if m := cargoDocs.FindSubmatch(line); m != nil {
			s.binary = string(m[1]) + " "
		}
	}
}
