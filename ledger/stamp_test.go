package ledger

import (
	"fmt"
	"strings"
	"testing"
)

// TestStampedEntries has entries that begin with a time stamp and say no Attempt: they are attempts in an attempts list,
// and nowhere else.
func TestStampedEntries(t *testing.T) {
	for name, c := range map[string]struct{ list, want string }{
		"plain":             {"- Attempts History:\n  * 2025-12-08T070000Z (Loop i=158, Ada) — **Phase A complete**: A0. Result: done.\n  * 2025-12-08T080000Z — more\n", "5 2025-12-08 done; 6 2025-12-08 -"},
		"emphasis":          {"- Attempts History:\n  - *2026-01-26T00:00:00Z (planning):* wrote it\n    - *2026-01-27T00:00:00Z:* a part of it\n  - *2026-01-28T01:00:00Z:* ok\n", "5 2026-01-26 -; 7 2026-01-28 -"},
		"a patch's mark":    {"- Attempts History:\n  - *2026-01-26T00:00:00Z:* one\n-  - *2026-01-27T00:00:00Z:* two\n  - *2026-01-28T01:00:00Z:* three\n", "5 2026-01-26 -; 6 2026-01-27 -; 7 2026-01-28 -"},
		"a range":           {"- Attempts History:\n  - *2026-01-26T00:35Z – 2026-01-26T01:00Z (x):* wrote it\n", "5 2026-01-26 -"},
		"compact":           {"- Attempts History:\n  * 20251208T070000Z — x\n", "5 2025-12-08 -"},
		"with numbers":      {"- Attempts History:\n  * [2025-12-07] Attempt #4 — Result: ok.\n  * 2025-12-08T070000Z — x\n", "5 #4 2025-12-07 ok; 6 2025-12-08 -"},
		"in an entry":       {"- Attempts History:\n  * [2025-12-07] Attempt #4 — Result: ok.\n    - 2025-12-08T070000Z — log\n", "5 #4 2025-12-07 ok"},
		"a day alone":       {"- Attempts History:\n  * 2025-12-08 — x\n  * *2026-01-27 – 2026-01-28 (x):* y\n", ""},
		"no day":            {"- Attempts History:\n  * 2025-13-08T070000Z — x\n", ""},
		"nothing behind it": {"- Attempts History:\n  * 2025-12-08T070000Z\n", ""},
		"no attempts list":  {"- Logs:\n  * 2025-12-08T070000Z — x\n", ""},
		"a paragraph":       {"- Attempts History:\n\n2025-12-08T070000Z — x\n", ""},
	} {
		src := "# Ledger\n\n## [A-1] a\n" + c.list + "- Risks: none\n  * 2025-12-09T070000Z — a risk\n\n## [B-1] b\n"
		l := Parse("f.md", []byte(src))
		var got []string
		for _, a := range l.Sections[0].Attempts {
			number, result := "", a.Result
			if a.Numbered {
				number = fmt.Sprintf("#%d ", a.Number)
			}
			if result == "" {
				result = "-"
			}
			got = append(got, fmt.Sprintf("%d %s%s %s", a.Line, number, a.Date, result))
		}
		if g := strings.Join(got, "; "); g != c.want {
			t.Errorf("%s: %q, want %q", name, g, c.want)
		}
		if !strings.HasPrefix(c.list, "- Attempts") {
			continue
		}
		ins, err := l.Append(l.Sections[0], sample(), Block)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n := Parse("f.md", inserted(t, []byte(src), ins))
		if got := len(n.Sections[0].Attempts); got != len(l.Sections[0].Attempts)+1 {
			t.Errorf("%s: %d attempts after one more:\n%s", name, got, n.Source)
		}
	}
}
