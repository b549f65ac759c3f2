package criteria

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/testreport"
)

// Facts is what a judgement looks at.
type Facts struct {
	Exit     int
	Signal   string
	TimedOut bool
	Seconds  float64
	LogPath  string
	Tests    testreport.Results
	Root     string // the workspace, absolute
	RunDir   string // absolute; criteria may name files below it too
	Env      func(string) (string, bool)
	Done     func(id string) (bool, error)
}

// Recorder collects the calls of judgements, one for each function and arguments.
type Recorder struct {
	calls []manifest.Call
	memo  map[string]int
}

// Calls is what was called, in order.
func (r *Recorder) Calls() []manifest.Call { return slices.Clone(r.calls) }

func callKey(fn string, args []any) string {
	b, err := json.Marshal(args)
	if err != nil {
		return fn + fmt.Sprint(args)
	}
	return fn + string(b)
}

// errNotCalled is a call that the criterion itself did not make; its value is not shown.
var errNotCalled = errors.New("not called")

// judging answers the functions of one judgement: by doing what they say, or from a record.
type judging struct {
	facts  Facts
	rec    *Recorder
	replay bool // answer from rec only
	frozen bool // answer only what was called already
}

// call gives a function's answer once for each arguments.
func (j *judging) call(fn string, do func() (any, error), args ...any) (any, error) {
	key := callKey(fn, args)
	if i, ok := j.rec.memo[key]; ok {
		c := j.rec.calls[i]
		if c.Error != "" {
			return nil, errors.New(c.Error)
		}
		return c.Result, nil
	}
	switch {
	case j.frozen:
		return nil, errNotCalled
	case j.replay:
		return nil, fmt.Errorf("%s was not called when this was recorded", describe(fn, args))
	}
	v, err := do()
	c := manifest.Call{Fn: fn, Args: args, Result: v}
	if err != nil {
		c.Result, c.Error = nil, err.Error()
	}
	if j.rec.memo == nil {
		j.rec.memo = map[string]int{}
	}
	j.rec.memo[key] = len(j.rec.calls)
	j.rec.calls = append(j.rec.calls, c)
	return v, err
}

func describe(fn string, args []any) string {
	s := make([]string, len(args))
	for i, a := range args {
		s[i] = fmt.Sprintf("%q", a)
	}
	return fn + "(" + strings.Join(s, ", ") + ")"
}

// Judge evaluates every criterion on the facts and records the calls. A criterion that cannot be
// evaluated does not pass, and its Error says why.
func Judge(ps []*Program, f Facts, r *Recorder) []manifest.Criterion {
	j := &judging{facts: f, rec: r}
	return j.all(ps)
}

// Rejudge evaluates criteria from a manifest's record alone. A call that was not recorded makes the
// criterion fail with an error that says so.
func Rejudge(ps []*Program, p *manifest.Predicate) []manifest.Criterion {
	rec := &Recorder{memo: map[string]int{}}
	for _, c := range p.Calls {
		rec.memo[callKey(c.Fn, c.Args)] = len(rec.calls)
		rec.calls = append(rec.calls, c)
	}
	f := Facts{Exit: p.Exit, Signal: p.Signal, TimedOut: p.TimedOut, Seconds: p.Seconds}
	if t := p.Tests; t != nil {
		f.Tests = testreport.Results{Total: t.Total, Passed: t.Passed, Failed: t.Failed, Skipped: t.Skipped, Errors: t.Errors, Names: map[string]testreport.Status{}}
		for n, s := range t.Names {
			f.Tests.Names[n] = testreport.Status(s)
		}
	}
	j := &judging{facts: f, rec: rec, replay: true}
	return j.all(ps)
}

func (j *judging) all(ps []*Program) []manifest.Criterion {
	out := make([]manifest.Criterion, len(ps))
	for i, p := range ps {
		out[i] = j.one(p)
	}
	return out
}

func (j *judging) one(p *Program) manifest.Criterion {
	c := manifest.Criterion{Expr: p.text}
	j.frozen = false
	v, err := j.run(p.code)
	if err != nil {
		c.Error = reason(err)
	} else {
		c.Pass, _ = v.(bool)
	}
	j.frozen = true
	for _, s := range p.shown {
		// A part that was not evaluated has no value to show.
		if v, err := j.run(s.code); err == nil {
			if c.Values == nil {
				c.Values = map[string]any{}
			}
			c.Values[s.text] = small(v)
		}
	}
	return c
}

func (j *judging) run(code *vm.Program) (v any, err error) {
	defer func() {
		// The evaluator runs what a plan says; whatever it trips over is that criterion's error.
		if r := recover(); r != nil {
			err = fmt.Errorf("the expression cannot be evaluated: %v", r)
		}
	}()
	return expr.Run(code, j.env())
}

// reason is an evaluation error without the expression's picture.
func reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			break
		}
		err = inner
	}
	msg, _, _ := strings.Cut(err.Error(), "\n")
	return msg
}

// small keeps a value out of the record that would drown it.
func small(v any) any {
	b, err := json.Marshal(v)
	if err == nil && len(b) <= 512 {
		return v
	}
	return fmt.Sprintf("(%T of %d bytes)", v, len(b))
}

// Explain is a verdict for people: the criterion and its values, or why it could not be judged.
func Explain(c manifest.Criterion) string {
	if c.Error != "" {
		return c.Expr + ": " + c.Error
	}
	var parts []string
	for _, k := range sorted(c.Values) {
		b, err := json.Marshal(c.Values[k])
		s := string(b)
		if err != nil {
			s = fmt.Sprint(c.Values[k])
		}
		parts = append(parts, k+" = "+s)
	}
	if len(parts) == 0 {
		return c.Expr + " is false"
	}
	return c.Expr + ": " + strings.Join(parts, ", ")
}
