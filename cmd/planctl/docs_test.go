package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/mdspan"
)

const (
	readmePage   = "../../README.md"
	commandsPage = "../../docs/commands.md"
)

// commandSections cuts docs/commands.md at its headings: the command's name, and what is said of it.
// "" is what all commands share.
func commandSections(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for i, part := range strings.Split("\n"+read(t, commandsPage), "\n## ") {
		title, body, _ := strings.Cut(part, "\n")
		if name, ok := strings.CutPrefix(title, "planctl "); ok && i > 0 {
			out[name] = body
		} else {
			out[""] += body
		}
	}
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// flagRow is a row of a table of flags: its first cell.
var (
	flagRow  = regexp.MustCompile("(?m)^\\| (`-[^|]*) \\|")
	longFlag = regexp.MustCompile("--[a-z][a-z-]*")
	shortOf  = regexp.MustCompile("`-([A-Za-z])`, `(--[a-z-]+)")
)

// TestCommandsPage holds docs/commands.md against the command line: every command and flag is there, in
// both directions.
func TestCommandsPage(t *testing.T) {
	root := (&app{}).root()
	root.InitDefaultCompletionCmd("completion")
	page := commandSections(t)
	every := map[string]bool{"--help": true}
	compare := func(name string, flags []*pflag.Flag) {
		var want, got []string
		for _, f := range flags {
			every["--"+f.Name] = true
			row := "--" + f.Name
			if f.Shorthand != "" {
				row = "-" + f.Shorthand + " " + row
			}
			want = append(want, row)
		}
		for _, m := range flagRow.FindAllStringSubmatch(page[name], -1) {
			if s := shortOf.FindStringSubmatch(m[1]); s != nil {
				got = append(got, "-"+s[1]+" "+s[2])
			} else {
				got = append(got, longFlag.FindString(m[1]))
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("planctl %s: the page has the flags %q, the command %q", name, got, want)
		}
	}
	compare("", append(flagsOf(root.PersistentFlags()), &pflag.Flag{Name: "help", Shorthand: "h"}))
	var names []string
	for _, c := range root.Commands() {
		if c.Hidden {
			continue // planctl calls it, and nobody else
		}
		names = append(names, c.Name())
		if _, ok := page[c.Name()]; !ok {
			t.Errorf("the page has no section on planctl %s", c.Name())
			continue
		}
		compare(c.Name(), ownFlags(c))
	}
	for name := range page {
		if name != "" && !slices.Contains(names, name) {
			t.Errorf("the page explains planctl %s, which is no command", name)
		}
	}
	for name, body := range page {
		for _, f := range longFlag.FindAllString(body, -1) {
			if !every[f] && !strings.HasPrefix(f, "---") {
				t.Errorf("planctl %s: no command has the flag %s", name, f)
			}
		}
	}
}

// ownFlags is the flags of a command and of those below it, --help aside.
func ownFlags(c *cobra.Command) []*pflag.Flag {
	out := flagsOf(c.NonInheritedFlags())
	for _, sub := range c.Commands() {
		for _, f := range ownFlags(sub) {
			if !slices.ContainsFunc(out, func(have *pflag.Flag) bool { return have.Name == f.Name }) {
				out = append(out, f)
			}
		}
	}
	return out
}

func flagsOf(set *pflag.FlagSet) []*pflag.Flag {
	var out []*pflag.Flag
	set.VisitAll(func(f *pflag.Flag) {
		if f.Name != "help" {
			out = append(out, f)
		}
	})
	return out
}

// TestCommandsPageJSON finds every schema and every field of the JSON that commands print, and holds the
// page to naming each.
func TestCommandsPageJSON(t *testing.T) {
	page := read(t, commandsPage)
	schema := regexp.MustCompile(`^planctl/[a-z-]+/v[0-9]+$`)
	n := 0
	for _, dir := range []string{".", "../../report"} {
		for _, path := range goFiles(t, dir) {
			if filepath.Base(path) == "sarif.go" {
				continue // its fields are those of a standard
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(node ast.Node) bool {
				switch node := node.(type) {
				case *ast.BasicLit:
					if s, err := strconv.Unquote(node.Value); err == nil && node.Kind == token.STRING && schema.MatchString(s) {
						n++
						if !strings.Contains(page, "`"+s+"`") {
							t.Errorf("%s: the page has no schema %s", path, s)
						}
					}
				case *ast.Field:
					if node.Tag == nil {
						return true
					}
					tag, err := strconv.Unquote(node.Tag.Value)
					if err != nil {
						t.Fatal(err)
					}
					name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
					if name == "" || name == "-" || name == "schema" {
						return true
					}
					n++
					if !regexp.MustCompile("`([a-z]+\\[\\]\\.)*" + regexp.QuoteMeta(name) + "`").MatchString(page) {
						t.Errorf("%s: the page does not name the field %s", path, name)
					}
				}
				return true
			})
		}
	}
	if n < 100 {
		t.Errorf("only %d fields and schemas were found", n)
	}
}

func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(p string) bool { return strings.HasSuffix(p, "_test.go") })
}

