package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/local"
)

// place is one repository on disk and the people who work in it.
type place struct {
	dir   string
	rng   *rand.Rand
	now   time.Time // of the next asking: every stamp is a new one, and nobody waits for it
	env   []string  // of git and of the commands
	commi int       // commits so far
}

// newPlace makes an empty repository in dir.
func newPlace(dir string, seed uint64) (*place, error) {
	p := &place{dir: dir, rng: rand.New(rand.NewPCG(seed, 0x706c616e)), now: time.Now().UTC().Truncate(time.Second)}
	p.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C", "TZ=UTC",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_TERMINAL_PROMPT=0", "GIT_EDITOR=true"}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if _, err := p.git("init", "-q", "-b", "main"); err != nil {
		return nil, err
	}
	return p, p.append(".git/config", "[user]\n\tname = Ana\n\temail = ana@example.com\n[core]\n\tautocrlf = false\n[gc]\n\tauto = 0\n[commit]\n\tgpgsign = false\n[maintenance]\n\tauto = false\n")
}

// clock is the engine's Now.
func (p *place) clock() time.Time {
	p.now = p.now.Add(time.Second)
	return p.now
}

// git runs a git command in the repository and gives its output.
func (p *place) git(args ...string) (string, error) {
	c := exec.Command("git", args...)
	c.Dir = p.dir
	at := fmt.Sprintf("%d +0000", p.now.Unix())
	c.Env = append(append([]string{}, p.env...), "GIT_AUTHOR_DATE="+at, "GIT_COMMITTER_DATE="+at)
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		return string(out), fmt.Errorf("git %s: %w\n%s%s", strings.Join(args, " "), err, out, said.Bytes())
	}
	return strings.TrimSpace(string(out)), nil
}

// commit records all that is there.
func (p *place) commit(message string) error {
	p.now = p.now.Add(time.Minute)
	if _, err := p.git("add", "-A"); err != nil {
		return err
	}
	p.commi++
	_, err := p.git("commit", "-q", "--allow-empty", "-m", message)
	return err
}

func (p *place) head() (string, error) { return p.git("rev-parse", "HEAD") }

func (p *place) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *place) read(name string) ([]byte, error) { return os.ReadFile(p.path(name)) }

func (p *place) write(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(p.path(name)), 0o755); err != nil {
		return err
	}
	return os.WriteFile(p.path(name), text, 0o644)
}

func (p *place) append(name, text string) error {
	b, err := p.read(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return p.write(name, append(b, text...))
}

// edit changes a file by a function of its bytes. It is an error when nothing changed: an edit that changes nothing
// would be no deed.
func (p *place) edit(name string, change func([]byte) []byte) error {
	b, err := p.read(name)
	if err != nil {
		return err
	}
	now := change(bytes.Clone(b))
	if bytes.Equal(b, now) {
		return fmt.Errorf("%s: the edit changed nothing", name)
	}
	return p.write(name, now)
}

// replace changes one place of a file.
func (p *place) replace(name, was, now string) error {
	return p.edit(name, func(b []byte) []byte { return bytes.Replace(b, []byte(was), []byte(now), 1) })
}

func (p *place) open() (*workspace.Workspace, error) {
	return workspace.Open(context.Background(), workspace.Options{Dir: p.dir})
}

func (p *place) engine() *engine.Engine {
	ex := local.New()
	return &engine.Engine{
		Open:     func(context.Context) (*workspace.Workspace, error) { return p.open() },
		Executor: func(string) (runner.Executor, error) { return ex, nil },
		Now:      p.clock, Environ: p.env, Version: "forge",
		End: func(ctx context.Context, h runner.Handle) (int, error) { return local.EndGroup(ctx, h, time.Second) },
	}
}

// run runs one task and wants it to end so.
func (p *place) run(name string, want engine.Status, opt engine.RunOptions) error {
	ts, err := p.engine().Run(context.Background(), engine.Selection{Names: []string{name}}, opt)
	if err != nil {
		return fmt.Errorf("run %s: %w", name, err)
	}
	for _, t := range ts {
		if t.Status != want {
			return fmt.Errorf("run %s: %s instead of %s: %s", name, t.Status, want, t.Reason)
		}
	}
	return nil
}

func (p *place) mark(name, state string, opt engine.MarkOptions) error {
	opt.State = state
	t, err := p.engine().Mark(context.Background(), name, opt)
	if err != nil {
		return fmt.Errorf("mark %s %s: %w", name, state, err)
	}
	if t.Status != engine.Passed {
		return fmt.Errorf("mark %s %s: %s: %s", name, state, t.Status, t.Reason)
	}
	return nil
}

// showAgain replays the proof of a green, and wants it to hold.
func (p *place) showAgain(name string) error {
	t, err := p.engine().Replay(context.Background(), name, engine.ReplayOptions{})
	if err != nil {
		return fmt.Errorf("replay %s: %w", name, err)
	}
	if t.Status != engine.Passed {
		return fmt.Errorf("replay %s: %s: %s", name, t.Status, t.Reason)
	}
	return nil
}

// verify checks the place, against a base where one is given.
func (p *place) verify(base string) (finding.List, error) {
	w, err := p.open()
	if err != nil {
		return nil, err
	}
	res, err := verify.Verify(context.Background(), w, verify.Options{Base: base})
	return res.Findings, err
}

// loud is the findings that would stop or worry somebody: errors and warnings.
func loud(l finding.List) finding.List {
	var out finding.List
	for _, f := range l {
		if f.Severity == finding.Error || f.Severity == finding.Warning {
			out = append(out, f)
		}
	}
	return out
}

// one picks one of a list.
func one[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// chance is true in one of n cases.
func chance(r *rand.Rand, n int) bool { return r.IntN(n) == 0 }
