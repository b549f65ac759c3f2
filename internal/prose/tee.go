package prose

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/planctl/planctl/internal/spec"
)

// takeTee takes `| tee LOG` (or `2>&1 | tee -a LOG`) off the end: planctl
// keeps the output itself, and the pipe would hide the exit code. It gives the
// length of the script that is left.
func (s *shell) takeTee(file *syntax.File, script string) int {
	if len(file.Stmts) == 0 {
		return len(script)
	}
	st := file.Stmts[len(file.Stmts)-1]
	for {
		b, ok := st.Cmd.(*syntax.BinaryCmd)
		if !ok || len(st.Redirs) > 0 || st.Background || st.Coprocess {
			return len(script)
		}
		if b.Op != syntax.Pipe && b.Op != syntax.PipeAll {
			st = b.Y
			continue
		}
		log, ok := teeLog(b.Y)
		if !ok {
			return len(script)
		}
		end := int(b.X.End().Offset())
		if n := len(b.X.Redirs); n > 0 {
			if r := b.X.Redirs[n-1]; r.Op == syntax.DplOut && r.N != nil && r.N.Value == "2" && word(r.Word) == "1" && r.End() == b.X.End() {
				end = int(r.Pos().Offset())
			}
		}
		if end > len(script) {
			return len(script)
		}
		left := strings.TrimRight(script[:end], " \t")
		if left == "" {
			return len(script) // a redirection alone before the pipe: there is no command to keep
		}
		s.run = left
		if log != nil {
			from, to := int(log.Pos().Offset()), int(log.End().Offset())
			if lit := word(log); lit != "" || lastPartLiteral(log) {
				name := path.Base(strings.Trim(script[from:to], `"'`))
				if !strings.ContainsAny(name, "$`*?[]{}…") && spec.LogProblem(name) == "" && !placeholder.MatchString(stampWords.Replace(name)) {
					s.log = name
				}
			}
		}
		return len(left)
	}
}

func lastPartLiteral(w *syntax.Word) bool {
	if len(w.Parts) == 0 {
		return false
	}
	switch p := w.Parts[len(w.Parts)-1].(type) {
	case *syntax.Lit:
		return true
	case *syntax.DblQuoted:
		if n := len(p.Parts); n > 0 {
			_, ok := p.Parts[n-1].(*syntax.Lit)
			return ok
		}
	}
	return false
}

// teeLog is the file of a `tee` with one file; nil and true for one with none.
func teeLog(st *syntax.Stmt) (*syntax.Word, bool) {
	c, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(c.Assigns) > 0 || len(c.Args) == 0 || path.Base(word(c.Args[0])) != "tee" || st.Background || st.Negated {
		return nil, false
	}
	for _, r := range st.Redirs {
		if word(r.Word) != "/dev/null" {
			return nil, false
		}
	}
	var log *syntax.Word
	for _, a := range c.Args[1:] {
		if strings.HasPrefix(word(a), "-") {
			continue
		}
		if log != nil {
			return nil, false
		}
		log = a
	}
	return log, true
}
