package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"strings"
	"time"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
)

// forge rewrites a manifest as somebody would who knows how planctl works: the entry, and every manifest that names the
// run, get the new digest, so that all of it agrees again.
func (w *world) forge(part string, result manifest.Result, change func(*manifest.Predicate)) error {
	r, err := w.record(part, result)
	if err != nil {
		return err
	}
	return w.forgeRecord(r, change)
}

func (w *world) forgeRecord(r *workspace.Record, change func(*manifest.Predicate)) error {
	ws, err := w.open()
	if err != nil {
		return err
	}
	byDigest := ws.Evidence.ByDigest(r.Digest)
	return w.rewrite(ws, byDigest, r.Digest, func(s *manifest.Statement) {
		change(&s.Predicate)
		*s = *manifest.New(s.Predicate)
	})
}

// rewrite gives a record other bytes and tells all who name it.
func (w *world) rewrite(ws *workspace.Workspace, r *workspace.Record, was string, change func(*manifest.Statement)) error {
	change(r.Doc)
	b, err := manifest.Encode(r.Doc)
	if err != nil {
		return err
	}
	now := manifest.Digest(b)
	if now == was {
		return fmt.Errorf("%s: the forger changed nothing", r.Path)
	}
	r.Digest = now
	if err := w.write(r.Path, b); err != nil {
		return err
	}
	if err := w.edit(w.ledger, func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(was), []byte(now)) }); err != nil {
		return err
	}
	for _, q := range ws.Evidence.Records {
		if q == r {
			continue
		}
		old := q.Digest
		if !strings.Contains(names(q), was) {
			continue
		}
		if err := w.rewrite(ws, q, old, func(s *manifest.Statement) {
			p := &s.Predicate
			for _, list := range [][]string{p.Parents, p.Supersedes} {
				for i := range list {
					list[i] = strings.ReplaceAll(list[i], was, now)
				}
			}
			p.Red, p.Judged = strings.ReplaceAll(p.Red, was, now), strings.ReplaceAll(p.Judged, was, now)
		}); err != nil {
			return err
		}
	}
	return nil
}

// names is every run that a record names.
func names(r *workspace.Record) string {
	p := &r.Doc.Predicate
	return strings.Join(append(append([]string{p.Red, p.Judged}, p.Parents...), p.Supersedes...), " ")
}

