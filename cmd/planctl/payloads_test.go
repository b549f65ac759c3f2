package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// payloads is all that is tried, by what it abuses.
func payloads() []payload {
	var all []payload
	for _, group := range [][]payload{
		hostileIDs(), hostileTexts(), hostileNames(), hostilePaths(), hostileSpecs(), hostileConfigs(), hostileProse(),
		hostileKinds(), hostileSwaps(), hostileSizes(), hostileLogs(), hostileLedgers(), hostileArguments(),
	} {
		all = append(all, group...)
	}
	return all
}

// shell is what a shell would act on, were it ever pasted into one.
var shell = []string{
	"$(touch %CANARY%)", "`touch %CANARY%`", "; touch %CANARY% ;", "&& touch %CANARY%", "x; touch %CANARY% #", "'; touch %CANARY%; '", `"; touch %CANARY%; "`,
	"<(touch %CANARY%)", "${x:-$(touch %CANARY%)}", "x & touch %CANARY% &", "!touch %CANARY%", "-oProxyCommand=touch %CANARY%", "--upload-pack=touch %CANARY%",
}

// escapes is what a terminal would act on: CSI, OSC 0, 8, 52, DCS, C1 as UTF-8 and as bytes, bidi controls.
var escapes = []string{
	"\x1b[2J\x1b[H", "\x1b[31mred", "\x1b]0;title\x07", "\x1b]8;;http://x.invalid\x1b\\link\x1b]8;;\x1b\\", "\x1b]52;c;dG91Y2g=\x07", "\x1bP+q\x1b\\", "\x1b[6n", "\x1bc",
	"\u009b2J", "\u009d0;t\u009c", "\x9b2J", "\x07", "\x08\x08\x08", "\x7f", "\r", "\x0c", "\x1b", "\u0085",
	"\u202e1A", "\u2066A\u2069", "\u200f", "\u061c", "\u2028", "\u202aA\u202c", "\u200b", "\ufeff",
}

// astray is paths that lead out of where they belong.
var astray = []string{
	"../../outside/canary", "/%OUT%/canary", "%OUT%/canary", "a/../../../outside/canary", "..", ".", "/", "../..", "./../../outside/canary", "~/canary",
	".git/hooks/pre-commit", ".planctl/intents/x", "//etc/passwd", "/dev/tcp/127.0.0.1/1", "/proc/self/environ", `..\..\outside\canary`, "a\x00b", "C:\\canary", "file:///etc/passwd",
}

func planWith(id, title string) string {
	return "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n| " + id + " | " + title + " | [ ] | |\n| A1 | Honest | [ ] | |\n\n```yaml planctl\nA1: {run: echo honest}\n" + yamlText(id) + ": {run: 'printf \"%s\\n\" \"$PLANCTL_TASK\" \"$PLANCTL_PLAN\"'}\n```\n"
}

// yamlText quotes a text for YAML; %…% are filled in later and hold nothing to quote.
func yamlText(s string) string { return strconv.Quote(strings.ToValidUTF8(s, "?")) }

// hostileIDs: IDs that are run: they reach a shell through the environment, a file name through fileID, the ledger never.
func hostileIDs() []payload {
	var out []payload
	texts := append(append(append([]string{}, shell...), escapes...), astray...)
	texts = append(texts, "А1", "Ａ１", "A\u20111", "-rf", "--help", "%s%n%d", strings.Repeat("A", 300), strings.Repeat("A", 100_000), "A1.run.json", "summary.md", ".", "CON", "A1#A1", "p.md#A1", "*", "{a,b}", "[x]")
	for i, s := range texts {
		out = append(out, payload{name: fmt.Sprintf("id/%d", i), files: map[string]string{"plans/p.md": planWith(s, "Title")},
			args: [][]string{{"show", "A1"}, {"run!", "A1"}}})
	}
	out = append(out, payload{name: "id/homoglyph is named", files: map[string]string{"plans/p.md": "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | Latin | [ ] |\n| А1 | Cyrillic | [ ] |\n"},
		after: func(h *hostilePlace, said string) {
			if !strings.Contains(said, `the ID "\u04101" looks like "A1"`) {
				h.t.Error("nobody says that the two IDs look alike")
			}
		}})
	return out
}

