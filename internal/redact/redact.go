// Package redact masks secret values in bytes that pass by, and finds them in
// bytes that lie still. It may not open a file, show a value in an error, or
// decide which variables are secret beyond matching names to patterns.
//
// What is masked of a value V, each place by `***NAME***`:
//
//   - V itself, if it is [MinLen] bytes or longer and more than white space;
//     also without its last line ends, and with CR LF for LF (a terminal
//     writes it so);
//   - V in base64 (standard and URL alphabet, padded or not, at each of the
//     three alignments, broken at 64 and 76 columns), in hexadecimal, percent
//     encoded, escaped for JSON, for Go, for HTML and XML, and quoted for the
//     shell;
//   - where V has several lines, each line of 8 bytes or more. A line that
//     says what a key is (-----BEGIN …) is none of them.
//
// Of a value longer than 4 KiB only V itself, its JSON and its lines are
// looked for. What is compressed, encrypted or cut in another way is not
// found.
//
// Where places overlap, all of them are masked as one, by the name of the
// longest: nothing of a value is left because another began in it.
package redact

import (
	"path"
	"strings"
)

// MinLen is the length of the shortest value that is masked, in bytes. What
// is shorter would be found everywhere.
const MinLen = 6

// Secret is a variable whose value must not be shown.
type Secret struct{ Name, Value string }

// Values finds the secrets of an environment (KEY=value): names that match one
// of the patterns, values of [MinLen] bytes or longer. A pattern is one of
// path.Match, and upper and lower case are the same; a pattern that is
// malformed stands for the name that is written so.
func Values(env []string, patterns []string) []Secret {
	upper := make([]string, len(patterns))
	for i, p := range patterns {
		upper[i] = strings.ToUpper(p)
	}
	seen := map[Secret]bool{}
	var out []Secret
	for _, kv := range env {
		name, value, ok := strings.Cut(kv, "=")
		s := Secret{name, value}
		if !ok || seen[s] || !maskable(value) || !matches(strings.ToUpper(name), upper) {
			continue
		}
		seen[s] = true
		out = append(out, s)
	}
	return out
}

func matches(name string, patterns []string) bool {
	for _, p := range patterns {
		if ok, err := path.Match(p, name); ok || err != nil && p == name {
			return true
		}
	}
	return false
}

func maskable(v string) bool { return len(v) >= MinLen && strings.TrimSpace(v) != "" }

// Masker masks a set of secrets. It is safe for concurrent use. A nil Masker
// is valid and masks nothing.
type Masker struct {
	automaton
	names []string
	marks [][]byte // what stands in the place of a value
}

// New makes a masker; nil where nothing is to be masked. Where two names have
// one value, the first name is shown.
func New(secrets []Secret) *Masker {
	m := &Masker{}
	var ps []pattern
	for _, s := range secrets {
		if !maskable(s.Value) {
			continue
		}
		for _, f := range forms(s.Value) {
			ps = append(ps, pattern{text: f.text, who: int32(len(m.names)), sure: f.sure})
		}
		m.names = append(m.names, s.Name)
		m.marks = append(m.marks, []byte("***"+s.Name+"***"))
	}
	if len(ps) == 0 {
		return nil
	}
	m.automaton = build(ps)
	for i, mark := range m.marks {
		if _, ok := m.Contains(mark); ok {
			m.marks[i] = []byte("***") // the name itself would tell
		}
	}
	return m
}

// Bytes gives b with all values masked; b itself where there is none.
func (m *Masker) Bytes(b []byte) []byte {
	if m == nil || !m.touches(b) {
		return b
	}
	st := stream{m: m}
	return st.end(st.feed(nil, b))
}

// String is Bytes for strings.
func (m *Masker) String(s string) string {
	if m == nil {
		return s
	}
	return string(m.Bytes([]byte(s)))
}

// Contains reports whether a value is in b, and the first one's name. Short
// lines of a value that has several, and lines with spaces, are masked but not
// reported: they stand in other files as well.
func (m *Masker) Contains(b []byte) (name string, ok bool) {
	s := m.NewScanner()
	s.scan(b)
	return s.Found()
}
