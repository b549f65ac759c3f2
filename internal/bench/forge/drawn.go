package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// drawn is a repository as it was drawn, before anything ran: how people here write, and which row plays which part.
type drawn struct {
	plan, second, specs, ledger string // paths; specs is the plan itself where the specs stand in it
	initiative, other           string
	ids                         map[string]string // part → ID in plan
	rolls                       map[string]string // part → ID in second
	parts                       []string          // of plan, in table order
	extra                       []string          // further checks of the first phase
	phases                      [3]string
	crlf                        bool
	suite                       suite
	line                        bool // attempts on one line
}

// suite is a test runner of the drawn repository: a shell script that prints what a real one prints.
type suite struct{ name, script, file string }

func suites() []suite {
	return []suite{
		{"tap", "printf 'TAP version 13\\n1..2\\nok 1 - loads\\n'\n" +
			"read -r word <src/impl.txt\nif [ \"$word\" = ready ]; then echo 'ok 2 - cycles'; exit 0; fi\n" +
			"printf 'not ok 2 - cycles\\n  ---\\n  message: \"NotImplementedError: cycle\"\\n  ...\\n'\nexit 1\n", "tests/cycle.sh"},
		{"go", "read -r word <src/impl.txt\nprintf '=== RUN   TestLoads\\n--- PASS: TestLoads (0.00s)\\n=== RUN   TestCycle\\n'\n" +
			"if [ \"$word\" = ready ]; then printf -- '--- PASS: TestCycle (0.00s)\\nPASS\\nok  \\texample.com/m\\t0.004s\\n'; exit 0; fi\n" +
			"printf '    cycle_test.go:12: NotImplementedError: cycle\\n--- FAIL: TestCycle (0.00s)\\nFAIL\\nFAIL\\texample.com/m\\t0.004s\\nFAIL\\n'\nexit 1\n", "tests/run_go.sh"},
	}
}

// draw chooses how this repository looks. Every part that an operator needs is in each of them; all else differs.
func draw(r *rand.Rand) *drawn {
	n := 1 + r.IntN(900)
	d := &drawn{initiative: fmt.Sprintf("%s-%03d", one(r, "TEST-PYTORCH", "VECTOR", "C-API", "PHASE"), n), other: fmt.Sprintf("OTHER-%03d", n),
		ids: map[string]string{}, rolls: map[string]string{}, crlf: chance(r, 4), suite: one(r, suites()...), line: chance(r, 4)}
	base := one(r, "plans/active/"+d.initiative, "plans", "plans/active")
	d.plan = base + "/" + one(r, "plan", "phase_c_plan", "work") + ".md"
	d.second = base + "/" + one(r, "implementation", "overview") + ".md"
	d.specs = d.plan
	if chance(r, 3) {
		d.specs = strings.TrimSuffix(d.plan, ".md") + ".planctl.yaml"
	}
	d.ledger = "docs/fix_plan.md"
	d.phases = one(r, [3]string{"A", "B", "C"}, [3]string{"C1", "C2", "C3"}, [3]string{"0", "1", "2"})
	for i := range r.IntN(3) {
		d.extra = append(d.extra, fmt.Sprintf("extra%d", i))
	}
	style := r.IntN(3)
	for ph, parts := range d.rows() {
		for i, part := range parts {
			head := d.phases[ph]
			switch {
			case style == 1 || head[len(head)-1] >= '0' && head[len(head)-1] <= '9':
				d.ids[part] = fmt.Sprintf("%s.%c", head, 'A'+i)
			case style == 2:
				d.ids[part] = fmt.Sprintf("%s.%d", head, i+1)
			default:
				d.ids[part] = fmt.Sprintf("%s%d", head, i+1)
			}
			d.parts = append(d.parts, part)
		}
	}
	d.rolls["rolled"], d.rolls["rollable"], d.rolls["signed"] = "R1", "R2", "R3"
	return d
}

