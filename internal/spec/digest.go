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
