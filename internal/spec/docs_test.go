package spec

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite what the documentation says planctl reads")

const page = "../../docs/spec.md"

var (
	docExample = regexp.MustCompile("(?s)```yaml planctl\n(.*?)```\n\n```text\n(.*?)```\n")
	docRules   = regexp.MustCompile("(?s)<!-- rules -->\n(.*?)<!-- /rules -->")
)

// reads is what the page shows of an example.
func reads(text []byte) string {
	set := Decode(Source{File: "plan.md", Text: text, Line: 1})
	var b strings.Builder
	for _, id := range set.Order {
		s := set.Tasks[id]
		if s.IsRollup() {
			fmt.Fprintf(&b, "%s: phase %s of %s\n", id, s.Phase, s.Plan)
			continue
		}
		_, canonical := Digest(s.Value())
		fmt.Fprintf(&b, "%s: %s\n", id, canonical)
	}
	for _, f := range set.Findings {
		fmt.Fprintf(&b, "%s: %s[%s]: %s\n  help: %s\n", f.Pos(), f.Severity, f.Code, f.Message, f.Help)
	}
	return b.String()
}

func rulesTable() string {
	var b strings.Builder
	b.WriteString("| code | severity | says |\n| --- | --- | --- |\n")
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Code, r.Severity, r.Doc)
	}
	return b.String()
}

// TestDocumentation runs every example of the page on specs.
func TestDocumentation(t *testing.T) {
	src, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	want := docExample.ReplaceAllFunc(src, func(m []byte) []byte {
		ran++
		text := docExample.FindSubmatch(m)[1]
		return fmt.Appendf(nil, "```yaml planctl\n%s```\n\n```text\n%s```\n", text, reads(text))
	})
	want = docRules.ReplaceAllFunc(want, func([]byte) []byte {
		return []byte("<!-- rules -->\n" + rulesTable() + "<!-- /rules -->")
	})
	if n := bytes.Count(src, []byte("```yaml planctl\n")); ran != n || n < 15 {
		t.Errorf("%d of %d examples are followed by what is read", ran, n)
	}
	for _, key := range taskKeys() {
		if !regexp.MustCompile(`(?m)(^|[ {,])` + key + `:`).Match(src) {
			t.Errorf("no example has the key %s", key)
		}
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
