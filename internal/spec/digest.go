package spec

import (
	"crypto/sha256"
	"encoding/hex"
)

// Value is what decides a run: the effective kind, run, because, allow, red, pins,
// criteria, artifacts, inputs, tests, env and dir, before stamps are put in.
// Unset keys are left out; so is the kind of a roll-up row, which has none.
// timeout, log, after, executor and resources are not part of it.
func (s *Spec) Value() map[string]any {
	v := map[string]any{}
	if s.Kind != Unknown {
		v["kind"] = s.Kind.String()
	}
	text := func(key, value string) {
		if value != "" {
			v[key] = value
		}
	}
	list := func(key string, values []string) {
		if len(values) == 0 {
			return
		}
		l := make([]any, len(values))
		for i, s := range values {
			l[i] = s
		}
		v[key] = l
	}
	text("run", s.Run)
	text("because", s.Because)
	text("red", s.Red)
	text("dir", s.Dir)
	list("allow", s.Allow)
	list("pins", s.Pins)
	list("artifacts", s.Artifacts)
	list("inputs", s.Inputs)
	list("tests", s.Tests)
	exprs := make([]string, len(s.Criteria))
	for i, c := range s.Criteria {
		exprs[i] = c.Expr
	}
	list("criteria", exprs)
	if len(s.Env) > 0 {
		env := make(map[string]any, len(s.Env))
		for k, p := range s.Env {
			env[k] = nil
			if p != nil {
				env[k] = *p
			}
		}
		v["env"] = env
	}
	return v
}

// Digest is "sha256:" and the SHA-256, in hex, of the value's canonical JSON,
// and that JSON. Both are empty for a value that has no canonical JSON (see
// Canonical); those that Value makes of a decoded text always have one.
func Digest(value map[string]any) (digest string, canonical []byte) {
	canonical, err := Canonical(value)
	if err != nil {
		return "", nil
	}
	sum := sha256.Sum256(canonical)
	return "sha256:" + hex.EncodeToString(sum[:]), canonical
}

// FromValue is the spec that Value gave: what a manifest says that ran. Keys
// that it does not know, and values of another type, are passed over, as a
// later version may have written them.
func FromValue(id string, v map[string]any) *Spec {
	s := &Spec{ID: id, Kind: Check}
	text := func(key string) string { t, _ := v[key].(string); return t }
	list := func(key string) []string {
		l, _ := v[key].([]any)
		var out []string
		for _, x := range l {
			if t, ok := x.(string); ok {
				out = append(out, t)
			}
		}
		return out
	}
	if err := s.Kind.UnmarshalText([]byte(text("kind"))); err != nil {
		s.Kind = Unknown
	}
	s.Run, s.Because, s.Red, s.Dir = text("run"), text("because"), text("red"), text("dir")
	s.Allow, s.Pins, s.Artifacts, s.Inputs, s.Tests = list("allow"), list("pins"), list("artifacts"), list("inputs"), list("tests")
	for _, e := range list("criteria") {
		s.Criteria = append(s.Criteria, Criterion{Expr: e})
	}
	if env, ok := v["env"].(map[string]any); ok {
		s.Env = map[string]*string{}
		for k, x := range env {
			if t, ok := x.(string); ok {
				s.Env[k] = &t
			} else {
				s.Env[k] = nil
			}
		}
	}
	return s
}
