package plan_test

import (
	"fmt"

	"github.com/planctl/planctl/plan"
)

// The document of the package comment.
const document = `# Cache rewrite [CACHE-001]

## Context
- Initiative: CACHE-001 — a cache that survives a restart

### Phase A — RED: a failing test
Goal: the test exists and fails for the right reason.
Prereqs: none.
Exit Criteria: a log of the failure is stored.

| ID | Task Description | State | How/Why & Guidance |
| --- | --- | --- | --- |
| A1 | Write the test | [x] | In ` + "`cache_test.go`" + `. |
| A2 | Capture the failing run | [ ] | Run ` + "`go test ./cache`" + `. |
`

func Example() {
	p := plan.Parse("plans/cache.md", []byte(document), plan.Tokens{})
	fmt.Println(p.Title, p.Line.ID)
	for _, t := range p.Tasks() {
		fmt.Println(t.Phase.ID, t.ID, t.State, t.Line, t.Description)
	}
	// Output:
	// Cache rewrite [CACHE-001] CACHE-001
	// A A1 done 13 Write the test
	// A A2 todo 14 Capture the failing run
}

func ExamplePlan_SetState() {
	p := plan.Parse("plans/cache.md", []byte(document), plan.Tokens{})
	edit, err := p.SetState(p.Task("A2"), plan.Done, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s becomes %s\n", edit.Span.Of(p.Source), edit.New)
	after, err := plan.Apply(p.Source, edit)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Parse("plans/cache.md", after, plan.Tokens{}).Task("A2").State)
	// Output:
	// [ ] becomes [x]
	// done
}

func ExamplePlan_Unreadable() {
	p := plan.Parse("plans/cache.md", []byte("# Plan\n\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | Compare `a | b` | [ ] |\n"), plan.Tokens{})
	for _, f := range p.Findings {
		fmt.Println(f.Error())
		fmt.Println("help:", f.Help)
	}
	fmt.Println(len(p.Tasks()), p.Tasks()[0].Editable, p.Unreadable())
	// Output:
	// plans/cache.md:5:19: error[plan-state-cell]: the State cell of row A1 cannot be found by counting: a bare | stands before it
	// help: write \| for a | that does not separate cells
	// 1 false false
}