// hostileTexts: titles, guidance, phases, initiatives and goals that are shown and entered.
func hostileTexts() []payload {
	var out []payload
	for i, s := range append(append([]string{}, shell...), escapes...) {
		plan := "# T " + s + "\n- Initiative: T-001\n\n## Phase A: " + s + "\nGoal: " + s + "\nPrereqs: " + s + "\nExit Criteria: " + s + "\n\n| ID | Task | State | Guidance |\n| --- | --- | --- | --- |\n| A1 | " + s + " | [ ] | " + s + " |\n\n```yaml planctl\nA1: {run: echo honest}\n```\n"
		out = append(out, payload{name: fmt.Sprintf("text/%d", i), files: map[string]string{"plans/p.md": plan}})
		out = append(out, hostileInitiative(fmt.Sprintf("initiative/%d", i), s))
	}
	for i, s := range escapes {
		out = append(out, payload{name: fmt.Sprintf("state/%d", i), files: map[string]string{"plans/p.md": strings.Replace(hostilePlan, "[ ]", "["+s+"]", 1)}})
		out = append(out, payload{name: fmt.Sprintf("phase id/%d", i), files: map[string]string{"plans/p.md": strings.Replace(hostilePlan, "## Phase A\n", "## Phase "+s+"1 — x\n", 1)}})
	}
	return out
}

// hostileInitiative has the text in its plan, and as the ID of the ledger's section of that plan: where it can be one, a run starts
// and is entered there.
func hostileInitiative(name, s string) payload {
	id := strings.ReplaceAll(s, " ", "${IFS}") // as a shell would read it, and without what ends an ID
	if slices.Contains(escapes, s) {
		id += "x" // it has a letter
	}
	return payload{name: name, files: map[string]string{"plans/p.md": strings.Replace(hostilePlan, "T-001", s, 1),
		"docs/fix_plan.md": "## [" + id + "] T\n- Plan: plans/p.md\n- Attempts History:\n\n" + oneLedger},
		args: [][]string{{"link", "plans/p.md", "T-001"}},
		after: func(h *hostilePlace, said string) {
			no := func(r rune) bool {
				return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune("()[]<>`!|^", r)
			}
			bare := h.fill(strings.Trim(id, "`"))
			can := utf8.ValidString(bare) && !strings.ContainsFunc(bare, no) && !strings.HasPrefix(bare, "-") && len(bare) <= 128
			if ran := strings.Contains(said, "A1: started: echo honest"); ran != can {
				h.t.Errorf("%q can be an ID: %v, and a run has started: %v", id, can, ran)
			}
		}}
}

// hostileNames: files and branches whose names are the payload.
func hostileNames() []payload {
	var out []payload
	for i, s := range append(append([]string{}, shell...), escapes...) {
		name := strings.ReplaceAll(s, "/", "_")
		out = append(out, payload{name: fmt.Sprintf("plan name/%d", i), make: func(h *hostilePlace) {
			name := strings.ReplaceAll(h.fill(name), "/", "_")
			h.write("plans/"+name+".md", strings.ReplaceAll(hostilePlan, "A1", "B1"))
		}, args: [][]string{{"run!", "B1"}, {"show", "B1"}, {"log", "B1"}}})
	}
	for i, s := range []string{"$(touch${IFS}%CANARY%)", "a;touch${IFS}%CANARY%", "-h", "`id`", "a\u202eb", "a\u009b2J"} {
		out = append(out, payload{name: fmt.Sprintf("branch/%d", i), make: func(h *hostilePlace) {
			h.write(".git/HEAD", "ref: refs/heads/"+s+"\n")
			h.write(".git/config", "[core]\n\trepositoryformatversion = 0\n")
			h.must(os.MkdirAll(filepath.Join(h.ws, ".git", "objects"), 0o755))
			h.must(os.MkdirAll(filepath.Join(h.ws, ".git", "refs", "heads"), 0o755))
		}, all: true})
	}
	return out
}

// hostilePaths: each key of a spec that names a path, with each path that leads astray.
func hostilePaths() []payload {
	var out []payload
	for _, key := range []string{"log", "artifacts", "inputs", "pins", "dir", "tests"} {
		for i, s := range astray {
			v := yamlText(s)
			if key != "log" && key != "dir" {
				v = "[" + v + "]"
			}
			out = append(out, payload{name: fmt.Sprintf("%s/%d", key, i), files: map[string]string{
				"plans/p.md": strings.Replace(hostilePlan, "A1: {run: echo honest}", "A1: {run: echo honest, "+key+": "+v+"}", 1)}})
		}
	}
	for i, s := range astray {
		expr := fmt.Sprintf("file(%q).exists || len(glob(%q)) > 0", s, s)
		if i%2 == 1 {
			expr = fmt.Sprintf("json(%q) != nil", s)
		}
		out = append(out, payload{name: fmt.Sprintf("criterion/%d", i), files: map[string]string{
			"plans/p.md": strings.Replace(hostilePlan, "A1: {run: echo honest}", "A1: {run: echo honest, criteria: ["+yamlText(expr)+"]}", 1)}})
	}
	return out
}
