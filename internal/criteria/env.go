package criteria

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/planctl/planctl/internal/manifest"
)

// What the functions give, with the names that expressions use.
type (
	fileView struct {
		Exists bool   `expr:"exists" json:"exists"`
		Size   int    `expr:"size" json:"size"` // bytes
		SHA256 string `expr:"sha256" json:"sha256"`
		Lines  int    `expr:"lines" json:"lines"`
	}
	arrayView struct {
		Dtype string `expr:"dtype" json:"dtype"`
		Shape []int  `expr:"shape" json:"shape"`
	}
	testsView struct {
		Total   int               `expr:"total"`
		Passed  int               `expr:"passed"`
		Failed  int               `expr:"failed"`
		Skipped int               `expr:"skipped"`
		Errors  int               `expr:"errors"`
		Names   map[string]string `expr:"names"`
	}
)

// prototype is an environment to check types against.
func prototype() map[string]any { return (&judging{rec: &Recorder{}}).env() }

// env is everything that a criterion sees.
func (j *judging) env() map[string]any {
	f := &j.facts
	names := map[string]string{}
	for n, s := range f.Tests.Names {
		names[n] = string(s)
	}
	env := map[string]any{
		"exit": f.Exit, "signal": f.Signal, "timed_out": f.TimedOut, "seconds": f.Seconds,
		"tests": testsView{f.Tests.Total, f.Tests.Passed, f.Tests.Failed, f.Tests.Skipped, f.Tests.Errors, names},
		"KB":    1 << 10, "MB": 1 << 20, "GB": 1 << 30,
		"file":    func(p string) (fileView, error) { return j.file(p, false) },
		"present": func(p string) (fileView, error) { return j.file(p, true) },
		"glob": func(p string) ([]string, error) {
			return answer[[]string](j.call("glob", func() (any, error) { return j.glob(p) }, p))
		},
		"json": func(p string) (any, error) {
			return j.call("json", func() (any, error) { return j.document(p) }, p)
		},
		"npz": func(p string) (map[string]arrayView, error) {
			return answer[map[string]arrayView](j.call("npz", func() (any, error) { return j.arrays(p) }, p))
		},
		"env": func(name string) (string, error) {
			return answer[string](j.call("env", func() (any, error) { return j.variable(name), nil }, name))
		},
		"done": func(id string) (bool, error) {
			return answer[bool](j.call("done", func() (any, error) { return j.done(id) }, id))
		},
		"number": func(re string) (float64, error) {
			return answer[float64](j.call("number", func() (any, error) { return j.number(re) }, re))
		},
		"log_contains":    j.logFunc("log_contains", j.logContains),
		"log_matches":     j.logFunc("log_matches", j.logMatches),
		"log_starts_with": j.logFunc("log_starts_with", j.logStartsWith),
		"log_ends_with":   j.logFunc("log_ends_with", j.logEndsWith),
	}
	env["log"] = "" // for the parser; logText makes a call of it
	env["log_text"] = func() (string, error) {
		return answer[string](j.call("log", func() (any, error) { return j.wholeLog() }))
	}
	return env
}

func (j *judging) logFunc(name string, do func(string) (bool, error)) func(string) (bool, error) {
	return func(s string) (bool, error) {
		return answer[bool](j.call(name, func() (any, error) { return do(s) }, s))
	}
}

// answer gives a call's result its type, also where it comes from a record that was JSON.
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
		return out, fmt.Errorf("the recorded result has another shape: %w", err)
	}
	return out, nil
}

func (j *judging) file(p string, must bool) (fileView, error) {
	v, err := answer[fileView](j.call("file", func() (any, error) { return j.look(p) }, p))
	if err == nil && must && !v.Exists {
		return v, fmt.Errorf("file %s is not there", p)
	}
	return v, err
}

func (j *judging) variable(name string) string {
	if j.facts.Env == nil {
		return ""
	}
	v, _ := j.facts.Env(name)
	return v
}

func (j *judging) done(id string) (bool, error) {
	if j.facts.Done == nil {
		return false, fmt.Errorf("done(%q) cannot be answered here", id)
	}
	return j.facts.Done(id)
}

func (j *judging) arrays(p string) (map[string]arrayView, error) {
	abs, err := j.path(p)
	if err != nil {
		return nil, err
	}
	arrays, err := Arrays(abs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	return views(arrays), nil
}

func views(in map[string]manifest.Array) map[string]arrayView {
	out := make(map[string]arrayView, len(in))
	for n, a := range in {
		out[n] = arrayView{a.Dtype, a.Shape}
	}
	return out
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
