package verify

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
	"github.com/planctl/planctl/internal/workspace"
)

var update = flag.Bool("update", false, "rewrite what docs/rules.md and its pages say of each rule's severity and meaning")

const (
	rulesIndex = "../../docs/rules.md"
	rulePages  = "../../docs/rules"
)

// TestRulesIndex holds the tables of docs/rules.md and Rules together.
func TestRulesIndex(t *testing.T) {
	src, err := os.ReadFile(rulesIndex)
	if err != nil {
		t.Fatal(err)
	}
	text := string(src)
	for _, family := range Families() {
		heading := "\n## " + family + "\n"
		i := strings.Index(text, heading)
		if i < 0 {
			t.Errorf("%s has no family %s", rulesIndex, family)
			continue
		}
		from := strings.Index(text[i:], "| rule | severity | what it says |\n")
		if from < 0 {
			t.Errorf("family %s has no table", family)
			continue
		}
		from += i
		to := from
		for _, line := range strings.SplitAfter(text[from:], "\n") {
			if !strings.HasPrefix(line, "|") {
				break
			}
			to += len(line)
		}
		table := "| rule | severity | what it says |\n| --- | --- | --- |\n"
		for _, r := range Rules() {
			if r.Family == family {
				table += fmt.Sprintf("| [%s](rules/%s.md) | %s | %s |\n", r.Code, r.Code, r.Severity, strings.ReplaceAll(r.Doc, "|", `\|`))
			}
		}
		text = text[:from] + table + text[to:]
	}
	rewrite(t, rulesIndex, string(src), text)
}