// rows is the parts of the plan by phase, each named for what happens to it:
//
//	build     a check with criteria, two artifacts and an input
//	second    after build; fails first, then passes
//	byhand    a person ticks it
//	red, green
//	review    a pass that waits for a person, who ticks it
//	again     passes, is reopened, passes again
//	open, openhand, notick, failing, reopened, waiting: not done, each for its own reason
func (d *drawn) rows() [3][]string {
	return [3][]string{append([]string{"build", "second", "byhand"}, d.extra...), {"red", "green", "review", "again"},
		{"open", "openhand", "notick", "failing", "reopened", "waiting"}}
}

func (d *drawn) config(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("version: 1\n")
	if d.line {
		b.WriteString("attempt: line\n")
	}
	if chance(r, 4) {
		b.WriteString("annotate: append\n")
	}
	return b.String()
}

func (d *drawn) title(part string) string {
	switch part {
	case "build":
		return "Build the reference data"
	case "second":
		return "Measure it against the threshold"
	case "byhand":
		return "Agree on the numbers with Ana"
	case "red":
		return "Capture RED run"
	case "green":
		return "Capture GREEN run"
	case "review":
		return "Write the summary"
	case "again":
		return "Pack the results"
	case "open":
		return "Publish the results"
	case "openhand":
		return "Tell the users"
	case "notick":
		return "Try the long way round"
	case "failing":
		return "Compare with the old output"
	case "reopened":
		return "Clean up the cache"
	case "waiting":
		return "Draft the announcement"
	}
	return "Look at " + part
}

// planText is the plan's document; specs follow it where they stand in it.
func (d *drawn) planText(r *rand.Rand) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n- Initiative: %s\n- Phase Goal: see each phase\n\n", one(r, "Plan", "Phased plan"), one(r, "make it hold", "port the module"), d.initiative)
	b.WriteString(one(r, "Some prose that people wrote, with `code` and *stress*.\n\n", "> Keep this short.\n\n", ""))
	dash := one(r, " — ", " - ", ": ")
	mark := one(r, "[ ]", "`[ ]`")
	extra := chance(r, 3)
	for ph, parts := range d.rows() {
		fmt.Fprintf(&b, "### Phase %s%s%s\nGoal: what the rows say.\n", d.phases[ph], dash, one(r, "groundwork", "proof", "what is left"))
		if ph == 1 && chance(r, 2) {
			fmt.Fprintf(&b, "Prereqs: Phase %s complete\n", d.phases[0])
		}
		b.WriteString("\n| ID | Task Description | State | How/Why & Guidance |")
		if extra {
			b.WriteString(" Owner |")
		}
		b.WriteString("\n| --- | --- | --- | --- |")
		if extra {
			b.WriteString(" --- |")
		}
		b.WriteString("\n")
		for _, part := range parts {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |", d.ids[part], d.title(part), mark, one(r, "see the ledger", "as agreed", "–", "mind `src/`"))
			if extra {
				fmt.Fprintf(&b, " %s |", one(r, "Ana", "Bo"))
			}
			b.WriteString("\n")
		}
		b.WriteString("\n")
	}
	if d.specs == d.plan {
		b.WriteString("```yaml planctl\n" + d.specText(r) + "```\n")
	}
	return b.String()
}

// specText is the specs of the plan. Every key stands on a line of its own, so that an operator finds it.
func (d *drawn) specText(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString("defaults:\n  env: {FORGE_LEVEL: \"1\"}\n")
	for _, part := range d.parts {
		fmt.Fprintf(&b, "%s:\n", d.ids[part])
		for _, l := range d.spec(r, part) {
			b.WriteString("  " + l + "\n")
		}
	}
	fmt.Fprintf(&b, "phases:\n  %q:\n    criteria: ['file(\"out/build.txt\").exists']\n", d.phases[0])
	return b.String()
}

