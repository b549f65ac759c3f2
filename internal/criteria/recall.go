package criteria

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
)

// Compiler compiles each text once. It is for one goroutine.
type Compiler struct{ done map[string]compiled }

type compiled struct {
	program *Program
	err     error
}

// Compile is the package's Compile, with a memory.
func (c *Compiler) Compile(text string) (*Program, error) {
	if c.done == nil {
		c.done = map[string]compiled{}
	}
	got, ok := c.done[text]
	if !ok {
		got.program, got.err = Compile(text)
		c.done[text] = got
	}
	return got.program, got.err
}

// Different is a recorded call that gives another result now.
type Different struct {
	Call manifest.Call
	Now  string // the result, or the error, as JSON or words
}

func (d Different) String() string {
	was := d.Call.Error
	if was == "" {
		was = toShow(d.Call.Result)
	}
	return fmt.Sprintf("%s was recorded as %s and is %s", describe(d.Call.Fn, d.Call.Args), was, d.Now)
}

// Recall makes recorded calls again on the bytes that are there now and gives those with another result. What looks
// at more than files and the log (env, done), and what failed when it was recorded, is passed over. When ctx is done
// what it gives means nothing.
func Recall(ctx context.Context, calls []manifest.Call, f Facts) []Different {
	j := &judging{ctx: ctx, facts: f, rec: &Recorder{}, seen: map[string]bool{}}
	var out []Different
	for _, c := range calls {
		do := j.again(c)
		if do == nil || c.Error != "" {
			continue
		}
		v, err := do()
		var now []byte
		if err == nil {
			now, err = json.Marshal(v)
		}
		was, werr := json.Marshal(c.Result)
		switch {
		case err != nil:
			out = append(out, Different{c, strings.ToValidUTF8(err.Error(), "\uFFFD")})
		case werr != nil || !sameJSON(was, now):
			out = append(out, Different{c, string(now[:min(len(now), maxNumber)])})
		}
	}
	return out
}

// sameJSON compares values, not layout: a map of one has another order than a structure of the other.
func sameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, y := normal(a), normal(b)
	return x != nil && bytes.Equal(x, y)
}

func normal(b []byte) []byte {
	var v any
	if json.Unmarshal(b, &v) != nil {
		return nil // no JSON is like no other
	}
	out, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return out
}

// again is what a recorded call did; nil where that is not asked again.
func (j *judging) again(c manifest.Call) func() (any, error) {
	one := ""
	if len(c.Args) > 0 {
		s, ok := c.Args[0].(string)
		if !ok {
			return nil
		}
		one = s
	}
	if op, ok := strings.CutPrefix(c.Fn, "log "); ok {
		do := map[string]func(string) (bool, error){
			"contains": j.logContains, "matches": j.logMatches, "startsWith": j.logStartsWith, "endsWith": j.logEndsWith}[op]
		if do == nil {
			return nil
		}
		return func() (any, error) { return do(one) }
	}
	switch c.Fn {
	case "log":
		return func() (any, error) { return j.wholeLog() }
	case "number":
		return func() (any, error) { return j.number(one) }
	case "file":
		return func() (any, error) { return j.look(one) }
	case "npz":
		return func() (any, error) { return j.arrays(one) }
	case "json":
		fields := make([]any, 0, len(c.Args))
		for _, a := range c.Args[1:] {
			if n, ok := a.(float64); ok {
				a = int(n)
			}
			fields = append(fields, a)
		}
		return func() (any, error) { return j.json(one, fields...) }
	}
	return nil
}
