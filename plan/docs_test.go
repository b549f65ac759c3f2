package plan

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/planctl/planctl/internal/mdspan"
)

var update = flag.Bool("update", false, "rewrite the table of rules in the documentation")

const page = "../docs/plan-format.md"

// reads is what the page shows of an example: a line for each row and finding.
func reads(p *Plan) string {
	var b strings.Builder
	for _, t := range p.Tasks() {
		fmt.Fprintf(&b, "row %d phase %s id %s", t.Line, t.Phase.ID, t.ID)
		if t.Token != "" {
			fmt.Fprintf(&b, " %s", t.Token)
		}
		fmt.Fprintf(&b, " %s", t.State)
		if !t.Editable {
			b.WriteString(", not editable")
		}
		b.WriteByte('\n')
	}
	for _, f := range p.Findings {
		fmt.Fprintf(&b, "%d:%d %s %s\n", f.Line, f.Col, f.Severity, f.Code)
	}
	return b.String()
}

// TestDocumentation runs every example of the page on the plan format.
func TestDocumentation(t *testing.T) {
	src, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	doc := mdspan.Scan(src)
	var example *Plan
	ran := 0
	for _, f := range doc.Fences {
		switch {
		case f.Outer >= 0:
		case f.Info == "markdown":
			example = Parse("example.md", f.Content.Of(src), Tokens{})
		case f.Info == "text" && example != nil:
			if d := cmp.Diff(string(f.Content.Of(src)), reads(example)); d != "" {
				t.Errorf("%s:%d: (-page +planctl)\n%s", page, f.Open, d)
			}
			example = nil
			ran++
		}
	}
	if ran < 9 || example != nil {
		t.Errorf("ran %d examples; one without a reading: %v", ran, example != nil)
	}
}

// TestDocumentedRules holds the page's table to the rules.
func TestDocumentedRules(t *testing.T) {
	src, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	const head = "| code | severity | meaning |\n| --- | --- | --- |\n"
	before, got, ok := strings.Cut(string(src), head)
	if !ok {
		t.Fatalf("%s has no table of rules", page)
	}
	var want strings.Builder
	for _, r := range Rules() {
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", r.Code, r.Severity, strings.ReplaceAll(r.Doc, "|", `\|`))
	}
	if *update {
		if err := os.WriteFile(page, []byte(before+head+want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want.String(), got); d != "" {
		t.Errorf("%s: run go test ./plan -run DocumentedRules -update (-rules +page)\n%s", page, d)
	}
}
