package main

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/workspace"
)

// replayDeeds is what a forger does to the record of a proof that was shown again.
func replayDeeds() []operator {
	const verdict, inconsistent, tests = "evidence-verdict", "evidence-inconsistent", "evidence-tests"
	deed := func(name string, rules []finding.Code, change func(p *manifest.Predicate)) operator {
		return operator{name: "shown again: " + name, rules: rules, do: func(w *world) error { return w.forgeReplay(change) }}
	}
	log := func(side string, of func(*manifest.Replay) *manifest.ReplaySide, rules []finding.Code) operator {
		return operator{name: "shown again: log of the " + side + " is of another test", rules: rules, do: func(w *world) error {
			r, err := w.shown()
			if err != nil {
				return err
			}
			name := path.Join(path.Dir(r.Path), of(r.Doc.Predicate.Replay).Log)
			if err := w.edit(name, func(b []byte) []byte { return otherTest(w, b) }); err != nil {
				return err
			}
			b, err := w.read(name)
			if err != nil {
				return err
			}
			return w.forgeReplay(func(p *manifest.Predicate) {
				s := of(p.Replay)
				i := slices.IndexFunc(p.Files, func(f manifest.File) bool { return f.Name == s.Log })
				p.Files[i].Size, p.Files[i].SHA256 = int64(len(b)), hexOf(b)
				s.Tests.Names = otherNames(w, s.Tests.Names)
				s.Failure = string(otherTest(w, []byte(s.Failure)))
			})
		}}
	}
	red := func(q *manifest.Replay) *manifest.ReplaySide { return &q.Red }
	green := func(q *manifest.Replay) *manifest.ReplaySide { return &q.Green }
	return []operator{
		deed("counts of its red", because(tests), func(p *manifest.Predicate) {
			p.Replay.Red.Tests = &manifest.Tests{Total: 9, Passed: 9, Reader: p.Replay.Red.Tests.Reader}
		}),
		deed("tests of its green", because(tests), func(p *manifest.Predicate) {
			p.Replay.Green.Tests.Names = map[string]string{"another": "passed"}
		}),
		deed("no tests of its green", because(tests), func(p *manifest.Predicate) { p.Replay.Green.Tests = nil }),
		deed("pins that hold the implementation", because(verdict), func(p *manifest.Predicate) {
			for pin := range p.Pins {
				p.Replay.Holders = append(p.Replay.Holders, pin)
			}
		}),
		deed("no pins", because(inconsistent), func(p *manifest.Predicate) { p.Pins = nil }),
		deed("reason of its red", because(tests), func(p *manifest.Predicate) { p.Replay.Red.Failure = "because it is blue" }),
		deed("its green for a red", because(inconsistent), func(p *manifest.Predicate) { p.Red = p.Judged }),
		deed("no red", because(inconsistent), func(p *manifest.Predicate) { p.Red = "" }),
		deed("no green", because(inconsistent), func(p *manifest.Predicate) { p.Judged = "" }),
		deed("its red did not fail", because(verdict), func(p *manifest.Predicate) { p.Replay.Red.Exit = 0 }),
		deed("its green did not show", because(verdict), func(p *manifest.Predicate) { p.Replay.Green.Pass = false }),
		deed("no log of its red", because(inconsistent), func(p *manifest.Predicate) {
			p.Files = slices.DeleteFunc(p.Files, func(f manifest.File) bool { return f.Name == p.Replay.Red.Log })
		}),
		{name: "shown again: commit of its red", rules: because(inconsistent), do: func(w *world) error {
			return w.commitOf(red)
		}},
		{name: "shown again: commit of its green", rules: because(inconsistent), do: func(w *world) error {
			return w.commitOf(green)
		}},
		log("red", red, because(verdict)),
		log("green", green, because(verdict)),
	}
}

// shown is the record of the proof that was shown again.
func (w *world) shown() (*workspace.Record, error) {
	return w.recordOf("green", func(p *manifest.Predicate) bool { return p.Kind == manifest.KindReplay && p.Result == manifest.Pass })
}

func (w *world) forgeReplay(change func(*manifest.Predicate)) error {
	r, err := w.shown()
	if err != nil {
		return err
	}
	return w.forgeRecord(r, change)
}

// commitOf names a commit that never was, in the record and in its entry.
func (w *world) commitOf(side func(*manifest.Replay) *manifest.ReplaySide) error {
	r, err := w.shown()
	if err != nil {
		return err
	}
	s := side(r.Doc.Predicate.Replay)
	never, word := strings.Repeat("0", len(s.Commit)), map[bool]string{true: "passed on ", false: "failed on "}[s.Exit == 0]
	return all(func() error {
		return w.attempt(r.Attempt, func(b []byte) []byte {
			return bytes.Replace(b, []byte(word+s.Commit[:12]), []byte(word+never[:12]), 1)
		})
	}, func() error {
		return w.forgeReplay(func(p *manifest.Predicate) { side(p.Replay).Commit = never })
	})
}

// otherTest gives the test of the cycle another name, as the runner of this repository writes it.
func otherTest(w *world, b []byte) []byte {
	was, now := "cycles", "zzz"
	if w.suite.name == "go" {
		was, now = "TestCycle", "TestZzz"
	}
	return bytes.ReplaceAll(b, []byte(was), []byte(now))
}

func otherNames(w *world, names map[string]string) map[string]string {
	out := map[string]string{}
	for n, s := range names {
		out[string(otherTest(w, []byte(n)))] = s
	}
	return out
}
