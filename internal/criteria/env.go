package criteria

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/expr-lang/expr/vm/runtime"
)

// What the functions give, with the names that expressions use.
type (
	fileView struct {
		Exists bool   `expr:"exists" json:"exists"`
		Size   int    `expr:"size" json:"size"` // bytes
		SHA256 string `expr:"sha256" json:"sha256"`
		Lines  int    `expr:"lines" json:"lines"` // a last one without a line end counts
	}
	arrayView struct {
		Dtype string `expr:"dtype" json:"dtype"`
		Shape []int  `expr:"shape" json:"shape"`
	}
	testsView struct {
		Total   int               `expr:"total" json:"total"`
		Passed  int               `expr:"passed" json:"passed"`
		Failed  int               `expr:"failed" json:"failed"`
		Skipped int               `expr:"skipped" json:"skipped"`
		Errors  int               `expr:"errors" json:"errors"`
		Names   map[string]string `expr:"names" json:"names"`
	}
)

// prototype is an environment to check types against.
func prototype() map[string]any { return (&judging{rec: &Recorder{}}).env() }

// env is everything that a criterion sees, and what its rewritten tree calls.
func (j *judging) env() map[string]any {
	f := &j.facts
	names := make(map[string]string, len(f.Tests.Names))
	for n, s := range f.Tests.Names {
		names[n] = string(s)
	}
	env := map[string]any{
		"exit": f.Exit, "signal": f.Signal, "timed_out": f.TimedOut, "seconds": f.Seconds,
		"tests": testsView{f.Tests.Total, f.Tests.Passed, f.Tests.Failed, f.Tests.Skipped, f.Tests.Errors, names},
		"KB":    1 << 10, "MB": 1 << 20, "GB": 1 << 30,
		"log":  "", // for the parser; rewrite makes a call of it
		"file": func(p string) (fileView, error) { return j.file(p, true) },
		"glob": func(p string) ([]string, error) {
			return answer[[]string](j.call("glob", func() (any, error) { return j.glob(p) }, p))
		},
		"json": func(p string) (any, error) { return j.json(p) },
		"npz":  j.npz,
		"env":  j.variable,
		"done": j.done,
		"number": func(re string) (float64, error) {
			return answer[float64](j.call("number", func() (any, error) { return j.number(re) }, re))
		},

		fnExists: func(p string) (fileView, error) { return j.file(p, false) },
		fnArray:  j.array,
		fnJSON:   j.json,
		fnLog: func() (string, error) {
			return answer[string](j.call("log", func() (any, error) { return j.wholeLog() }))
		},
		fnStep: j.step,
		fnJoin: j.join,
		fnPlus: j.plus,

		"min":    statistic(slices.Min[[]float64]),
		"max":    statistic(slices.Max[[]float64]),
		"mean":   statistic(mean),
		"median": statistic(median),
		"string": toText,
	}
	for op, do := range map[string]func(string) (bool, error){
		"contains": j.logContains, "matches": j.logMatches, "startsWith": j.logStartsWith, "endsWith": j.logEndsWith} {
		env[logOps[op]] = func(s string) (bool, error) {
			return answer[bool](j.call("log "+op, func() (any, error) { return do(s) }, s))
		}
	}
	return env
}

// answer gives a recorded result its type.
func answer[T any](v any, err error) (T, error) {
	var out T
	if err != nil {
		return out, err
	}
	if t, ok := v.(T); ok {
		return t, nil
	}
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		return out, fmt.Errorf("the recorded result has another shape: %v", err)
	}
	return out, nil
}

// file is file(p). Its fields mean nothing where there is no such file; only exists may be asked then.
func (j *judging) file(p string, must bool) (fileView, error) {
	v, err := answer[fileView](j.call("file", func() (any, error) { return j.look(p) }, p))
	if err == nil && must && !v.Exists {
		return v, fmt.Errorf("file %s is not there", p)
	}
	return v, err
}

