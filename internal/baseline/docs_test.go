package baseline_test

import (
	"os"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/plan"
)

// fenced is the content of the fence in docs/baseline.md with an info string.
func fenced(t *testing.T, page, info string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, "```"+info+"\n")
	text, _, closed := strings.Cut(rest, "```\n")
	if !ok || !closed {
		t.Fatalf("docs/baseline.md has no fence %q", info)
	}
	return text
}

func docsPage(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../docs/baseline.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDocsBaseline(t *testing.T) {
	page := docsPage(t)
	text := fenced(t, page, "yaml")
	b, list := baseline.Parse(baseline.Name, []byte(text))
	if len(list) > 0 || !strings.HasSuffix(string(b.Format()), text) {
		t.Errorf("%v\nit is written as\n%s", list, b.Format())
	}
	for _, r := range baseline.Rules() {
		if !strings.Contains(page, "`"+string(r.Code)+"`") {
			t.Errorf("the page does not name %s", r.Code)
		}
	}
	_, guarded, _ := strings.Cut(page, "## What cannot be accepted")
	for _, family := range verify.Families() {
		named := strings.Contains(guarded, "- **"+family) || strings.Contains(guarded, ", "+family+"**")
		if named != baseline.Protected(finding.Code(family+"-x")) {
			t.Errorf("the page is wrong on the family %s", family)
		}
	}
}

// What run refuses a plan for, no baseline holds: errors in specs, wherever they are found.
func TestErrorsInSpecsAreProtected(t *testing.T) {
	for _, r := range verify.Rules() {
		switch r.Code {
		case "spec-no-plan", "spec-no-command":
			continue // no plan is refused for it: there is none, or only the task is
		case "spec-inputs", "spec-pins", "spec-secret":
			continue // verify does not look for it: it is found when the task is to run
		}
		if strings.HasPrefix(string(r.Code), "spec-") && baseline.Protected(r.Code) != (r.Severity == finding.Error) {
			t.Errorf("%s (%v): protected is %v", r.Code, r.Severity, baseline.Protected(r.Code))
		}
	}
}

func TestDocsComments(t *testing.T) {
	page := docsPage(t)
	all := map[finding.Code]bool{}
	for _, r := range verify.Rules() {
		all[r.Code] = true
	}
	text := fenced(t, page, "markdown baseline:plan")
	sups, list := baseline.Suppressions("p.md", []byte(text), all)
	const want = "3:1>4 plan-missing-path () the recorder writes it on the first run\n" +
		"6:1>0 plan-id-characters tick-* (C1.D) the ID is that of the paper, and C1.D was done by hand\n" +
		"10:24>10 plan-id-characters () the paper's ID\n"
	if brief(sups) != want || len(list) > 0 {
		t.Errorf("got\n%s%s", brief(sups), said(list))
	}
	if p := plan.Parse("p.md", []byte(text), plan.Tokens{}); len(p.Tasks()) != 2 || !p.Tasks()[1].Editable || p.Phases[0].ID != "C1" {
		t.Errorf("the plan is read as %+v\n%s", p.Tasks(), said(p.Findings))
	}
	sups, list = baseline.Suppressions("p.planctl.yaml", []byte(fenced(t, page, "yaml baseline:spec")), all)
	if brief(sups) != "2:16>2 spec-no-because () any failure will do\n" || len(list) > 0 {
		t.Errorf("got\n%s%s", brief(sups), said(list))
	}
}
