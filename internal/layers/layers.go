// Package layers holds the arrows between this repository's packages as
// rules, each with its reason, and checks the source against them. It reads
// source text only: files of every operating system are seen, and nothing has
// to compile. It may not import a package of the house, or be imported by one.
package layers

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Rules is a house. Packages are named by their directory, slash separated,
// relative to the module; "x/..." is x and everything below it.
type Rules struct {
	Arrows        []Arrow
	Pure          Pure
	Modules       []Module
	SharedModules []string // modules that several packages may import
	Words         []Word
	BadNames      []string // names that no package and no file may have
	MaxLines      int      // of one file
}

// Arrow is a dependency that must not be.
type Arrow struct {
	From   string
	To     []string
	Direct bool // only an import of its own counts, not what an import leads to
	Why    string
}

// Pure names packages that may not import, themselves, what reaches outside.
type Pure struct {
	Packages, Banned []string
	Why              string
}

// Module is a third-party module and the one package that imports it.
type Module struct{ Path, Owner, Why string }

// Word is an import, or names of it, that only some packages may use.
type Word struct {
	Import  string
	Names   []string // empty: the import itself
	Allowed []string
	Why     string
}

// Violation is one place that breaks a rule.
type Violation struct {
	Pos  string // file:line
	What string
	Why  string
}

func (v Violation) String() string { return v.Pos + ": " + v.What + " (" + v.Why + ")" }

// file is one source file that is not a test.
type file struct {
	name string // slash separated, relative to the module
	ast  *ast.File
}

// source is the packages of a module by directory.
type source struct {
	module   string
	fset     *token.FileSet
	packages map[string][]file
	found    []Violation
}

// Check reads the module whose root is fsys and returns what breaks the
// rules, sorted. The error is for source that cannot be read or parsed.
func Check(fsys fs.FS, module string, rules Rules) ([]Violation, error) {
	s := &source{module: module, fset: token.NewFileSet(), packages: map[string][]file{}}
	if err := s.load(fsys, rules); err != nil {
		return nil, err
	}
	for _, dir := range s.dirs() {
		s.arrows(dir, rules.Arrows)
		s.pure(dir, rules.Pure)
		for _, f := range s.packages[dir] {
			s.words(dir, f, rules.Words)
		}
		s.state(dir)
	}
	s.modules(rules)
	slices.SortFunc(s.found, func(a, b Violation) int { return strings.Compare(a.String(), b.String()) })
	return s.found, nil
}

func (s *source) dirs() []string {
	var dirs []string
	for dir := range s.packages {
		dirs = append(dirs, dir)
	}
	slices.Sort(dirs)
	return dirs
}

// load parses every file that is not a test, and judges names and sizes on the way.
func (s *source) load(fsys fs.FS, rules Rules) error {
	return fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return s.enter(fsys, name)
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		if n := strings.Count(string(text), "\n"); n > rules.MaxLines {
			s.add(name, n, fmt.Sprintf("%d lines, at most %d", n, rules.MaxLines), "a file has one subject and can be read at one sitting")
		}
		stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(name), ".go"), "_test")
		if slices.Contains(rules.BadNames, stem) || slices.Contains(rules.BadNames, path.Base(path.Dir(name))) {
			s.add(name, 1, "a name that says nothing of its subject", "files and packages are named for what they hold")
		}
		if strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(s.fset, name, text, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := path.Dir(name)
		s.packages[dir] = append(s.packages[dir], file{name, parsed})
		return nil
	})
}

