package testreport

import (
	"io"
	"regexp"
	"strconv"
	"strings"
)

// prove reads what Perl's prove prints without -v. It names the tests that failed by their numbers and does not
// tell one that passed from one that was skipped, so a report of it is always a Problem too: with -v it is TAP.
type prove struct{}

var (
	proveEnd   = regexp.MustCompile(`(?m)^Files=[0-9]+, Tests=[0-9]+, .*\r?\nResult: (?:PASS|FAIL|NOTESTS)\r?$`)
	proveFile  = regexp.MustCompile(`^(\S.*?) +\(Wstat: [0-9]+(?: \((.*)\))? Tests: [0-9]+ Failed: ([0-9]+)\)$`)
	proveWhich = regexp.MustCompile(`^  Failed tests?: +([0-9, -]+)$`)
	proveMore  = regexp.MustCompile(`^ {16,}([0-9, -]+)$`)
	proveParse = regexp.MustCompile(`^  Parse errors: (.*)$`)
	proveTotal = regexp.MustCompile(`^Files=[0-9]+, Tests=([0-9]+), `)
)

func (prove) Name() string { return "prove" }

func (prove) Detect(head, tail []byte) int {
	if proveEnd.Match(tail) {
		return 58 // with -v it is TAP
	}
	return 0
}

func (prove) Read(r io.Reader) (Results, error) {
	var res Results
	var file, ended string // of the summary, and how its script ended
	at, bad, more, report := 0, 0, false, false
	last := func() { // what is wrong with a script that no test failed in
		if file != "" && bad == 0 && ended != "" {
			res.trouble(Crashed, file+" ended badly: "+ended, at)
		}
		file, ended, bad = "", "", 0
	}
	in := newLines(r)
	for line, ok := in.next(); ok; line, ok = in.next() {
		if string(line) == "Test Summary Report" {
			report = true
			continue
		}
		if m := proveTotal.FindSubmatch(line); m != nil {
			last()
			report, more = false, false
			switch {
			case len(res.Problems) > 0:
			case string(m[1]) == "0":
				res.trouble(NoTests, "prove ran no test", in.n)
			default:
				res.trouble(Unreadable, "prove does not say which tests passed and which were skipped: give it a -v", in.n)
			}
			continue
		}
		if !report {
			continue
		}
		if m := proveFile.FindSubmatch(line); m != nil {
			last()
			file, ended, at = string(m[1]), string(m[2]), in.n
			bad, _ = strconv.Atoi(string(m[3])) // digits only
			continue
		}
		if m := proveParse.FindSubmatch(line); m != nil && file != "" {
			res.trouble(Crashed, file+": "+string(m[1]), in.n)
			more, file = false, ""
			continue
		}
		m := proveWhich.FindSubmatch(line)
		if m == nil && more {
			m = proveMore.FindSubmatch(line)
		}
		if more = m != nil && file != ""; more {
			numbers(string(m[1]), func(i int) {
				name := file + " > test " + strconv.Itoa(i)
				res.count(name, Failed)
				res.fail(name, "", in.n)
			})
		}
	}
	res.finish()
	return res, in.err
}

// numbers are those of a list such as "2, 6-7".
func numbers(list string, each func(int)) {
	for _, part := range strings.Split(list, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		a, err := strconv.Atoi(from)
		if err != nil {
			continue
		}
		b := a
		if isRange {
			if b, err = strconv.Atoi(to); err != nil {
				continue
			}
		}
		for i := a; i <= min(b, a+maxFailures); i++ {
			each(i)
		}
	}
}
