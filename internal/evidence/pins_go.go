package evidence

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// goBuilt is what of a file decides whether it is built at all, and so whether a definition in it runs: its build constraints, an
// import of C, the package clause of a file that go passes over. It stands before a definition's bytes where there is any.
func goBuilt(src []byte) []byte {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return nil // the definition could not be found either
	}
	var out []byte
	for _, g := range file.Comments {
		for _, c := range g.List {
			if c.Pos() < file.Package && (constraint.IsGoBuild(c.Text) || constraint.IsPlusBuild(c.Text)) {
				out = append(out, c.Text+"\n"...)
			}
		}
	}
	for _, i := range file.Imports {
		if i.Path.Value == `"C"` {
			out = append(out, "import C\n"...)
		}
	}
	if file.Name.Name == "documentation" {
		out = append(out, "package documentation\n"...)
	}
	return out
}

// goDefinitions finds the definitions of name: Func, Type, Var, Const,
// Type.Method or (*Type).Method. Of a group in parentheses the one line counts;
// of constants the whole group, since iota counts its lines.
func goDefinitions(src []byte, name string) ([]span, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.SkipObjectResolution)
	if err != nil {
		var list scanner.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			return nil, fmt.Errorf("the file is no Go at line %d: %s", list[0].Pos.Line, list[0].Msg)
		}
		return nil, err
	}
	name = strings.NewReplacer("(*", "", "(", "", ")", "", "*", "").Replace(name)
	var found []span
	add := func(n ast.Node) {
		found = append(found, span{fset.Position(n.Pos()).Offset, fset.Position(n.End()).Offset})
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			// Without its doc comment, which Pos leaves out.
			if goName(d) == name {
				add(d)
			}
		case *ast.GenDecl:
			if d.Tok == token.CONST && hasName(d.Specs, name) {
				add(d)
				continue
			}
			for _, s := range d.Specs {
				switch {
				case !hasName([]ast.Spec{s}, name):
				case d.Lparen.IsValid():
					add(s)
				default:
					add(d)
				}
			}
		}
	}
	return found, nil
}

func goName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	for {
		switch u := t.(type) {
		case *ast.StarExpr:
			t = u.X
		case *ast.ParenExpr:
			t = u.X
		case *ast.IndexExpr:
			t = u.X
		case *ast.IndexListExpr:
			t = u.X
		case *ast.Ident:
			return u.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}

func hasName(specs []ast.Spec, name string) bool {
	for _, s := range specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Name.Name == name {
				return true
			}
		case *ast.ValueSpec:
			for _, n := range s.Names {
				if n.Name == name {
					return true
				}
			}
		}
	}
	return false
}