func (d *drawn) spec(r *rand.Rand, part string) []string {
	switch part {
	case "build":
		return []string{fmt.Sprintf("run: \"mkdir -p out; echo 'value: %d'; echo alpha %d >out/build.txt; echo beta %d >out/other.txt; echo build done\"", 42+r.IntN(50), r.IntN(1000), r.IntN(1000)),
			`criteria:`, `  - 'number("value: ([0-9]+)") >= 3'`, `  - 'file("out/build.txt").size > 3'`, `  - 'log contains "build done"'`, `  - 'seconds < 600'`,
			`artifacts: ["out/build.txt", "out/other.txt"]`, `inputs: ["src/*.in"]`}
	case "second":
		return []string{`run: "read -r n <src/threshold.txt; echo \"measured: $n\"; test $n -gt 5"`, `criteria: ['number("measured: ([0-9]+)") > 5']`,
			fmt.Sprintf("after: [%q]", d.ids["build"])}
	case "byhand", "openhand":
		return []string{"kind: manual"}
	case "red":
		return []string{"kind: red", "run: sh " + d.suite.file, "because: NotImplementedError", fmt.Sprintf("pins: [%q]", d.suite.file)}
	case "green":
		return []string{"kind: green", fmt.Sprintf("red: %q", d.ids["red"]), "criteria: [tests.passed >= 2]"}
	case "review", "waiting":
		return []string{`run: "echo ` + part + ` written"`, "review: true"}
	case "failing":
		return []string{`run: "echo old output differs; exit 3"`, `criteria: ['log contains "the same"']`}
	case "again", "reopened":
		return []string{`run: "mkdir -p out; echo ` + part + ` $PLANCTL_STAMP | tee out/` + part + `.txt"`, `artifacts: ["out/` + part + `.txt"]`, "log: " + part + "_run.log"}
	}
	return []string{`run: "echo ` + part + ` looked at"`, `criteria: ['log contains "looked"', exit == 0]`}
}

// secondText is a plan of the same initiative that stands above the first one.
func (d *drawn) secondText() string {
	return fmt.Sprintf("# Overview\n\n- Initiative: %s\n\n## Phase R: the whole\n| ID | Task | State |\n| --- | --- | --- |\n| R1 | First phase done | [ ] |\n| R2 | Last phase done | [ ] |\n| R3 | Signed off | [ ] |\n\n"+
		"```yaml planctl\nR1:\n  plan: %s\n  phase: %q\nR2:\n  plan: %s\n  phase: %q\nR3:\n  kind: manual\n```\n", d.initiative, d.plan, d.phases[0], d.plan, d.phases[2])
}

// ledgerText is a ledger that people kept before planctl came.
func (d *drawn) ledgerText(r *rand.Rand) string {
	h := one(r, "##", "###")
	bullet := one(r, "  * ", "- ", "* ")
	cont := strings.Repeat(" ", len(bullet))
	byHand := func(n int, what string) string {
		return fmt.Sprintf("%s[2025-10-%02d] Attempt #%d — Result: %s. %s\n%sMetrics: %d of %d looked at\n%sNext Actions: go on with the next row.\n", bullet, 10+n, n, one(r, "success", "partial"), what, cont, n, n+2, cont)
	}
	var b strings.Builder
	b.WriteString("# Fix Plan Ledger\n\n")
	if chance(r, 2) {
		fmt.Fprintf(&b, "## Index\n| ID | Title | Priority | Status |\n| --- | --- | --- | --- |\n| [%s](#x) | Make it hold | High | in_progress |\n| [%s](#y) | Something else | Low | pending |\n\n", d.initiative, d.other)
	}
	fmt.Fprintf(&b, "%s [%s] Make it hold\n- Status: in_progress\n- Plan Reference: `%s`\n- Attempts History:\n", h, d.initiative, d.plan)
	for i := range 1 + r.IntN(3) {
		b.WriteString(byHand(i+1, one(r, "Wrote the skeleton and looked at the data.", "Read the old code; it does what it says.")))
	}
	fmt.Fprintf(&b, "\n%s [%s] Something else\n- Status: pending\n- Attempts History:\n", h, d.other)
	b.WriteString(byHand(1, "Asked around."))
	b.WriteString(byHand(2, "Nobody knows."))
	b.WriteString("\nProse at the end that is nobody's entry.\n")
	return b.String()
}

// ends gives a text the line ends of this repository.
func (d *drawn) ends(s string) []byte {
	if d.crlf {
		s = strings.ReplaceAll(s, "\n", "\r\n")
	}
	return []byte(s)
}