var (
	pageLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading  = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
	notSlug  = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// TestLinks follows every relative link of README.md and docs: to a file, and to a heading in it.
func TestLinks(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, page := range append(pages, readmePage) {
		for _, m := range pageLink.FindAllStringSubmatch(prose(t, page), -1) {
			u, err := url.Parse(m[1])
			if err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if u.Scheme != "" {
				continue
			}
			links++
			target := page
			if u.Path != "" {
				target = filepath.Join(filepath.Dir(page), filepath.FromSlash(u.Path))
			}
			if _, err := os.Stat(target); errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: the link %s leads to nothing", page, m[1])
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			if u.Fragment != "" && !slices.Contains(anchors(t, target), u.Fragment) {
				t.Errorf("%s: %s has no heading #%s", page, u.Path, u.Fragment)
			}
		}
	}
	if links < 20 {
		t.Errorf("only %d links were found", links)
	}
	readme := read(t, readmePage)
	for _, page := range pages {
		if name := "docs/" + filepath.Base(page); !strings.Contains(readme, "]("+name+")") {
			t.Errorf("README.md has no link to %s", name)
		}
	}
}

// prose is a page without its fenced blocks, in which a link is an example.
func prose(t *testing.T, path string) string {
	t.Helper()
	src := []byte(read(t, path))
	out := slices.Clone(src)
	for _, f := range mdspan.Scan(src).Fences {
		for i := f.Content.Start; i < f.Content.End; i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
	}
	return string(out)
}

// anchors is what a page's headings are called in a link.
func anchors(t *testing.T, path string) []string {
	t.Helper()
	var out []string
	for _, m := range heading.FindAllStringSubmatch(prose(t, path), -1) {
		out = append(out, strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return out
}

const demoBegin, demoEnd = "<!-- demo:begin -->\n", "<!-- demo:end -->"

// TestReadmeDemo runs the demo and holds the README's excerpt of it to what it prints. Stamps, digests,
// seconds and the directory differ from run to run and are compared by their kind; -update writes a new excerpt.
func TestReadmeDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo builds and tests a Go module")
	}
	var out, errs bytes.Buffer
	env := append(os.Environ(), "NO_COLOR=1", "LANG=C.UTF-8")
	if code := run(t.Context(), []string{"demo", "--dir", filepath.Join(t.TempDir(), "demo")}, stdio{In: strings.NewReader(""), Out: &out, Err: &errs, Env: env}); code != 0 {
		t.Fatalf("exit %d: %s%s", code, out.String(), errs.String())
	}
	want := excerpt(t, out.String())
	readme := read(t, readmePage)
	before, rest, ok := strings.Cut(readme, demoBegin)
	have, after, ok2 := strings.Cut(rest, demoEnd)
	if !ok || !ok2 {
		t.Fatalf("README.md has no %s… %s", demoBegin, demoEnd)
	}
	if settle(have) == settle(want) {
		return
	}
	if !*update {
		t.Fatalf("the README's excerpt is not what the demo prints (-update rewrites it); the demo's:\n%s\nthe README's:\n%s", settle(want), settle(have))
	}
	if err := os.WriteFile(readmePage, []byte(before+demoBegin+want+demoEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// excerpt takes the parts of the demo's output that tell the story: the refusal, red, green, and what is left of them.
func excerpt(t *testing.T, out string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("```text\n")
	for _, p := range []struct {
		from, to string // from the line that starts with `from` to before the one that starts with `to`
	}{
		{"5. Too early", "6. RED"},
		{"6. RED", "7. The engineer"},
		{"8. GREEN", "9. Validation"},
		{"What changed in the plan", "   -| C1"}, // of two phases: the third has nothing new to show
		{"One of the attempts", "The evidence"},
	} {
		_, rest, ok := strings.Cut(out, "\n"+p.from)
		body, _, ok2 := strings.Cut(rest, "\n"+p.to)
		if !ok || !ok2 {
			t.Fatalf("the demo does not print %q and then %q:\n%s", p.from, p.to, out)
		}
		fmt.Fprintf(&b, "%s%s\n\n", p.from, strings.TrimRight(body, "\n"))
	}
	return strings.TrimRight(b.String(), "\n") + "\n```\n"
}

var unsettled = []struct {
	re *regexp.Regexp
	as string
}{
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2}T\d{6}Z`), "STAMP"},
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2}`), "DATE"},
	{regexp.MustCompile(`sha256:[0-9a-f]{64}`), "sha256:DIGEST"},
	{regexp.MustCompile(`\d+\.\d+ s\b`), "N s"},
	{regexp.MustCompile("`seconds < 120` \\(\\d+(\\.\\d+)?\\)"), "`seconds < 120` (N)"},
}

// settle replaces what differs from run to run by its kind.
func settle(s string) string {
	for _, u := range unsettled {
		s = u.re.ReplaceAllString(s, u.as)
	}
	return s
}

// TestReadmeScript holds the README's command lines to the script that runs them, and its example of a
// spec to the plan in that script.
func TestReadmeScript(t *testing.T) {
	script := read(t, "testdata/script/readme.txtar")
	src := []byte(read(t, readmePage))
	from, lines := 0, 0
	for _, f := range mdspan.Scan(src).Fences {
		text := string(f.Content.Of(src))
		switch {
		case f.Outer >= 0 || f.Info == "text":
		case f.Info == "markdown":
			if inner := strings.TrimSpace(text); !strings.Contains(script, inner) {
				t.Errorf("README.md:%d: no plan of the script has this example", f.Open)
			}
		default:
			for l := range strings.Lines(text) {
				l = strings.TrimSpace(l)
				lines++
				switch {
				case strings.HasPrefix(l, "go "): // a build, the tests, and the demo: TestReadmeDemo
				case strings.HasPrefix(l, "planctl "):
					at := strings.Index(script[from:], "\n"+l+"\n")
					if at < 0 {
						t.Errorf("README.md:%d: the script does not run, after the lines before it: %s", f.Open, l)
						continue
					}
					from += at + 1
				default:
					t.Errorf("README.md:%d: no script runs %q", f.Open, l)
				}
			}
		}
	}
	if lines < 12 {
		t.Errorf("only %d command lines were found", lines)
	}
}

// TestCriteriaPage compiles the expressions of docs/criteria.md; those that are shown as wrong are refused
// with the help that stands behind them.
func TestCriteriaPage(t *testing.T) {
	src := []byte(read(t, "../../docs/criteria.md"))
	n := 0
	for _, f := range mdspan.Scan(src).Fences {
		for l := range strings.Lines(string(f.Content.Of(src))) {
			n++
			text, help, _ := strings.Cut(strings.TrimSpace(l), " # ")
			_, err := criteria.Compile(strings.TrimSpace(text))
			var ce *criteria.CompileError
			switch {
			case f.Info == "expr" && err != nil:
				t.Errorf("%s: %v", l, err)
			case f.Info == "expr wrong" && !errors.As(err, &ce):
				t.Errorf("%s: it compiles", l)
			case f.Info == "expr wrong" && !strings.Contains(ce.Help, help):
				t.Errorf("%s: the help is %q", l, ce.Help)
			}
		}
	}
	if n < 15 {
		t.Errorf("only %d expressions were found", n)
	}
}
