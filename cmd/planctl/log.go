package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/report"
)

func (a *app) logCommand() *cobra.Command {
	var tail bool
	var most int
	var asJSON bool
	c := &cobra.Command{
		Use:     "log [ID]",
		Short:   "List attempts, newest first; --tail shows the end of a task's last log",
		GroupID: "see",
		Long:    "Log lists the attempts of a task, or of the whole workspace, those that people wrote into the ledger too.",
		Args:    args(cobra.MaximumNArgs(1)), ValidArgsFunction: a.completeTasks,
		RunE: func(c *cobra.Command, names []string) error {
			if tail {
				if len(names) != 1 {
					return &usageError{msg: "--tail needs a task", help: "planctl log ID --tail"}
				}
				return a.tail(c.Context(), names[0], most)
			}
			return a.log(c.Context(), names, most, asJSON)
		},
	}
	c.Flags().BoolVar(&tail, "tail", false, "show the last lines of the last log")
	c.Flags().IntVarP(&most, "max", "n", 20, "`N` attempts, or lines with --tail, at most; 0 is all")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object per attempt")
	return c
}

func (a *app) log(ctx context.Context, names []string, most int, asJSON bool) error {
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	entries, err := logEntries(w, names)
	if err != nil {
		return err
	}
	p := a.printer(a.io.Out)
	shown := entries
	if most > 0 && len(shown) > most {
		shown = shown[:most]
	}
	if asJSON {
		for _, e := range shown {
			if err := a.emitJSON(report.LogJSON(e)); err != nil {
				return err
			}
		}
		return nil
	}
	report.Log(p, shown)
	switch {
	case len(entries) == 0:
		p.Printf("no attempts\n")
	case len(shown) < len(entries):
		p.Printf("and %d older: %s\n", len(entries)-len(shown), report.Clean(strings.Join(append(append([]string{"planctl log"}, names...), "-n 0"), " ")))
	}
	return p.Err()
}

// logEntries is the attempts of a task or of everything: runs that no ledger names first, then the
// ledgers from their ends, which is newest first section by section.
func logEntries(w *workspace.Workspace, names []string) ([]report.LogEntry, error) {
	var only *workspace.Item
	if len(names) == 1 {
		it, err := w.Find(names[0])
		if err != nil {
			return nil, err
		}
		only = it
	}
	var out []report.LogEntry
	for _, r := range slices.Backward(w.Evidence.Records) {
		if only != nil && r.Item != only {
			continue
		}
		e := report.LogEntry{Name: nameOf(w, r), Record: r, Attempt: r.Attempt}
		if r.Ledger != nil {
			e.Ledger = r.Ledger.Path
		}
		out = append(out, e)
	}
	for _, l := range append([]*workspace.Ledger{w.Ledger}, w.Archives...) {
		if l.Missing() {
			continue
		}
		for _, at := range slices.Backward(l.Doc.Attempts()) {
			mine := only == nil || at.Section != nil && slices.Contains(at.Tasks, only.Task.ID) && slices.Contains(l.Doc.SectionsOf(only.Plan.Link.ID), at.Section)
			if mine && (at.Run == "" || w.Evidence.ByDigest(at.Run) == nil) {
				out = append(out, report.LogEntry{Attempt: at, Ledger: l.Path})
			}
		}
	}
	return out, nil
}

// nameOf is how a run's task or phase is called now; the record's own word where its row is gone.
func nameOf(w *workspace.Workspace, r *workspace.Record) string {
	switch t := r.Doc.Predicate.Task; {
	case r.Item != nil:
		return r.Item.Name(w)
	case t.ID == "":
		return "phase " + t.Phase
	default:
		return t.ID
	}
}

// tail shows the end of a task's last log, made safe for a terminal.
func (a *app) tail(ctx context.Context, name string, lines int) (err error) {
	w, err := a.open(ctx)
	if err != nil {
		return err
	}
	it, err := w.Find(name)
	if err != nil {
		return err
	}
	p := a.printer(a.io.Out)
	now, _, err := a.begunOf(ctx, w, it)
	if err != nil {
		return err
	}
	if now != nil && now.Log != "" {
		switch b, err := lastLines(w.Abs(now.Log), lines); {
		case err == nil:
			p.Printf("%s", report.CleanLines(string(b)))
			said := a.printer(a.io.Err)
			said.Printf("%s runs %s; so far its log is %s\n", report.Clean(name), now, report.Clean(now.Log))
			return errors.Join(p.Err(), said.Err())
		case !errors.Is(err, fs.ErrNotExist): // it has not come so far, or has just ended
			return err
		}
	}
	for _, r := range slices.Backward(it.Runs) {
		for _, f := range r.Doc.Predicate.Files {
			if f.Role != "log" || otherSide(&r.Doc.Predicate, f.Name) {
				continue
			}
			b, err := lastLines(filepath.Join(w.Root, path.Dir(r.Path), f.Name), lines)
			if err != nil {
				return err
			}
			p.Printf("%s", report.CleanLines(string(b)))
			return p.Err()
		}
	}
	return &failure{msg: name + " has no log: it has not been run", help: "planctl run " + name}
}

// otherSide reports a log of a replay that says nothing of how it ended: that of the red, unless the red is why.
func otherSide(p *manifest.Predicate, log string) bool {
	return p.Replay != nil && log == p.Replay.Red.Log && p.Replay.Red.Pass && p.Replay.Green.Log != ""
}

// tailBytes bounds what tail reads from a log's end.
const tailBytes = 1 << 20

func lastLines(path string, lines int) (_ []byte, err error) {
	f, info, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b := make([]byte, min(info.Size(), tailBytes))
	if _, err := f.ReadAt(b, info.Size()-int64(len(b))); err != nil && err != io.EOF {
		return nil, err
	}
	end := len(b)
	if end > 0 && b[end-1] == '\n' {
		end--
	}
	for i := 0; lines > 0 && i < lines; i++ {
		at := bytes.LastIndexByte(b[:end], '\n')
		if at < 0 {
			return b, nil
		}
		end = at
	}
	if lines > 0 {
		b = b[end+1:]
	}
	return b, nil
}

func (a *app) pathCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "path ID",
		Short:   "Print the directory of a task's last passing run",
		GroupID: "see",
		Example: "  ls $(planctl path C2.D)",
		Args:    args(cobra.ExactArgs(1)), ValidArgsFunction: a.completeTasks,
		RunE: func(c *cobra.Command, names []string) error {
			w, err := a.open(c.Context())
			if err != nil {
				return err
			}
			it, err := w.Find(names[0])
			if err != nil {
				return err
			}
			pass := it.LastPass()
			if pass == nil {
				return &failure{msg: names[0] + " has no passing run", help: "planctl log " + names[0] + " lists its attempts"}
			}
			p := a.printer(a.io.Out)
			p.Printf("%s\n", filepath.Join(w.Root, filepath.FromSlash(path.Dir(pass.Path))))
			return p.Err()
		},
	}
}
