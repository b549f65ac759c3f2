package main

import (
	"strings"
	"testing"
)

// TestProofsNotShownHere proves a red and its green that need what git ignores, with real runners. A replay without it refutes
// nothing and quotes the runner; one whose setup lays it out shows the proof.
func TestProofsNotShownHere(t *testing.T) {
	for _, c := range []struct {
		proofCase
		says  string // of the runner
		setup string // DIR in it is the checkout
	}{
		{proofCase{name: "go, a generated file", tool: "go", spec: goSpec,
			files: goMod + goTest + "-- .gitignore --\ngen.go\n-- gen.go --\npackage add\n\nconst zero = 0\n-- add.go --\npackage add\n\nfunc Add(a, b int) int { return zero }\n",
			then:  "-- add.go --\npackage add\n\nfunc Add(a, b int) int { return a + b + zero }\n"},
			"undefined: zero", "printf 'package add\\n\\nconst zero = 0\\n' > gen.go"},
		{proofCase{name: "node, a package", tool: "node", spec: "A1: {kind: red, run: $NODE --test --test-reporter=tap add.test.mjs, because: zero}\nB1: {kind: green, red: A1}",
			files: nodeTest + "-- .gitignore --\nnode_modules/\n-- node_modules/sum/index.mjs --\nexport const sum = (a, b) => a + b;\n-- node_modules/sum/package.json --\n{\"name\": \"sum\", \"main\": \"index.mjs\"}\n" +
				"-- add.mjs --\nimport { sum } from 'sum';\nexport const add = (a, b) => sum(0, 0);\n",
			then: "-- add.mjs --\nimport { sum } from 'sum';\nexport const add = (a, b) => sum(a, b);\n"},
			"the tests could not be collected", "mkdir -p node_modules && cp -R DIR/node_modules/sum node_modules/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.after = func(t *testing.T, p *crashPlace) {
				p.commit("add", "-A")
				p.commit("commit", "-q", "-m", "proved")
				code, out := p.planctl("replay", "B1")
				for _, want := range []string{"the proof cannot be shown here: ", c.says, "help: git ignores ", "with --setup"} {
					if code != 1 || !strings.Contains(out, want) || strings.Contains(out, "`allow") {
						t.Errorf("exit %d, want %q:\n%s", code, want, out)
					}
				}
				p.says(t, 0, "warning[tdd-unreplayed]: the proof of B1 cannot be shown here: ", "verify", "--replay")
				p.says(t, 0, "the proof holds", "replay", "B1", "--setup", strings.ReplaceAll(c.setup, "DIR", p.dir))
			}
			prove(t, c.proofCase)
		})
	}
}
