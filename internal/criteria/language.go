package criteria

import (
	"fmt"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// builtins is what criteria have of expr's own functions. Left out are the clock, since a record must
// judge the same tomorrow; and what lets a short expression grow without bound (repeat, replace, join,
// flatten, reduce, toJSON and their like). min, max, mean, median and string are ours, for flat lists
// and single values: nested ones can be exponentially larger than the expression that makes them.
var builtins = [...]string{"all", "none", "any", "one", "filter", "map", "count", "sum", "find", "findIndex", "findLast", "findLastIndex", "sortBy",
	"len", "type", "abs", "ceil", "floor", "round", "int", "float", "trim", "trimPrefix", "trimSuffix", "upper", "lower", "split",
	"indexOf", "lastIndexOf", "hasPrefix", "hasSuffix", "first", "last", "get", "take", "keys", "values", "reverse", "sort"}

var ours = [...]string{"min", "max", "mean", "median", "string"}

// Names that no expression can spell: what the rewritten tree calls.
const (
	fnExists = "@exists" // file(p).exists, which does not mind where the file is not there
	fnArray  = "@array"  // npz(p).name
	fnJSON   = "@json"   // json(p).a.b[0]
	fnLog    = "@log"    // the whole log
	fnStep   = "@step"   // counts the steps of a loop
	fnJoin   = "@join"   // a + b of strings
	fnPlus   = "@plus"   // a + b of what is only known later
)

// logOps is the calls that read the log as a stream, by operator.
var logOps = map[string]string{"contains": "@log contains", "matches": "@log matches", "startsWith": "@log startsWith", "endsWith": "@log endsWith"}

// inspect finds what a criterion names, and refuses what the language of criteria does not have. The
// tree is as it was parsed; types are not known yet.
func (p *Program) inspect(root *ast.Node) *CompileError {
	in := &inspector{p: p, vars: map[string]bool{}}
	ast.Walk(root, in)
	return in.err
}

type inspector struct {
	p    *Program
	vars map[string]bool // names that let declares
	err  *CompileError
}

func (in *inspector) fail(n ast.Node, help, format string, args ...any) {
	if in.err == nil {
		in.err = &CompileError{Col: n.Location().From + 1, Msg: fmt.Sprintf(format, args...), Help: help}
	}
}

func (in *inspector) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if n.Value == "$env" {
			in.fail(n, "name what is meant, as in `seconds`", "$env is not part of criteria")
		}
		in.p.uses[n.Value] = true
	case *ast.BytesNode:
		in.fail(n, "write it without the b", "byte strings are not part of criteria")
	case *ast.SequenceNode:
		in.fail(n, "join them with &&, or write two criteria", "a criterion is one expression; of several with ; only the last would count")
	case *ast.VariableDeclaratorNode:
		in.vars[n.Name] = true
	case *ast.ArrayNode, *ast.MapNode:
		if v := variable(n, in.vars); v != nil {
			in.fail(v, "a list or a map holds constants, facts and calls", "a variable stands in a list or a map")
		}
	case *ast.BuiltinNode:
		if !slices.Contains(builtins[:], n.Name) && !slices.Contains(ours[:], n.Name) {
			in.fail(n, "", "%s is not part of criteria", n.Name)
		}
	case *ast.CallNode:
		in.call(n)
	case *ast.BinaryNode:
		if n.Operator == "matches" {
			in.pattern(n.Right, false)
		}
	}
}

func (in *inspector) call(n *ast.CallNode) {
	if m, ok := n.Callee.(*ast.MemberNode); ok {
		help := ""
		if prop, ok := m.Property.(*ast.StringNode); ok && len(n.Arguments) == 1 {
			if op := logOps[prop.Value]; op != "" {
				help = fmt.Sprintf("write `%s %s %s`", m.Node, prop.Value, n.Arguments[0])
			}
		}
		in.fail(n, help, "nothing in criteria has methods")
		return
	}
	if id, ok := n.Callee.(*ast.IdentifierNode); ok && id.Value == "number" && len(n.Arguments) == 1 {
		in.pattern(n.Arguments[0], true)
	}
}

