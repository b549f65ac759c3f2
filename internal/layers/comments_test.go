package layers

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// limit is where a package comment says what the package does not do: `it may not`, or a sentence that begins with It
// and says may not, never, no or nothing before its first colon.
var limit = regexp.MustCompile(`\b[Ii]t may not\b|(^|[.] )It [^.:]*?\b(may not|never|no|nothing)\b`)

// A package that does not say what it may not do grows into its neighbours.
func TestEveryPackageSaysWhatItMayNotDo(t *testing.T) {
	comments, err := packageComments(os.DirFS(filepath.Join("..", "..")))
	if err != nil {
		t.Fatal(err)
	}
	if len(comments) < 20 {
		t.Fatalf("only %d packages were found", len(comments))
	}
	for dir, text := range comments {
		if !limit.MatchString(text) {
			t.Errorf("%s: the package comment has no sentence `It may not …` (or never, no, nothing)", dir)
		}
	}
}

func TestLimit(t *testing.T) {
	for text, want := range map[string]bool{
		"Package a adds. It may not subtract.":                   true,
		"Package a adds, and it may not subtract.":               true,
		"Package a adds. It prints nothing.":                     true,
		"Package a adds: it never ends.":                         false, // of the sum, for all that is said
		"Package a adds. It adds all. Nothing is left, no sum.":  false,
		"Package a adds. It adds all: nothing is left.":          false,
		"Package a adds, and nothing is between it and the disk": false,
		"": false,
	} {
		if got := limit.MatchString(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// packageComments is the package comment of each directory with Go source that is no test, on one line.
func packageComments(fsys fs.FS) (map[string]string, error) {
	out := map[string]string{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(name))
		out[dir] = strings.TrimSpace(out[dir] + " " + strings.Join(strings.Fields(f.Doc.Text()), " "))
		return nil
	})
	return out, err
}
