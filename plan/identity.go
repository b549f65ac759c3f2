package plan

import (
	"strings"
	"unicode"
)

// identities checks that every ID names one row and shows what it holds.
func (r *reader) identities() {
	looks := map[string]*Task{} // by what an ID looks like
	for _, t := range r.p.tasks {
		if t.ID == "" {
			continue
		}
		look := looksLike(t.ID)
		twin := looks[look]
		if twin == nil {
			looks[look] = t
		}
		why := strangeID(t.ID)
		if why == "" {
			why = marked(t.ID)
		}
		if why != "" {
			f := r.find(CodeIDCharacters, t.IDSpan.Start, "write the ID in letters, digits, dots and hyphens", "the ID %+q %s", t.ID, why)
			f.Task = t.ID
		} else if twin != nil && twin.ID != t.ID {
			f := r.find(CodeIDCharacters, t.IDSpan.Start, "give one of the two rows an ID that reads otherwise", "the ID %+q looks like %+q, which line %d has", t.ID, twin.ID, twin.Line)
			f.Task = t.ID
		}
		first := r.p.byID[t.ID]
		if first == nil {
			r.p.byID[t.ID] = t
			continue
		}
		r.bad(t, CodeDuplicateID, t.IDSpan.Start, "give one of the two rows another ID", "duplicate ID %s: line %d has it already", t.ID, first.Line)
		if first.Problem == "" {
			first.Problem = "duplicate ID " + t.ID
		}
		first.Editable = false
	}
}

// strangeID says what a reader cannot see in an ID; "" where nothing is hidden.
func strangeID(id string) string {
	var latin, other bool
	for _, c := range id {
		switch {
		case unicode.Is(unicode.Bidi_Control, c):
			return "holds a bidirectional control character"
		case unicode.IsControl(c):
			return "holds a control character"
		case unicode.Is(unicode.Cf, c) || c == '\u115f' || c == '\u3164' || c == '\u2800' || unicode.Is(unicode.Variation_Selector, c):
			return "holds an invisible character"
		case c == unicode.ReplacementChar:
			return "holds bytes that are no text"
		case unicode.Is(unicode.Cyrillic, c) || unicode.Is(unicode.Greek, c) || unicode.Is(unicode.Armenian, c) || c >= 0xFF01 && c <= 0xFF5E:
			other = true // the wide forms of Latin letters among them
		case unicode.Is(unicode.Latin, c):
			latin = true
		}
	}
	if latin && other {
		return "mixes alphabets whose letters look alike"
	}
	return ""
}

// looksLike is the ID in the letters that a reader takes it for: Latin ones for
// those of Cyrillic, Greek and Armenian and for wide ones, and a hyphen for
// every dash.
func looksLike(id string) string {
	ascii := true
	for i := 0; i < len(id) && ascii; i++ {
		ascii = id[i] < 0x80
	}
	if ascii {
		return id
	}
	return strings.Map(func(c rune) rune {
		if c >= 0xFF01 && c <= 0xFF5E {
			return c - 0xFEE0
		}
		if unicode.Is(unicode.Pd, c) || c == '\u2212' {
			return '-'
		}
		const those, these = "АВСЕНІЈКМОРЅТХУаеорсухіјѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧορνՕօսհ", "ABCEHIJKMOPSTXYaeopcyxijshdqwABEZHIKMNOPTYXopvOouh"
		if i := strings.IndexRune(those, c); i >= 0 {
			return rune(these[i/2]) // each of those is two bytes long
		}
		return c
	}, id)
}

// specs finds the spec blocks.
func (r *reader) specs() {
	for _, f := range r.doc.Fences {
		words := strings.Fields(strings.ToLower(f.Info))
		named := false
		for _, w := range words {
			named = named || strings.Trim(w, "{}.") == "planctl"
		}
		at := r.doc.Index.Line(f.Open).Start
		switch {
		case !named || f.Outer >= 0:
		case len(words) != 2 || words[0] != "yaml" || words[1] != "planctl":
			r.find(CodeSpecBlockInfo, at, "write ```yaml planctl", "a spec block has the info string \"yaml planctl\", this one %q", f.Info)
		case f.Quote > 0:
			r.find(CodeSpecBlockInfo, at, "take the block out of the quote", "a spec block in a block quote is a quotation, and is not read")
		case f.Close == 0:
			r.find(CodeSpecBlockInfo, at, "close the fence: put its marks alone on a line", "the spec block is never closed")
			r.p.Specs = append(r.p.Specs, Block{Span: f.Content, Line: f.Open + 1})
		default:
			r.p.Specs = append(r.p.Specs, Block{Span: f.Content, Line: f.Open + 1})
		}
	}
}
