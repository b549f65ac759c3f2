package main

import (
	"bytes"
	"errors"
	"os"
	"path"

	"github.com/planctl/planctl/internal/manifest"
)

// fileDeeds is what can be done to the files of a run, and to those that it read.
func fileDeeds() []operator {
	const changed, missing = "evidence-file-changed", "evidence-file-missing"
	return []operator{
		{name: "artifacts: swapped", rules: because(changed), do: func(w *world) error {
			a, b := w.path("out/build.txt"), w.path("out/other.txt")
			return errors.Join(os.Rename(a, a+"~"), os.Rename(b, a), os.Rename(a+"~", b))
		}},
		{name: "artifact: truncated", rules: because(changed), do: func(w *world) error {
			return w.edit("out/build.txt", func(b []byte) []byte { return b[:len(b)/2] })
		}},
		{name: "artifact: emptied", rules: because(changed), do: func(w *world) error {
			return w.edit("out/again.txt", func([]byte) []byte { return nil })
		}},
		{name: "artifact: a byte more", rules: because(changed), do: func(w *world) error {
			return w.edit("out/other.txt", func(b []byte) []byte { return append(b, 0) })
		}},
		{name: "artifact: same size and time", rules: because(changed), do: func(w *world) error { return w.flip("out/build.txt") }},
		{name: "artifact: deleted", rules: because(missing), do: func(w *world) error { return os.Remove(w.path("out/other.txt")) }},
		{name: "artifact: a link elsewhere", rules: because(changed, missing), do: func(w *world) error {
			return errors.Join(os.Remove(w.path("out/build.txt")), os.Symlink("../src/a.in", w.path("out/build.txt")))
		}},
		{name: "artifact: a directory", rules: because(changed, missing), do: func(w *world) error {
			return errors.Join(os.Remove(w.path("out/build.txt")), os.Mkdir(w.path("out/build.txt"), 0o755))
		}},
		{name: "log: deleted", rules: because("evidence-log-missing"), do: func(w *world) error {
			return w.log("green", manifest.Pass, func(name string) error { return os.Remove(w.path(name)) })
		}},
		{name: "log: edited", rules: because(changed), do: func(w *world) error {
			return w.log("second", manifest.Fail, func(name string) error { return w.replace(name, "measured: 2", "measured: 9") })
		}},
		{name: "log: same size and time", rules: because(changed), do: func(w *world) error { return w.log("red", manifest.Pass, w.flip) }},
		{name: "log: of an older run", rules: because(changed), do: func(w *world) error {
			return w.log("second", manifest.Fail, func(old string) error {
				return w.log("second", manifest.Pass, func(name string) error { return os.Rename(w.path(old), w.path(name)) })
			})
		}},
		{name: "patch: edited", rules: because(changed), do: func(w *world) error {
			r, err := w.record("red", manifest.Pass)
			if err != nil {
				return err
			}
			return w.replace(path.Dir(r.Path)+"/"+r.Doc.Predicate.Source.Patch, "unfinished", "finished")
		}},
		{name: "run: directory deleted", rules: because("evidence-manifest-missing"), do: func(w *world) error {
			r, err := w.record("again", manifest.Pass)
			if err != nil {
				return err
			}
			return os.RemoveAll(w.path(path.Dir(r.Path)))
		}},
		{name: "run: directory renamed", rules: because("evidence-stamp"), do: func(w *world) error {
			r, err := w.record("again", manifest.Pass)
			if err != nil {
				return err
			}
			stamp := path.Dir(path.Dir(r.Path))
			return os.Rename(w.path(stamp), w.path(path.Dir(stamp)+"/2020-01-01T000000Z"))
		}},
		{name: "reports: deleted", rules: because("evidence-manifest-missing"), do: func(w *world) error {
			r, err := w.record("again", manifest.Pass)
			if err != nil {
				return err
			}
			return os.RemoveAll(w.path(path.Dir(path.Dir(path.Dir(r.Path)))))
		}},
		{name: "pin: edited", rules: because("fresh-pin"), do: func(w *world) error { return w.append(w.suite.file, "# easier now\n") }},
		{name: "pin: deleted", rules: because("fresh-pin"), do: func(w *world) error { return os.Remove(w.path(w.suite.file)) }},
		{name: "input: edited", rules: because("fresh-input"), do: func(w *world) error { return w.append("src/a.in", "more\n") }},
		{name: "input: same size and time", rules: because("fresh-input"), do: func(w *world) error { return w.flip("src/b.in") }},
		{name: "input: deleted", rules: because("fresh-input"), do: func(w *world) error { return os.Remove(w.path("src/a.in")) }},
		{name: "input: another one", rules: because("fresh-input"), do: func(w *world) error { return w.write("src/c.in", []byte("new\n")) }},
	}
}

// flip changes one bit of a file and leaves its size and its times as they were.
func (w *world) flip(name string) error {
	info, err := os.Stat(w.path(name))
	if err != nil {
		return err
	}
	if err := w.edit(name, func(b []byte) []byte {
		b[w.rng.IntN(len(b))] ^= 1
		return b
	}); err != nil {
		return err
	}
	return os.Chtimes(w.path(name), info.ModTime(), info.ModTime())
}

// log does something to the log of a part's newest run with a result.
func (w *world) log(part string, result manifest.Result, do func(name string) error) error {
	r, err := w.record(part, result)
	if err != nil {
		return err
	}
	return do(path.Join(path.Dir(r.Path), r.Doc.Predicate.Names("log")[0]))
}

// manifestDeeds is what can be done to a manifest with an editor, its entry left alone.
func manifestDeeds() []operator {
	const changed = "evidence-manifest-changed"
	text := func(name, part string, result manifest.Result, was, now string) operator {
		return operator{name: "manifest: " + name, rules: because(changed), do: func(w *world) error {
			r, err := w.record(part, result)
			if err != nil {
				return err
			}
			return w.replace(r.Path, was, now)
		}}
	}
	return []operator{
		text("result", "failing", manifest.Fail, `"result": "fail"`, `"result": "pass"`),
		text("exit", "failing", manifest.Fail, `"exit": 3`, `"exit": 0`),
		text("verdict", "failing", manifest.Fail, `"pass": false`, `"pass": true`),
		text("nonce", "build", manifest.Pass, `"nonce": "`, `"nonce": "0`),
		text("note", "byhand", manifest.Pass, `talked it over`, `talked it through`),
		text("a space more", "build", manifest.Pass, `{`, `{ `),
		text("actor", "build", manifest.Pass, `"name": "Ana"`, `"name": "Bob"`),
		{name: "manifest: deleted", rules: because("evidence-manifest-missing"), do: func(w *world) error {
			r, err := w.record("build", manifest.Pass)
			if err != nil {
				return err
			}
			return os.Remove(w.path(r.Path))
		}},
		{name: "manifest: cut short", rules: because("evidence-unreadable"), do: func(w *world) error {
			r, err := w.record("build", manifest.Pass)
			if err != nil {
				return err
			}
			return w.edit(r.Path, func(b []byte) []byte { return b[:len(b)/2] })
		}},
		{name: "manifest: in conflict", rules: because("evidence-unreadable"), do: func(w *world) error {
			r, err := w.record("build", manifest.Pass)
			if err != nil {
				return err
			}
			return w.edit(r.Path, func(b []byte) []byte {
				return bytes.Replace(b, []byte("\n"), []byte("\n<<<<<<< HEAD\n=======\n>>>>>>> b\n"), 1)
			})
		}},
	}
}
