package main

import (
	"os"
	"path"

	"github.com/planctl/planctl/internal/manifest"
)

// proofDeeds is what can be done to the proof that a test failed first.
func proofDeeds() []operator {
	return []operator{
		{name: "proof: red deleted", rules: because("evidence-parent"), do: func(w *world) error {
			r, err := w.record("red", manifest.Pass)
			if err != nil {
				return err
			}
			return all(func() error { return w.entry("red", manifest.Pass, func([]byte) []byte { return nil }) }, func() error { return os.RemoveAll(w.path(path.Dir(r.Path))) })
		}},
		{name: "proof: green without a red", rules: because("tdd-no-red"), do: func(w *world) error {
			return w.forge("green", manifest.Pass, func(p *manifest.Predicate) { p.Red = "" })
		}},
		{name: "proof: another run for a red", rules: because("tdd-red"), do: func(w *world) error {
			r, err := w.record("build", manifest.Pass)
			if err != nil {
				return err
			}
			return w.forge("green", manifest.Pass, func(p *manifest.Predicate) { p.Red = r.Digest })
		}},
		{name: "proof: red ran later", rules: because("tdd-order"), do: func(w *world) error {
			return w.forge("green", manifest.Pass, func(p *manifest.Predicate) { p.Source.Commit, p.Source.Tree = w.first, "" })
		}},
		{name: "proof: failing test left out of the green", rules: because("evidence-tests"), do: func(w *world) error {
			return w.forge("green", manifest.Pass, func(p *manifest.Predicate) {
				r, err := w.record("red", manifest.Pass)
				if err != nil {
					return
				}
				for name, s := range r.Doc.Predicate.Tests.Names {
					if s == "failed" {
						delete(p.Tests.Names, name)
					}
				}
			})
		}},
		{name: "proof: red says that another test failed", rules: because("evidence-tests"), do: func(w *world) error {
			return w.forge("red", manifest.Pass, func(p *manifest.Predicate) {
				for name, s := range p.Tests.Names {
					if s == "failed" {
						delete(p.Tests.Names, name)
						p.Tests.Names["another"] = s
						return
					}
				}
			})
		}},
		{name: "proof: counts of the tests", rules: because("evidence-tests"), do: func(w *world) error {
			return w.forge("green", manifest.Pass, func(p *manifest.Predicate) { p.Tests.Total, p.Tests.Passed = 20, 20 })
		}},
		{name: "proof: tests of a red that did not fail", rules: because("evidence-tests", "evidence-verdict"), do: func(w *world) error {
			return w.forge("red", manifest.Pass, func(p *manifest.Predicate) { p.Tests.Failed, p.Tests.Passed = 0, 2 })
		}},
		{name: "proof: no tests recorded", rules: because("evidence-tests"), do: func(w *world) error {
			return w.forge("green", manifest.Pass, func(p *manifest.Predicate) { p.Tests = nil })
		}},
		{name: "proof: pins of the green", rules: because("tdd-pins"), do: func(w *world) error {
			return w.forge("green", manifest.Pass, func(p *manifest.Predicate) {
				for k := range p.Pins {
					p.Pins[k] = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
				}
			})
		}},
		{name: "proof: pins accepted", rules: because("tdd-pins-accepted"), do: func(w *world) error {
			return w.forge("green", manifest.Pass, func(p *manifest.Predicate) {
				for k := range p.Pins {
					p.Pins[k] = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
					p.Accepted = []string{k}
				}
			})
		}},
		{name: "proof: pin edited, and both runs with it", rules: because("fresh-pin"), do: func(w *world) error {
			return w.replace(w.suite.file, "cycle", "circle")
		}},
		{name: "proof: because of the red", rules: because("evidence-verdict", "evidence-inconsistent"), do: func(w *world) error {
			return w.log("red", manifest.Pass, func(name string) error {
				if err := w.replace(name, "NotImplementedError", "SyntaxError"); err != nil {
					return err
				}
				return w.sums("red", manifest.Pass)
			})
		}},
		{name: "proof: log of a green that failed", rules: because("evidence-verdict", "evidence-tests"), do: func(w *world) error {
			return w.log("red", manifest.Pass, func(old string) error {
				b, err := w.read(old)
				if err != nil {
					return err
				}
				if err := w.log("green", manifest.Pass, func(name string) error { return w.write(name, b) }); err != nil {
					return err
				}
				return w.sums("green", manifest.Pass)
			})
		}},
	}
}
