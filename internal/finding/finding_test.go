package finding

import (
	"encoding/json"
	"math/rand"
	"slices"
	"testing"
)

// A severity is written as its word and read back from it; no other word is one.
func TestSeverityWords(t *testing.T) {
	for _, s := range []Severity{Note, Warning, Error} {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back Severity
		if err := json.Unmarshal(b, &back); err != nil || back != s {
			t.Errorf("%s is read back as %s, %v", b, back, err)
		}
	}
	for _, word := range []string{"unknown", "Error", ""} { // the zero value stands in no document
		var s Severity
		if err := s.UnmarshalText([]byte(word)); err == nil {
			t.Errorf("%q is the severity %s", word, s)
		}
	}
}

// However findings come in, they are sorted alike, and lines by number.
func TestSort(t *testing.T) {
	want := List{
		{File: "a.md", Message: "the whole file"}, {File: "a.md", Line: 9, Col: 2}, {File: "a.md", Line: 10, Col: 1}, {File: "a.md", Line: 10, Col: 1, Code: "x"},
		{File: "a.md", Line: 10, Col: 1, Code: "x", Message: "m"}, {File: "a.md", Line: 10, Col: 11}, {File: "b.md", Line: 1},
	}
	got := slices.Clone(want)
	for range 20 {
		rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		if got.Sort(); !slices.Equal(got, want) {
			t.Fatalf("sorted as\n%s", got.Error())
		}
	}
}

// What is not known of a place is left out of it.
func TestPos(t *testing.T) {
	for want, f := range map[string]Finding{"p.md": {File: "p.md", Col: 3}, "p.md:7": {File: "p.md", Line: 7}, "p.md:7:13": {File: "p.md", Line: 7, Col: 13}} {
		if f.Pos() != want {
			t.Errorf("%q, want %q", f.Pos(), want)
		}
	}
}

// The gravest decides; of none there is nothing to say.
func TestMax(t *testing.T) {
	l := List{{Severity: Warning}, {Severity: Error}, {Severity: Note}}
	if l.Max() != Error || l[2:].Max() != Note || List(nil).Max() != Unknown || len(l.Errors()) != 1 {
		t.Errorf("%s, %s, %s, %d errors", l.Max(), l[2:].Max(), List(nil).Max(), len(l.Errors()))
	}
}
