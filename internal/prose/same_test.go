package prose

import (
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/plan"
)

func TestSameAs(t *testing.T) {
	for text, want := range map[string]string{ // ID, and "!" where it cannot be followed
		"Same command as A1.":                              "A1",
		"same command as A1, with `--device cuda`":         "A1 !",
		"Mend it; rerun the selector from A1 until GREEN.": "A1",
		"Re-run tests of A1 with `B=1`":                    "A1 !",
		"Do not rerun the selector from A1":                "",
		"rerun the selector from Q9":                       "",
		"Same as above":                                    "A2",
		"same as above (post implementation)":              "A2",
		"Run the same command as above.":                   "A2",
		"Same selector as above, with `-x`":                "A2 !",
		"Not the same command as above":                    "",
		"Style is the same as above":                       "",
		"Do the same as A1":                                "",
	} {
		p := plan.Parse("p.md", []byte("## Phase A\n\n| ID | Task | State | Guidance |\n|--|--|--|--|\n| A1 | x | [ ] | |\n| A2 | x | [ ] | |\n| A3 | Do it | [ ] | "+text+" |\n"), plan.Tokens{})
		got := ""
		if s := SameAs(p, p.Task("A3")); s != nil {
			got = s.ID
			if s.Why != "" {
				got += " !"
			}
			if line := strings.Split(string(p.Source), "\n")[s.Line-1]; s.Line != 7 || !strings.Contains(strings.ToLower(line[s.Col-1:]), "a") || s.Kind != spec.Check {
				t.Errorf("%q: %+v", text, s)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	p := plan.Parse("p.md", []byte("## Phase A\n\n| ID | Task | State | Guidance |\n|--|--|--|--|\n| A1 | x | [ ] | Same as above |\n"), plan.Tokens{})
	if s := SameAs(p, p.Task("A1")); s != nil {
		t.Errorf("the first row has none above it: %+v", s)
	}
}
