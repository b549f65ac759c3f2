package testreport

import "strings"

// nameAndReason splits "path::test[a - b] - why" of the short summary. Parameters in brackets may hold
// anything; XPASS writes its reason without a dash.
func nameAndReason(s string) (name, why string) {
	colons := strings.Index(s, "::")
	if colons < 0 {
		name, why, _ = strings.Cut(s, " - ")
		return name, why
	}
	depth := 0
	for i := colons; i < len(s); i++ {
		switch s[i] {
		case '[':
			depth++
		case ']':
			depth--
		case ' ':
			if depth <= 0 {
				return s[:i], strings.TrimPrefix(s[i+1:], "- ")
			}
		}
	}
	if depth > 0 { // a bracket in a parameter: the dash is all there is to go by
		name, why, _ = strings.Cut(s, " - ")
		return name, why
	}
	return s, ""
}

// failures gives each failed test of a session its own text: the part of the FAILURES section under
// its heading, which says TestClass.test_x where the verdict says path::TestClass::test_x; with
// --tb=line its line there; else the reason that the short summary gives.
func (s *pyState) failures() {
	if len(s.bodies) == 0 && len(s.loose) == len(s.short) {
		for i, f := range s.short {
			s.res.fail(f.name, s.loose[i], 0)
		}
		return
	}
	byTail := map[string][]int{}
	for i, f := range s.short {
		tail := f.name[strings.Index(f.name, "::")+2:]
		byTail[tail] = append(byTail[tail], i)
	}
	told := make([]bool, len(s.short))
	for _, b := range s.bodies {
		plain, params := b.head, ""
		if i := strings.IndexByte(plain, '['); i >= 0 {
			plain, params = plain[:i], plain[i:]
		}
		tail := strings.ReplaceAll(plain, ".", "::") + params
		name := b.head
		// Two files may have a test of one name; both lists are in the order of the run.
		if same := byTail[tail]; len(same) > 0 {
			name, told[same[0]] = s.short[same[0]].name, true
			byTail[tail] = same[1:]
		} else if known := s.known(tail); known != "" {
			name = known
		}
		s.res.fail(name, b.said, b.line)
	}
	for i, f := range s.short {
		if !told[i] {
			s.res.fail(f.name, f.why, 0)
		}
	}
}

// known is the failed test that ends so, where -v named it and the short summary was turned off.
func (s *pyState) known(tail string) string {
	if len(s.short) > 0 {
		return ""
	}
	if s.tails == nil {
		s.tails = map[string]string{}
		for name, status := range s.res.Names {
			if i := strings.Index(name, "::"); i >= 0 && status == Failed {
				s.tails[name[i+2:]] = name
			}
		}
	}
	return s.tails[tail]
}
