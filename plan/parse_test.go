package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/planctl/planctl/internal/finding"
)

// readingOf is a plan in the shape in which tests compare it: a line for each
// row, "phase id state token line", "!" in front where it is not editable; and
// a line for each finding, "line code".
func readingOf(p *Plan) (rows, findings []string) {
	for _, t := range p.Tasks() {
		mark := ""
		if !t.Editable {
			mark = "!"
		}
		rows = append(rows, fmt.Sprintf("%s%s %s %s %s %d", mark, t.Phase.ID, t.ID, t.State, t.Token, t.Line))
	}
	for _, f := range p.Findings {
		findings = append(findings, fmt.Sprintf("%d %s", f.Line, f.Code))
	}
	return rows, findings
}

const h3 = "| ID | Task | State |\n| --- | --- | --- |\n"
const h4 = "| ID | Task Description | State | How/Why & Guidance |\n| --- | --- | --- | --- |\n"

var readings = []struct {
	name, src      string
	rows, findings []string
}{
	{"plain", "### Phase A — One\n\n" + h3 + "| A1 | x | [ ] |\n| A2 | y | [x] |\n", []string{"A A1 todo [ ] 5", "A A2 done [x] 6"}, nil},
	{"crlf", strings.ReplaceAll("### Phase A — One\n\n"+h3+"| A1 | x | [D] |\n", "\n", "\r\n"), []string{"A A1 done [D] 5"}, nil},
	{"lone cr", strings.ReplaceAll("### Phase A — One\n\n"+h3+"| A1 | x | [D] |\n", "\n", "\r"), []string{"A A1 done [D] 5"}, []string{"1 plan-line-ends"}},
	{"bom and table at once", "\uFEFF" + h3 + "| A1 | x | [ ] |", []string{"f A1 todo [ ] 3"}, nil},
	{"bom and heading", "\uFEFF# Phase A: x\n" + h3 + "| A1 | x | [ ] |", []string{"A A1 todo [ ] 4"}, nil},
	{"no pipes at the edges", "## Phase 1: x\n\nID | Task | Status\n---|---|---\nA1 | x | [ ]\nA2 | y | [P]\n", []string{"1 A1 todo [ ] 5", "1 A2 active [P] 6"}, nil},
	{"alignment, tabs, trailing space", "## Phase 1\n\n|\tID\t| Task | State |  \n|:---|:-:|---:|\t\n|\tA1\t| x |\t[ ]\t|  \t\n", []string{"1 A1 todo [ ] 5"}, nil},
	{"indented by three", "## Phase 1\n\n   | ID | Task | State |\n   | --- | --- | --- |\n   | A1 | x | [ ] |\n", []string{"1 A1 todo [ ] 5"}, nil},
	{"in a list item", "## Phase 1\n\n- do:\n\n  | ID | Task | State |\n  | --- | --- | --- |\n  | A1 | x | [ ] |\n", []string{"1 A1 todo [ ] 7"}, nil},
	{"in a quote", "## Phase 1\n\n> | ID | Task | State |\n> | --- | --- | --- |\n> | A1 | x | [ ] |\n", []string{"1 A1 todo [ ] 5"}, nil},
	{"indented by four is code", "## Phase 1\n\n    | ID | Task | State |\n    | --- | --- | --- |\n    | A1 | x | [ ] |\n", nil, []string{"5 plan-unread-row"}},
	{"column order", "## Phase 1\n\n| Status | Notes | Step | Description |\n|---|---|---|---|\n| `[x]` | n | 1 | d |\n", []string{"1 1 done [x] 5"}, nil},
	{"cluster id, hash", "## Phase 1\n\n| # | Cluster ID | Task | State |\n|---|---|---|---|\n| 1 | C-1 | t | [ ] |\n\n## Phase 2\n| # | Task | State |\n|---|---|---|\n| 7 | t | [ ] |\n", []string{"1 C-1 todo [ ] 5", "2 7 todo [ ] 10"}, nil},
	{"bold header, bold and struck IDs", "## Phase 1\n\n| **ID** | `Task` | *State:* |\n|---|---|---|\n| **1.A** | t | **[x]** |\n| ~~B~~ | ~~t~~ | ~~[-]~~ |\n| `C` | t | [S] |\n| [D](#d) | t | [!] |\n", []string{"1 1.A done [x] 5", "1 B skipped [-] 6", "1 C skipped [S] 7", "1 D blocked [!] 8"}, nil},
	{"all tokens", "# p\n" + h3 + "| 1 | t | [ ] |\n| 2 | t | [P] |\n| 3 | t | [~] |\n| 4 | t | [/] |\n| 5 | t | [B] |\n| 6 | t | [!] |\n| 7 | t | [-] |\n| 8 | t | [S] |\n| 9 | t | [x] |\n| 10 | t | [X] |\n| 11 | t | [D] |\n| 12 | t | [✅] |\n| 13 | t | `[✓]` |\n", []string{
		"p 1 todo [ ] 4", "p 2 active [P] 5", "p 3 active [~] 6", "p 4 active [/] 7", "p 5 blocked [B] 8", "p 6 blocked [!] 9", "p 7 skipped [-] 10",
		"p 8 skipped [S] 11", "p 9 done [x] 12", "p 10 done [X] 13", "p 11 done [D] 14", "p 12 done [✅] 15", "p 13 done [✓] 16"}, nil},
	{"unknown tokens", "# p\n" + h3 + "| 1 | t | [x] |\n| 2 | t | [SKIP] |\n| 3 | t | done |\n| 4 | t | |\n| 5 | t |\n| 6 | t | [x ] |\n", []string{"p 1 done [x] 4", "!p 2 unknown [SKIP] 5", "!p 3 unknown done 6", "!p 4 unknown  7", "!p 5 unknown  8", "!p 6 unknown [x ] 9"},
		[]string{"5 plan-unknown-token", "6 plan-unknown-token", "7 plan-missing-state", "8 plan-missing-state", "9 plan-unknown-token"}},
	{"two tokens", "# p\n" + h3 + "| 1 | t | [x] [ ] |\n| 2 | t | [x] [log](a.log) |\n| 3 | t | [x] 2025-10-19 |\n", []string{"!p 1 unknown [x] 4", "p 2 done [x] 5", "p 3 done [x] 6"}, []string{"4 plan-two-tokens"}},
	{"duplicate", "## Phase A\n" + h3 + "| 1 | t | [x] |\n## Phase B\n" + h3 + "| 1 | u | [ ] |\n| 2 | u | [ ] |\n", []string{"!A 1 done [x] 4", "!B 1 todo [ ] 8", "B 2 todo [ ] 9"}, []string{"8 plan-duplicate-id"}},
	{"no ID", "# p\n" + h3 + "| 1 | t | [x] |\n|  | u | [ ] |\n|  | more words |  |\n", []string{"p 1 done [x] 4", "!p  todo [ ] 5"}, []string{"5 plan-missing-id", "6 plan-wrapped-cell"}},
	{"dashes for IDs", "# p\n" + h3 + "| — | one | [x] |\n| - | two | [x] |\n| **…** | three | [ ] |\n| ② | four | [x] |\n| 五 | five | [x] |\n| - | more words |  |\n", []string{"!p  done [x] 4", "!p  done [x] 5", "!p  todo [ ] 6", "p ② done [x] 7", "p 五 done [x] 8", "!p  unknown  9"}, []string{"4 plan-missing-id", "5 plan-missing-id", "6 plan-missing-id", "9 plan-missing-id", "9 plan-missing-state"}},
	{"dashes in a column of numbers", "# p\n| # | Task | State |\n|---|---|---|\n| 1 | one | [x] |\n| - | **Group** | - |\n| -- | two | [ ] |\n", []string{"p 1 done [x] 4", "!p  unknown - 5", "!p  todo [ ] 6"}, []string{"5 plan-missing-id", "5 plan-unknown-token", "6 plan-missing-id"}},
	{"metrics", "# p\n| # | Metric | Status |\n|---|---|---|\n| 1 | corr | PASS |\n| 2 | sum | FAIL [1] |\n", nil, nil},
	{"tables in HTML", "# p\n<table>\n<tr><th>ID</th><TH align=\"left\">Status</TH></tr>\n<tr><td>A1</td><td> [x] </td></tr>\n<tr><td>A2</td><td>`[ ]`</td><td>[link](x)</td></tr>\n</table>\n", nil, []string{"4 plan-unread-row"}},
	{"a header in HTML", "# p\n<table><tr><th>ID</th><th>State</th></tr>\n<tr><td>A1</td><td>done</td></tr></table>\n\n<table><tr><th>State</th></tr></table>\n", nil, []string{"2 plan-unread-row"}},
	{"no checklist in HTML", "# p\n<table><tr><th>Name</th><th>Status</th></tr>\n<tr><td>[log]</td><td>[x](a)</td></tr></table>\n<!--\n<td>[x]</td>\n-->\n\n```\n<td>[x]</td>\n```\n<pre>\n<td>[x]</td>\n</pre>\n", nil, nil},
	{"words without a Task column", "## Phase A\n### Table\n| ID | Aufgabe | Status |\n|---|---|---|\n| 1 | eins | erledigt |\n\n| Step | Status |\n|---|---|\n| 1 | COMPLETE |\n| 2 | |\n\n## Figures\n| ID | Aufgabe | Status |\n|---|---|---|\n| 1 | eins | erledigt |\n", nil, []string{"3 plan-no-tokens", "7 plan-no-tokens"}},
	{"figures below a phase", "## Phase A\n| Metric | Status |\n|---|---|\n| corr | PASS |\n\n| ID | Metric | Status |\n|---|---|---|\n| 1 | corr | |\n", nil, nil},
	{"states in words", "# p\n| ID | Task | State |\n|---|---|---|\n| 1 | corr | done |\n", nil, []string{"2 plan-no-tokens"}},
	{"states in signs", "# p\n" + h3 + "| 1 | t | 🔴 |\n| 2 | t | 50% |\n\n## Phase B\n" + h3 + "| B1 | t | IMPLEMENTED |\n", nil, []string{"2 plan-no-tokens", "8 plan-no-tokens"}},
	{"a word beside the token", "# p\n" + h3 + "| 1 | t | [ ] (blocked) |\n| 2 | t | [x] 2025-10-01 |\n| 3 | t | **Done** [ ] |\n| 4 | t | [x] ✅ done |\n| 5 | t | [ ] doner |\n| 6 | t | [P] in progress |\n| 7 | t | `[x]` — on hold |\n", []string{"p 1 todo [ ] 4", "p 2 done [x] 5", "p 3 todo [ ] 6", "p 4 done [x] 7", "p 5 todo [ ] 8", "p 6 active [P] 9", "p 7 done [x] 10"}, []string{"4 plan-state-word", "6 plan-state-word", "10 plan-state-word"}},
	{"struck out and open", "# p\n" + h3 + "| ~~1~~ | t | [ ] |\n| 2 | ~~gone~~ | [P] |\n| ~~3~~ | ~~t~~ | [-] |\n| 4 | ~~half~~ of it | [ ] |\n", []string{"p 1 todo [ ] 4", "p 2 active [P] 5", "p 3 skipped [-] 6", "p 4 todo [ ] 7"}, []string{"4 plan-struck-row", "5 plan-struck-row"}},
	{"a phase that is only mentioned", "## Clean-up after Phase A\n" + h3 + "| C1 | t | [ ] |\n\n## Notes (see Phase 3)\n" + h3 + "| N1 | t | [ ] |\n", []string{"clean-up-after-phase-a C1 todo [ ] 4", "notes-see-phase-3 N1 todo [ ] 9"}, nil},
	{"a part of a phase that speaks of another", "## Phase C4 Tasks\n### C4.A — Design\n" + h3 + "| C4.A1 | t | [ ] |\n\n### **C4.F** — Close-out & Phase D Prep\n" + h3 + "| C4.F1 | t | [ ] |\n#### B.2: for Phase E\n" + h3 + "| B4 | t | [ ] |\n", []string{"C4 C4.A1 todo [ ] 5", "C4 C4.F1 todo [ ] 10", "C4 B4 todo [ ] 14"}, nil},
	{"a part on its own that speaks of a phase", "# p\n### D2.B – Close-out, Phase E prep\n" + h3 + "| 1 | t | [ ] |\n", []string{"d2-b-close-out-phase-e-prep 1 todo [ ] 5"}, nil},
	{"headings behind the mark of a patch", "# p\n\n-### Phase A — x\n" + h3 + "| A1 | t | [ ] |\n\n+## Phase B\n" + h3 + "| B1 | t | [ ] |\n\n-#### Checklist\n" + h3 + "| B2 | t | [ ] |\n\n-##Phase D\n" + h3 + "| B3 | t | [ ] |\n", []string{"A A1 todo [ ] 6", "B B1 todo [ ] 11", "B B2 todo [ ] 16", "B B3 todo [ ] 21"}, []string{"3 plan-loose-heading", "8 plan-loose-heading"}},
	{"an ID before the word Phase", "## M1 — Phase A: x\n" + h3 + "| A1 | t | [ ] |\n## ADR-003 Phase B — x\n" + h3 + "| B1 | t | [ ] |\n## E2.1 — Phase C\n" + h3 + "| C1 | t | [ ] |\n## v1.2 — the Phase D of it\n" + h3 + "| D1 | t | [ ] |\n", []string{"A A1 todo [ ] 4", "B B1 todo [ ] 8", "C C1 todo [ ] 12", "D D1 todo [ ] 16"}, nil},
	{"task lists", "# p\n" + h3 + "| 1 | t | [ ] |\n\n- [ ] do this\n- [x] done\n\n```\n- [ ] quoted\n```\n", []string{"p 1 todo [ ] 4"}, []string{"6 plan-task-list"}},
	{"task lists as people write them", "# p\n*   [ ] **Test it:** all\n1.  [~] under way\n+ [-] dropped\n- [ ]**bold**\n- [✅]\n- [X]\n", nil, []string{"2 plan-task-list"}},
	{"no task lists", "# p\n- [x](a.md) a link\n- [x][1] another\n- [log] words\n-      [ ] code\n[ ] text\n- [x]: no\n- [y] no token\n", nil, nil},
	{"no ID column", "# p\n| Criterion | Status |\n|---|---|\n| a | [ ] |\n\n| Task | Status |\n|---|---|\n| a | [ ] |\n", nil, []string{"2 plan-no-id-column", "6 plan-no-id-column"}},
	{"no State column", "# p\n| ID | Task | Progress |\n|---|---|---|\n| A1 | a | [ ] |\n", nil, []string{"2 plan-no-state-column"}},
	{"blank line inside", "# p\n" + h3 + "| 1 | t | [x] |\n\n| 2 | u | [ ] |\n| 3 | u | [nope] |\n", []string{"p 1 done [x] 4", "p 2 todo [ ] 6", "!p 3 unknown [nope] 7"}, []string{"6 plan-broken-table", "7 plan-broken-table", "7 plan-unknown-token"}},
	{"text inside", "# p\n" + h3 + "| 1 | t | [x] |\n\nSome words.\n\n- a bullet\n\n| 2 | u | [ ] |\n", []string{"p 1 done [x] 4", "p 2 todo [ ] 10"}, []string{"10 plan-broken-table"}},
	{"wrapped guidance", "# p\n" + h4 + "| 1 | t | [ ] | Run:\n  - `a | b`\n  and more. |\n| 2 | t | [ ] | g |\n", []string{"p 1 todo [ ] 4", "p 2 todo [ ] 7"}, []string{"5 plan-wrapped-cell", "5 plan-extra-cells", "7 plan-broken-table"}},
	{"wrapped before the state", "# p\n" + h4 + "| 1 | a long\ntask | [x] | g |\n| 2 | t | [ ] | g |\n", []string{"p 1 done [x] 4", "p 2 todo [ ] 6"}, []string{"5 plan-wrapped-cell"}},
	{"text after a row", "# p\n" + h4 + "| 1 | t | [x] | g |\n**Note** for people\n| 2 | t | [ ] | g |\n", []string{"p 1 done [x] 4", "p 2 todo [ ] 6"}, []string{"5 plan-wrapped-cell"}},
	{"groups", "# p\n" + h4 + "| **One** |\n| 1 | t | [x] | g |\n| **Two** | | | |\n| 2 | t | [ ] | g |\n", []string{"p 1 done [x] 5", "p 2 todo [ ] 7"}, []string{"4 plan-group-row"}},
	{"extra cells after the state", "# p\n" + h4 + "| 1 | t | [x] | `a | tee log` |\n| 2 | t | [ ] | is |Δk| < 1 |\n| 3 | t | [ ] | a \\| b |\n", []string{"p 1 done [x] 4", "p 2 todo [ ] 5", "p 3 todo [ ] 6"}, []string{"4 plan-extra-cells", "5 plan-extra-cells"}},
	{"pipe before the state", "# p\n" + h4 + "| 1 | `a | b` | [x] | g |\n| 2 | x |a| y | [ ] | g |\n| 3 | `a | [x]` | [ ] | g |\n| 4 | `x | y` | [ ] |\n| 5 | t | [x] | [ ] | g |\n| 6 | t | [ ] | g |\n",
		[]string{"!p 1 unknown [x] 4", "!p 2 unknown [ ] 5", "!p 3 unknown [ ] 6", "!p 4 unknown [ ] 7", "!p 5 unknown  8", "p 6 todo [ ] 9"},
		[]string{"4 plan-state-cell", "5 plan-state-cell", "6 plan-state-cell", "7 plan-state-cell", "8 plan-state-cell"}},
	{"a back-tick alone on each side", "# p\n" + h4 + "| 1 | the ` key | [x] | and ` again |\n", []string{"p 1 done [x] 4"}, nil},
	{"open rows", "# p\n" + h4 + "| 1 | t | [x] | g\n| 2 | t | [ ] | g", []string{"p 1 done [x] 4", "p 2 todo [ ] 5"}, []string{"4 plan-open-row", "5 plan-open-row"}},
	{"open style", "# p\n| ID | Task | State\n| --- | --- | ---\n| 1 | t | [x]\n| **g**\n| 2 | t | [ ]", []string{"p 1 done [x] 4", "p 2 todo [ ] 6"}, []string{"5 plan-group-row"}},
	{"short delimiter", "# p\n| ID | Task | State |\n| --- | --- |\n| 1 | t | [x] |\n", []string{"p 1 done [x] 4"}, []string{"2 plan-delimiter-row"}},
	{"no delimiter", "# p\n| ID | Task | State |\n| 1 | t | [x] |\n", []string{"p 1 done [x] 3"}, []string{"2 plan-delimiter-row"}},
	{"delimiter apart", "# p\n| ID | Task | State |\n\n| --- | --- | --- |\n| 1 | t | [x] |\n", []string{"p 1 done [x] 5"}, []string{"2 plan-delimiter-row"}},
	{"separators and headers again", "# p\n" + h3 + "| 1 | t | [x] |\n| --- | --- | --- |\n| 2 | t | [ ] |\n| ID | Task | State |\n| --- | --- | --- |\n| 3 | t | [ ] |\n", []string{"p 1 done [x] 4", "p 2 todo [ ] 6", "p 3 todo [ ] 9"}, nil},
	{"other table right below", "# p\n" + h3 + "| 1 | t | [x] |\n| Metric | Value |\n| --- | --- |\n| corr | 0.9 |\n", []string{"p 1 done [x] 4"}, nil},
	{"several tables in a phase", "## Phase A\n" + h3 + "| 1 | t | [x] |\n\n**More**\n\n" + h3 + "| 2 | t | [ ] |\n", []string{"A 1 done [x] 4", "A 2 todo [ ] 10"}, nil},
	{"sub-heading", "## Phase A — x\n#### Checklist\n" + h3 + "| 1 | t | [x] |\n", []string{"A 1 done [x] 5"}, nil},
	{"heading of another rank", "## Phase A — x\n## Checks & more\n" + h3 + "| 1 | t | [x] |\n", []string{"checks-more 1 done [x] 5"}, nil},
	{"phase heads", "## Phase\u00a0A1 — x ✅\n" + h3 + "| 1 | t | [x] |\n##\u00a0Phase\u202fB\n" + h3 + "| 2 | t | [x] |\n### **Phase C1 (RED)**\n" + h3 + "| 3 | t | [x] |\n##Phase D\n" + h3 + "| 4 | t | [x] |\n\nPhase E: y\n----------\n" + h3 + "| 5 | t | [x] |\n## Phase 2 Verification Checklist\n" + h3 + "| 6 | t | [x] |\n",
		[]string{"A1 1 done [x] 4", "B 2 done [x] 8", "C1 3 done [x] 12", "D 4 done [x] 16", "E 5 done [x] 22", "2 6 done [x] 26"}, []string{"5 plan-loose-heading", "13 plan-loose-heading"}},
	{"bold heads", "# Plan\n\n**Phase A — x**\n\n" + h3 + "| 1 | t | [x] |\n\n**Phase B: y**\n" + h3 + "| 2 | t | [x] |\n", []string{"A 1 done [x] 7", "B 2 done [x] 12"}, []string{"3 plan-bold-heading", "9 plan-bold-heading"}},
	{"same phase twice", "## Phase A\n" + h3 + "| 1 | t | [x] |\n## Phase A — again\n" + h3 + "| 2 | t | [x] |\n", []string{"A 1 done [x] 4", "A-again 2 done [x] 8"}, []string{"5 plan-duplicate-phase"}},
	{"fence", "# p\n```\n" + h3 + "| 1 | t | [x] |\n```\n" + h3 + "| 2 | t | [x] |\n", []string{"p 2 done [x] 9"}, nil},
	{"nested fence", "# p\n```markdown\n```sh\nx\n```\n| 0 | quoted | [x] |\n```\n" + h3 + "| 2 | t | [x] |\n", []string{"p 2 done [x] 10"}, []string{"3 plan-nested-fence", "6 plan-unread-row", "10 plan-nested-fence"}},
	{"inner fence left open", "# p\n```sh\n```python\n```\n\n" + h3 + "| 2 | t | [x] |\n", []string{"p 2 done [x] 8"}, nil},
	{"fence left open", "# p\n```sh\n" + h3 + "| 2 | t | [x] |\n", nil, []string{"2 plan-unclosed", "5 plan-unread-row"}},
	{"comment", "# p\n<!--\n" + h3 + "| 1 | t | [x] |\n-->\n" + h3 + "| 2 | t | [x] |\n", []string{"p 2 done [x] 9"}, nil},
	{"comment left open", "# p\n<!--\n" + h3 + "| 1 | t | [x] |\n", nil, []string{"2 plan-unclosed", "5 plan-unread-row"}},
	{"details", "# p\n<details>\n\n" + h3 + "| 1 | t | [x] |\n</details>\n", []string{"p 1 done [x] 6"}, nil},
	{"details without a blank line", "# p\n<details>\n" + h3 + "| 1 | t | [x] |\n</details>\n", nil, []string{"5 plan-unread-row"}},
	{"row of no table", "# p\n\n| A1 | x | [ ] |\n| A2 | x | [ ] |\n", nil, []string{"3 plan-unread-row", "4 plan-unread-row"}},
	{"rows under a new heading", "# p\n" + h3 + "| 1 | t | [x] |\n## q\n| 2 | t | [x] |\n", []string{"p 1 done [x] 4"}, []string{"6 plan-unread-row"}},
	{"front matter", "---\ntitle: x\n---\n# p\n" + h3 + "| 1 | t | [x] |\n", []string{"p 1 done [x] 7"}, nil},
	{"strange IDs", "# p\n" + h3 + "| A\u202e1 | t | [x] |\n| А1 | t | [x] |\n| Аa1 | t | [x] |\n| A\u200b2 | t | [x] |\n", []string{"p A\u202e1 done [x] 4", "p А1 done [x] 5", "p Аa1 done [x] 6", "p A\u200b2 done [x] 7"}, []string{"4 plan-id-characters", "6 plan-id-characters", "7 plan-id-characters"}},
	{"IDs that look alike", "# p\n" + h3 + "| A1 | t | [ ] |\n| А1 | t | [ ] |\n| Ｂ１ | t | [ ] |\n| B1 | t | [ ] |\n| C‑1 | t | [ ] |\n| C-1 | t | [ ] |\n| Ж1 | t | [ ] |\n| Ж1 | t | [ ] |\n",
		[]string{"p A1 todo [ ] 4", "p А1 todo [ ] 5", "p Ｂ１ todo [ ] 6", "p B1 todo [ ] 7", "p C‑1 todo [ ] 8", "p C-1 todo [ ] 9", "!p Ж1 todo [ ] 10", "!p Ж1 todo [ ] 11"},
		[]string{"5 plan-id-characters", "7 plan-id-characters", "9 plan-id-characters", "11 plan-duplicate-id"}},
	{"empty", "", nil, []string{"1 plan-empty"}},
	{"binary", "# p\n" + h3 + "| 1 | \x00 | [x] |\n", nil, []string{"4 plan-binary"}},
	{"utf-16", "\xff\xfe#\x00", nil, []string{"1 plan-binary"}},
	{"invalid utf-8", "# p\n" + h3 + "| 1 | caf\xe9 | [x] |\n", []string{"p 1 done [x] 4"}, []string{"4 plan-encoding"}},
}