func (j *judging) npz(p string) (map[string]arrayView, error) {
	return answer[map[string]arrayView](j.call("npz", func() (any, error) { return j.arrays(p) }, p))
}

// array is npz(p).name. A name that the file lacks is an error: an empty dtype would only look like an answer.
func (j *judging) array(p, name string) (arrayView, error) {
	all, err := j.npz(p)
	if err != nil {
		return arrayView{}, err
	}
	a, ok := all[name]
	if !ok {
		return a, fmt.Errorf("%s has no array %s; it has %s", p, name, few(sorted(all), 10))
	}
	return a, nil
}

func (j *judging) variable(name string) (string, error) {
	return answer[string](j.call("env", func() (any, error) {
		if j.facts.Env == nil {
			return "", nil
		}
		v, _ := j.facts.Env(name)
		return v, nil
	}, name))
}

func (j *judging) done(id string) (bool, error) {
	return answer[bool](j.call("done", func() (any, error) {
		if j.facts.Done == nil {
			return false, fmt.Errorf("done(%q) cannot be answered here", id)
		}
		return j.facts.Done(id)
	}, id))
}

// Bounds on one evaluation.
const (
	maxSteps  = 1_000_000 // bodies of all(), map() and their like
	maxJoined = 16 << 20  // bytes of strings that + makes
	maxTime   = 10 * time.Second
)

// step is called before each body of a loop. A deadline is the last resort against bodies that take
// long; what the functions spend on files is not counted.
func (j *judging) step() (bool, error) {
	j.steps++
	if j.steps > maxSteps {
		return false, fmt.Errorf("the expression takes more than %d steps", maxSteps)
	}
	if j.steps%256 == 0 && time.Since(j.began)-j.waited > maxTime {
		return false, fmt.Errorf("the expression takes more than %s", maxTime)
	}
	return true, nil
}

func (j *judging) join(a, b string) (string, error) {
	if j.joined += len(a) + len(b); j.joined > maxJoined {
		return "", fmt.Errorf("the expression makes strings of more than %d bytes", maxJoined)
	}
	return a + b, nil
}

// plus is + where the types are known only now, as with json(p).
func (j *judging) plus(a, b any) (any, error) {
	if a, ok := a.(string); ok {
		if b, ok := b.(string); ok {
			return j.join(a, b)
		}
	}
	return runtime.Add(a, b), nil
}

// statistic is a function of numbers, or of one list of them.
func statistic(of func([]float64) float64) func(...any) (float64, error) {
	return func(args ...any) (float64, error) {
		if len(args) == 1 {
			if v := reflect.ValueOf(args[0]); v.Kind() == reflect.Slice {
				list := make([]any, v.Len())
				for i := range list {
					list[i] = v.Index(i).Interface()
				}
				args = list
			}
		}
		if len(args) == 0 {
			return 0, fmt.Errorf("there are no numbers")
		}
		var ns []float64
		for _, a := range args {
			switch a := a.(type) {
			case int:
				ns = append(ns, float64(a))
			case float64:
				ns = append(ns, a)
			default:
				return 0, fmt.Errorf("%s is no number", toShow(a))
			}
		}
		return of(ns), nil
	}
}

func mean(ns []float64) float64 {
	sum := 0.0
	for _, n := range ns {
		sum += n
	}
	return sum / float64(len(ns))
}

func median(ns []float64) float64 {
	slices.Sort(ns)
	k := len(ns) / 2
	if len(ns)%2 == 1 {
		return ns[k]
	}
	return (ns[k-1] + ns[k]) / 2
}

// toText is string(v), of single values.
func toText(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case int:
		return strconv.Itoa(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64: // every number of a JSON document is one; 1000000 is to be read so
		if math.Abs(v) < 1e15 {
			return strconv.FormatFloat(v, 'f', -1, 64), nil
		}
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	}
	return "", fmt.Errorf("string takes a string, a number or a boolean, not %s", toShow(v))
}
