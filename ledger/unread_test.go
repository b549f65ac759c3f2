package ledger

import (
	"fmt"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
)

// TestUnreadAttempts has shapes in which people write attempts and which are not read: each is named where it stands.
func TestUnreadAttempts(t *testing.T) {
	const key = "## [A-1] t\n- Attempts History:\n" // what follows begins at line 3
	const first = "  * [2025-01-01] Attempt #1 — Result: ok.\n"
	for name, c := range map[string]struct{ src, want string }{
		"a word after the number": {key + first + "  * 2025-01-03: Attempt #3 success\n", "4"},
		"another calendar":        {key + "  * [08.01.2025] Attempt #11\n  * 8/1/2025 — it ran\n  * [2025/01/08] it ran\n", "3 4 5"},
		"No.":                     {key + first + "  * Attempt No. 14 — ok\n", "4"},
		"other words":             {key + first + "  * **Try #8**: ok\n  * Versuch #10: gut\n  * Essai № 4\n", "4 5 6"},
		"a date alone":            {key + "  1. 2025-01-06: A1 ran\n", "3"},
		"a phase":                 {key + first + "  * [2025-10-05] Phase A Complete — Tasks A1-A3 executed\n", "4"},
		"a quote":                 {key + first + "> * [2025-01-02] Attempt #17 — Result: ok\n", "4"},
		"a table":                 {key + "\n  | # | Date | Result |\n  | --- | --- | --- |\n  | 1 | 2025-01-02 | ok |\n  | 2 | 2025-01-03 | ok |\n", "6"},
		"a table below a heading": {"## [A-1] t\n### Attempts History\n\n| Attempt | Result |\n| --- | --- |\n| #1 | ok |\n", "6"},
		"beside its key":          {"## [A-1] t\n### Attempts History\n- 2025-01-06: A1 ran\n- [2025-01-07] Attempt #2 — Result: ok\n", "3"},

		"a month in letters":  {key + "  * [Oct 22, 2025] Attempt #12 — Result: ok\n  * Oct 22: Attempt #13\n  * Wed, 22nd Oct 2025 14:30 UTC — Attempt #14\n", "3 4 5"},
		"no date in brackets": {key + "  * [date unknown] Attempt #2 — ok\n  * [TBD] Attempt #3\n  * [W43] Attempt #4\n  * [B2] Attempt #5\n", "3 4 5 6"},
		"decorated":           {key + "  * `2025-10-22` Attempt #2\n  * <a id=\"x\"></a>[2025-10-22] Attempt #3\n  * [2025-10-22](log.md) Attempt #4\n", "3 4 5"},
		"another word":        {key + "  * Attempt number 2: ok\n  * Attempt-3\n  * Attempts #4–#5: ok\n", "3 4 5"},
		"a paragraph in bold": {key + first + "\n**[Oct 22, 2025] Attempt #12** — Result: ok\n", "5"},
		"a heading":           {"## [A-1] t\n### [Oct 22, 2025] Attempt #12 — Result: ok\n", "2"},

		"deeper":              {key + first + "    - 2025-01-06: a remark\n    - see Attempt #3 of it\n    > [2025-01-02] Attempt #17 — Result: quoted\n", ""},
		"deeper than a note":  {key + "  * Notes\n    - 2025-01-06: a remark\n", ""},
		"a template":          {key + "  * [YYYY-MM-DD] Attempt #1 — Result: pending\n  * None yet\n  * [date] Attempt #1 — …\n  * <YYYY-MM-DD> Attempt #2\n", ""},
		"sentences":           {key + first + "  * The second of 2025-01-03 is gone\n  * See PR #12\n  * 3 runs\n  * 1.2.3 is out\n  * 10.0.0.1 down\n  * See Attempt #9 of it\n  * Planned for Attempt 10\n\nBefore Attempt #11 the log is gone.\n", ""},
		"another list":        {key + first + "- Next Actions:\n  * 2025-01-06: go on\n\n| 2025-01-06 | x |\n", ""},
		"no attempts line":    {"## [A-1] t\n- Log:\n  * 2025-01-06: A1 ran\n\n| 2025-01-06 | x |\n", ""},
		"a table in an entry": {key + first + "    | 2025-01-06 | x |\n    | --- | --- |\n", ""},
		"a fence":             {key + first + "```\n  * 2025-01-06: A1 ran\n```\n", ""},
	} {
		l := Parse("f.md", []byte(c.src))
		var got []string
		for _, f := range l.Findings {
			if f.Code != CodeUnreadAttempt || f.Severity != finding.Note || f.Help == "" {
				t.Errorf("%s: %v", name, f)
			}
			got = append(got, fmt.Sprint(f.Line))
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s: named at %q, want %q", name, g, c.want)
		}
	}
}

// A number that stands in an attempts list is not given again, whatever the shape around it.
func TestNumbersThatAreNotRead(t *testing.T) {
	const key = "## [A-1] t\n- Attempts History:\n  * [2025-01-01] Attempt #1 — Result: ok.\n"
	for line, want := range map[string]int{
		"  * [Oct 22, 2025] Attempt #12 — Result: ok":                     13,
		"  * Oct 22: Attempt #12":                                         13,
		"  * [date unknown] Attempt #12":                                  13,
		"  * `2025-10-22` Attempt #12":                                    13,
		"  * <a id=\"x\"></a>[2025-10-22] Attempt #12":                    13,
		"  * [2025-10-22](log.md) Attempt #12":                            13,
		"  * [B2] **Attempt #12**":                                        13,
		"  * Attempt number 12":                                           13,
		"  * Attempt-12":                                                  13,
		"  * [2025-10-22] Attempt-12 — Result: ok":                        13,
		"  * [2025-10-22] Attempt No. 12 — Result: ok":                    13,
		"  * [2025-10-22] Attempt #12-14 — Result: ok":                    15,
		"  * [2025-10-22] Attempt #12–#14 — Result: ok":                   15,
		"  * [2025-10-22] Attempts #12 and #13: ok":                       14,
		"  * [2025-10-22] Attempt #12/13 — Result: ok":                    14,
		"  * [2025-10-22] Attempt #1,200 — Result: ok":                    1201,
		"  > [2025-10-22] Attempt #12 — Result: ok":                       13,
		"\n  | Attempt | Date |\n  | --- | --- |\n  | #12 | 2025-10-22 |": 13,

		"  * [2025-10-22] Attempt #2 — 14 tests pass":   3,
		"  * [2025-10-22] Attempt #2-2025-10-22":        3,
		"  * [2025-10-22] Attempt #2/10 — Result: ok":   3,
		"  * [2025-10-22] Attempt #2 - 14 tests pass":   3,
		"  * [2025-10-22] Attempt #2, 200 rays":         3,
		"  * [B2] Attempt 2025-10-22 — Result: ok":      2,
		"  * Attempt-20251022: ok":                      2,
		"  * [YYYY-MM-DD] Attempt #7 — Result: pending": 2,
		"  * See Attempt #9":                            2,
		"    - as in Attempt #9":                        2,
		"  * Issue #512 is open":                        2,
	} {
		l := Parse("f.md", []byte(key+line+"\n"))
		if len(l.Sections) != 1 || l.Sections[0].NextNumber() != want {
			t.Errorf("%q: the next is #%d, want #%d", line, l.Sections[0].NextNumber(), want)
		}
	}
}
