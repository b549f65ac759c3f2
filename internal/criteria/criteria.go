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
package criteria

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// Program is a compiled criterion.
type Program struct {
	text  string
	code  *vm.Program
	uses  map[string]bool
	shown []shown
}

// shown is a part of the criterion whose value explains a verdict.
type shown struct {
	text string
	code *vm.Program
}

// CompileError says why an expression is no criterion.
type CompileError struct {
	Col  int // from 1, in characters of the expression; 0 where it is the whole
	Msg  string
	Help string
}

func (e *CompileError) Error() string {
	if e.Col > 0 {
		return fmt.Sprintf("%s (column %d)", e.Msg, e.Col)
	}
	return e.Msg
}

// maxText bounds a criterion's length in bytes.
const maxText = 16 << 10

// runNames are what only a run has; the rest can be judged at any time.
var runNames = [...]string{"exit", "signal", "timed_out", "seconds", "log", "number", "tests"}

// Compile type-checks an expression. The error is a *CompileError.
func Compile(text string) (*Program, error) {
	if len(text) > maxText {
		return nil, &CompileError{Msg: fmt.Sprintf("the expression has %d bytes; %d is the most", len(text), maxText)}
	}
	if strings.TrimSpace(text) == "" {
		return nil, &CompileError{Msg: "the expression is empty", Help: "write one such as `tests.passed >= 1`, or take it out"}
	}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, compileError(text, err)
	}
	p := &Program{text: text, uses: map[string]bool{}}
	look := &looker{p: p}
	ast.Walk(&tree.Node, look)
	if look.err != nil {
		return nil, look.err
	}
	if p.code, err = compile(text, expr.AsBool()); err != nil {
		return nil, compileError(text, err)
	}
	for _, s := range look.parts {
		// A part that does not stand alone (inside a predicate of all() and the like) is not shown.
		if code, err := compile(s); err == nil && s != text {
			p.shown = append(p.shown, shown{s, code})
		}
	}
	return p, nil
}

func compile(text string, extra ...expr.Option) (*vm.Program, error) {
	opts := append([]expr.Option{expr.Env(prototype()), expr.Patch(logPatch{}), expr.Patch(logText{}), expr.Patch(filePatch{})}, extra...)
	// What a judgement sees must be in the record: no clock.
	for _, clock := range []string{"now", "date", "timezone", "duration"} {
		opts = append(opts, expr.DisableBuiltin(clock))
	}
	return expr.Compile(text, opts...)
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

// looker collects what a criterion names and the parts that explain it.
type looker struct {
	p     *Program
	parts []string
	err   *CompileError
}

func (l *looker) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		l.p.uses[n.Value] = true
		switch n.Value {
		case "exit", "signal", "timed_out", "seconds":
			l.part(n.Value)
		}
	case *ast.MemberNode:
		if id, ok := n.Node.(*ast.IdentifierNode); ok && id.Value == "tests" {
			l.part(n.String())
		}
		if known(n.Node) {
			l.part(n.String())
		}
	case *ast.CallNode:
		if id, ok := n.Callee.(*ast.IdentifierNode); ok {
			switch id.Value {
			case "number", "env", "done", "glob":
				l.part(n.String())
			}
			if id.Value == "number" && len(n.Arguments) == 1 {
				l.pattern(n.Arguments[0], true)
			}
		}
	case *ast.BinaryNode:
		if n.Operator == "matches" {
			l.pattern(n.Right, false)
		}
	}
}

// known reports whether a node is a call of file, json or npz, or a member of one.
func known(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallNode:
		id, ok := n.Callee.(*ast.IdentifierNode)
		return ok && (id.Value == "file" || id.Value == "json" || id.Value == "npz")
	case *ast.MemberNode:
		return known(n.Node)
	}
	return false
}

// part remembers a text to be shown; a longer one replaces the beginning that it goes on from.
func (l *looker) part(text string) {
	if slices.Contains(l.parts, text) {
		return
	}
	l.parts = slices.DeleteFunc(l.parts, func(old string) bool {
		return strings.HasPrefix(text, old+".") || strings.HasPrefix(text, old+"[")
	})
	l.parts = append(l.parts, text)
}

// maxPattern bounds a regular expression's length in bytes.
const maxPattern = 4 << 10

