package plan

import (
	"fmt"
	"strings"
	"testing"
)

// TestStateWords: what stands beside a token says a state of its own, or nothing.
func TestStateWords(t *testing.T) {
	for cell, want := range map[string]string{ // the word, and ! where it contradicts the token
		"[ ] 🚫 Blocked": "blocked!", "[ ] ⛔ blocked": "blocked!", "[ ]<br>blocked": "blocked!", "[ ] - blocked": "blocked!", "[ ] ⛔": "blocked!", "🚫 [ ]": "blocked!", "[ ] ⛔ needs a key": "blocked!",
		"[ ] blocked by A2": "blocked!", "[ ] deferred": "blocked!", "[ ] Postponed to June": "blocked!", "[ ] waiting for CI": "blocked!", "[x] on hold": "blocked!",
		"[x] ❌ reverted": "todo!", "[x] FAILED": "todo!", "[x] not done": "todo!", "[x] incomplete": "todo!", "[x] partially done": "todo!", "[x] ❌": "todo!", "[x] (reopened)": "todo!",
		"[ ] ✅": "done!", "[ ] ✅ 2025-10-01": "done!", "[P] ✅ Done": "done!", "[ ] skip": "skipped!", "[ ] **Skipped**": "skipped!",

		"[B] ⛔": "blocked", "[B] deferred": "blocked", "[-] deferred": "skipped", "[P] waiting for review": "active", "[x] ✅": "done", "[x] ✅ done": "done",
		"[ ] failed": "todo", "[P] partial": "active", "[ ] ❌ not done": "todo", "[-] ❌": "skipped",

		"[x] failed as expected": "unknown", "[x] fails (RED)": "unknown", "[ ] ✅ tests, docs to come": "unknown", "[x] ❌ → ✅": "unknown", "[ ] skip if there is no GPU": "unknown", "[ ] <!-- done -->": "unknown",
		"[x](done.md)": "unknown", "[ ](blocked.md)": "unknown", "[ ] 2025-10-01": "unknown", "[x] blocker found": "unknown", "[ ] not blocked": "unknown", "[ ] unblocked": "unknown", "[x] 🎉": "unknown", "[ ]": "unknown",
	} {
		p := Parse("p.md", []byte("## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | a | "+cell+" |\n"), Tokens{})
		_, findings := readingOf(p)
		got := p.Task("A1").StateWord.String()
		if strings.Contains(fmt.Sprint(findings), "plan-state-word") {
			got += "!"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", cell, got, want)
		}
	}
}
