package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

func withSpec(spec string) map[string]string {
	return map[string]string{"plans/p.md": strings.Replace(hostilePlan, "A1: {run: echo honest}\n", spec, 1)}
}

func withSidecar(text string) map[string]string {
	return map[string]string{"plans/p.md": strings.Replace(hostilePlan, "```yaml planctl\nA1: {run: echo honest}\n```\n", "", 1), "plans/p.planctl.yaml": text}
}

// hostileSpecs: YAML that grows, that names types, that says a thing twice, and values that would take over the shell.
func hostileSpecs() []payload {
	laughs := "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
	for c := 'b'; c <= 'i'; c++ {
		laughs += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	var out []payload
	for name, text := range map[string]string{
		"billion laughs":      laughs + "A1: {run: echo x, criteria: *i}\n",
		"a ring of anchors":   "A1: &a {run: echo x, env: *a}\n",
		"merge keys":          "d: &d {run: touch %CANARY%}\nA1: {<<: *d}\n",
		"an alias as command": "defaults: {env: {X: &x 'touch %CANARY%'}}\nA1: {run: *x}\n",
		"a type":              "A1: !!python/object/apply:os.system ['touch %CANARY%']\n",
		"a local type":        "A1: !ruby/object:Gem::Installer {run: touch %CANARY%}\n",
		"two documents":       "A1: {run: echo x}\n---\nA1: {run: touch %CANARY%}\n",
		"a key twice":         "A1: {run: echo x, run: touch %CANARY%}\n",
		"a task twice":        "A1: {run: echo x}\nA1: {run: touch %CANARY%}\n",
		"lists in lists":      "A1: " + strings.Repeat("[", 100_000) + "\n",
		"maps in maps":        "A1: " + strings.Repeat("{a: ", 50_000) + "\n",
		"a long scalar":       "A1: {run: 'echo " + strings.Repeat("x", 1<<20) + "'}\n",
		"a directive":         "%YAML 9.9\n---\nA1: {run: touch %CANARY%}\n",
		"a number as key":     "1e999: {run: echo x}\nA1: {timeout: 99999999999h}\n",
		"a binary":            "A1: {run: !!binary dG91Y2ggeA==}\n",
		"escapes in values":   "A1: {run: \"echo \\e]52;c;dG91Y2g=\\a\", because: \"\\x9b2J\", log: \"\\e[2J.log\"}\n",
		"a NUL in a command":  "A1: {run: \"echo \\0\"}\n",
		"a comment that ends": "A1: {run: echo honest} # \x1b]0;x\x07\n",
		"BASH_ENV":            "A1: {run: echo honest, env: {BASH_ENV: %OUT%/canary}}\n",
		"names in env":        "A1: {run: echo honest, env: {\"A=B\": x, \"\": y, \"X\\nY\": z, \"BASH_FUNC_echo%%\": '() { touch %CANARY%; }'}}\n",
		"a stamp that leaves": "A1: {run: echo honest, log: '<TS>/../../../../outside/canary'}\n",
		"a kind":              "A1: {run: touch %CANARY%, kind: \"\\e[2J\"}\n",
		"an executor":         "A1: {run: touch %CANARY%, executor: '../../outside/x'}\n",
		"a plan":              "A1: {plan: '../../../etc/passwd', phase: \"\\e[2J\"}\n",
		"an after":            "A1: {run: touch %CANARY%, after: [\"\\e]0;x\\a\", '../x#A1', A1]}\n",
	} {
		if name == "BASH_ENV" || name == "names in env" {
			// A spec is approved by who commits it: what its own command is told to run is its business. Only
			// what is shown is held here.
			text = strings.NewReplacer("%OUT%/canary", "/dev/null", "touch %CANARY%", "true").Replace(text)
		}
		out = append(out, payload{name: "spec/" + name, files: withSpec(text)}, payload{name: "sidecar/" + name, files: withSidecar(text)})
	}
	return out
}

// hostileConfigs: places that the config names.
func hostileConfigs() []payload {
	var out []payload
	for i, text := range []string{
		"ledger: ../outside/canary\n", "ledger: %OUT%/canary\n", "ledger: .git/config\n", "ledger: plans\n", "ledger: \"\\e[2J.md\"\n", "ledgers: [../outside/precious.md, /etc/passwd]\n",
		"reports: ../outside\n", "reports: %OUT%\n", "reports: '{plan_dir}/../../outside'\n", "reports: .\n", "reports: .git/reports\n", "reports: '{phase}/../../..'\n", "reports: \"\\e]0;x\\a\"\n",
		"plans: ['../**/*.md']\n", "plans: ['/**/*.md']\n", "plans: ['%OUT%/*.md', 'plans/*.md']\n", "plans: ['" + strings.Repeat("{a,b}", 40) + "']\n", "plans: ['" + strings.Repeat("**/", 2000) + "*.md']\n",
		"tokens: {done: [\"\\e[2J\"]}\n", "links: {plans/p.md: \"\\e[2J\"}\n", "links: {../x.md: T-001}\n", "secrets: ['" + strings.Repeat("*", 5000) + "x']\n", "executor: '; touch %CANARY%'\n",
		"rules: {\"\\e[2J\": error}\n", "rules: {'*': {paths: ['../**'], severity: \"\\x9b\"}}\n", "\"\\e]52;c;eA==\\a\": 1\n", "env: [\"$(touch %CANARY%)\", \"\\e[2J\"]\n", "annotate: \"\\e\"\n",
	} {
		// A config may give evidence and ledger other places, as long as they are in the workspace and nobody else's.
		moved := strings.HasPrefix(text, "reports: .\n") || strings.Contains(text, `reports: "\e`) || strings.Contains(text, `ledger: "\e`)
		out = append(out, payload{name: fmt.Sprintf("config/%d", i), files: map[string]string{".planctl.yaml": "version: 1\n" + text}, all: moved, args: [][]string{{"link", "plans/p.md", "T-009", "--create"}}})
	}
	return out
}

// hostileProse: commands that stand in a plan's text and that nobody approved.
func hostileProse() []payload {
	var out []payload
	for i, text := range []string{
		"Run `touch %CANARY%`.", "Executed `touch %CANARY%`.", "Run ``touch %CANARY%``", "Run `true; touch %CANARY%`", "Run `echo \x1b]0;x\x07; touch %CANARY%`", "Run `X=1 touch %CANARY%`",
		"Run `echo \u202e%CANARY% hcuot`", "Run `touch %CANARY% \\| tee ../../outside/canary`", "Run `bash -c \"touch %CANARY%\"`", "Command: `touch %CANARY%`", "Run `touch\u00a0%CANARY%`", "Run `\u009b8mtouch %CANARY%`",
	} {
		out = append(out, payload{name: fmt.Sprintf("prose/%d", i), files: map[string]string{"plans/p.md": "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n| A1 | One | [ ] | " + text + " |\n"},
			args: [][]string{{"run!", "A1"}, {"run!", "--all", "--force", "--keep-going"}}})
	}
	out = append(out, payload{name: "prose/reference", files: map[string]string{"plans/p.md": "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | Capture RED run | [ ] |\n\n## Command Reference\n- RED run selector: `touch %CANARY%`\n"}})
	return out
}

// hostileKinds: what is no file stands where one is read: nothing is waited for, and nothing is opened that acts.
func hostileKinds() []payload {
	// A lock's file is named by the task's.
	task := sha256.Sum256([]byte("plans/p.md#A1"))
	places := map[string]string{
		"plan": "plans/q.md", "ledger": "docs/fix_plan.md", "config": ".planctl.yaml", "sidecar": "plans/p.planctl.yaml", "artifact": "made.bin", "input": "in.txt", "pin": "test_x.py",
		"report of tests": "junit.xml", "log": "given.log", "an intent": ".planctl/intents/x.jsonl", "a note": ".planctl/notes/1-x.jsonl", "intents": ".planctl/intents", "the lock of the workspace": ".planctl/locks/workspace.lock",
		"the lock of the task": ".planctl/locks/task-" + hex.EncodeToString(task[:8]) + ".lock", "locks": ".planctl/locks", "REPORTS": "plans/reports", "git": ".git", "the ledger's directory": "docs", "attributes": "plans/reports/.gitattributes",
	}
	kinds := map[string]func(*hostilePlace, string){
		"a FIFO":    func(h *hostilePlace, name string) { h.fifo(name) },
		"zeros":     func(h *hostilePlace, name string) { h.link("/dev/zero", name) },
		"stdin":     func(h *hostilePlace, name string) { h.link("/dev/stdin", name) },
		"a loop":    func(h *hostilePlace, name string) { h.link(filepath.Base(name), name) },
		"outside":   func(h *hostilePlace, name string) { h.link("%OUT%/precious.md", name) },
		"a way out": func(h *hostilePlace, name string) { h.link("%OUT%", name) },
		"nowhere":   func(h *hostilePlace, name string) { h.link("%OUT%/canary", name) },
		"a folder": func(h *hostilePlace, name string) {
			h.must(os.RemoveAll(filepath.Join(h.ws, filepath.FromSlash(name))))
			h.write(name+"/x", "x")
		},
		"outside by another name": func(h *hostilePlace, name string) {
			at := filepath.Join(h.ws, filepath.FromSlash(name))
			h.must(os.RemoveAll(at))
			h.must(os.MkdirAll(filepath.Dir(at), 0o755))
			h.must(os.Link(filepath.Join(h.out, "precious.md"), at))
		},
		"a socket": func(h *hostilePlace, name string) {
			at := filepath.Join(h.ws, filepath.FromSlash(name))
			h.must(os.RemoveAll(at))
			h.must(os.MkdirAll(filepath.Dir(at), 0o755))
			// By a short name: the path of a socket has no more than a hundred bytes.
			short, err := os.MkdirTemp("", "s")
			h.must(err)
			defer func() { h.must(os.RemoveAll(short)) }()
			l, err := net.Listen("unix", filepath.Join(short, "s"))
			h.must(err)
			l.(*net.UnixListener).SetUnlinkOnClose(false)
			h.must(os.Rename(filepath.Join(short, "s"), at))
			h.must(l.Close())
		},
	}
	files := withSpec("A1: {run: 'echo honest; test -e made.bin || test -L made.bin || echo made > made.bin', artifacts: ['made.bin?'], inputs: [in.txt], pins: [test_x.py], tests: ['junit.xml?'], criteria: ['file(\"made.bin\").size >= 0', 'file(\"given.log\").size >= 0']}\n")
	files["in.txt"], files["test_x.py"], files["given.log"] = "in\n", "def test(): pass\n", "given\n"
	args := [][]string{{"link", "plans/p.md", "T-001", "--create"}, {"recover"}, {"init"}}
	var out []payload
	for place, at := range places {
		for kind, make := range kinds {
			if kind == "a folder" && (place == "REPORTS" || place == "git" || place == "the ledger's directory" || place == "intents" || place == "locks") {
				continue // that is what stands there
			}
			out = append(out, payload{name: "kind/" + place + " is " + kind, files: files, make: func(h *hostilePlace) { make(h, at) }, args: args})
		}
	}
	// With nothing in the place of any of them it runs to its end: what is held up above is held up by what stands there.
	return append(out, payload{name: "kind/all are files", files: files, args: args, after: func(h *hostilePlace, output string) {
		if !strings.Contains(output, "A1: passed") {
			h.t.Error("A1 did not pass")
		}
	}})
}

// hostileSwaps: the command itself, or what it started, puts a link where planctl writes next.
func hostileSwaps() []payload {
	var out []payload
	for name, script := range map[string]string{
		"the run's directory":    `rm -rf "$PLANCTL_DIR"; ln -s %OUT% "$PLANCTL_DIR"`,
		"its stamp":              `d=$(dirname "$PLANCTL_DIR"); rm -rf "$d"; ln -s %OUT% "$d"`,
		"REPORTS":                `mv plans/reports plans/moved; ln -s %OUT% plans/reports`,
		"REPORTS, all there":     `cp -r plans/reports copy; rm -rf plans/reports; ln -s ../copy plans/reports`,
		"the ledger":             `mv docs/fix_plan.md x.md; ln -s %OUT%/precious.md docs/fix_plan.md`,
		"the ledger, by another": `mv docs/fix_plan.md x.md; ln -s %OUT%/fix_plan.md docs/fix_plan.md`,
		"the plan, by another":   `mv plans/p.md x.md; ln -s %OUT%/p.md plans/p.md`,
		"the ledger, to nothing": `rm docs/fix_plan.md; ln -s %CANARY% docs/fix_plan.md`,
		"the ledger's directory": `mv docs docs2; ln -s %OUT% docs`,
		"the plan":               `mv plans/p.md x.md; ln -s %OUT%/precious.md plans/p.md`,
		"the plan's directory":   `mv plans plans2; ln -s %OUT% plans`,
		"the log":                `rm -f "$PLANCTL_DIR/A1.log"; ln -s %OUT%/precious.md "$PLANCTL_DIR/A1.log"`,
		"the manifest":           `ln -s %CANARY% "$PLANCTL_DIR/A1.run.json"`,
		"the summary":            `ln -s %CANARY% "$PLANCTL_DIR/summary.md"; ln -s %OUT%/precious.md "$PLANCTL_DIR/summary.planctl.md"`,
		"the intents":            `mv .planctl old; ln -s %OUT% .planctl`,
		"the artifact":           `ln -s %OUT%/precious.md made.bin`,
		"an artifact's folder":   `ln -sfn %OUT% made`,
		"the config":             `printf 'version: 1\nledger: ../outside/canary\n' > .planctl.yaml`,
		"the ledger, by a FIFO":  `rm docs/fix_plan.md; mkfifo docs/fix_plan.md`,
		"the plan, by a FIFO":    `rm plans/p.md; mkfifo plans/p.md`,
		"the log, by a FIFO":     `rm -f "$PLANCTL_DIR/A1.log"; mkfifo "$PLANCTL_DIR/A1.log"`,
		"again and again":        `for i in $(seq 200); do rm -rf made; ln -s %OUT% made; rm -f made; mkdir -p made; echo x > made/x; done`,
	} {
		p := payload{name: "swap/" + name, all: true, files: map[string]string{"swap.sh": script + "\necho swapped\n",
			"plans/p.md": strings.Replace(hostilePlan, "A1: {run: echo honest}", "A1: {run: bash swap.sh, artifacts: ['made.bin?', 'made/*?']}", 1)}}
		p.after = func(h *hostilePlace, _ string) {
			if b, err := os.ReadFile(filepath.Join(h.out, "precious.md")); err != nil || string(b) != hostileMark {
				h.t.Errorf("what stands outside became %q, %v", b, err)
			}
		}
		out = append(out, p)
	}
	return out
}
