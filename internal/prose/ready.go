package prose

import (
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// problem says why the script, whose text without a tee is given, is shown and not run.
func (s *shell) problem(file *syntax.File, text, holder string) string {
	switch {
	case s.shape == assignment:
		return "it only sets a variable"
	case holder != "" && placeholder.MatchString(stampWords.Replace(s.run)):
		return "it holds a placeholder, " + placeholder.FindString(stampWords.Replace(s.run))
	case bracketHolder.MatchString(text) && !strings.Contains(text, "[ "):
		return "it holds a placeholder, " + strings.TrimSpace(bracketHolder.FindString(text))
	case !utf8.ValidString(s.run):
		return "it is not UTF-8"
	case strings.ContainsFunc(s.run, func(r rune) bool { return r < 0x20 && r != '\n' && r != '\t' || r == 0x7F }):
		return "it holds control characters"
	}
	if w := ellipsis(file, len(text)); w != "" {
		return "it holds a placeholder, " + w
	}
	if v := unset(file, len(text)); v != "" {
		return "it needs the variable " + v + ", which it does not set"
	}
	if again := statements(file); again > 1 {
		return "it is several commands"
	}
	return ""
}

// ellipsis is the first word that says "and so on". Go's `./...` is none.
func ellipsis(file *syntax.File, before int) (out string) {
	syntax.Walk(file, func(n syntax.Node) bool {
		w, ok := n.(*syntax.Word)
		if !ok || out != "" || int(w.Pos().Offset()) >= before {
			return out == ""
		}
		s := printed(w)
		if s == "..." || strings.HasPrefix(s, ".../") || strings.HasSuffix(s, "=...") || strings.HasSuffix(s, "....") {
			out = s
		}
		return out == ""
	})
	return out
}

// statements counts the programs of a script of several lines, without the
// lines that only prepare for one.
func statements(file *syntax.File) int {
	n, lines := 0, map[uint]bool{}
	for _, st := range file.Stmts {
		if c, ok := st.Cmd.(*syntax.CallExpr); ok {
			if len(c.Args) == 0 {
				continue
			}
			switch word(c.Args[0]) {
			case "cd", "mkdir", "set", "source", ".", "true", ":":
				continue
			}
		}
		if _, ok := st.Cmd.(*syntax.DeclClause); ok {
			continue
		}
		if line := st.Pos().Line(); !lines[line] {
			lines[line] = true
			n++
		}
	}
	return n
}

// unset is a variable that the script uses, does not set, and that is not
// there in every shell. A value for its absence (${X:-y}) sets it.
func unset(file *syntax.File, before int) string {
	set := map[string]bool{}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) == 0 { // NAME=x program does not set NAME for its own words
				for _, a := range n.Assigns {
					if a.Name != nil {
						set[a.Name.Value] = true
					}
				}
			} else if name := word(n.Args[0]); name == "read" || name == "mapfile" || name == "readarray" || name == "printf" || name == "getopts" {
				for _, a := range n.Args[1:] {
					set[word(a)] = true
				}
			}
		case *syntax.DeclClause:
			for _, a := range n.Args {
				if a.Name != nil {
					set[a.Name.Value] = true
				}
			}
		case *syntax.WordIter:
			set[n.Name.Value] = true
		case *syntax.ParamExp:
			if n.Exp != nil && n.Param != nil && (n.Exp.Op == syntax.AssignUnset || n.Exp.Op == syntax.AssignUnsetOrNull) {
				set[n.Param.Value] = true
			}
		}
		return true
	})
	out := ""
	syntax.Walk(file, func(n syntax.Node) bool {
		p, ok := n.(*syntax.ParamExp)
		if !ok || out != "" || p.Param == nil || int(p.Pos().Offset()) >= before {
			return out == ""
		}
		if p.Exp != nil {
			switch p.Exp.Op {
			case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull, syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
				return true
			}
		}
		if name := p.Param.Value; !set[name] && !everywhere(name) {
			out = name
		}
		return out == ""
	})
	return out
}
