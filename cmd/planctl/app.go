package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/report"
	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

// stdio is the process's surroundings, so that a test can give its own.
type stdio struct {
	In       io.Reader
	Out, Err io.Writer
	Env      []string
	Now      func() time.Time // nil: the machine's clock
	Reads    func()           // said when a call only reads, so that a signal may end it at once; nil: nobody asks
}

// app holds the global flags and what every command shares.
type app struct {
	io      stdio
	dir     string
	config  string
	color   string
	quiet   bool
	verbose bool
	here    bool                   // the directory of the call is the workspace, whatever is above it
	base    atomic.Pointer[string] // the workspace's root, once it is known: findings name files from there
	code    int                    // what the command decided, where it ended without an error
}

// run is the whole program: arguments in, exit code out.
func run(ctx context.Context, args []string, s stdio) int {
	if s.Now == nil {
		s.Now = time.Now
	}
	a := &app{io: s}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.ExecuteContext(ctx)
	if err != nil {
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			return exitInterrupted
		}
		return a.fail(err)
	}
	return a.code
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "planctl",
		Short: "Run engineering plans and keep the proof",
		Long: "planctl reads the checklist tables of Markdown plans, runs each task's command, keeps its log and\n" +
			"artifacts, flips [ ] to [x] when the exit criteria pass, and appends an Attempt to the ledger.",
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
		Args:              noArgs,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			if reads(c) && a.io.Reads != nil {
				a.io.Reads()
			}
			return a.checkGlobals()
		},
	}
	f := root.PersistentFlags()
	f.StringVarP(&a.dir, "directory", "C", ".", "work as if started in `DIR`")
	f.StringVar(&a.config, "config", "", "use this `FILE` instead of the nearest .planctl.yaml")
	f.StringVar(&a.color, "color", "auto", "colour the output: auto, always or never")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "say only what went wrong")
	f.BoolVarP(&a.verbose, "verbose", "v", false, "say more: run copies logs also where nobody watches, verify shows notes, status every row")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return &usageError{msg: err.Error(), help: c.CommandPath() + " --help lists the flags"}
	})
	root.SuggestionsMinimumDistance = 2
	root.AddGroup(&cobra.Group{ID: "see", Title: "See where a plan stands:"}, &cobra.Group{ID: "do", Title: "Advance it:"},
		&cobra.Group{ID: "keep", Title: "Set up and keep in order:"})
	root.AddCommand(a.commands()...)
	return root
}

// reads reports whether a call changes nothing, so that there is nothing to bring to an end when it is interrupted.
func reads(c *cobra.Command) bool {
	writes := slices.ContainsFunc([]string{"record", "replay", "update-baseline"}, c.Flags().Changed)
	return c.GroupID == "see" && !writes
}

func (a *app) checkGlobals() error {
	if !slices.Contains([]string{"auto", "always", "never"}, a.color) {
		return &usageError{msg: fmt.Sprintf("--color %s: want auto, always or never", a.color)}
	}
	return nil
}

// version is the module's version as the build knows it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

func (a *app) getenv(name string) string {
	for _, kv := range slices.Backward(a.io.Env) {
		if k, v, _ := strings.Cut(kv, "="); k == name {
			return v
		}
	}
	return ""
}

// open reads the workspace; what it lacks is said by the commands that need it.
func (a *app) open(ctx context.Context) (*workspace.Workspace, error) {
	w, err := workspace.Open(ctx, workspace.Options{Dir: a.dir, Config: a.config, Here: a.here})
	if err == nil {
		a.base.Store(&w.Root)
	}
	return w, err
}

func (a *app) store(w *workspace.Workspace) *commit.Store { return commit.NewStore(w.Root, w.Git) }

// endGrace is what a command that outlived its planctl has from TERM to KILL.
const endGrace = 5 * time.Second

// engine wires an engine for this process.
func (a *app) engine() *engine.Engine {
	ex := local.NewAt(a.io.Now)
	return &engine.Engine{
		Open: a.open,
		Executor: func(name string) (runner.Executor, error) {
			if name != "local" {
				return nil, &usageError{msg: fmt.Sprintf("executor %q is not there", name), help: "this planctl runs tasks with `executor: local`"}
			}
			return ex, nil
		},
		Now: a.io.Now, Environ: a.io.Env, Version: version(), Guard: startGuard,
		End: func(ctx context.Context, h runner.Handle) (int, error) { return local.EndGroup(ctx, h, endGrace) },
	}
}

// printer writes for people: colour and width as the terminal and the environment ask for. NO_COLOR
// (any value) wins over everything but --color always.
func (a *app) printer(w io.Writer) *report.Printer {
	p := &report.Printer{W: w}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.TTY = true
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			p.Width = width
		}
	}
	switch a.color {
	case "always":
		p.Color = true
	case "auto":
		p.Color = p.TTY && a.getenv("NO_COLOR") == "" && a.getenv("TERM") != "dumb"
	}
	return p
}

// out is the printer of standard output; quiet commands have their say only in errors.
func (a *app) out() *report.Printer {
	if a.quiet {
		return a.printer(io.Discard)
	}
	return a.printer(a.io.Out)
}

// interactive reports whether there is a person to ask: both ends are terminals.
func (a *app) interactive() bool {
	in, ok := a.io.In.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return false
	}
	out, ok := a.io.Out.(*os.File)
	return ok && term.IsTerminal(int(out.Fd()))
}

// emitJSON writes one JSON value on a line. Schema is the value's own first field. What a terminal would
// act on stands as an escape, which is the same text to who reads JSON.
func (a *app) emitJSON(v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := a.io.Out.Write(report.EscapeJSON(b.Bytes()))
	return err
}

// completeTasks completes task IDs in the shell.
func (a *app) completeTasks(c *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	w, err := a.open(c.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var out []string
	for _, p := range w.Plans {
		for _, it := range p.Items {
			// A name that is not what it looks like would be typed into the shell, and shown by it.
			if name := it.Name(w); strings.HasPrefix(name, prefix) && report.Clean(name) == name {
				out = append(out, name+"\t"+report.Clean(it.Task.Description))
			}
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
