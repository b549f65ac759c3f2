package workspace

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

func TestConfigSaysEverythingThatIsWrong(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string // POS CODE, and then words of message and help
	}{
		{"no version", "ledger: a.md\n", []string{":1:1 config-version does not say its version version: 1"}},
		{"empty", "", []string{":1:1 config-version"}},
		{"future", "version: 2\n", []string{":1:10 config-version 2 is not known newer"}},
		{"unknown key", "version: 1\nlegder: a.md\n", []string{":2:1 config-unknown-key legder ledger"}},
		{"several at once", "version: 1\nannotate: yes\nattempt: lines\nplans: {}\n", []string{
			":2:11 config-type append", ":3:10 config-type line", ":4:8 config-type"}},
		{"twice", "version: 1\nledger: a\nledger: b\n", []string{":3:1 config-duplicate-key"}},
		{"second document", "version: 1\n---\nversion: 1\n", []string{":2:1 config-second-document"}},
		{"path outside", "version: 1\nledger: ../x.md\n", []string{":2:9 config-path leaves"}},
		{"absolute", "version: 1\nplans: [/etc/*.md]\n", []string{":2:9 config-path absolute"}},
		{"broken glob", "version: 1\nplans: ['a/[b']\n", []string{":2:9 config-path malformed"}},
		{"no plans", "version: 1\nplans: []\n", []string{":2:8 config-value no pattern"}},
		{"template", "version: 1\nreports: 'r/{initative}'\n", []string{":2:10 config-path {initative} {initiative}"}},
		{"ledger in git", "version: 1\nledger: .git/config\n", []string{":2:9 config-path git"}},
		{"archive in planctl", "version: 1\nledgers: [a.md, .planctl/x.md]\n", []string{":2:17 config-path planctl"}},
		{"template in git", "version: 1\nreports: .git/r\n", []string{":2:10 config-path git"}},
		{"unknown state", "version: 1\ntokens: {finished: ['[F]']}\n", []string{":2:10 config-unknown-key finished"}},
		{"write unknown state", "version: 1\ntokens: {write: {dnoe: '[F]'}}\n", []string{":2:18 config-unknown-key done"}},
		{"token of two states", "version: 1\ntokens: {todo: ['[x]']}\n", []string{":2:9 config-token [x]"}},
		{"rule without severity", "version: 1\nrules: {a-b: {paths: [x]}}\n", []string{":2:9 config-value severity"}},
		{"rule with unknown severity", "version: 1\nrules: {a-b: off}\n", []string{":2:14 config-type note, warning, error"}},
		{"link outside", "version: 1\nlinks: {../a.md: X-1}\n", []string{":2:9 config-path leaves"}},
		{"link in brackets", "version: 1\nlinks: {a.md: '[X-1]'}\n", []string{":2:15 config-value X-1"}},
		{"negative limit", "version: 1\npatch_limit: -1\n", []string{":2:14 config-value 0"}},
		{"not a mapping", "- version: 1\n", []string{":1:1 config-type"}},
		{"not YAML", "version: [1\n", []string{" config-syntax"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, got := DecodeConfig("c.yaml", []byte(c.text))
			if len(got) != len(c.want) {
				t.Fatalf("%d findings, want %d:\n%v", len(got), len(c.want), got)
			}
			for i, w := range c.want {
				text := strings.TrimPrefix(got[i].Pos(), "c.yaml") + " " + string(got[i].Code) + " " + got[i].Message + " " + got[i].Help
				words := strings.Fields(w)
				if got[i].Severity != finding.Error {
					t.Errorf("severity %v", got[i].Severity)
				}
				for j, word := range words {
					if !strings.Contains(text, word) || j == 0 && strings.HasPrefix(w, ":") && !strings.HasPrefix(text, word+" ") {
						t.Errorf("%q lacks %q", text, word)
					}
				}
			}
		})
	}
}

