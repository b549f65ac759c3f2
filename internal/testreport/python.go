package testreport

import (
	"regexp"
	"strings"
)

var (
	pyCaptured = regexp.MustCompile(`^-{2,} Captured \S.* -{2,}$`)
	pyMarked   = regexp.MustCompile(`^E(?:   |$)`)
	pyLocal    = regexp.MustCompile(`^E {10}= `) // a local variable called E, of --showlocals
	pyPlace    = regexp.MustCompile(`^[^\s=][^=]*:[0-9]+: ?(in \S.*|[\w.]*)$`)
	pyTrace    = regexp.MustCompile(`^(?:[\w ]+ )?Traceback \(most recent call last\):$`)
	pyGroup    = regexp.MustCompile(`^ *(?:\| |\+ (?:Exception Group Traceback)|\+-+|\|$)`)
	pyGroupBar = regexp.MustCompile(`^ *(?:\| ?|\+ |\+[-+]*(?: [0-9.]+ )?[-+]*$)`)
	pyChained  = regexp.MustCompile(`^(?:The above exception was the direct cause of|During handling of the above exception, another exception occurred)`)
	pyOutput   = regexp.MustCompile(`^(?:Stdout|Stderr):$`)
	pyNumbered = regexp.MustCompile(`^[0-9]{3,} `)
)

// pythonWords is what a failure of Python says itself: the type and the message of its exceptions, and what pytest
// explains of an assertion. The source around it is left out, whose comments and other lines may say anything, and so are
// the values of arguments and variables, and the names of files and functions.
//
// pytest marks such lines with an E in its long and its short style, and ends an entry of the long one with
// "path:line: Type", whose type is kept. Its native style, and unittest, have Python's own traceback. Where neither is there
// (an item of a plugin's, a strict xfail that passed, a failure without a traceback) the text is the reason as it stands.
func pythonWords(said string) string {
	lines := strings.Split(said, "\n")
	if words, ok := markedWords(lines); ok {
		return words
	}
	if words, ok := tracedWords(lines); ok {
		return words
	}
	var t text
	for _, l := range lines {
		if !pyNumbered.MatchString(l) { // the lines before a failed example of doctest
			t.add([]byte(l))
		}
	}
	return t.String()
}

// markedWords are the lines that pytest marks.
func markedWords(lines []string) (string, bool) {
	var t text
	found := false
	for _, l := range lines {
		switch {
		case pyMarked.MatchString(l) && !pyLocal.MatchString(l):
			found = true
			t.add([]byte(l))
		case found:
			if m := pyPlace.FindStringSubmatch(l); m != nil && m[1] != "" && !strings.HasPrefix(m[1], "in ") {
				t.add([]byte(m[1]))
			}
		}
	}
	return t.String(), found
}

// tracedWords are those of Python's own tracebacks: what is below the frames of each, up to the next. A frame and its source
// are indented; so may be the further lines of a message.
func tracedWords(lines []string) (string, bool) {
	var t text
	found, frames := false, false
	for _, l := range lines {
		l = ofGroup(l)
		switch {
		case pyTrace.MatchString(l):
			found, frames = true, true
		case !found:
		case pyOutput.MatchString(l): // what unittest's --buffer kept
			return t.String(), true
		case pyChained.MatchString(l):
		case frames && (l == "" || l[0] == ' '):
		default:
			frames = false
			t.add([]byte(l))
		}
	}
	return t.String(), found
}

// ofGroup takes off what Python draws around the exceptions of a group.
func ofGroup(l string) string {
	if pyGroup.MatchString(l) {
		return pyGroupBar.ReplaceAllString(l, "")
	}
	return l
}

// fromPython reports whether a text of JUnit XML has the shape of pytest's, or is a traceback of Python's.
func fromPython(said string) bool {
	marked, placed := false, false
	for l := range strings.Lines(said) {
		l = strings.TrimRight(l, "\r\n")
		marked = marked || pyMarked.MatchString(l)
		placed = placed || pyPlace.MatchString(l)
		if marked && placed || pyTrace.MatchString(ofGroup(l)) {
			return true
		}
	}
	return false
}
