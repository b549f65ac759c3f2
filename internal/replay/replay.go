// Package replay shows a proof of red and green once more: in throwaway
// checkouts the sources of the red run, with its tests as they are pinned
// today, must still fail for their reason, and today's sources must pass. It
// may not write in the user's checkout or workspace, record anything, or decide
// what a replay means for a tick.
//
// # What is run
//
// The red's sources are the commit that it ran on and the patch that it kept.
// On top of them every pin is laid as it is today: the file, or the one
// definition. Today's sources are HEAD and what the checkout has beyond it.
// Each state is a checkout of its own in a temporary directory, so that what git
// ignores (a build, an environment, data) is not there. The command is that of
// the recorded run, in its directory and with its environment; in a variable
// that names paths of the user's checkout those become paths of the throwaway
// one where they are there too, so that PYTHONPATH=$PWD/src does not bring the
// fix back in.
//
// Where the red does not fail with today's pins, it is run without them, and
// with each of them alone. A pin with which it passes holds the implementation
// itself; one with which it fails otherwise is named with what was seen.
package replay

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/disk"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/proof"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/tempdir"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/runner"
)

// Prefix begins the name of every throwaway directory.
const Prefix = "planctl-replay-"

// Run replays a proof. A proof that does not hold is no error; an error is of
// the disk, of git or of the executor, or a *RefusedError.
func Run(ctx context.Context, p Proof, o Options) (seen Seen, err error) {
	prefix, err := filepath.Rel(p.Repo.Top, p.Root)
	if err != nil || prefix == ".." || strings.HasPrefix(prefix, ".."+string(filepath.Separator)) {
		return seen, &RefusedError{Why: fmt.Sprintf("the workspace %s is not inside of its git checkout %s", p.Root, p.Repo.Top)}
	}
	dir, err := throwaway(p.Repo.Top)
	if err != nil {
		return seen, err
	}
	// Told before it is made: who dies between the two leaves nothing that nobody knows of.
	if o.Scratch != nil {
		if err := o.Scratch(dir); err != nil {
			return seen, err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return seen, err
	}
	r := &replay{p: p, o: o, dir: dir, prefix: prefix}
	if o.Guard != nil {
		r.guard, err = o.Guard(dir)
	}
	defer func() {
		err = errors.Join(err, Remove(dir))
		if r.guard != nil {
			err = errors.Join(err, r.guard.Done())
		}
	}()
	if err == nil && o.Logs == "" {
		r.o.Logs = filepath.Join(dir, "logs")
		err = os.Mkdir(r.o.Logs, 0o700)
	}
	if err != nil {
		return seen, err
	}
	seen.Then, seen.Holders, err = r.red(ctx)
	var lacking *RefusedError // today's sources may still be evidence
	if errors.As(err, &lacking) && lacking.Here {
		seen.Then, err = Side{Commit: p.Then.Commit}, nil
	} else {
		lacking = nil
	}
	if err != nil || seen.Then.Result.Canceled {
		return seen, err
	}
	if seen.Now, err = r.green(ctx); err != nil || seen.Now.Result.Canceled {
		return seen, err
	}
	return seen, r.settle(ctx, &seen, lacking)
}

// throwaway is a name that nothing has yet for the directory of the checkouts, outside of the user's: what lies above a
// file (conftest.py, go.mod, package.json) has its say in many tools, and there it would be today's.
func throwaway(top string) (string, error) {
	dir, err := tempdir.Name(Prefix)
	if err != nil {
		return "", err
	}
	temp := filepath.Dir(dir)
	if rel, err := filepath.Rel(top, temp); err == nil && filepath.IsLocal(rel) {
		return "", &RefusedError{Why: fmt.Sprintf("the directory for temporary files, %s, is inside of the checkout, whose own files would be found above the throwaway ones", temp),
			Help: "set TMPDIR to a directory outside of " + top, Here: true}
	}
	return dir, nil
}

// replay is one call of Run.
type replay struct {
	p      Proof
	o      Options
	dir    string
	prefix string // of the workspace in the checkout
	guard  Guard
	n      int           // of the newest checkout
	at     *gitrepo.Repo // the newest checkout
}

// red replays the red on its sources, with today's pins; and where that does not fail, finds out whether they are why.
func (r *replay) red(ctx context.Context) (Side, []string, error) {
	pins, err := r.today()
	if err != nil {
		return Side{}, nil, err
	}
	side, err := r.redWith(ctx, "red", pins)
	if err != nil || side.Why == "" || side.Result.Canceled || len(side.Overlaid) == 0 {
		return side, nil, err
	}
	bare, err := r.redWith(ctx, "red without today's pins", nil)
	if err != nil || bare.Result.Canceled {
		return bare, nil, err
	}
	if bare.Why != "" { // the pins are not why
		if bare.obstacle == "" {
			side.obstacle = "" // the red's own sources came to a verdict here, and it is another
		}
		return side, nil, nil
	}
	side.obstacle = ""
	var culprits, passing []string
	for _, pin := range side.Overlaid {
		alone, err := r.redWith(ctx, "red with "+pin+" alone", map[string][]byte{pin: pins[pin]})
		if err != nil || alone.Result.Canceled {
			return alone, nil, err
		}
		if alone.Why != "" {
			culprits = append(culprits, pin)
		}
		if alone.passes() {
			passing = append(passing, pin)
		}
	}
	holders := side.blame(culprits, passing)
	return side, holders, nil
}

// today is the file of each pin as it is in the checkout.
func (r *replay) today() (map[string][]byte, error) {
	root, err := os.OpenRoot(r.p.Root)
	if err != nil {
		return nil, err
	}
	pins := map[string][]byte{}
	for _, pin := range r.p.Pins {
		b, rerr := evidence.ReadPinned(root, pin)
		if disk.Failed(rerr) {
			err = fmt.Errorf("read the pin %s: %w", pin, rerr)
			break
		}
		if rerr != nil {
			err = &RefusedError{Why: fmt.Sprintf("the pin %s cannot be read today: %v", pin, rerr), Help: "bring it back, or prove the red and its green again"}
			break
		}
		pins[pin] = b
	}
	return pins, errors.Join(err, root.Close())
}

func (r *replay) redWith(ctx context.Context, name string, pins map[string][]byte) (Side, error) {
	side := Side{Commit: r.p.Then.Commit}
	ws, err := r.checkout(ctx, r.p.Then)
	if err != nil {
		return side, err
	}
	was, problems := evidence.Pins(ctx, ws, slices.Sorted(maps.Keys(r.p.RedRun.Pins))) // one that cannot be read is not as it was
	if err := evidence.Unread(problems); err != nil {
		return side, err
	}
	if side.Overlaid, err = overlay(ws, pins); err != nil {
		return side, err
	}
	if err := r.execute(ctx, name, ws, r.p.Red, &side); err != nil {
		return side, err
	}
	t := proof.Of(r.p.Red)
	t.Kind, t.Result, t.Tests, t.Red = spec.Red, side.Result, side.Tests, r.p.RedRun // the kind is that of the run, whatever a spec has become
	if side.Why = proof.Again(t); side.Why == "" {
		side.Failure = proof.Failure(t)
		return side, nil
	}
	side.hindered(t, filepath.Join(r.o.Logs, side.Log))
	side.unlike(r.p.RedRun.Pins, was)
	return side, r.lacking(ctx, &side)
}

func (r *replay) green(ctx context.Context) (Side, error) {
	side := Side{Commit: r.p.Now.Commit}
	ws, err := r.checkout(ctx, r.p.Now)
	if err != nil {
		return side, err
	}
	if err := r.execute(ctx, "green", ws, r.p.Green, &side); err != nil {
		return side, err
	}
	t := proof.Of(r.p.Green)
	t.Kind, t.Result, t.Tests, t.Red = spec.Green, side.Result, side.Tests, r.p.RedRun
	if side.Why = proof.Again(t); side.Why == "" {
		return side, nil
	}
	side.hindered(t, filepath.Join(r.o.Logs, side.Log))
	return side, r.lacking(ctx, &side)
}

// lacking adds to why a side failed what its checkout lacks: git lays out no submodule.
func (r *replay) lacking(ctx context.Context, side *Side) error {
	if side.Result.Canceled {
		return nil
	}
	empty, err := r.at.EmptySubmodules(ctx)
	switch {
	case err != nil:
		return err
	case len(empty) == 0:
		return nil
	}
	lacks := fmt.Sprintf("; the submodule %s is empty in a replay, and --setup may fill it", empty[0])
	if len(empty) > 1 {
		lacks = fmt.Sprintf("; %d submodules, such as %s, are empty in a replay, and --setup may fill them", len(empty), empty[0])
	}
	side.Why += lacks
	if side.obstacle != "" {
		side.obstacle += lacks
	}
	return nil
}

// checkout lays out a state of the sources and gives the workspace in it.
func (r *replay) checkout(ctx context.Context, s State) (string, error) {
	if err := r.has(ctx, s.Commit); err != nil {
		return "", err
	}
	r.n++
	top := filepath.Join(r.dir, fmt.Sprint(r.n))
	if err := os.Mkdir(top, 0o700); err != nil {
		return "", err
	}
	var err error
	r.at, err = r.p.Repo.Scratch(ctx, top, s.Commit, s.Patch)
	err = disk.Full(top, err)
	var failed *gitrepo.Error
	if errors.As(err, &failed) && !disk.Failed(err) {
		return "", &RefusedError{Why: fmt.Sprintf("the sources of commit %s cannot be laid out: %v", short(s.Commit), err),
			Help: "where objects are missing, git fetch --refetch brings them; else prove the red and its green again"}
	}
	if err != nil {
		return "", err
	}
	ws := filepath.Join(top, r.prefix)
	return ws, r.stays(ws, s.Commit, "the workspace "+filepath.ToSlash(r.prefix))
}

// stays refuses a directory of the newest checkout that is a link out of it, or has one on its way: what is written or run
// there would be in somebody else's place. One that is not there is left to whoever needs it.
func (r *replay) stays(dir, commit, what string) error {
	real, err := filepath.EvalSymlinks(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(filepath.Join(r.dir, fmt.Sprint(r.n)), real)
	if err != nil || !filepath.IsLocal(rel) {
		return &RefusedError{Why: fmt.Sprintf("in the checkout of commit %s %s leads out of it", short(commit), what), Help: "prove the red and its green again, from sources that stay in their checkout"}
	}
	return nil
}

func short(commit string) string { return commit[:min(12, len(commit))] }

// execute runs the setup and the command of a spec in a checkout.
func (r *replay) execute(ctx context.Context, name, ws string, sp *spec.Spec, side *Side) error {
	runDir := filepath.Join(r.dir, fmt.Sprint(r.n)+"-run")
	if err := os.Mkdir(runDir, 0o700); err != nil {
		return err
	}
	side.Log = r.o.Stem + "." + fmt.Sprintf("replay%d.log", r.n)
	log := filepath.Join(r.o.Logs, side.Log)
	step := Step{Name: name, Commit: side.Commit, Spec: sp, Log: log}
	env := r.environment(sp, ws, runDir)
	cmdDir := filepath.Join(ws, filepath.FromSlash(sp.Dir))
	if r.o.Setup != "" {
		setup := runner.Job{Argv: bash(r.o.Setup), Dir: ws, Env: env, Log: filepath.Join(r.dir, fmt.Sprintf("setup%d.log", r.n)), Secrets: r.o.Secrets}
		res, err := r.job(ctx, setup)
		if err != nil {
			return err
		}
		if res.Canceled {
			side.Result = res
			return nil
		}
		if res.Exit != 0 || res.Err != "" {
			return &RefusedError{Why: fmt.Sprintf("the setup failed in the checkout of %s (exit %d): %s", short(side.Commit), res.Exit, lastLine(setup.Log)), Help: "mend --setup", Here: true}
		}
	}
	if err := r.stays(cmdDir, side.Commit, "the command's directory "+sp.Dir); err != nil {
		return err
	}
	before, err := evidence.Baseline(ctx, ws, sp.Tests)
	if err != nil {
		return err
	}
	if r.o.Show != nil {
		r.o.Show(step)
	}
	job := runner.Job{Argv: bash(sp.Run), Dir: cmdDir, Env: env, Log: log, Timeout: sp.Timeout, TTY: sp.TTY, Secrets: r.o.Secrets}
	if r.o.Live != nil {
		job.Live = r.o.Live(step)
	}
	res, err := r.job(ctx, job)
	if c, ok := job.Live.(io.Closer); ok {
		err = errors.Join(err, c.Close())
	}
	if err != nil {
		return err
	}
	side.Result = res
	if res.Canceled {
		return nil
	}
	if info, gone := os.Stat(cmdDir); res.Err != "" && gone == nil && info.IsDir() {
		return errors.New(res.Err) // no word about the sources, which have the directory: the disk or the machine failed
	}
	side.Tests, err = results(ctx, ws, runDir, log, sp, before, res)
	if errors.Is(err, context.Canceled) {
		side.Result.Canceled = true // the command had ended, and nothing is known of what it showed
		return nil
	}
	return err
}

// results reads what the tests said: the report files where the spec names some, else the log.
func results(ctx context.Context, ws, runDir, log string, sp *spec.Spec, before evidence.Before, res runner.Result) (testreport.Results, error) {
	if len(sp.Tests) == 0 {
		return testreport.ReadLog(ctx, log)
	}
	files, problems := evidence.Collect(ctx, ws, runDir, sp.Tests, before, res.Started) // what is missing is a report less, and so no verdict
	if err := evidence.Unread(problems); err != nil {
		return testreport.Results{}, err
	}
	var paths []string
	for _, f := range files {
		base := runDir
		if f.Base == manifest.Workspace {
			base = ws
		}
		paths = append(paths, filepath.Join(base, filepath.FromSlash(f.Name)))
	}
	return testreport.ReadFiles(ctx, paths)
}

func (r *replay) job(ctx context.Context, j runner.Job) (runner.Result, error) {
	id := make([]byte, 8)
	if _, err := rand.Read(id); err != nil {
		return runner.Result{}, err
	}
	j.Key = r.o.Key + "-" + hex.EncodeToString(id)
	if r.guard != nil {
		if err := r.guard.Add(j.Key); err != nil {
			return runner.Result{}, err
		}
	}
	hs, err := r.o.Executor.Submit(ctx, []runner.Job{j})
	if err != nil {
		return runner.Result{}, fmt.Errorf("start the command: %w", err)
	}
	if r.o.Started != nil {
		if err := r.o.Started(hs[0]); err != nil {
			return runner.Result{}, errors.Join(err, runner.End(ctx, r.o.Executor, hs)) // its checkout is taken away now
		}
	}
	rs, err := runner.Wait(ctx, r.o.Executor, hs, nil)
	if err != nil {
		return runner.Result{}, fmt.Errorf("wait for the command: %w", err)
	}
	return rs[0], nil
}

func bash(script string) []string { return []string{"bash", "-o", "pipefail", "-c", script} }