func TestConfigReadsEveryKey(t *testing.T) {
	c, got := DecodeConfig("c.yaml", []byte(`version: 1
plans: [a/*.md, ./b.md]
archived: [old/**]
ledger: L.md
ledgers: [M.md]
reports: "{plan_dir}/r/{initiative}/{phase}"
links: {./a/x.md: X-1}
tokens: {done: ["[OK]"], write: {done: "[OK]"}}
annotate: append
attempt: line
secrets: [S*]
env: [A]
executor: slurm
rules: {x-y: note}
patch_limit: 5
`))
	if len(got) > 0 {
		t.Fatal(got)
	}
	if s := c.PlanTokens().State("[OK]"); s != plan.Done {
		t.Errorf("[OK] is %v", s)
	}
	if c.AttemptStyle() != ledger.Line {
		t.Errorf("attempt is %v", c.AttemptStyle())
	}
	c.tokens, c.attempt = plan.Tokens{}, 0
	want := Config{
		Version: 1, Plans: []string{"a/*.md", "b.md"}, Archived: []string{"old/**"}, Ledger: "L.md", Ledgers: []string{"M.md"},
		Reports: "{plan_dir}/r/{initiative}/{phase}", Links: map[string]string{"a/x.md": "X-1"}, Annotate: Append,
		Secrets: []string{"S*"}, Env: []string{"A"}, Executor: "slurm", PatchLimit: 5,
		Rules: []Rule{{Pattern: "x-y", Severity: finding.Note}},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

func TestSeverity(t *testing.T) {
	c, got := DecodeConfig("c.yaml", []byte(`version: 1
rules:
  fresh-input: error
  "fresh-*": note
  "evidence-*": {paths: ["reports/big/**"], severity: note}
  evidence-hash: warning
  "tick-*": note
  "tick-re*": error
`))
	if len(got) > 0 {
		t.Fatal(got)
	}
	for _, q := range []struct {
		code finding.Code
		path string
		want finding.Severity
	}{
		{"fresh-input", "a", finding.Error}, // the code itself comes before a later glob
		{"fresh-pin", "a", finding.Note},
		{"evidence-gone", "reports/big/x/y", finding.Note},
		{"evidence-gone", "reports/small", finding.Unknown},
		{"evidence-hash", "reports/big/x", finding.Warning},
		{"tick-refuted", "a", finding.Error}, // the later glob
		{"plan-token", "a", finding.Unknown},
	} {
		if s := c.Severity(q.code, q.path, finding.Unknown); s != q.want {
			t.Errorf("%s of %s is %v, want %v", q.code, q.path, s, q.want)
		}
	}
}

// The docs' examples are read as they stand, the one of defaults says the defaults, and every key has its row.
func TestConfigurationPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(page, -1)
	if len(blocks) < 5 {
		t.Fatalf("%d examples", len(blocks))
	}
	for i, b := range blocks {
		c, got := DecodeConfig("example", b[1])
		if len(got) > 0 {
			t.Errorf("example %d: %v\n%s", i, got, b[1])
		}
		if i == 0 {
			if d := DefaultConfig(); !sameConfig(c, d) {
				t.Errorf("the page's defaults differ:\n%+v\n%+v", c, d)
			}
		}
	}
	for _, k := range configKeys {
		if !strings.Contains(string(page), "\n| `"+k+"` |") {
			t.Errorf("the page has no row for %s", k)
		}
	}
}

// sameConfig takes an absent list and an empty one for the same.
func sameConfig(a, b Config) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		f, g := x.Field(i), y.Field(i)
		if k := f.Kind(); (k == reflect.Slice || k == reflect.Map) && f.Len() == 0 && g.Len() == 0 || !x.Type().Field(i).IsExported() {
			continue
		}
		if !reflect.DeepEqual(f.Interface(), g.Interface()) {
			return false
		}
	}
	return true
}

func FuzzDecodeConfig(f *testing.F) {
	f.Add([]byte("version: 1\nrules: {a-*: {paths: ['x/**'], severity: note}}\n"))
	f.Add([]byte("version: 1\ntokens: {done: '[D]', write: {done: x}}\nlinks: {a: b}\n"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, got := DecodeConfig("c", text)
		for _, p := range append(append(append([]string{}, c.Plans...), c.Ledger), c.Ledgers...) {
			if len(got.Errors()) == 0 && inside(p) != "" {
				t.Errorf("%q was let in: %s", p, inside(p))
			}
		}
	})
}