func (l *looker) pattern(n ast.Node, group bool) {
	s, ok := n.(*ast.StringNode)
	if !ok || l.err != nil {
		return
	}
	re, err := regular(s.Value)
	col := n.Location().From + 1
	switch {
	case err != nil:
		l.err = &CompileError{Col: col, Msg: err.Error(), Help: "the syntax is RE2: https://github.com/google/re2/wiki/Syntax"}
	case group && re.NumSubexp() == 0:
		l.err = &CompileError{Col: col, Msg: fmt.Sprintf("number(%q) has no capture group", s.Value), Help: `put the digits in parentheses: number("([0-9.]+) ms")`}
	}
}

func regular(s string) (*regexp.Regexp, error) {
	if len(s) > maxPattern {
		return nil, fmt.Errorf("the regular expression has %d bytes; %d is the most", len(s), maxPattern)
	}
	return regexp.Compile(s)
}

// logPatch turns `log contains x` and its like into calls that read the log as a stream.
type logPatch struct{}

func (logPatch) Visit(node *ast.Node) {
	n, ok := (*node).(*ast.BinaryNode)
	if !ok {
		return
	}
	id, ok := n.Left.(*ast.IdentifierNode)
	if !ok || id.Value != "log" {
		return
	}
	fn := map[string]string{"contains": "log_contains", "matches": "log_matches", "startsWith": "log_starts_with", "endsWith": "log_ends_with"}[n.Operator]
	if fn != "" {
		ast.Patch(node, &ast.CallNode{Callee: &ast.IdentifierNode{Value: fn}, Arguments: []ast.Node{n.Right}})
	}
}

// logText turns what is left of log into a call, so that the log is read only where it is used.
type logText struct{}

func (logText) Visit(node *ast.Node) {
	if id, ok := (*node).(*ast.IdentifierNode); ok && id.Value == "log" {
		ast.Patch(node, &ast.CallNode{Callee: &ast.IdentifierNode{Value: "log_text"}})
	}
}

// filePatch makes file(p).size and its like fail where the file is not there; file(p).exists just says so.
type filePatch struct{}

func (filePatch) Visit(node *ast.Node) {
	n, ok := (*node).(*ast.MemberNode)
	if !ok {
		return
	}
	call, ok := n.Node.(*ast.CallNode)
	if !ok {
		return
	}
	id, ok := call.Callee.(*ast.IdentifierNode)
	prop, isName := n.Property.(*ast.StringNode)
	if ok && id.Value == "file" && isName && prop.Value != "exists" {
		ast.Patch(&call.Callee, &ast.IdentifierNode{Value: "present"})
	}
}

var names = [...]string{"exit", "signal", "timed_out", "seconds", "log", "number", "tests", "file", "glob", "json", "npz", "env", "done", "KB", "MB", "GB",
	"contains", "matches", "startsWith", "endsWith", "exists", "size", "sha256", "lines", "passed", "failed", "skipped", "errors", "total", "names"}

func compileError(text string, err error) error {
	var fe *file.Error
	if !errors.As(err, &fe) {
		out := &CompileError{Msg: err.Error()}
		if strings.Contains(out.Msg, "expected bool, but got") {
			out.Help = "a criterion is true or false: compare it, as in `tests.passed >= 1`"
		}
		return out
	}
	out := &CompileError{Col: fe.Column + 1, Msg: fe.Message}
	switch {
	case strings.HasPrefix(fe.Message, "unknown name "):
		if near := nearest(strings.TrimPrefix(fe.Message, "unknown name ")); near != "" {
			out.Help = "did you mean " + near + "?"
		} else {
			out.Help = "a criterion sees exit, signal, timed_out, seconds, log, number, tests, file, glob, json, npz, env, done, KB, MB and GB"
		}
	case strings.Contains(text, "=") && strings.Contains(fe.Message, "Operator"):
		out.Help = "comparing is ==, not ="
	}
	return out
}

// nearest is the known name that differs in the fewest letters, "" where none is near.
func nearest(name string) string {
	best, at := "", 3
	for _, n := range names {
		if d := distance(name, n); d < at && d < len(n) {
			best, at = n, d
		}
	}
	return best
}

func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j+1]+1, row[j]+1, last+cost)
			last, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