// forgeries is what a forger does who rewrites the digests too.
func forgeries() []operator {
	const verdict, inconsistent = "evidence-verdict", "evidence-inconsistent"
	return append(judgedDeeds(), []operator{
		{name: "forged: fail made a pass", rules: because(verdict), do: func(w *world) error {
			return all(func() error {
				return w.forge("failing", manifest.Fail, func(p *manifest.Predicate) { p.Result, p.Reason, p.Exit, p.Ticked = manifest.Pass, "", 0, true })
			}, func() error { return w.sub("failing", manifest.Pass, ": fail (exit 3", ": pass (exit 0") }, func() error { return w.token(w.plan, w.ids["failing"], "[x]") })
		}},
		{name: "forged: verdict of a criterion", rules: because(verdict), do: func(w *world) error {
			return w.forge("failing", manifest.Fail, func(p *manifest.Predicate) { p.Criteria[0].Pass = true })
		}},
		{name: "forged: value of a criterion", rules: because(verdict), do: func(w *world) error {
			return w.forge("second", manifest.Pass, func(p *manifest.Predicate) {
				for k := range p.Criteria[0].Values {
					p.Criteria[0].Values[k] = 777
				}
			})
		}},
		{name: "forged: recorded call", rules: because("evidence-call"), do: func(w *world) error {
			return w.forge("failing", manifest.Fail, func(p *manifest.Predicate) { p.Calls[0].Result = true; p.Criteria[0].Pass = true })
		}},
		{name: "forged: number in a call", rules: because("evidence-call"), do: func(w *world) error {
			return w.forge("second", manifest.Fail, func(p *manifest.Predicate) { p.Calls[0].Result = 9; p.Criteria[0].Pass = true })
		}},
		{name: "forged: criteria left out", rules: because(inconsistent), do: func(w *world) error {
			return w.forge("failing", manifest.Fail, func(p *manifest.Predicate) { p.Criteria, p.Calls = nil, nil })
		}},
		{name: "forged: exit of a red", rules: because(verdict), do: func(w *world) error {
			return w.forge("red", manifest.Pass, func(p *manifest.Predicate) { p.Exit = 0 })
		}},
		{name: "forged: kind", rules: because(inconsistent), do: func(w *world) error {
			return w.forge("green", manifest.Pass, func(p *manifest.Predicate) { p.Kind, p.Red = "check", "" })
		}},
		{name: "forged: command", rules: because(inconsistent), do: func(w *world) error {
			return w.forge("second", manifest.Pass, func(p *manifest.Predicate) { p.Argv[len(p.Argv)-1] = "echo measured" })
		}},
		{name: "forged: spec without its digest", rules: because(inconsistent), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) { p.Spec.Value["run"] = "true" })
		}},
		{name: "forged: spec with its digest", rules: because("tick-spec", inconsistent), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) {
				p.Spec.Value["run"] = "true"
				p.Spec.Digest, _ = spec.Digest(p.Spec.Value)
			})
		}},
		{name: "forged: digest of a file", rules: because("evidence-file-changed"), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) {
				for i := range p.Files {
					if p.Files[i].Role == "artifact" {
						p.Files[i].SHA256 = strings.Repeat("0f", 32)
					}
				}
			})
		}},
		{name: "forged: artifact and its digest", rules: because("evidence-call"), do: func(w *world) error {
			if err := w.append("out/build.txt", "better\n"); err != nil {
				return err
			}
			return w.sums("build", manifest.Pass)
		}},
		{name: "forged: log and its digest", rules: because("evidence-call"), do: func(w *world) error {
			if err := w.log("second", manifest.Pass, func(name string) error { return w.replace(name, "measured: 9", "measured: 99") }); err != nil {
				return err
			}
			return w.sums("second", manifest.Pass)
		}},
		{name: "forged: no log", rules: because("evidence-no-log"), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) {
				for i, f := range p.Files {
					if f.Role == "log" {
						p.Files = append(p.Files[:i:i], p.Files[i+1:]...)
						return
					}
				}
			})
		}},
		{name: "forged: subjects", rules: because(inconsistent), do: func(w *world) error {
			r, err := w.record("build", manifest.Pass)
			if err != nil {
				return err
			}
			ws, err := w.open()
			if err != nil {
				return err
			}
			return w.rewrite(ws, ws.Evidence.ByDigest(r.Digest), r.Digest, func(s *manifest.Statement) { s.Subject = s.Subject[:1] })
		}},
		{name: "forged: row", rules: because("tick-row"), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) {
				p.Task.Description = "Build something else"
				p.Task.Row = workspace.RowDigest(&plan.Task{ID: p.Task.ID, Description: p.Task.Description})
			})
		}},
		{name: "forged: words of the row", rules: because(inconsistent), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) { p.Task.Description = "Build something else" })
		}},
		{name: "forged: task", rules: because("ledger-entry-task", inconsistent), do: func(w *world) error {
			return w.forge("notick", manifest.Pass, func(p *manifest.Predicate) { p.Task.ID = w.ids["open"] })
		}},
		{name: "forged: initiative", rules: because("ledger-entry-section"), do: func(w *world) error {
			return w.forge("notick", manifest.Pass, func(p *manifest.Predicate) { p.Task.Initiative = w.other })
		}},
		{name: "forged: stamp", rules: because("evidence-stamp"), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) { p.Stamp = "2030-01-01T000000Z" })
		}},
		{name: "forged: number", rules: because("ledger-entry-number"), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) { p.Attempt += 50 })
		}},
		{name: "forged: day", rules: because("ledger-entry-date"), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) {
				p.Started, p.Finished = p.Started.AddDate(-1, 0, 0), p.Finished.AddDate(-1, 0, 0)
			})
		}},
		{name: "forged: end before the beginning", rules: because(inconsistent), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) { p.Finished = p.Started.Add(-time.Second) })
		}},
		{name: "forged: no nonce", rules: because("evidence-replayed"), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) { p.Nonce = "" })
		}},
		{name: "forged: parent that never was", rules: because("evidence-parent"), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) { p.Parents = []string{"sha256:" + strings.Repeat("ab", 32)} })
		}},
		{name: "forged: inputs", rules: because("fresh-input"), do: func(w *world) error {
			return w.forge("build", manifest.Pass, func(p *manifest.Predicate) {
				for k := range p.Inputs {
					p.Inputs[k] = "sha256:" + strings.Repeat("ab", 32)
				}
			})
		}},
		{name: "forged: completed phase", rules: because("tick-rollup"), do: func(w *world) error {
			return all(func() error {
				return w.forge("again", manifest.Pass, func(p *manifest.Predicate) { p.Rollup = []string{w.second + "#R2"} })
			}, func() error { return w.token(w.second, "R2", "[x]") })
		}},
		{name: "forged: reopening undone", rules: because("tick-missing"), do: func(w *world) error {
			return w.forge("reopened", manifest.Reopened, func(p *manifest.Predicate) { p.Supersedes, p.Result, p.State = nil, manifest.Decided, "blocked" })
		}},
		{name: "replay: an entry more", rules: because("ledger-duplicate-run"), do: func(w *world) error { return w.replay(false) }},
		{name: "replay: under a new stamp and number", rules: because("evidence-replayed"), do: func(w *world) error { return w.replay(true) }},
		{name: "manifest: without an attempt", rules: because("evidence-no-attempt"), do: func(w *world) error {
			r, err := w.record("build", manifest.Pass)
			if err != nil {
				return err
			}
			r.Doc.Predicate.Nonce = strings.Repeat("1f", 16)
			b, err := manifest.Encode(r.Doc)
			if err != nil {
				return err
			}
			return w.write(strings.TrimSuffix(r.Path, manifest.Suffix)+"-2"+manifest.Suffix, b)
		}},
		{name: "parent: dropped", rules: because("evidence-parent"), do: func(w *world) error {
			r, err := w.record("second", manifest.Fail)
			if err != nil {
				return err
			}
			return all(func() error { return w.entry("second", manifest.Fail, func([]byte) []byte { return nil }) }, func() error { return os.RemoveAll(w.path(path.Dir(r.Path))) })
		}},
	}...)
}

