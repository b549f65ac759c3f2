package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/report"
)

// runFlags are the flags of `run`.
type runFlags struct {
	phase  string
	all    bool
	dryRun bool
	yes    bool
	json   bool
	opt    engine.RunOptions
}

func (a *app) runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:     "run [flags] ID…",
		Short:   "Run tasks, keep the evidence, tick what passes, enter the attempt",
		GroupID: "do",
		Long: "Run runs the command of each task named, or of the open rows of a phase, or of everything that is open.\n" +
			"It stops at the first task that does not pass and at rows that a person ticks; --keep-going goes on with\n" +
			"what does not depend on them.\n\n" +
			"Exit codes: 0 all passed; 1 something failed or waits for something; 2 a manual row, or a command in prose\n" +
			"that nobody approved; 3 a plan, spec or ledger cannot be used; 4 the disk or the executor failed; 5 a\n" +
			"conflict with somebody's edit, or a lock; 130 interrupted.",
		Example: "  planctl run C1.D\n  planctl run --phase C2\n  planctl run --all -j 2\n  planctl run C1.D --dry-run",
		Args: func(c *cobra.Command, ids []string) error {
			ways := 0
			for _, on := range []bool{len(ids) > 0, f.phase != "", f.all} {
				if on {
					ways++
				}
			}
			if ways != 1 {
				return &usageError{msg: "say what to run: task IDs, or --phase PHASE, or --all", help: "planctl next lists what can run now"}
			}
			return nil
		},
		ValidArgsFunction: a.completeTasks,
		RunE: func(c *cobra.Command, ids []string) error {
			return a.run(c.Context(), engine.Selection{Names: ids, Phase: f.phase, All: f.all}, f)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.phase, "phase", "", "run the open rows of `PHASE` (or PLAN#PHASE); with none open, judge its exit criteria again")
	fl.BoolVar(&f.all, "all", false, "run every open row of every plan that is not archived")
	fl.IntVarP(&f.opt.Jobs, "jobs", "j", 1, "run up to `N` commands at once")
	fl.BoolVar(&f.dryRun, "dry-run", false, "print commands, paths and the changes, write nothing")
	fl.BoolVar(&f.opt.KeepGoing, "keep-going", false, "go on with what does not depend on a task that did not pass")
	fl.BoolVar(&f.opt.Force, "force", false, "go past prerequisites, and run again what is done; the attempt says so")
	fl.BoolVarP(&f.yes, "yes", "y", false, "approve commands found in prose")
	fl.BoolVar(&f.opt.NoTick, "no-tick", false, "run and record, but leave the rows as they are")
	fl.BoolVar(&f.opt.AcceptPins, "accept-pins", false, "let a green pass although a pin changed since its red; needs --note")
	fl.StringVar(&f.opt.Note, "note", "", "a `TEXT` for the attempt")
	fl.BoolVar(&f.json, "json", false, "one JSON object per event")
	return c
}

func (a *app) run(ctx context.Context, sel engine.Selection, f runFlags) error {
	if f.opt.AcceptPins && f.opt.Note == "" {
		return &usageError{msg: "--accept-pins needs its reason", help: "add --note \"why the tests may differ\""}
	}
	e := a.engine()
	if f.dryRun {
		return a.dryRun(ctx, e, sel, f)
	}
	p := a.out()
	a.watch(e, p, f.json, f.opt.Jobs)
	e.Approve = a.approver(p, f)
	tasks, err := e.Run(ctx, sel, f.opt)
	if a.quiet { // what did not pass is said also where the call was cut short
		q := a.printer(a.io.Err)
		for _, t := range tasks {
			if statusCode(t) != exitOK {
				report.Task(q, t)
			}
		}
		err = errors.Join(err, q.Err())
	}
	if err != nil {
		return err
	}
	if len(tasks) == 0 {
		p.Printf("nothing to run: no open row\n")
	}
	a.code = max(a.code, worst(tasks))
	return p.Err()
}

// watch shows what an engine does as it happens, and the logs of its commands to somebody who looks on.
func (a *app) watch(e *engine.Engine, p *report.Printer, asJSON bool, jobs int) {
	live := &sync.Mutex{} // events and live lines come from several goroutines
	e.Show = func(ev engine.Event) {
		live.Lock()
		defer live.Unlock()
		if asJSON && ev.Kind == engine.Judging {
			return // for who looks on
		}
		if asJSON {
			if err := a.emitJSON(report.RunEventJSON(ev)); err != nil {
				a.code = exitTrouble
			}
			return
		}
		report.RunEvent(p, ev)
	}
	if asJSON || a.quiet || !p.TTY && !a.verbose {
		return
	}
	e.Live = func(task string) io.Writer {
		prefix := "  │ "
		if jobs > 1 || !p.TTY {
			prefix = report.Clean(task) + " │ "
		}
		return &lockedWriter{mu: live, w: &report.LiveWriter{P: p, Prefix: prefix}}
	}
}

// approver asks about commands in prose: --yes answers for a person; without one the answer is no.
func (a *app) approver(p *report.Printer, f runFlags) func(context.Context, engine.Proposal) (engine.Approval, error) {
	return func(ctx context.Context, q engine.Proposal) (engine.Approval, error) {
		if !f.json {
			report.Proposal(p, q)
		}
		switch {
		case q.Why != "":
			return engine.No, nil
		case f.yes && f.opt.NoTick:
			return engine.RunOnly, nil
		case f.yes:
			return engine.RunAndTick, nil
		case !a.interactive():
			return engine.No, nil
		}
		return a.ask(ctx, p)
	}
}

func (a *app) ask(ctx context.Context, p *report.Printer) (engine.Approval, error) {
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	in := bufio.NewReader(a.io.In)
	for {
		p.Printf("  run it? [y] run and tick, [o] run only, [n] no: ")
		go func() {
			s, err := in.ReadString('\n')
			got <- answer{s, err}
		}()
		select {
		case <-ctx.Done():
			p.Printf("\n")
			return engine.No, ctx.Err()
		case r := <-got:
			switch strings.ToLower(strings.TrimSpace(r.text)) {
			case "y", "yes":
				return engine.RunAndTick, nil
			case "o", "only":
				return engine.RunOnly, nil
			case "n", "no":
				return engine.No, nil
			}
			if r.err != nil {
				p.Printf("\n") // the cursor stands behind the question
			}
			if r.err == io.EOF {
				return engine.No, nil
			}
			if r.err != nil {
				return engine.No, fmt.Errorf("read the answer: %w", r.err)
			}
			p.Printf("  %s is no answer: y, o or n\n", strconv.Quote(strings.TrimSpace(r.text)))
		}
	}
}

func (a *app) dryRun(ctx context.Context, e *engine.Engine, sel engine.Selection, f runFlags) error {
	previews, err := e.Preview(ctx, sel, f.opt)
	if err != nil {
		return err
	}
	p := a.out()
	for _, v := range previews {
		if f.json {
			if err := a.emitJSON(report.PreviewJSON(v)); err != nil {
				return err
			}
			continue
		}
		report.Preview(p, v)
	}
	if len(previews) == 0 {
		p.Printf("nothing to run: no open row\n")
	}
	return p.Err()
}

// lockedWriter keeps live lines and events from mixing.
type lockedWriter struct {
	mu *sync.Mutex
	w  *report.LiveWriter
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func (l *lockedWriter) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Close()
}
