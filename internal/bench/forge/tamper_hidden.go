package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/planctl/planctl/internal/manifest"
)

// hidden is what can be done to take evidence out of sight, or to put something in front of it.
func hidden() []operator {
	const changed = "evidence-file-changed"
	return []operator{
		{name: "hidden: a failure behind a link", rules: because("tick-refuted"), do: func(w *world) error {
			return all(func() error { return w.behind("failing", manifest.Fail) }, func() error { return w.token(w.plan, w.ids["failing"], "[x]") })
		}},
		{name: "hidden: a reopening behind a link", rules: because("tick-superseded"), do: func(w *world) error {
			return all(func() error { return w.behind("reopened", manifest.Reopened) }, func() error { return w.token(w.plan, w.ids["reopened"], "[x]") })
		}},
		{name: "hidden: a forged log, by a copy of its run", rules: because(changed), do: func(w *world) error {
			return w.log("second", manifest.Pass, func(name string) error {
				run := path.Dir(name)
				at := path.Join(path.Dir(run), "0copy")
				return errors.Join(os.CopyFS(w.path(at), os.DirFS(w.path(run))), w.append(name, "forged\n"))
			})
		}},
		{name: "hidden: a forged log beside a copy", rules: because(changed), do: func(w *world) error {
			return w.log("second", manifest.Pass, func(name string) error {
				run := path.Dir(name)
				at := path.Join(path.Dir(run), "zcopy")
				return errors.Join(os.CopyFS(w.path(at), os.DirFS(w.path(run))), w.append(path.Join(at, path.Base(name)), "forged\n"))
			})
		}},
		{name: "hidden: a log behind a pointer that nobody asked for", rules: because(changed), do: func(w *world) error {
			return w.log("second", manifest.Pass, func(name string) error {
				return w.edit(name, func(b []byte) []byte {
					return fmt.Appendf(nil, "version https://git-lfs.github.com/spec/v1\noid %s\nsize %d\n", manifest.Digest(b), len(b))
				})
			})
		}},
		{name: "hidden: nothing, with the name of a manifest", rules: because("evidence-unreadable"), do: func(w *world) error {
			junk := []byte("hello\n")
			list, err := w.runs()
			if err != nil {
				return err
			}
			last := list[len(list)-1]
			return all(func() error { return w.write("docs/junk.run.json", junk) }, func() error { return w.token(w.plan, w.ids["open"], "[x]") }, func() error {
				return w.attempt(last, func(b []byte) []byte {
					return append(b, bytes.ReplaceAll(fmt.Appendf(nil, "%s[2026-01-02] Attempt #%d — %s %s: pass (exit 0, 0.10 s). Command: `true`. Artifacts: `docs/junk.run.json`. Run: %s\n",
						lead(b), last.Number+1, w.ids["open"], w.title("open"), manifest.Digest(junk)), []byte("\n"), []byte(w.eol()))...)
				})
			})
		}},
	}
}

// behind moves the manifest of a part's newest record with a result to where no evidence is looked for, and leaves a link.
func (w *world) behind(part string, result manifest.Result) error {
	r, err := w.record(part, result)
	if err != nil {
		return err
	}
	store := "docs/store/" + path.Base(r.Path)
	if err := os.MkdirAll(w.path(path.Dir(store)), 0o755); err != nil {
		return err
	}
	to, err := filepath.Rel(path.Dir(r.Path), store)
	if err != nil {
		return err
	}
	return errors.Join(os.Rename(w.path(r.Path), w.path(store)), os.Symlink(to, w.path(r.Path)))
}
