package engine

import (
	"fmt"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/redact"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
)

// maskerFor masks the secrets of the environment and those that a spec sets.
func (e *Engine) maskerFor(w *workspace.Workspace, sp *spec.Spec) *redact.Masker {
	env := append([]string(nil), e.Environ...)
	if sp != nil {
		for k, v := range sp.Env {
			if v != nil {
				env = append(env, k+"="+*v)
			}
		}
	}
	return redact.New(redact.Values(env, w.Config.Secrets))
}

// maskPredicate takes secrets out of everything that a manifest is going to say. The row and the spec stay as the plan
// has them, since their digests are taken of them: published refuses to run what holds a secret there.
func maskPredicate(m *redact.Masker, p *manifest.Predicate) {
	if m == nil {
		return
	}
	for _, s := range []*string{&p.Reason, &p.Note, &p.Source.Why, &p.Dir, &p.Actor.Name, &p.Actor.Email, &p.Host.Name, &p.Executor.ID} {
		*s = m.String(*s)
	}
	p.Task.Description = m.String(p.Task.Description)
	for i := range p.Argv {
		p.Argv[i] = m.String(p.Argv[i])
	}
	for k, v := range p.Env {
		p.Env[k] = m.String(v)
	}
	maskVerdicts(m, p.Criteria, p.Calls)
	for i := range p.Phases {
		maskVerdicts(m, p.Phases[i].Criteria, p.Phases[i].Calls)
	}
	if p.Tests != nil {
		p.Tests.Names = maskKeys(m, p.Tests.Names)
	}
	if r := p.Replay; r != nil {
		r.Setup = m.String(r.Setup)
		for _, s := range []*manifest.ReplaySide{&r.Red, &r.Green} {
			s.Reason, s.Failure = m.String(s.Reason), m.String(s.Failure)
			for i := range s.Overlaid {
				s.Overlaid[i] = m.String(s.Overlaid[i])
			}
		}
		for i := range r.Holders {
			r.Holders[i] = m.String(r.Holders[i])
		}
	}
	p.Pins, p.Inputs, p.Source.Digests = maskKeys(m, p.Pins), maskKeys(m, p.Inputs), maskKeys(m, p.Source.Digests)
}

// maskVerdicts takes secrets out of what criteria saw, in place.
func maskVerdicts(m *redact.Masker, cs []manifest.Criterion, calls []manifest.Call) {
	if m == nil {
		return
	}
	for i := range cs {
		cs[i].Error = m.String(cs[i].Error)
		for k, v := range cs[i].Values {
			cs[i].Values[k] = maskValue(m, v)
		}
	}
	for i := range calls {
		calls[i].Error = m.String(calls[i].Error)
		calls[i].Result = maskValue(m, calls[i].Result)
		for k, v := range calls[i].Args {
			calls[i].Args[k] = maskValue(m, v)
		}
	}
}

// maskValue is a value as a criterion or JSON has it, without secrets in texts and keys.
func maskValue(m *redact.Masker, v any) any {
	switch v := v.(type) {
	case string:
		return m.String(v)
	case []string:
		for i := range v {
			v[i] = m.String(v[i])
		}
	case []any:
		for i := range v {
			v[i] = maskValue(m, v[i])
		}
	case map[string]any:
		for k, w := range v {
			w = maskValue(m, w)
			if masked := m.String(k); masked != k {
				delete(v, k)
				k = masked
			}
			v[k] = w
		}
	case map[string]string:
		for k, w := range v {
			if masked := m.String(k); masked != k {
				delete(v, k)
				k = masked
			}
			v[k] = m.String(w)
		}
	}
	return v
}

func maskKeys(m *redact.Masker, in map[string]string) map[string]string {
	for k, v := range in {
		if masked := m.String(k); masked != k {
			delete(in, k)
			in[masked] = v
		}
	}
	return in
}

// published finds a secret of the environment that the row or its spec writes out: it would stand in the manifest and
// the ledger, and masked there their digests would no longer be those of what ran.
func (e *Engine) published(w *workspace.Workspace, it *workspace.Item) *finding.Finding {
	m := redact.New(redact.Values(e.Environ, w.Config.Secrets))
	sp, _, _ := it.EffectiveSpec()
	if m == nil || sp == nil {
		return nil
	}
	f := finding.Finding{Code: "spec-secret", Severity: finding.Error, File: it.Plan.Path, Line: it.Task.Line, Task: it.Task.ID,
		Help: "take the value out and read it from the environment; `secrets:` in the config says which variables are secret"}
	if name, ok := m.Contains([]byte(it.Task.ID + " " + it.Task.Description)); ok {
		f.Message = fmt.Sprintf("the row of %s holds the value of $%s", it.Task.ID, name)
		return &f
	}
	text, err := spec.Canonical(sp.Value())
	if err != nil {
		return nil // a spec without canonical form has no digest either, and is refused where it is decoded
	}
	if name, ok := m.Contains(text); ok {
		if it.Spec != nil {
			f.File, f.Line, f.Col = sp.File, sp.Line, sp.Col
		}
		f.Message = fmt.Sprintf("the spec of %s holds the value of $%s", it.Task.ID, name)
		return &f
	}
	return nil
}
