package verify_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/verify"
)

// asSources holds an example that is only shown to the sources: code, severity, and that a finding can have this message
// and this help.
func asSources(t *testing.T, r verify.Rule, says string, formats []format) {
	t.Helper()
	first, rest, _ := strings.Cut(says, "\n")
	_, message, ok := strings.Cut(first, ": "+r.Severity.String()+"["+string(r.Code)+"]: ")
	if !ok { // a command that writes says why it does not, and no code
		_, message, ok = strings.Cut(strings.TrimPrefix(first, "error: "), ": ")
		ok = ok && strings.HasPrefix(first, "error: ")
	}
	if !ok {
		t.Fatalf("%q does not show a finding of %s[%s]", first, r.Severity, r.Code)
	}
	if !sayable(message, formats) {
		t.Errorf("no source says %q", message)
	}
	help, ok := strings.CutPrefix(rest, "  help: ")
	if !ok || strings.Count(rest, "\n") != 1 {
		t.Fatalf("want one finding with one line of help, which begins with `  help: `, and there is %q", rest)
	}
	if help = strings.TrimSuffix(help, "\n"); !sayable(help, formats) {
		t.Errorf("no source says %q", help)
	}
}

// format is a text of the sources with places where something is put in.
type format struct {
	expr  *regexp.Regexp
	plain int // bytes of it that are always the same
}

// putIn is what a message cannot have from its source: quotations, paths, digests and dates.
var putIn = regexp.MustCompile("“[^”]*”|`[^`]*`|\\S*/\\S*|[0-9a-f]{12}|[0-9]{4}-[0-9]{2}-[0-9]{2}")

// sayable reports whether a text of the sources is in this one, and is a third at least of what it says.
func sayable(text string, formats []format) bool {
	own := len(putIn.ReplaceAllString(text, ""))
	return slices.ContainsFunc(formats, func(f format) bool { return 3*f.plain >= own && f.expr.MatchString(text) })
}

// What no source says is found out, or the pages could say anything.
func TestRulesWords(t *testing.T) {
	formats := messageFormats(t)
	for text, want := range map[string]bool{
		"its subjects are not the files that its predicate names":                           true,
		"its subjects are not the files that its predicates name":                           false,
		"attempt #8 of [T-001] lost its last 2 lines, from “Artifacts: …” on":               true,
		"attempt #8 of [T-001] lost its first 2 lines, from “Artifacts: …” on":              false,
		"planctl run A1 until it passes, or planctl mark A1 todo --note \"…\"":              true,
		"A1 is ticked, and no attempt in the ledger's section of T-001 speaks of the row":   false,
		"git log -p -- reports/a.run.json shows who did change it; git checkout helps here": false,
	} {
		if got := sayable(text, formats); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// verb is a directive of package fmt.
var verb = regexp.MustCompile(`%[#+]?[.0-9]*[a-zA-Z]`)

// messageFormats is every text of the sources that a message may be made of, as an expression: what fmt or a sum
// puts in is anything. Short ones would match all.
func messageFormats(t *testing.T) []format {
	t.Helper()
	seen := map[string]bool{}
	var out []format
	add := func(parts []string) {
		plain := len(strings.Join(parts, ""))
		for i, p := range parts {
			parts[i] = regexp.QuoteMeta(p)
		}
		if text := strings.Join(parts, ".*"); plain >= 10 && !seen[text] {
			seen[text] = true
			out = append(out, format{regexp.MustCompile(text), plain})
		}
	}
	fset := token.NewFileSet()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata" || d.Name() == "examples" || d.Name() == "docs"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch e := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.BinaryExpr:
				if e.Op == token.ADD {
					add(plainParts(e))
				}
			case *ast.BasicLit:
				if e.Kind == token.STRING {
					add(plainParts(e))
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// plainParts is a text or a sum of texts, cut where something is put in.
func plainParts(e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return verb.Split(strings.ReplaceAll(s, "%%", "%"), -1)
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			a, b := plainParts(e.X), plainParts(e.Y)
			joined := append(append([]string{}, a[:len(a)-1]...), a[len(a)-1]+b[0])
			return append(joined, b[1:]...)
		}
	case *ast.ParenExpr:
		return plainParts(e.X)
	}
	return []string{"", ""}
}