// enter skips directories that are no part of the module.
func (s *source) enter(fsys fs.FS, dir string) error {
	base := path.Base(dir)
	if dir == "." {
		return nil
	}
	if base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return fs.SkipDir
	}
	if _, err := fs.Stat(fsys, path.Join(dir, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

func (s *source) add(name string, line int, what, why string) {
	s.found = append(s.found, Violation{fmt.Sprintf("%s:%d", name, line), what, why})
}

func (s *source) addAt(pos token.Pos, what, why string) {
	p := s.fset.Position(pos)
	s.add(p.Filename, p.Line, what, why)
}

// imports returns the packages of the module that dir imports, with a place for each.
func (s *source) imports(dir string) map[string]token.Pos {
	found := map[string]token.Pos{}
	for _, f := range s.packages[dir] {
		for _, spec := range f.ast.Imports {
			if to, ok := strings.CutPrefix(importPath(spec), s.module+"/"); ok && found[to] == token.NoPos {
				found[to] = spec.Pos()
			}
		}
	}
	return found
}

func (s *source) arrows(dir string, arrows []Arrow) {
	for _, a := range arrows {
		if !matches(a.From, dir) {
			continue
		}
		for to, pos := range s.imports(dir) {
			if anyMatches(a.To, to) {
				s.addAt(pos, dir+" imports "+to, a.Why)
				continue
			}
			if a.Direct {
				continue
			}
			if chain := s.reach(to, a.To, map[string]bool{dir: true}); chain != nil {
				s.addAt(pos, dir+" reaches "+strings.Join(chain, " → "), a.Why)
			}
		}
	}
}

// reach returns the packages on a way from dir to one that targets name, nil without.
func (s *source) reach(dir string, targets []string, seen map[string]bool) []string {
	if seen[dir] {
		return nil
	}
	seen[dir] = true
	imports := s.imports(dir)
	var next []string
	for to := range imports {
		next = append(next, to)
	}
	slices.Sort(next)
	for _, to := range next {
		if anyMatches(targets, to) {
			return []string{dir, to}
		}
		if chain := s.reach(to, targets, seen); chain != nil {
			return append([]string{dir}, chain...)
		}
	}
	return nil
}

func (s *source) pure(dir string, p Pure) {
	if !anyMatches(p.Packages, dir) {
		return
	}
	for _, f := range s.packages[dir] {
		for _, spec := range f.ast.Imports {
			if name := importPath(spec); slices.Contains(p.Banned, name) {
				s.addAt(spec.Pos(), dir+" imports "+name, p.Why)
			}
		}
	}
}

// modules holds every third-party module to one importing package.
func (s *source) modules(rules Rules) {
	type use struct {
		dir string
		pos token.Pos
	}
	uses := map[string][]use{}
	for _, dir := range s.dirs() {
		for _, f := range s.packages[dir] {
			for _, spec := range f.ast.Imports {
				name := importPath(spec)
				if first, _, _ := strings.Cut(name, "/"); !strings.Contains(first, ".") || name == s.module || strings.HasPrefix(name, s.module+"/") {
					continue
				}
				module := moduleOf(name, rules)
				uses[module] = append(uses[module], use{dir, spec.Pos()})
			}
		}
	}
	for module, places := range uses {
		if slices.Contains(rules.SharedModules, module) {
			continue
		}
		owner, why := places[0].dir, "one package for each third-party module, so that it can be replaced there"
		if i := slices.IndexFunc(rules.Modules, func(m Module) bool { return m.Path == module }); i >= 0 {
			owner, why = rules.Modules[i].Owner, rules.Modules[i].Why
		}
		for _, u := range places {
			if u.dir != owner {
				s.addAt(u.pos, u.dir+" imports "+module+", which is for "+owner, why)
			}
		}
	}
}

// moduleOf returns the module of an import path: one that the rules name, or
// else, on the well known hosts, the first three elements.
func moduleOf(name string, rules Rules) string {
	for _, m := range rules.Modules {
		if name == m.Path || strings.HasPrefix(name, m.Path+"/") {
			return m.Path
		}
	}
	parts := strings.Split(name, "/")
	return strings.Join(parts[:min(3, len(parts))], "/")
}

func (s *source) words(dir string, f file, words []Word) {
	for _, w := range words {
		if anyMatches(w.Allowed, dir) {
			continue
		}
		local := ""
		for _, spec := range f.ast.Imports {
			if importPath(spec) != w.Import {
				continue
			}
			local = path.Base(w.Import)
			if spec.Name != nil {
				local = spec.Name.Name
			}
			if len(w.Names) == 0 || local == "." {
				s.addAt(spec.Pos(), dir+" imports "+w.Import, w.Why)
			}
		}
		if local == "" || len(w.Names) == 0 {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || !slices.Contains(w.Names, sel.Sel.Name) {
				return true
			}
			// A local variable of the import's name has an object; the import has none.
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == local && x.Obj == nil {
				s.addAt(sel.Pos(), dir+" uses "+w.Import+"."+sel.Sel.Name, w.Why)
			}
			return true
		})
	}
}

// importPath returns an import without its quotes.
func importPath(spec *ast.ImportSpec) string {
	name, err := strconv.Unquote(spec.Path.Value)
	if err != nil { // the parser accepts no such literal
		return spec.Path.Value
	}
	return name
}

func anyMatches(patterns []string, dir string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, dir) })
}

func matches(pattern, dir string) bool {
	if top, ok := strings.CutSuffix(pattern, "/..."); ok {
		return dir == top || strings.HasPrefix(dir, top+"/")
	}
	return pattern == dir
}
