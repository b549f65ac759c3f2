package criteria

import (
	"testing"

	"github.com/planctl/planctl/internal/manifest"
)

// TestTallyCannotBeMisread: a truth that is not the verdict is said of its own part; all others stand as they always did, since
// entries are held to this form.
func TestTallyCannotBeMisread(t *testing.T) {
	code := func(s string) string { return "`" + s + "`" }
	const fatal = `log contains "FATAL"`
	for _, c := range []struct {
		what string
		in   manifest.Criterion
		want string
	}{
		{"holds", manifest.Criterion{Expr: fatal, Pass: true, Values: map[string]any{fatal: true}}, "1/1 — `" + fatal + "` (true)"},
		{"does not hold", manifest.Criterion{Expr: fatal, Values: map[string]any{fatal: false}}, "0/1 — failed: `" + fatal + "` (false)"},
		{"denied, holds", manifest.Criterion{Expr: "not (" + fatal + ")", Pass: true, Values: map[string]any{fatal: false}},
			"1/1 — `not (" + fatal + ")` (`" + fatal + "` is false)"},
		{"denied, does not hold", manifest.Criterion{Expr: "not (" + fatal + ")", Values: map[string]any{fatal: true}},
			"0/1 — failed: `not (" + fatal + ")` (`" + fatal + "` is true)"},
		{"one of two", manifest.Criterion{Expr: "a or b", Pass: true, Values: map[string]any{"a": false, "b": true}}, "1/1 — `a or b` (`a` is false, `b` is true)"},
		{"a truth beside a number", manifest.Criterion{Expr: "not a and n > 1", Pass: true, Values: map[string]any{"a": false, "n": 2.0}}, "1/1 — `not a and n > 1` (`a` is false, 2)"},
		{"a number", manifest.Criterion{Expr: "exit == 0", Values: map[string]any{"exit": 7.0}}, "0/1 — failed: `exit == 0` (7)"},
	} {
		if got := Tally([]manifest.Criterion{c.in}, code); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.what, got, c.want)
		}
	}
	was := []manifest.Criterion{{Expr: "not a", Pass: true, Values: map[string]any{"a": false}}}
	if got := EarlierTally(was, code); got != "1/1 — `not a` (false)" {
		t.Errorf("as it was entered before: %s", got)
	}
}