func TestParse(t *testing.T) {
	for _, c := range readings {
		t.Run(c.name, func(t *testing.T) {
			p := Parse("dir/f.md", []byte(c.src), Tokens{})
			rows, findings := readingOf(p)
			if d := cmp.Diff(c.rows, rows); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.findings, findings); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
			checkPlan(t, p, []byte(c.src))
		})
	}
}

// checkPlan holds for every plan whatsoever.
func checkPlan(t interface {
	Helper()
	Errorf(string, ...any)
}, p *Plan, src []byte) {
	t.Helper()
	if string(p.Source) != string(src) {
		t.Errorf("Source is not what was parsed")
	}
	last := -1
	for _, task := range p.Tasks() {
		if got := string(task.TokenSpan.Of(src)); got != task.Token {
			t.Errorf("%s: token %q at a span of %q", task.ID, task.Token, got)
		}
		if task.Editable != (task.Problem == "") || task.Editable && task.State == Unknown {
			t.Errorf("%s: editable %v, problem %q, state %s", task.ID, task.Editable, task.Problem, task.State)
		}
		if task.RowSpan.Start < last || task.TokenSpan.End > task.RowSpan.End {
			t.Errorf("%s: row %v after %d, token %v", task.ID, task.RowSpan, last, task.TokenSpan)
		}
		last = task.RowSpan.End
		if task.Phase == nil || p.Phase(task.Phase.ID) != task.Phase {
			t.Errorf("%s: its phase is not one of the plan's", task.ID)
		}
		if !task.Editable && !(len(p.Findings.Errors()) > 0) {
			t.Errorf("%s: not editable without an error", task.ID)
		}
	}
	for _, f := range p.Findings {
		if r, ok := rule(f.Code); !ok || f.Help == "" || f.Severity == finding.Unknown || f.Line < 1 || f.Col < 1 {
			t.Errorf("finding %+v of rule %+v", f, r)
		}
	}
}

