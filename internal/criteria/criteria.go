// Package criteria compiles and judges exit criteria, and records every call
// that a judgement made so that it can be judged again elsewhere. It may not
// run commands or write anything, and it reads only the files that a
// criterion names.
//
// A criterion is an expression of github.com/expr-lang/expr that gives a
// boolean. It sees
//
//	exit, signal, timed_out, seconds      how the command ended
//	log                                   log contains "x", matches "re", startsWith, endsWith
//	number(re)                            the first capture group of the first match in the log
//	tests                                 total passed failed skipped errors names
//	file(p)                               exists size sha256 lines
//	glob(p), json(p), npz(p)              names, a document, arrays with dtype and shape
//	env(name), done(id)                   a variable, whether a task is done
//	KB, MB, GB                            1024, 1024², 1024³
//
// Paths are relative to the workspace.
//
// A criterion is written by others, and so are the files that it reads: both
// are bounded. What is over a bound is an error, and an error never passes.
package criteria

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// Bounds on a criterion itself.
const (
	maxText    = 16 << 10 // bytes
	maxPattern = 4 << 10  // bytes of a regular expression
	maxNodes   = 1000     // parts of an expression
)

// Program is a compiled criterion. It may be judged by several goroutines at once.
type Program struct {
	text  string
	code  *vm.Program
	uses  map[string]bool
	claim *claim // what explains a verdict, compiled when it is first asked for
	once  sync.Once
}

// CompileError says why an expression is no criterion.
type CompileError struct {
	Col  int // from 1, in characters of the expression; 0 where it is the whole
	Msg  string
	Help string // what to write instead, "" where nothing is known
}

func (e *CompileError) Error() string {
	if e.Col > 0 {
		return fmt.Sprintf("%s (column %d)", e.Msg, e.Col)
	}
	return e.Msg
}

// runNames are what only a run has; the rest can be judged at any time.
var runNames = [...]string{"exit", "signal", "timed_out", "seconds", "log", "number", "tests"}

// Compile type-checks an expression. The error is a *CompileError.
func Compile(text string) (*Program, error) {
	switch {
	case len(text) > maxText:
		return nil, &CompileError{Msg: fmt.Sprintf("the expression has %d bytes; %d is the most", len(text), maxText)}
	case !utf8.ValidString(text):
		return nil, &CompileError{Msg: "the expression is not UTF-8"}
	case strings.TrimSpace(text) == "":
		return nil, &CompileError{Msg: "the expression is empty", Help: "write one such as `tests.passed >= 1`, or take it out"}
	}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, compileError(text, err)
	}
	p := &Program{text: text, uses: map[string]bool{}}
	if err := p.inspect(&tree.Node); err != nil {
		return nil, err
	}
	if p.code, err = compile(text, expr.AsBool()); err != nil {
		return nil, compileError(text, err)
	}
	p.claim = newClaim(tree.Node)
	return p, nil
}

// compile is the compiler with the language of criteria. Nothing is computed at compile time: what an
// expression may cost is bounded where it runs.
func compile(text string, extra ...expr.Option) (*vm.Program, error) {
	opts := []expr.Option{expr.Env(prototype()), expr.Patch(rewrite{}), expr.Optimize(false), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins()}
	for _, b := range builtins {
		opts = append(opts, expr.EnableBuiltin(b))
	}
	return expr.Compile(text, append(opts, extra...)...)
}

// Expr is the expression as written.
func (p *Program) Expr() string { return p.text }

// Uses reports whether the criterion names an identifier or a function.
func (p *Program) Uses(name string) bool { return p.uses[name] }

// NeedsRun reports whether the criterion looks at what only a run has.
func (p *Program) NeedsRun() bool {
	return slices.ContainsFunc(runNames[:], p.Uses)
}

// PhaseSafe reports whether a phase can be judged by the criterion: it looks at nothing of a run.
func (p *Program) PhaseSafe() bool { return !p.NeedsRun() }

// regexpOf compiles a pattern of RE2, which takes time linear in the text.
func regexpOf(s string) (*regexp.Regexp, error) {
	if len(s) > maxPattern {
		return nil, fmt.Errorf("the regular expression has %d bytes; %d is the most", len(s), maxPattern)
	}
	return regexp.Compile(s)
}
