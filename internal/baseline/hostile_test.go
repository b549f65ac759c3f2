package baseline_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/finding"
)

const hostileTick = "<!-- planctl: allow ledger-date — ` -->`"

// shapes are files that could cost more than their length.
var shapes = map[string]func(n int) []byte{
	"comments on a line":  func(n int) []byte { return bytes.Repeat([]byte(ok), n/len(ok)) },
	"comments on lines":   func(n int) []byte { return bytes.Repeat([]byte(ok+"\n"), n/len(ok)) },
	"comments, blanks":    func(n int) []byte { return bytes.Repeat([]byte(ok+"\n\n\n"), n/len(ok)) },
	"comments with ticks": func(n int) []byte { return bytes.Repeat([]byte(hostileTick), n/len(hostileTick)) },
	"openings":            func(n int) []byte { return append([]byte("a "), bytes.Repeat([]byte("<!-- "), n/5)...) },
	"opening lines":       func(n int) []byte { return bytes.Repeat([]byte("<!-- planctl: allow\n"), n/20) },
	"opening items":       func(n int) []byte { return bytes.Repeat([]byte("- <!-- planctl: allow\n"), n/22) },
	"spaced ticks":        func(n int) []byte { return append([]byte(ok), bytes.Repeat([]byte("` "), n/2)...) },
	"growing ticks": func(n int) []byte {
		b := []byte(ok)
		for i := 1; len(b) < n; i++ {
			b = append(append(b, bytes.Repeat([]byte("`"), i)...), ' ')
		}
		return b
	},
	"codes": func(n int) []byte {
		return []byte("<!-- planctl: allow " + strings.Repeat("plan-* ", n/7) + "— x -->\n")
	},
	"misspelt": func(n int) []byte {
		return []byte("<!-- planctl: allow " + strings.Repeat("pan-missin-pat ", n/15) + "— x -->\n")
	},
	"stars": func(n int) []byte { return []byte("<!-- planctl: allow " + strings.Repeat("*p", n/2) + " — x -->\n") },
	"quotes": func(n int) []byte {
		return []byte("<!-- planctl: allow " + strings.Repeat("\" ` ", n/4) + "— x -->\n")
	},
	"IDs": func(n int) []byte {
		return []byte("<!-- planctl: allow plan-* " + strings.Repeat("a ", n/2) + "— x -->\n")
	},
	"codes and IDs": func(n int) []byte {
		return []byte("<!-- planctl: allow " + strings.Repeat("plan-* ", n/14) + strings.Repeat("A1 ", n/6) + "— x -->\n")
	},
	"no reason": func(n int) []byte { return bytes.Repeat([]byte("<!-- planctl: allow -->"), n/23) },
	"specs": func(n int) []byte {
		return bytes.Repeat([]byte("```yaml planctl\n# planctl: allow plan-* — x\n```\n"), n/50)
	},
	"dashes": func(n int) []byte { return []byte("```yaml planctl\n" + strings.Repeat("- ", n/2) + "|\n```\n") },
}

// TestHostileShapes reads half a megabyte of every shape and holds it against many findings. Nothing is
// asserted of the time; a quadratic shape would take minutes here.
func TestHostileShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var list finding.List
	for i := range 20_000 {
		list = append(list, warn("plan-missing-path", "p.md", i%3+1, "A1", "m"), warn("ledger-date", "p.md", i, fmt.Sprint(i), "m"))
	}
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			src := shape(1 << 19)
			for _, file := range []string{"p.md", "p.yaml"} {
				sups, found := baseline.Suppressions(file, src, known())
				for i := range sups {
					sups[i].File = "p.md"
				}
				rest, unused := baseline.ApplySuppressions(list, sups, everything())
				if len(rest) > len(list) || len(unused) > len(sups) || file == "p.md" && len(sups) == 0 && len(found) == 0 && strings.Contains(name, "comments") {
					t.Errorf("%s: %d of %d left, %d unused of %d", file, len(rest), len(list), len(unused), len(sups))
				}
			}
		})
	}
}

// FuzzSuppressions holds of any file that comments are found where they stand, in their order, that they
// name what may be allowed and give a reason, and that reading them twice gives the same.
func FuzzSuppressions(f *testing.F) {
	for _, s := range []string{ok + "\nb\n", allowed, "```yaml planctl\nA1:\n  # planctl: allow spec-no-plan — so\n  run: |\n    # planctl: allow x — y\n```\n",
		"> - <!--\n> planctl: allow ledger-date `a b`: c\n> -->\n", "a: 'b # planctl: allow ledger-* — d'\n# planctl: allow ledger-* - d\n", "`<!--` <!-- planctl: allow plan-x -->\r"} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, src []byte, yaml bool) {
		file := "p.md"
		if yaml {
			file = "p.yaml"
		}
		sups, list := baseline.Suppressions(file, src, known())
		lines := bytes.Split(src, []byte("\n"))
		if !bytes.Contains(src, []byte("\n")) {
			lines = bytes.Split(src, []byte("\r"))
		}
		line, col := 0, 0
		var all finding.List
		for _, s := range sups {
			if s.Line < line || s.Line == line && s.Col <= col || s.Line > len(lines) || !bytes.Contains(lines[s.Line-1], []byte("#")) && !bytes.Contains(lines[s.Line-1], []byte("<!--")) {
				t.Fatalf("%+v", s)
			}
			line, col = s.Line, s.Col
			if s.Reason == "" || len(s.Codes) == 0 || s.Target != 0 && (s.Target < s.Line || s.Target > len(lines) || len(s.Tasks) > 0) {
				t.Fatalf("%+v", s)
			}
			for c := range known() {
				all = append(all, finding.Finding{Code: c, Severity: finding.Error, File: file, Line: s.Target, Message: "m"})
			}
		}
		for _, x := range list {
			if x.Line < 1 || x.Col < 1 || x.Line > len(lines) {
				t.Fatalf("%+v", x)
			}
		}
		// Every rule at every line that a comment is for: no guarded one goes, and no comment is needless
		// but one that names tasks, or has nothing after it.
		rest, unused := baseline.ApplySuppressions(all, sups, everything())
		guarded := 0
		for _, x := range rest {
			if baseline.Protected(x.Code) {
				guarded++
			}
		}
		needless := 0
		for _, s := range sups {
			guarded -= 10 // history-tick, config-link and the eight of this package
			if s.Target == 0 {
				needless++
			}
		}
		if guarded != 0 || len(unused) != needless {
			t.Fatalf("%d guarded findings too many\n%s", guarded, said(unused))
		}
	})
}
