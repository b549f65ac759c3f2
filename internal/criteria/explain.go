package criteria

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"github.com/planctl/planctl/internal/manifest"
)

// claim is a criterion by its &&, || and !, so that a verdict shows the values of those parts that
// were looked at and of no others. It explains; the verdict is that of the whole expression.
type claim struct {
	op          string // && || ! or "" for one that has no parts of that kind
	left, right *claim // of ! only left
	text        string
	code        *vm.Program
	parts       []part
}

// part is what in a claim has a value worth showing.
type part struct {
	text string
	code *vm.Program
}

func newClaim(n ast.Node) *claim {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			return &claim{op: "!", left: newClaim(n.Node)}
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "&&", "and":
			return &claim{op: "&&", left: newClaim(n.Left), right: newClaim(n.Right)}
		case "||", "or":
			return &claim{op: "||", left: newClaim(n.Left), right: newClaim(n.Right)}
		}
	}
	c := &claim{text: n.String()}
	f := &parts{covered: map[ast.Node]bool{}}
	ast.Walk(&n, f)
	for _, n := range f.found {
		text := n.String()
		if !f.covered[n] && !slices.ContainsFunc(c.parts, func(p part) bool { return p.text == text }) {
			c.parts = append(c.parts, part{text: text})
		}
	}
	return c
}

// parts finds what has a value worth showing: facts, calls, and the longest chain of fields from one.
type parts struct {
	found   []ast.Node
	covered map[ast.Node]bool // by a longer one
}

func (f *parts) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		switch n.Value {
		case "exit", "signal", "timed_out", "seconds", "log":
			f.found = append(f.found, n)
		}
	case *ast.CallNode:
		if id, ok := n.Callee.(*ast.IdentifierNode); ok && slices.Contains(names[5:13], id.Value) {
			f.found = append(f.found, n)
		}
	case *ast.MemberNode:
		if isFact(n.Node) {
			f.covered[n.Node] = true
			f.found = append(f.found, n)
		}
	case *ast.BinaryNode:
		if id, ok := n.Left.(*ast.IdentifierNode); ok && id.Value == "log" && logOps[n.Operator] != "" {
			f.covered[n.Left] = true
			f.found = append(f.found, n)
		}
	}
}

// isFact reports whether a node is tests, a call of file, json or npz, or a field of one.
func isFact(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value == "tests"
	case *ast.CallNode:
		return isCall(n, "file") || isCall(n, "json") || isCall(n, "npz")
	case *ast.MemberNode:
		return isFact(n.Node)
	}
	return false
}

// compile makes the parts ready. One that does not stand alone, inside all() and the like, is dropped.
func (c *claim) compile() {
	if c == nil {
		return
	}
	c.left.compile()
	c.right.compile()
	if c.op != "" {
		return
	}
	var err error
	if c.code, err = compile(c.text); err != nil {
		c.code = nil
	}
	kept := c.parts[:0]
	for _, p := range c.parts {
		if p.code, err = compile(p.text); err == nil {
			kept = append(kept, p)
		}
	}
	c.parts = kept
}

// maxShown bounds the calls of a loop that are shown.
const maxShown = 8

// values is what a criterion that was just evaluated looked at. Nothing is called for it.
func (j *judging) values(p *Program) map[string]any {
	made := j.made
	p.once.Do(p.claim.compile)
	j.frozen = true
	values, told := map[string]any{}, map[string]bool{}
	j.explain(p.claim, values, told)
	// What is left are calls of loops.
	shown := 0
	for _, key := range made {
		if told[key] || shown == maxShown {
			continue
		}
		if i, ok := j.rec.memo[key]; ok && j.rec.calls[i].Error == "" {
			c := j.rec.calls[i]
			values[describe(c.Fn, c.Args)] = small(c.Result)
			shown++
		}
	}
	if len(values) == 0 {
		return nil
	}
	return values
}

// explain collects the values of the parts that the verdict came from; ok is false where it has none.
func (j *judging) explain(c *claim, values map[string]any, told map[string]bool) (verdict, ok bool) {
	switch c.op {
	case "!":
		verdict, ok = j.explain(c.left, values, told)
		return !verdict, ok
	case "&&", "||":
		verdict, ok = j.explain(c.left, values, told)
		if !ok || verdict == (c.op == "||") {
			return verdict, ok
		}
		return j.explain(c.right, values, told)
	}
	for _, p := range c.parts {
		v, err := j.run(p.code)
		for _, key := range j.made {
			told[key] = true
		}
		if err == nil {
			values[p.text] = small(v)
		}
	}
	if c.code == nil {
		return false, false
	}
	v, err := j.run(c.code)
	verdict, ok = v.(bool)
	return verdict, ok && err == nil
}

// Bounds on what a verdict shows.
const (
	maxValue = 512 // bytes of one value as JSON
	maxList  = 10
)

// small is a value as JSON has it, cut so that it does not drown the record.
func small(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	var plain any
	if err := json.Unmarshal(b, &plain); err != nil {
		return string(b)
	}
	if len(b) <= maxValue {
		return plain
	}
	switch v := plain.(type) {
	case string:
		return cut(v)
	case []any:
		out := make([]any, 0, maxList+1)
		for _, e := range v[:min(len(v), maxList)] {
			if s, ok := e.(string); ok && len(s) <= maxValue/4 {
				out = append(out, s)
			} else if n, ok := e.(float64); ok {
				out = append(out, n)
			}
		}
		return append(out, fmt.Sprintf("… %d in all", len(v)))
	case map[string]any:
		return fmt.Sprintf("{… %d in all: %s}", len(v), cut(few(sorted(v), maxList)))
	}
	return cut(string(b))
}

func cut(s string) string {
	const most = 200
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// few is the first n of some names.
func few(names []string, n int) string {
	if len(names) > n {
		return strings.Join(names[:n], ", ") + fmt.Sprintf(" … %d in all", len(names))
	}
	return strings.Join(names, ", ")
}

// Explain is a verdict for people, on one line: the criterion and its values, or why it could not be judged.
func Explain(c manifest.Criterion) string {
	if c.Error != "" {
		return c.Expr + ": " + c.Error
	}
	keys := sorted(c.Values)
	slices.SortStableFunc(keys, func(a, b string) int { return cmp.Compare(place(c.Expr, a), place(c.Expr, b)) })
	var said []string
	for _, k := range keys {
		if k != c.Expr {
			said = append(said, k+" = "+toShow(c.Values[k]))
		}
	}
	switch {
	case len(said) > 0:
		return c.Expr + ": " + strings.Join(said, ", ")
	case c.Pass:
		return c.Expr + " is true"
	}
	return c.Expr + " is false"
}

// place is where a part stands in an expression; one that is spelled otherwise there comes last.
func place(expr, part string) int {
	if i := strings.Index(expr, part); i >= 0 {
		return i
	}
	return len(expr)
}

// toShow is a value as an expression would write it.
func toShow(v any) string {
	if v == nil {
		return "nothing"
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint(v)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

var nameOnly = regexp.MustCompile(`^[A-Za-z_][A-Za-z_0-9]*$`)

func isName(s string) bool { return nameOnly.MatchString(s) }

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
