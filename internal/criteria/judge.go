package criteria

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/planctl/planctl/internal/disk"
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

// Bounds on a record: it becomes part of a manifest, and that of a repository.
const (
	maxCalls  = 10_000
	maxResult = 1 << 20  // bytes of one result as JSON
	maxRecord = 16 << 20 // bytes of all of them
)

// Recorder collects the calls of judgements, one for each function and arguments. A result is what
// JSON has (numbers are float64, structures are maps), so that a criterion sees the same now and when
// the record is read back. Functions are named as expressions name them, and `log contains` and its
// like; arguments beyond those of json are the fields that were looked at.
type Recorder struct {
	calls []manifest.Call
	memo  map[string]int
	size  int
	lost  []error // calls that have no answer because the system failed, or for an interrupt
}

// Lost says why a call has no answer that could be judged: the system failed, and not the file that was asked about, or
// there was an interrupt meanwhile. A verdict that stands on it is none.
func (r *Recorder) Lost() error { return errors.Join(r.lost...) }

// Calls is what was called, in order.
func (r *Recorder) Calls() []manifest.Call { return slices.Clone(r.calls) }

func (r *Recorder) add(key string, c manifest.Call) {
	if r.memo == nil {
		r.memo = map[string]int{}
	}
	r.memo[key] = len(r.calls)
	r.calls = append(r.calls, c)
}

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
	ctx    context.Context // of the one call that this is
	facts  Facts
	rec    *Recorder
	vars   map[string]any
	replay bool            // answer from rec only
	frozen bool            // answer only what was called already
	made   []string        // keys of the calls that the criterion made, each once
	seen   map[string]bool // of them
	steps  int
	joined int
	began  time.Time
	waited time.Duration // on files
	doc    document
	inside []string // Root and RunDir, links resolved
}

// call gives a function's answer once for each arguments.
func (j *judging) call(fn string, do func() (any, error), args ...any) (any, error) {
	for _, a := range args {
		if s, ok := a.(string); ok && !utf8.ValidString(s) {
			return nil, fmt.Errorf("%s: the argument is not UTF-8", fn)
		}
	}
	key := callKey(fn, args)
	if !j.seen[key] {
		j.seen[key] = true
		j.made = append(j.made, key)
	}
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
	case len(j.rec.calls) >= maxCalls:
		return nil, fmt.Errorf("the criteria make more than %d different calls", maxCalls)
	}
	begin := time.Now()
	v, err := do()
	j.waited += time.Since(begin)
	c := manifest.Call{Fn: fn, Args: args}
	if err == nil {
		c.Result, err = j.rec.plain(v, fn, args)
	}
	if disk.Failed(err) || errors.Is(err, context.Canceled) {
		j.rec.lost = append(j.rec.lost, err)
	}
	if err != nil {
		c.Error = strings.ToValidUTF8(err.Error(), "\uFFFD")
		err = errors.New(c.Error)
	}
	j.rec.add(key, c)
	return c.Result, err
}

// plain is a result as it will be read back.
func (r *Recorder) plain(v any, fn string, args []any) (any, error) {
	b, err := json.Marshal(v)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", describe(fn, args), err)
	case len(b) > maxResult && fn == "json":
		return nil, fmt.Errorf("%s gives %d bytes, and a record takes %d: name the field that is meant, as in json(%q).field", describe(fn, args), len(b), maxResult, args[0])
	case len(b) > maxResult:
		return nil, fmt.Errorf("%s gives %d bytes, and a record takes %d", describe(fn, args), len(b), maxResult)
	case r.size+len(b) > maxRecord:
		return nil, fmt.Errorf("%s: the results of the criteria have more than %d bytes", describe(fn, args), maxRecord)
	}
	r.size += len(b)
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", describe(fn, args), err)
	}
	return out, nil
}

