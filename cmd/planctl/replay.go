package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/internal/replay"
	"github.com/planctl/planctl/report"
	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

func (a *app) replayCommand() *cobra.Command {
	var opt engine.ReplayOptions
	var asJSON bool
	c := &cobra.Command{
		Use:     "replay ID",
		Short:   "Show a proof again: the red's sources still fail with today's tests, and today's pass",
		GroupID: "do",
		Long: "Replay lays out the sources of the red run in a throwaway checkout, with its pins as they are today: its command\n" +
			"must still fail for its reason. Then it lays out today's sources, and the green's command must pass. What git\n" +
			"ignores (node_modules, a build, generated files) is not there; --setup makes what the commands need. Your checkout\n" +
			"is not touched, and what was seen becomes an attempt. A replay that fails refutes the tick until one passes or the\n" +
			"proof is run again. What cannot be shown on this machine, or in this clone, refutes nothing and is not recorded.",
		Example: "  planctl replay C2.D\n  planctl replay C2.D --setup 'npm ci --silent'",
		Args:    args(cobra.ExactArgs(1)), ValidArgsFunction: a.completeTasks,
		RunE: func(c *cobra.Command, names []string) error { return a.replay(c.Context(), names[0], opt, asJSON) },
	}
	c.Flags().StringVar(&opt.Setup, "setup", "", "run this `SCRIPT` with bash in each throwaway checkout first")
	c.Flags().StringVar(&opt.Note, "note", "", "a `TEXT` for the attempt")
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object per event")
	return c
}

func (a *app) replay(ctx context.Context, name string, opt engine.ReplayOptions, asJSON bool) error {
	e := a.engine()
	p := a.out()
	a.watch(e, p, asJSON, 1)
	t, err := e.Replay(ctx, name, opt)
	if err != nil {
		return err
	}
	a.code = statusCode(t)
	if asJSON {
		return a.emitJSON(report.RunEventJSON(engine.Event{Kind: engine.Finished, Task: t}))
	}
	if a.quiet && a.code != exitOK {
		p = a.printer(a.io.Err)
	}
	report.Replayed(p, t)
	return p.Err()
}

// guardCommand is the process that clears up behind a replay that is killed. planctl starts it, and nobody else.
const guardCommand = "clear-up-after-replay"

func (a *app) guardCommand() *cobra.Command {
	return &cobra.Command{
		Use: guardCommand + " DIR", Hidden: true, Args: args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, names []string) error { return clearUp(c.Context(), a.io.In, names[0]) },
	}
}

// guardDone is the line by which a replay says that it has cleared up by itself.
const guardDone = "done"

// clearUp reads the keys of commands, a line each, until its parent says that it is done, or is gone: then it ends what
// those commands left and removes the directory.
func clearUp(ctx context.Context, in io.Reader, dir string) error {
	var keys []string
	lines := bufio.NewScanner(in) // of this program's own making, and short
	for lines.Scan() {
		if lines.Text() == guardDone {
			return nil
		}
		keys = append(keys, lines.Text())
	}
	errs := []error{lines.Err()}
	for _, key := range keys {
		_, err := local.EndGroup(ctx, runner.Handle{Executor: local.Name, Key: key}, time.Second)
		errs = append(errs, err)
	}
	return errors.Join(append(errs, replay.Remove(dir))...)
}

// guard is a process of its own, out of reach of this one's terminal and group.
type guard struct {
	cmd *exec.Cmd
	in  io.WriteCloser
}

func startGuard(dir string) (replay.Guard, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	g := &guard{cmd: exec.Command(self, guardCommand, dir)}
	g.cmd.Args[0] = "planctl"
	g.cmd.Dir = string(os.PathSeparator)
	g.cmd.Stderr = os.Stderr                          // what it could not clear up
	g.cmd.Env = append(os.Environ(), "PLANCTL_OWN=1") // nothing that a command left
	g.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if g.in, err = g.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := g.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start what clears up behind a replay: %w", err)
	}
	return g, nil
}

func (g *guard) Add(key string) error {
	_, err := io.WriteString(g.in, key+"\n")
	return err
}

func (g *guard) Done() error {
	_, err := io.WriteString(g.in, guardDone+"\n")
	return errors.Join(err, g.in.Close(), g.cmd.Wait())
}
