package layers

import (
	"go/ast"
	"go/token"
)

// state finds package-level state that functions change, and init functions.
func (s *source) state(dir string) {
	vars := map[string]bool{}
	for _, f := range s.packages[dir] {
		for _, decl := range f.ast.Decls {
			if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.VAR {
				for _, spec := range gen.Specs {
					for _, name := range spec.(*ast.ValueSpec).Names {
						vars[name.Name] = true
					}
				}
			}
		}
	}
	for _, f := range s.packages[dir] {
		global := func(target ast.Expr) *ast.Ident { return globalRoot(f.ast, vars, target) }
		ast.Inspect(f.ast, func(n ast.Node) bool {
			var targets []ast.Expr
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					s.addAt(n.Pos(), dir+" has an init function", "importing a package does nothing")
				}
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					targets = n.Lhs
				}
			case *ast.IncDecStmt:
				targets = []ast.Expr{n.X}
			}
			for _, target := range targets {
				if root := global(target); root != nil && root.Name != "_" { // _ = x keeps nothing
					s.addAt(target.Pos(), dir+" changes the package variable "+root.Name, "no mutable package state: two uses in one process must not meet")
				}
			}
			return true
		})
	}
}

// globalRoot returns the package variable that target is, or is a part of.
func globalRoot(f *ast.File, vars map[string]bool, target ast.Expr) *ast.Ident {
	for {
		switch t := target.(type) {
		case *ast.SelectorExpr:
			target = t.X
		case *ast.IndexExpr:
			target = t.X
		case *ast.StarExpr:
			target = t.X
		case *ast.ParenExpr:
			target = t.X
		case *ast.Ident:
			// No object: declared in another file of the package, or nowhere.
			if vars[t.Name] && (t.Obj == nil || f.Scope.Lookup(t.Name) == t.Obj) {
				return t
			}
			return nil
		default:
			return nil
		}
	}
}
