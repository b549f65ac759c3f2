// Package finding is the value that lint and verify report: a rule code, a
// severity, a position and the way out. It holds no rule of its own, reads no
// file and prints nothing.
package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Severity says what a finding does to the exit code. The zero value means
// not known.
type Severity uint8

// The severities, mildest first. Errors make exit 1; warnings do under
// --strict; notes never do.
const (
	Unknown Severity = iota
	Note
	Warning
	Error
)

func (s Severity) String() string {
	switch s {
	case Note:
		return "note"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return "unknown"
}

// MarshalText writes the severity as its word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts the words that MarshalText writes.
func (s *Severity) UnmarshalText(b []byte) error {
	for _, v := range []Severity{Note, Warning, Error} {
		if v.String() == string(b) {
			*s = v
			return nil
		}
	}
	return fmt.Errorf("unknown severity %q: want note, warning or error", b)
}

// Code names a rule, such as plan-duplicate-id. The part before the first
// hyphen is the rule's family.
type Code string

// Finding is one thing that is wrong, or worth saying, at one place.
type Finding struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"` // from 1; 0 is the whole file
	Col      int      `json:"col,omitempty"`  // from 1, in characters (Unicode code points)
	Task     string   `json:"task,omitempty"` // the row's ID where there is one
	Message  string   `json:"message"`
	Help     string   `json:"help,omitempty"` // what to do about it
	Source   string   `json:"-"`              // the line of the document, for display
}

// Pos is file:line:col with the parts that are known.
func (f Finding) Pos() string {
	b := []byte(f.File)
	if f.Line > 0 {
		b = strconv.AppendInt(append(b, ':'), int64(f.Line), 10)
		if f.Col > 0 {
			b = strconv.AppendInt(append(b, ':'), int64(f.Col), 10)
		}
	}
	return string(b)
}

// Error makes a finding usable as an error: file:line:col: severity[CODE]: message.
func (f Finding) Error() string {
	return fmt.Sprintf("%s: %s[%s]: %s", f.Pos(), f.Severity, f.Code, f.Message)
}

// List is all the findings of one or more files; len counts them.
type List []Finding

// Sort orders by file, line, column, code and message, so that two readings agree byte for byte.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			strings.Compare(string(a.Code), string(b.Code)), strings.Compare(a.Message, b.Message))
	})
}

// Max is the gravest severity in the list; Unknown for an empty one.
func (l List) Max() Severity {
	m := Unknown
	for _, f := range l {
		m = max(m, f.Severity)
	}
	return m
}

// Errors is the part of the list whose severity is Error.
func (l List) Errors() List {
	var out List
	for _, f := range l {
		if f.Severity == Error {
			out = append(out, f)
		}
	}
	return out
}

// Error joins the findings, one a line, so that a list can travel as an error.
func (l List) Error() string {
	s := make([]string, len(l))
	for i, f := range l {
		s[i] = f.Error()
	}
	return strings.Join(s, "\n")
}
