package main

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
)

// judgedDeeds is forgeries that agree with themselves but for one thing, so that one check alone can name each.
func judgedDeeds() []operator {
	const verdict, inconsistent, changed, parent = "evidence-verdict", "evidence-inconsistent", "evidence-file-changed", "evidence-parent"
	never := "sha256:" + strings.Repeat("ab", 32)
	return []operator{
		{name: "forged: facts of a phase", rules: because(verdict), do: func(w *world) error {
			return w.forgePhase(func(ph *manifest.PhaseVerdict) { ph.Calls[0].Result = nothing() })
		}},
		{name: "forged: phase complete past its criterion", rules: because(verdict), do: func(w *world) error {
			return w.forgePhase(func(ph *manifest.PhaseVerdict) {
				ph.Calls[0].Result = nothing()
				ph.Criteria[0].Pass, ph.Criteria[0].Values = false, nil
			})
		}},
		{name: "forged: inputs of a spec without its digest", rules: because(inconsistent), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) { p.Spec.Value["inputs"] = []any{"src/a.in"} })
		}},
		{name: "forged: criterion left out of a judgement", rules: because(inconsistent), do: func(w *world) error {
			j, err := w.engine().Check(context.Background(), w.task("build"), true)
			if err != nil {
				return err
			}
			if !j.Pass || j.Recorded.Manifest == "" {
				return fmt.Errorf("check of %s was not recorded", w.task("build"))
			}
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) { p.Criteria = p.Criteria[:len(p.Criteria)-1] })
		}},
		{name: "forged: criterion that nobody can judge", rules: because(verdict), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) {
				const broken = "secnds <"
				p.Criteria[0] = manifest.Criterion{Expr: broken, Pass: true}
				list, _ := p.Spec.Value["criteria"].([]any)
				list[0] = broken
				p.Spec.Digest, _ = spec.Digest(p.Spec.Value)
			})
		}},
		{name: "forged: kind that is none", rules: because(inconsistent), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) {
				p.Kind, p.Spec.Value["kind"] = "benchmark", "benchmark"
				p.Spec.Digest, _ = spec.Digest(p.Spec.Value)
			})
		}},
		{name: "forged: superseded run that never was", rules: because(parent), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) { p.Supersedes = []string{never} })
		}},
		{name: "forged: judged run that never was", rules: because(parent), do: func(w *world) error {
			return w.forge("byhand", manifest.Pass, func(p *manifest.Predicate) { p.Judged = never })
		}},
		{name: "proof: red that is a failure", rules: because("tdd-red"), do: func(w *world) error {
			return w.forge("red", manifest.Pass, func(p *manifest.Predicate) { p.Result, p.Reason = manifest.Fail, "it timed out" })
		}},
		{name: "proof: command of the green", rules: because("tdd-command"), do: func(w *world) error {
			return w.forge("green", manifest.Pass, func(p *manifest.Predicate) {
				const other = "sh tests/easier.sh"
				p.Argv[len(p.Argv)-1], p.Spec.Value["run"] = other, other
				p.Spec.Digest, _ = spec.Digest(p.Spec.Value)
			})
		}},
		{name: "proof: failing test skipped in the green", rules: because("tdd-tests"), do: func(w *world) error {
			return w.ofTheRed(func(p *manifest.Predicate, failed string) {
				p.Tests.Names[failed] = "skipped"
				p.Tests.Passed, p.Tests.Skipped = p.Tests.Passed-1, p.Tests.Skipped+1
			})
		}},
		{name: "proof: failing test not in the green", rules: because("tdd-tests"), do: func(w *world) error {
			return w.ofTheRed(func(p *manifest.Predicate, failed string) {
				delete(p.Tests.Names, failed)
				p.Tests.Total, p.Tests.Passed = p.Tests.Total-1, p.Tests.Passed-1
			})
		}},
		{name: "artifact: as an older run left it", rules: because(changed), do: func(w *world) error {
			ws, err := w.open()
			if err != nil {
				return err
			}
			it, err := ws.Find(w.task("again"))
			if err != nil {
				return err
			}
			first := it.Runs[0] // its log is what it wrote into the artifact
			b, err := w.read(path.Join(path.Dir(first.Path), first.Doc.Predicate.Names("log")[0]))
			if err != nil {
				return err
			}
			return w.edit("out/again.txt", func([]byte) []byte { return b })
		}},
		{name: "log: edited, and recorded by a later run", rules: because(changed), do: func(w *world) error {
			return w.log("second", manifest.Fail, func(name string) error {
				if err := w.replace(name, "measured: 2", "measured: 7"); err != nil {
					return err
				}
				b, err := w.read(name)
				if err != nil {
					return err
				}
				return w.forge("notick", manifest.Pass, func(p *manifest.Predicate) {
					p.Files = append(p.Files, manifest.File{Name: name, Base: manifest.Workspace, Role: "artifact", Size: int64(len(b)), SHA256: hexOf(b)})
				})
			})
		}},
		{name: "artifact: LFS pointer to other bytes", rules: because(changed), do: func(w *world) error {
			return w.point(func(f *manifest.File) { f.SHA256 = strings.Repeat("0f", 32) })
		}},
		{name: "artifact: LFS pointer of another size", rules: because(changed), do: func(w *world) error {
			return w.point(func(f *manifest.File) { f.Size++ })
		}},
		{name: "entry: in a second ledger", rules: because("ledger-duplicate-run"), do: func(w *world) error {
			r, err := w.record("build", manifest.Pass)
			if err != nil {
				return err
			}
			lines, from, to, err := w.lines(r.Attempt)
			if err != nil {
				return err
			}
			const old = "docs/old_plan.md"
			text := fmt.Sprintf("# Old\n\n## [%s] Make it hold\n- Attempts History:\n%s", w.initiative, slices.Concat(lines[from:to]...))
			return all(func() error { return w.write(old, []byte(text)) }, func() error { return w.append(".planctl.yaml", "ledgers: ["+old+"]\n") })
		}},
	}
}

