package adopt

const freshConfig = `# planctl's configuration. Every key has a default; docs/configuration.md of planctl explains them.
version: 1
plans: ["plans/**/*.md"]
ledger: docs/fix_plan.md
`

const emptyLedger = `# Fix Plan Ledger

## Index
| ID | Title | Priority | Status |
| --- | --- | --- | --- |
`

const exampleLedger = `# Fix Plan Ledger

## Index
| ID | Title | Priority | Status |
| --- | --- | --- | --- |
| [EXAMPLE-001](#example-001-learn-planctl) | Learn planctl | Low | in_progress |

## [EXAMPLE-001] Learn planctl
- Priority: Low
- Status: in_progress
- Plan Reference: ` + "`plans/active/EXAMPLE-001/plan.md`" + `
- Attempts History:
- Exit Criteria: both phases of the plan are complete.
`

const examplePlan = `# EXAMPLE-001: Learn planctl

## Context
- Initiative: EXAMPLE-001
- Phase Goal: See a task run, be judged and be ticked.

### Phase A: A task that runs
Goal: One command passes its criteria.
Exit Criteria: The greeting is written.

| ID | Task Description | State | How/Why & Guidance |
| --- | --- | --- | --- |
| A1 | Write a greeting | [ ] | Its spec stands below. Try ` + "`planctl run A1 --dry-run`" + ` first. |
| A2 | Count its words | [ ] | Run ` + "`wc -w greeting.txt`" + ` and look at the number. A command that stands only in prose is shown and asked for. |

` + "```yaml planctl" + `
A1:
  run: echo "hello, plan" | tee greeting.txt
  criteria:
    - log contains "hello"
    - file("greeting.txt").size > 0
  artifacts: [greeting.txt]
` + "```" + `

### Phase B: A task that a person does
Goal: Know the way on.
Prereqs: Phase A complete.
Exit Criteria: You have read what planctl wrote.

| ID | Task Description | State | How/Why & Guidance |
| --- | --- | --- | --- |
| B1 | Read the attempt in ` + "`docs/fix_plan.md`" + ` | [ ] | Then tick this row: ` + "`planctl mark B1 done --note \"read it\"`" + `. |
`