// rewrite writes what a page should say under -update, and else says that it does not.
func rewrite(t *testing.T, file, is, want string) {
	t.Helper()
	switch {
	case is == want:
	case !*update:
		t.Errorf("%s says something else of a rule than Rules; -update rewrites it", file)
	default:
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRulePages holds a page to each rule and a rule to each page: title, severity and sentence, why, an example.
func TestRulePages(t *testing.T) {
	pages := map[string]bool{}
	for _, r := range Rules() {
		file := filepath.Join(rulePages, string(r.Code)+".md")
		pages[string(r.Code)+".md"] = true
		if r.Doc == "" || r.Severity == finding.Unknown || !slices.Contains(Families(), r.Family) {
			t.Errorf("%s lacks a sentence, a severity or a family", r.Code)
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("write %s: a title, %q, ## Why, and how to mend it, ## Example", file, statement(r))
			continue
		}
		text := string(src)
		parts := strings.SplitN(text, "\n\n", 3)
		if len(parts) < 3 || parts[0] != "# "+string(r.Code) || !strings.HasPrefix(parts[2], "## Why, and how to mend it\n\n") {
			t.Errorf("%s does not begin with its title, its sentence and why it is a rule", file)
			continue
		}
		rewrite(t, file, text, parts[0]+"\n\n"+statement(r)+"\n\n"+parts[2])
		why, _, example := strings.Cut(strings.TrimPrefix(parts[2], "## Why, and how to mend it\n\n"), "\n## Example\n\n")
		if len(why) < 40 {
			t.Errorf("%s does not say why", file)
		}
		if !example && !slices.Contains(unshown[:], string(r.Code)) {
			t.Errorf("%s has no example", file)
		}
	}
	there, err := os.ReadDir(rulePages)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range there {
		if !pages[f.Name()] {
			t.Errorf("%s explains what is no rule", f.Name())
		}
	}
}

// unshown are the rules whose example would be no text: permissions, bytes that are no characters, links.
var unshown = [...]string{
	"config-unreadable", "evidence-unreadable", "ledger-binary", "ledger-doubtful-append", "ledger-duplicate-run", "ledger-duplicate-section", "ledger-encoding", "ledger-entry", "ledger-no-section", "ledger-unreadable", "plan-binary", "plan-empty", "plan-encoding", "plan-in-evidence", "plan-line-ends", "plan-second-reading", "plan-unreadable", "spec-inputs", "spec-no-plan", "spec-pins", "spec-secret", "spec-unreadable", "tick-rollup",
}

// statement is the line that starts a rule's page.
func statement(r Rule) string { return fmt.Sprintf("**%s.** %s", r.Severity, r.Doc) }

// TestRulesExamples lints every example of the pages that is a document: it makes the finding of its page.
func TestRulesExamples(t *testing.T) {
	examples := 0
	for _, r := range Rules() {
		src, err := os.ReadFile(filepath.Join(rulePages, string(r.Code)+".md"))
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		for _, f := range mdspan.Scan(src).Fences {
			if f.Outer >= 0 {
				continue
			}
			text := string(f.Content.Of(src))
			switch f.Info {
			case "markdown":
				files["plans/example.md"] = text
			case "markdown ledger":
				files["docs/fix_plan.md"] = text
			case "yaml":
				files[".planctl.yaml"] = text
			case "yaml planctl":
				files["plans/example.md"] = "## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | First | [ ] |\n| A2 | Second | [ ] |\n\n```yaml planctl\n" + text + "```\n"
			}
		}
		if len(files) == 0 {
			continue
		}
		examples++
		t.Run(string(r.Code), func(t *testing.T) {
			list := lintFiles(t, files)
			if !slices.ContainsFunc(list, func(f finding.Finding) bool { return f.Code == r.Code }) {
				t.Errorf("the example does not make %s, but:\n%v", r.Code, list)
			}
		})
	}
	if examples < 60 {
		t.Errorf("only %d examples were found", examples)
	}
}

func lintFiles(t *testing.T, files map[string]string) finding.List {
	t.Helper()
	dir := t.TempDir()
	if _, ok := files[".planctl.yaml"]; !ok {
		files[".planctl.yaml"] = "version: 1\n"
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	w, err := workspace.Open(t.Context(), workspace.Options{Dir: dir})
	if err != nil {
		var list finding.List
		if !errors.As(err, &list) {
			t.Fatal(err)
		}
		return list
	}
	return Lint(w, nil)
}

// codeLiteral is how a whole rule code stands in a source.
var codeLiteral = regexp.MustCompile(`^(plan|spec|ledger|config|tick|evidence|tdd|fresh|history|baseline|suppress)(-[a-z0-9]+)+$`)

// TestNoOtherCode reads the sources of the whole module: every rule code in them is one that Rules has,
// and every rule is reported somewhere.
func TestNoOtherCode(t *testing.T) {
	known := map[string]bool{}
	for _, r := range Rules() {
		known[string(r.Code)] = true
	}
	used := map[string]bool{}
	for code, at := range sourceCodes(t) {
		used[code] = true
		if !known[code] {
			t.Errorf("%s: %s is no rule of Rules", at, code)
		}
	}
	for _, r := range Rules() {
		if !used[string(r.Code)] {
			t.Errorf("%s is a rule that no source reports", r.Code)
		}
	}
}

// sourceCodes finds the rule codes in the non-test sources, with a place of each. The lists of rules
// themselves do not count, nor do constants that nothing but these lists uses.
func sourceCodes(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	constants, mentioned := map[string][]string{}, map[string]string{} // by directory and name
	fset := token.NewFileSet()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata" || d.Name() == "examples" || d.Name() == "bench"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		if filepath.Base(path) == "codes_elsewhere.go" {
			return nil
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				return !strings.EqualFold(n.Name.Name, "rules")
			case *ast.ValueSpec:
				for i, v := range n.Values {
					if code, ok := literal(v); ok && i < len(n.Names) && codeLiteral.MatchString(code) {
						constants[dir+"."+n.Names[i].Name] = append(constants[dir+"."+n.Names[i].Name], code)
						return false
					}
				}
			case *ast.Ident:
				mentioned[dir+"."+n.Name] = fset.Position(n.Pos()).String()
			case *ast.BasicLit:
				if code, ok := literal(n); ok && codeLiteral.MatchString(code) {
					out[code] = fset.Position(n.Pos()).String()
				}
			case *ast.CallExpr:
				for _, code := range familyCodes(dir, n) {
					out[code] = fset.Position(n.Pos()).String()
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, codes := range constants {
		for _, code := range codes {
			if at, ok := mentioned[name]; ok {
				out[code] = at
			}
		}
	}
	return out
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// familyCodes is the codes of a report that leaves the family to the YAML that is read.
func familyCodes(dir string, call *ast.CallExpr) []string {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) < 2 || !strings.EqualFold(strings.TrimSuffix(sel.Sel.Name, "At"), "report") {
		return nil
	}
	code, ok := literal(call.Args[0])
	if !ok {
		return nil
	}
	switch {
	case strings.HasSuffix(dir, "internal/yamlstrict"):
		return []string{"spec-" + code, "config-" + code}
	case strings.HasSuffix(dir, "internal/spec"):
		return []string{"spec-" + code}
	case strings.HasSuffix(dir, "internal/workspace"):
		return []string{"config-" + code}
	}
	return nil
}
