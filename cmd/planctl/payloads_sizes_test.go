package main

import (
	"fmt"
	"strings"
)

// hostileSizes: documents that are larger than anything that a person keeps.
func hostileSizes() []payload {
	const mb = 1 << 20
	row := func(id, title, guidance string) map[string]string {
		return map[string]string{"plans/p.md": "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n| " + id + " | " + title + " | [ ] | " + guidance + " |\n\n```yaml planctl\nA1: {run: echo honest}\n```\n"}
	}
	wide := func(n int) string {
		return "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |" + strings.Repeat(" c |", n) + "\n| --- | --- | --- |" + strings.Repeat("---|", n) + "\n| A1 | One | [ ] |" + strings.Repeat(" x |", n) + "\n\n```yaml planctl\nA1: {run: echo honest}\n```\n"
	}
	re := strings.Repeat("(a|aa)+", 100_000/7)
	out := []payload{
		{name: "size/a row of 10 MB", files: row("A1", "One", strings.Repeat("word ", 10*mb/5))},
		{name: "size/a title of 1 MB", files: row("A1", strings.Repeat("word ", mb/5), "")},
		{name: "size/an ID of 1 MB", files: row(strings.Repeat("A", mb), "One", "")},
		{name: "size/100,000 columns", files: map[string]string{"plans/p.md": wide(100_000)}},
		{name: "size/100,000 pipes", files: row("A1", "One", strings.Repeat("|", 100_000))},
		{name: "size/100,000 back-ticks", files: row("A1", "One", strings.Repeat("`a` ", 25_000))},
		{name: "size/a quote of 10,000", files: map[string]string{"plans/q.md": strings.Repeat(">", 10_000) + " | ID | State |\n"}},
		{name: "size/because of 100 kB", files: withSpec("A1: {kind: red, run: 'echo aaaa; exit 1', because: '" + re + "$'}\n")},
		{name: "size/because of nested repeats", files: withSpec("A1: {kind: red, run: 'echo 1..1; echo \"not ok 1 - a\"; printf \"# \"; head -c 20000 /dev/zero | tr \"\\\\0\" a; exit 1', because: '" + strings.Repeat("(", 450) + "a" + strings.Repeat("*)", 450) + "*b'}\n"), after: judged("no failure says")},
		{name: "size/because of counted repeats", files: withSpec("A1: {kind: red, run: 'exit 1', because: '((a{1,1000}){1,1000}){1,1000}'}\n")},
		{name: "size/a criterion's expression of 100 kB", files: withSpec("A1: {run: echo aaaa, criteria: ['log matches \"" + re + "$\"', 'number(\"(" + re + ")\") > 0']}\n")},
		{name: "size/a criterion of 100 kB", files: withSpec("A1: {run: echo x, criteria: ['" + strings.Repeat("exit == 0 && ", 8000) + "true']}\n")},
		{name: "size/a criterion of brackets", files: withSpec("A1: {run: echo x, criteria: ['" + strings.Repeat("(", 50_000) + "1" + strings.Repeat(")", 50_000) + "']}\n")},
		{name: "size/a criterion that works for ever", files: withSpec("A1: {run: echo x, criteria: ['len(map(1..1000000, len(map(1..1000000, #)))) > 0', 'let r = 1..1000; all(r, all(r, all(r, true)))']}\n"), after: judged("takes more than 1000000 steps")},
		{name: "size/a criterion of a function that is none", files: withSpec("A1: {run: echo x, criteria: ['repeat(\"x\", 1000000000) != \"\"']}\n")},
		{name: "size/2,000 criteria", files: withSpec("A1:\n  run: echo x\n  criteria:\n" + strings.Repeat("    - exit == 0\n", 2_000))},
		{name: "size/braces", files: withSpec("A1: {run: echo x, artifacts: ['" + strings.Repeat("{a,b}", 60) + "?'], inputs: ['" + strings.Repeat("{a,b}", 60) + "']}\n")},
		{name: "size/stars", files: withSpec("A1: {run: echo x, artifacts: ['" + strings.Repeat("**/", 500) + "x?', '" + strings.Repeat("*a", 500) + "?']}\n")},
		{name: "size/5,000 rows of one ID", files: map[string]string{"plans/q.md": "# Q\n\n## Phase A\n| ID | State |\n| - | - |\n" + strings.Repeat("| A1 | [ ] |\n", 5_000)}},
		{name: "size/a ledger entry of 5 MB", files: map[string]string{"docs/fix_plan.md": oneLedger + "  * [2025-01-01] Attempt #1 — " + strings.Repeat("word ", mb) + "\n"}},
		{name: "size/an attempt's number", files: map[string]string{"docs/fix_plan.md": oneLedger + "  * [2025-01-01] Attempt #" + strings.Repeat("9", 400) + " — x: pass\n"}},
		{name: "size/a config of 5 MB", files: map[string]string{".planctl.yaml": "version: 1\nsecrets: [" + strings.Repeat("x, ", 5*mb/3) + "y]\n"}},
	}
	for i := range out {
		if strings.HasPrefix(out[i].name, "size/5,000") {
			out[i].args = [][]string{{"status", "-q"}}
		}
	}
	return out
}

