package prose

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/planctl/planctl/plan"
)

var update = flag.Bool("update", false, "rewrite what the documentation says planctl finds")

const page = "../../docs/prose.md"

var docExample = regexp.MustCompile("(?s)```markdown\n(.*?)```\n\n```text\n(.*?)```\n")

// finds is what the page shows of an example.
func finds(text []byte) string {
	p := plan.Parse("plan.md", text, plan.Tokens{})
	var b strings.Builder
	for _, t := range p.Tasks() {
		s := In(p).Suggest(t)
		if s == nil {
			fmt.Fprintf(&b, "%s: nothing\n", t.ID)
			continue
		}
		fmt.Fprintf(&b, "%s: %s (%s, %d:%d %s)\n", t.ID, s.Run, s.Kind, s.Line, s.Col, s.Source)
		if s.Log != "" {
			fmt.Fprintf(&b, "    log: %s\n", s.Log)
		}
		if !s.Runnable {
			fmt.Fprintf(&b, "    shown, not run: %s\n", s.Why)
		}
	}
	return b.String()
}

// TestDocumentation runs every example of the page on commands in prose.
func TestDocumentation(t *testing.T) {
	src, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	want := docExample.ReplaceAllFunc(src, func(m []byte) []byte {
		ran++
		text := docExample.FindSubmatch(m)[1]
		return fmt.Appendf(nil, "```markdown\n%s```\n\n```text\n%s```\n", text, finds(text))
	})
	if n := bytes.Count(src, []byte("```markdown\n")); ran != n || n < 2 {
		t.Errorf("%d of %d examples are followed by what is found", ran, n)
	}
	if *update {
		if err := os.WriteFile(page, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(src), string(want)); d != "" {
		t.Errorf("%s (-page +planctl; -update rewrites it)\n%s", page, d)
	}
}