func (in *inspector) pattern(n ast.Node, group bool) {
	s, ok := n.(*ast.StringNode)
	if !ok {
		return
	}
	re, err := regexpOf(s.Value)
	switch {
	case err != nil:
		in.fail(n, "the syntax is RE2: https://github.com/google/re2/wiki/Syntax", "%v", err)
	case group && re.NumSubexp() == 0:
		in.fail(n, `put the digits in parentheses: number("([0-9.]+) ms")`, "number(%q) has no capture group", s.Value)
	}
}

// variable finds a variable in a literal, where it could stand twice: nested, the value doubles with
// each level.
func variable(n ast.Node, vars map[string]bool) ast.Node {
	f := &finder{vars: vars}
	ast.Walk(&n, f)
	return f.found
}

type finder struct {
	vars  map[string]bool
	found ast.Node
}

func (f *finder) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.PointerNode:
		if f.found == nil {
			f.found = n
		}
	case *ast.IdentifierNode:
		if f.vars[n.Value] && f.found == nil {
			f.found = n
		}
	}
}

// rewrite makes of an expression the calls that are recorded, and bounds what could go on for ever.
// The walk is from the leaves up.
type rewrite struct{}

func (rewrite) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if n.Value == "log" {
			ast.Patch(node, callOf(fnLog))
		}
	case *ast.MemberNode:
		fieldOf(node, n)
	case *ast.PredicateNode:
		// The body of all(), map() and their like, once for each element.
		n.Node = &ast.SequenceNode{Nodes: []ast.Node{callOf(fnStep), n.Node}}
	case *ast.BinaryNode:
		switch {
		case logOps[n.Operator] != "" && isCall(n.Left, fnLog):
			ast.Patch(node, callOf(logOps[n.Operator], n.Right))
		case n.Operator == "+" && isText(n.Left) && isText(n.Right):
			ast.Patch(node, callOf(fnJoin, n.Left, n.Right))
		case n.Operator == "+" && !(isNumber(n.Left) && isNumber(n.Right)):
			ast.Patch(node, callOf(fnPlus, n.Left, n.Right))
		}
	}
}

// fieldOf turns a field of a call into an argument of it, so that the record holds what was looked at.
func fieldOf(node *ast.Node, n *ast.MemberNode) {
	call, ok := n.Node.(*ast.CallNode)
	if !ok || n.Optional {
		return
	}
	prop, isName := n.Property.(*ast.StringNode)
	_, isIndex := n.Property.(*ast.IntegerNode)
	switch {
	case isCall(call, "file") && isName && prop.Value == "exists":
		ast.Patch(&call.Callee, &ast.IdentifierNode{Value: fnExists})
	case isCall(call, "npz") && len(call.Arguments) == 1:
		ast.Patch(node, callOf(fnArray, call.Arguments[0], n.Property))
	case (isCall(call, "json") && len(call.Arguments) == 1 || isCall(call, fnJSON)) && (isName || isIndex):
		ast.Patch(node, callOf(fnJSON, append(slices.Clone(call.Arguments), n.Property)...))
	}
}

func callOf(fn string, args ...ast.Node) *ast.CallNode {
	return &ast.CallNode{Callee: &ast.IdentifierNode{Value: fn}, Arguments: args}
}

func isCall(n ast.Node, fn string) bool {
	c, ok := n.(*ast.CallNode)
	if !ok {
		return false
	}
	id, ok := c.Callee.(*ast.IdentifierNode)
	return ok && id.Value == fn
}

// A node that was rewritten has no type yet.
func isText(n ast.Node) bool {
	return isCall(n, fnJoin) || isCall(n, fnLog) || n.Type() != nil && n.Type().Kind().String() == "string"
}

func isNumber(n ast.Node) bool {
	if b, ok := n.(*ast.BinaryNode); ok && b.Type() == nil {
		return isNumber(b.Left) && isNumber(b.Right)
	}
	if n.Type() == nil {
		return false
	}
	switch n.Type().Kind().String() {
	case "int", "float64":
		return true
	}
	return false
}
