package ledger_test

import (
	"fmt"

	"github.com/planctl/planctl/ledger"
)

const doc = `# Fix Plan Ledger

## [TEST-PYTORCH-001] Prove the integration
- Status: in_progress
- Plan Reference: ` + "`plans/active/TEST-PYTORCH-001/plan.md`" + `
- Attempts History:
  * [2025-10-17] Attempt #7 — Result: partial. Wrote the skeleton for C1.A.
    Metrics: 1 test collected
- Risks: none
`

func Example() {
	l := ledger.Parse("docs/fix_plan.md", []byte(doc))
	s, err := l.Section("TEST-PYTORCH-001")
	if err != nil {
		fmt.Println(err)
		return
	}
	a := s.Attempts[0]
	fmt.Println(a.Number, a.Date, a.Result, a.Tasks)

	ins, err := l.Append(s, ledger.Entry{
		Date: "2025-10-19", Task: "C2.D", Title: "Capture GREEN run", Result: "pass", Detail: "exit 0, 35.86 s",
		Command: "pytest -vv",
		Run:     "sha256:9f3c2b1a0d4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789abcd",
	}, ledger.Block)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(ins.Text))
	// Output:
	// 7 2025-10-17 partial [C1.A]
	//   * [2025-10-19] Attempt #8 — C2.D Capture GREEN run: pass (exit 0, 35.86 s).
	//     Command: `pytest -vv`
	//     Run: sha256:9f3c2b1a0d4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789abcd
}

// The same on one line, as attempt: line in the config has it.
func Example_line() {
	l := ledger.Parse("docs/fix_plan.md", []byte(doc))
	ins, err := l.Append(l.Sections[0], ledger.Entry{
		Date: "2025-10-19", Task: "plan.md#C2.D", Title: "Capture", Result: "fail", Detail: "exit 1, 2.00 s", Command: "pytest | tee log",
	}, ledger.Line)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(ins.Text))
	// Output:
	//   * [2025-10-19] Attempt #8 — plan.md#C2.D Capture: fail (exit 1, 2.00 s). Command: `pytest | tee log`.
}

// A template and a sentence are no attempts.
func ExampleParse() {
	l := ledger.Parse("docs/fix_plan.md", []byte(`## [A-1] Dialects
- Attempts History:
  - [YYYY-MM-DD] Attempt #1 — Result: pending
  - Attempt #14 confirms the regression
  - [2025-10-05 14:30 UTC] Attempt #2 — Status: PARITY FAILURE (see C3)
  - **Attempt #3 (2025-10-06)**: SUCCEEDED
### [A-1] Attempt #4 - Phase 0 (2025-10-07)
`))
	for _, a := range l.Attempts() {
		fmt.Printf("%d %s %q\n", a.Number, a.Date, a.Result)
	}
	// Output:
	// 2 2025-10-05 "PARITY FAILURE"
	// 3 2025-10-06 "SUCCEEDED"
	// 4 2025-10-07 ""
}