// nothing is what file() gives of a file that is not there.
func nothing() map[string]any {
	return map[string]any{"exists": false, "size": 0, "sha256": "", "lines": 0}
}

func hexOf(b []byte) string { return strings.TrimPrefix(manifest.Digest(b), "sha256:") }

// forgePhase changes what the run that closed the first phase says of it.
func (w *world) forgePhase(change func(*manifest.PhaseVerdict)) error {
	ws, err := w.open()
	if err != nil {
		return err
	}
	for _, part := range w.rows()[0] {
		it, err := ws.Find(w.task(part))
		if err != nil {
			return err
		}
		if n := it.Newest(); n != nil && len(n.Doc.Predicate.Phases) > 0 && len(n.Doc.Predicate.Phases[0].Calls) > 0 {
			return w.forge(part, manifest.Pass, func(p *manifest.Predicate) { change(&p.Phases[0]) })
		}
	}
	return fmt.Errorf("no run closed phase %s", w.phases[0])
}

// ofTheRed changes what the green says of the test that failed in its red.
func (w *world) ofTheRed(change func(p *manifest.Predicate, failed string)) error {
	r, err := w.record("red", manifest.Pass)
	if err != nil {
		return err
	}
	for name, s := range r.Doc.Predicate.Tests.Names {
		if s == "failed" {
			return w.forge("green", manifest.Pass, func(p *manifest.Predicate) { change(p, name) })
		}
	}
	return fmt.Errorf("%s names no failed test", r.Path)
}

// point puts an LFS pointer into an artifact's place, where git is told to keep such ones, to what change makes of its record.
func (w *world) point(change func(*manifest.File)) error {
	const name = "out/build.txt"
	r, err := w.record("build", manifest.Pass)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(r.Doc.Predicate.Files, func(f manifest.File) bool { return f.Name == name })
	f := r.Doc.Predicate.Files[i]
	if err := w.append(".gitattributes", "out/** filter=lfs diff=lfs merge=lfs -text\n"); err != nil {
		return err
	}
	pointer := func() error {
		return w.write(name, fmt.Appendf(nil, "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n", f.SHA256, f.Size))
	}
	if err := all(pointer, w.unaccused); err != nil {
		return err
	}
	change(&f)
	return pointer()
}

// unaccused wants nothing to be wrong yet: a deed that is close to what people may do is one by its last step alone.
func (w *world) unaccused() error {
	found, err := w.verify("")
	if l := loud(found); err == nil && len(l) > 0 {
		return &missError{what: "accused before the deed", dir: w.dir, list: l}
	}
	return err
}