func TestRowsQuotedByUnclosedBlocksMakeThePlanUnreadable(t *testing.T) {
	for src, want := range map[string]bool{
		"# p\n```sh\n" + h3 + "| 2 | t | [x] |\n": true,
		"# p\n```sh\n" + h3:                       false,
		"# p\n<!--\n" + h3 + "| 2 | t | [x] |\n":  true,
		"a\x00":                                   true,
		"# p\n" + h3 + "| 2 | t | [?] |\n":        false,
	} {
		if got := Parse("f.md", []byte(src), Tokens{}).Unreadable(); got != want {
			t.Errorf("%q: unreadable is %v", src, got)
		}
	}
}

// TestTaskListSaysHowMany: a task list is a note, and a warning where its items have IDs as rows have them.
func TestTaskListSaysHowMany(t *testing.T) {
	for src, want := range map[string]string{
		"# p\n* [ ] one\n": "note: an item of a task list is no task: only rows of checklist tables are counted",
		"# p\n*   [ ] one\n* [~] two\n- [x] v and [ ]\n":   "note: 3 items of task lists are no tasks: only rows of checklist tables are counted",
		"# p\n- [ ] A2: one\n- [ ] two\n":                  "warning: 2 items of task lists are no tasks, 1 of them with an ID such as A2: only rows of checklist tables are counted",
		"# p\n- [ ] **1.1** one\n- [x] 01-02: two\n":       "warning: 2 items of task lists are no tasks, 2 of them with an ID such as 1.1: only rows of checklist tables are counted",
		"# p\n- [ ] **CLUSTER-CREF-001:** one\n":           "warning: an item of a task list is no task, although it has an ID, CLUSTER-CREF-001: only rows of checklist tables are counted",
		"# p\n- [ ] P0.1 — one\n":                          "warning: an item of a task list is no task, although it has an ID, P0.1: only rows of checklist tables are counted",
		"# p\n- [ ] 2025-10-05: a day\n":                   "note: an item of a task list is no task: only rows of checklist tables are counted",
		"# p\n- [ ] `x86`: a span\n":                       "note: an item of a task list is no task: only rows of checklist tables are counted",
		"# p\n- [ ] 3 tests pass\n- [ ] **2 of 3** pass\n": "note: 2 items of task lists are no tasks: only rows of checklist tables are counted",
		"# p\n- [ ] https://x.org/1\n":                     "note: an item of a task list is no task: only rows of checklist tables are counted",
		"# p\n- [ ] note1: lower case is a word\n":         "note: an item of a task list is no task: only rows of checklist tables are counted",
	} {
		p := Parse("f.md", []byte(src), Tokens{})
		got := ""
		for _, f := range p.Findings {
			got += f.Severity.String() + ": " + f.Message
		}
		if got != want {
			t.Errorf("%q:\n%s\nwant\n%s", src, got, want)
		}
	}
	own, err := DefaultTokens().With(map[State][]string{Done: {"[OK]"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := Parse("f.md", []byte("# p\n- [OK] one\n"), own); len(p.Findings) != 1 {
		t.Errorf("a token of the config: %v", p.Findings)
	}
}

func TestWordsWithoutATaskColumnAreANote(t *testing.T) {
	p := Parse("f.md", []byte("## Phase A\n| Step | Status |\n|---|---|\n| 1 | COMPLETE |\n"), Tokens{})
	if len(p.Findings) != 1 || p.Findings[0].Severity != finding.Note {
		t.Errorf("%v", p.Findings)
	}
}
