package adopt

import (
	"slices"
	"testing"

	"github.com/planctl/planctl/internal/workspace"
)

func TestAttributes(t *testing.T) {
	plain := workspace.DefaultConfig()
	odd := plain
	odd.Plans, odd.Ledger, odd.Ledgers = []string{"plan.md", "p/{a,b}.md"}, "docs/my ledger[1].md", []string{"old.md"}
	for _, c := range []struct {
		name, there, want string
		config            workspace.Config
		lines             []string
	}{
		{name: "no file", config: plain, want: "docs/fix_plan.md merge=planctl\nplans/**/*.md merge=planctl\n",
			lines: []string{"docs/fix_plan.md merge=planctl", "plans/**/*.md merge=planctl"}},
		{name: "nothing to do", config: plain, there: "plans/**/*.md text merge=planctl\n# x\ndocs/fix_plan.md\tmerge=planctl",
			want: "plans/**/*.md text merge=planctl\n# x\ndocs/fix_plan.md\tmerge=planctl"},
		{name: "a line behind undoes it", config: plain, there: "docs/fix_plan.md merge=planctl\nplans/**/*.md merge=planctl\ndocs/fix_plan.md -merge\n",
			want:  "docs/fix_plan.md merge=planctl\nplans/**/*.md merge=planctl\ndocs/fix_plan.md -merge\ndocs/fix_plan.md merge=planctl\n",
			lines: []string{"docs/fix_plan.md merge=planctl"}},
		{name: "no newline, CRLF", config: plain, there: "*.png binary\r\nplans/**/*.md merge=planctl",
			want:  "*.png binary\r\nplans/**/*.md merge=planctl\r\ndocs/fix_plan.md merge=planctl\r\n",
			lines: []string{"docs/fix_plan.md merge=planctl"}},
		{name: "names that a pattern must quote", config: odd,
			want: `"docs/my ledger\\[1].md" merge=planctl` + "\n/old.md merge=planctl\n/plan.md merge=planctl\np/a.md merge=planctl\np/b.md merge=planctl\n",
			lines: []string{`"docs/my ledger\\[1].md" merge=planctl`, "/old.md merge=planctl", "/plan.md merge=planctl",
				"p/a.md merge=planctl", "p/b.md merge=planctl"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, lines := Attributes(c.config, []byte(c.there))
			if string(text) != c.want || !slices.Equal(lines, c.lines) {
				t.Errorf("%q with %q, want %q with %q", text, lines, c.want, c.lines)
			}
			if again, more := Attributes(c.config, text); string(again) != string(text) || len(more) > 0 {
				t.Errorf("a second time adds %q", more)
			}
		})
	}
}
