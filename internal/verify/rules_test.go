package verify

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/workspace"
)

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