// judged wants words of the verdict, so that what is hard to judge was judged.
func judged(words string) func(*hostilePlace, string) {
	return func(h *hostilePlace, output string) {
		if !strings.Contains(output, words) {
			h.t.Errorf("it was not judged: nothing says %q", words)
		}
	}
}

// hostileLogs: commands that print for the terminal, and logs that are read for tests and criteria.
func hostileLogs() []payload {
	var out []payload
	for i, s := range escapes {
		out = append(out, payload{name: fmt.Sprintf("log/escape/%d", i), files: map[string]string{"say": s + "\nFAILED test_x.py::" + s + " - " + s + "\n1 failed in 0.1s\n",
			"plans/p.md": strings.Replace(hostilePlan, "A1: {run: echo honest}", "A1: {run: 'cat say; exit 1', kind: red, because: x, criteria: ['log contains \"x\"', 'tests.failed == 7']}", 1)},
			args: [][]string{{"run!", "A1", "-v", "--force"}, {"check", "A1"}}})
	}
	return out
}

// hostileLedgers: entries and manifests that others wrote.
func hostileLedgers() []payload {
	var out []payload
	for i, s := range escapes {
		book := "## [T-001] " + s + "\n- Status: " + s + "\n- Attempts History:\n  * [2025-01-01] Attempt #1 — A1 " + s + ": pass (" + s + ").\n    Artifacts: `" + s + "`\n    Command: `" + s + "`\n"
		out = append(out, payload{name: fmt.Sprintf("ledger/%d", i), files: map[string]string{"docs/fix_plan.md": book}})
	}
	manifest := func(name, file, note string) string {
		return `{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"https://github.com/planctl/planctl/run/v1","predicate":{"task":{"plan":"plans/p.md","id":"A1","phase":"A","initiative":"T-001","row":"sha256:00"},` +
			`"spec":{"digest":"","value":null,"from":""},"attempt":1,"kind":"check","result":"pass","argv":["bash"],"dir":".","env":{},"stamp":"2025-01-01T000000Z","started":"2025-01-01T00:00:00Z","finished":"2025-01-01T00:00:00Z","seconds":0,` +
			`"exit":0,"signal":"","timed_out":false,"criteria":[],"calls":[],"files":[{"name":` + yamlText(file) + `,"role":"artifact","size":1,"sha256":"00"}],"pins":{},"inputs":{},"parents":[],"nonce":` + yamlText(name) + `,"note":` + yamlText(note) + `}}`
	}
	for i, s := range astray {
		out = append(out, payload{name: fmt.Sprintf("manifest/%d", i), files: map[string]string{"plans/reports/2025-01-01T000000Z/phase_A/A1.run.json": manifest("n", s, "x")}, args: [][]string{{"audit", "A1"}, {"path", "A1"}}})
	}
	for i, s := range escapes {
		out = append(out, payload{name: fmt.Sprintf("manifest note/%d", i), files: map[string]string{"plans/reports/2025-01-01T000000Z/phase_A/A1.run.json": manifest(s, s, s)}})
	}
	for i, text := range []string{`{"key":"x","run_dir":"../../outside","manifest":"../../outside/A1.run.json","log":"../../outside/canary"}`, "not JSON", strings.Repeat("[", 1_000_000), `{"key":"\u001b]0;x\u0007"}`, ""} {
		out = append(out, payload{name: fmt.Sprintf("intent/%d", i), files: map[string]string{".planctl/intents/0123456789abcdef.jsonl": text}, args: [][]string{{"recover"}}})
	}
	return out
}

// hostileArguments: what a person is made to paste.
func hostileArguments() []payload {
	var out []payload
	for i, s := range append(append([]string{}, escapes...), "$(touch %CANARY%)", "../../outside/precious.md", "/dev/zero", "-", "--", strings.Repeat("A", 200_000)) {
		if strings.ContainsRune(s, 0) {
			continue
		}
		p := payload{name: fmt.Sprintf("argument/%d", i), args: [][]string{
			{"show", s}, {"run!", "--", s}, {"log", "--", s}, {"status", "--", s}, {"inspect", "--", s}, {"lint", "--", s}, {"mark", "A1", "done", "--note", s}, {"mark", "A1", s}, {"link", "plans/p.md", "--", s},
			{"verify", "--base", s}, {"show", "--color", s}, {s}, {"run", "--phase", s}, {"log", "A1"},
		}}
		if len(s) > 100_000 { // longer than the system takes for a process
			p.args = [][]string{{"show", s}, {"status", s}, {"inspect", s}}
		}
		out = append(out, p)
	}
	return out
}