// sums makes a manifest say what its files are now.
func (w *world) sums(part string, result manifest.Result) error {
	return w.forge(part, result, func(p *manifest.Predicate) {
		r, err := w.record(part, result)
		if err != nil {
			return
		}
		for i := range p.Files {
			f := &p.Files[i]
			name := path.Join(path.Dir(r.Path), f.Name)
			if f.Base == manifest.Workspace {
				name = f.Name
			}
			if b, err := w.read(name); err == nil {
				f.Size, f.SHA256 = int64(len(b)), strings.TrimPrefix(manifest.Digest(b), "sha256:")
			}
		}
	})
}

// replay shows the evidence of an old run a second time: as it is, or with the stamp and the number of a new one.
func (w *world) replay(renewed bool) error {
	r, err := w.record("build", manifest.Pass)
	if err != nil {
		return err
	}
	const stamp = "2031-01-01T000000Z"
	from := path.Dir(r.Path)
	to := path.Dir(path.Dir(from)) + "/" + stamp + "/" + path.Base(from)
	if err := os.MkdirAll(w.path(path.Dir(to)), 0o755); err != nil {
		return err
	}
	if err := os.CopyFS(w.path(to), os.DirFS(w.path(from))); err != nil {
		return err
	}
	was, number := r.Digest, r.Doc.Predicate.Attempt
	if renewed {
		p := &r.Doc.Predicate
		p.Stamp, p.Attempt, p.Parents = stamp, 90, []string{was}
		b, err := manifest.Encode(r.Doc)
		if err != nil {
			return err
		}
		if err := w.write(to+"/"+path.Base(r.Path), b); err != nil {
			return err
		}
		r.Digest = manifest.Digest(b)
	}
	lines, from2, to2, err := w.lines(r.Attempt)
	if err != nil {
		return err
	}
	entry := bytes.ReplaceAll(bytes.Join(lines[from2:to2], nil), []byte(was), []byte(r.Digest))
	entry = bytes.ReplaceAll(entry, []byte(path.Dir(from)), []byte(path.Dir(to)))
	entry = bytes.Replace(entry, fmt.Appendf(nil, "Attempt #%d ", number), []byte("Attempt #90 "), 1)
	all, err := w.runs()
	if err != nil {
		return err
	}
	return w.attempt(all[len(all)-1], func(b []byte) []byte { return append(b, entry...) })
}