// describe is a call as an expression writes it.
func describe(fn string, args []any) string {
	if op, ok := strings.CutPrefix(fn, "log "); ok && len(args) == 1 {
		return fmt.Sprintf("log %s %s", op, toShow(args[0]))
	}
	if fn == "log" {
		return fn
	}
	var path strings.Builder
	if fn == "json" && len(args) > 1 {
		for _, a := range args[1:] {
			if s, ok := a.(string); ok && isName(s) {
				path.WriteString("." + s)
			} else {
				path.WriteString("[" + toShow(a) + "]")
			}
		}
		args = args[:1]
	}
	s := make([]string, len(args))
	for i, a := range args {
		s[i] = toShow(a)
	}
	return fn + "(" + strings.Join(s, ", ") + ")" + path.String()
}

// Judge evaluates every criterion on the facts and records the calls. A criterion that cannot be
// evaluated does not pass, and its Error says why. When ctx is done no more of any file is read, and Recorder.Lost says so.
func Judge(ctx context.Context, ps []*Program, f Facts, r *Recorder) []manifest.Criterion {
	return (&judging{ctx: ctx, facts: f, rec: r}).all(ps)
}

// Rejudge evaluates criteria from a manifest's record alone. A call that was not recorded makes the
// criterion fail with an error that says so.
func Rejudge(ps []*Program, p *manifest.Predicate) []manifest.Criterion {
	rec := &Recorder{}
	for _, c := range p.Calls {
		rec.add(callKey(c.Fn, c.Args), c)
	}
	f := Facts{Exit: p.Exit, Signal: p.Signal, TimedOut: p.TimedOut, Seconds: p.Seconds}
	if t := p.Tests; t != nil {
		f.Tests = testreport.Results{Total: t.Total, Passed: t.Passed, Failed: t.Failed, Skipped: t.Skipped, Errors: t.Errors, Names: map[string]testreport.Status{}}
		for n, s := range t.Names {
			f.Tests.Names[n] = testreport.Status(s)
		}
	}
	return (&judging{ctx: context.Background(), facts: f, rec: rec, replay: true}).all(ps)
}

func (j *judging) all(ps []*Program) []manifest.Criterion {
	j.vars = j.env()
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
	if err == nil {
		var ok bool
		if c.Pass, ok = v.(bool); !ok {
			err = fmt.Errorf("the expression gives %s, not true or false", toShow(v))
		}
	}
	if err != nil {
		c.Error = reason(err)
	}
	c.Values = j.values(p)
	return c
}

// run evaluates a compiled expression within the bounds of one.
func (j *judging) run(code *vm.Program) (v any, err error) {
	defer func() {
		// The evaluator runs what a plan says; whatever it trips over is that criterion's error.
		if r := recover(); r != nil {
			err = fmt.Errorf("the expression cannot be evaluated: %v", r)
		}
	}()
	j.steps, j.joined, j.began, j.waited = 0, 0, time.Now(), 0
	j.made, j.seen = nil, map[string]bool{}
	return expr.Run(code, j.vars)
}

// reason is an evaluation error without the expression's picture, on one line.
func reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			break
		}
		err = inner
	}
	msg := err.Error()
	var fe *file.Error
	if errors.As(err, &fe) {
		msg = fe.Message
	}
	msg, _, _ = strings.Cut(msg, "\n")
	switch {
	case strings.HasPrefix(msg, "invalid operation: bool("): // a value of a document, which has no type before
		return "a value that is " + strings.TrimSuffix(strings.TrimPrefix(msg, "invalid operation: bool("), ")") + " is neither true nor false"
	case strings.Contains(msg, "memory budget exceeded"):
		return "the expression makes lists that are too long"
	case strings.HasPrefix(msg, "cannot fetch ") && strings.HasSuffix(msg, "from <nil>"):
		return strings.TrimSuffix(msg, "<nil>") + "nothing: there is no such value"
	}
	return strings.ReplaceAll(strings.ReplaceAll(msg, "<nil>", "nothing"), "interface {}", "any value")
}
