package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/planctl/planctl/internal/bench/checkout"
)

const (
	plan = "# T\n- Initiative: T-001\n\n## Phase A\n| ID | Task | State |\n| --- | --- | --- |\n| A1 | One | [ ] |\n\n" +
		"```yaml planctl\nA1: {run: sh command.sh, inputs: [input.txt]}\n```\n"
	ledger = "# Ledger\n\n## [T-001] T\n- Attempts History:\n  * [2025-10-01] Attempt #4 — Result: by hand.\n\n## [U-002] Other\n- trailing   \n"

	// The command says that it ran, and whether another one ran at the same time. PLACE and MODE come from the environment.
	// A number may belong to somebody else by now: who runs is asked for its own words too.
	command = `runs() {
	[ "$1" != $$ ] && [ -e "/proc/$1/status" ] && ! grep -q '^State:.*[ZX]' "/proc/$1/status" &&
		[ "$(readlink "/proc/$1/cwd")" = "$(pwd -P)" ] && tr '\0' ' ' <"/proc/$1/cmdline" | grep -q '^sh command.sh'
}
if [ -s "$PLACE/busy" ] && runs "$(cat "$PLACE/busy")"; then echo "two at once: $(cat "$PLACE/busy") and $$" >>"$PLACE/ran"; fi
echo $$ >"$PLACE/busy"
echo "ran" >>"$PLACE/ran"
case $MODE in
wait) read -r x <"$PLACE/gate" ;;
hang) echo "$PPID" >"$PLACE/hanging"; while :; do sleep 1000; done ;;
esac
test "$MODE" != fail
`
)

// place is one repository with two worktrees, and what is expected of each.
type place struct {
	trees []*tree
}

// tree is one of the checkouts.
type tree struct {
	*checkout.Checkout
	beside  string // a directory outside the repository, where the commands say that they ran
	gate    *os.File
	entries int // planctl's entries so far
	runs    int // executions so far
	input   int
}

func newPlace(planctl, dir string) (*place, error) {
	c, err := checkout.New(planctl, filepath.Join(dir, "main"), map[string]string{
		"plan.md": plan, "docs/fix_plan.md": ledger, "command.sh": command, "input.txt": "0\n", ".planctl.yaml": "version: 1\nplans: [plan.md]\n"})
	if err != nil {
		return nil, err
	}
	other, err := c.Worktree(filepath.Join(dir, "other"), "other")
	if err != nil {
		return nil, err
	}
	p := &place{}
	for _, c := range []*checkout.Checkout{c, other} {
		t := &tree{Checkout: c, beside: c.Dir + ".beside"}
		if err := os.Mkdir(t.beside, 0o755); err != nil {
			return nil, err
		}
		gate := filepath.Join(t.beside, "gate")
		if err := syscall.Mkfifo(gate, 0o600); err != nil {
			return nil, err
		}
		// Both ends, so that neither an open nor a write waits for a command that never came.
		if t.gate, err = os.OpenFile(gate, os.O_RDWR, 0); err != nil {
			return nil, err
		}
		p.trees = append(p.trees, t)
	}
	return p, nil
}

// round is one round in both worktrees at the same time: procs processes in the first, three in the second.
func (p *place) round(ctx context.Context, k kind, procs int, sum tally) error {
	sizes := []int{procs, min(3, procs)}
	said := make([]tally, len(p.trees))
	errs := make(chan error, len(p.trees))
	for i, t := range p.trees {
		said[i] = tally{}
		go func() { errs <- t.round(ctx, k, sizes[i], said[i]) }()
	}
	var all error
	for range p.trees {
		all = errors.Join(all, <-errs)
	}
	for _, s := range said {
		for name, verdicts := range s {
			for v, n := range verdicts {
				for range n {
					sum.add(name, v)
				}
			}
		}
	}
	return all
}

// round opens the task, starts the processes and holds what they said against what is on disk.
func (t *tree) round(ctx context.Context, k kind, procs int, sum tally) error {
	if err := t.open(k.open); err != nil {
		return err
	}
	said := tally{}
	died := 0
	var pids []int
	var holder *exec.Cmd
	if k.kill {
		var err error
		if holder, err = t.holder(ctx, k); err != nil {
			return fmt.Errorf("%s: %w", t.Dir, err)
		}
		died, pids = 1, append(pids, holder.Process.Pid)
	}
	ended, err := t.start(ctx, k, procs, holder)
	if err != nil {
		return fmt.Errorf("%s: %w", t.Dir, err)
	}
	for _, e := range ended {
		pids = append(pids, e.PID)
	}
	for _, e := range ended {
		v, err := judge(e, pids)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Dir, err)
		}
		said.add(k.name, v)
		sum.add(k.name, v)
	}
	if err := t.holds(k, procs, died, said[k.name]); err != nil {
		return fmt.Errorf("%s: %w", t.Dir, err)
	}
	return nil
}

// open makes the task one that can be claimed.
func (t *tree) open(how opening) error {
	switch how {
	case untick:
		b, err := t.Read("plan.md")
		if err != nil {
			return err
		}
		return t.Write("plan.md", bytes.Replace(b, []byte("| [x] |"), []byte("| [ ] |"), 1))
	case restale:
		t.input++
		return t.Write("input.txt", []byte(strconv.Itoa(t.input)+"\n"))
	}
	return nil
}

func (t *tree) process(ctx context.Context, k kind, mode string) (*exec.Cmd, *bytes.Buffer) {
	args := []string{"run", "A1"}
	if k.force {
		args = append(args, "--force")
	}
	c := t.Command(ctx, t.Planctl, args...)
	c.Env = append(c.Env, "PLACE="+t.beside, "MODE="+mode)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	return c, &said
}

// start starts the processes and waits for all of them. With a gate the last one that is left is let through when the
// others have ended; where all of them end before, that is for holds to find. A holder is killed before the first of them
// starts, or the second half.
func (t *tree) start(ctx context.Context, k kind, procs int, holder *exec.Cmd) ([]checkout.Ended, error) {
	type one struct {
		checkout.Ended
		err error
	}
	came := make(chan one, procs)
	for i := range procs {
		if kill := 0; holder != nil {
			if k.amid {
				kill = procs / 2
			}
			if i == kill {
				if err := end(holder); err != nil {
					return nil, err
				}
			}
		}
		c, said := t.process(ctx, k, k.mode)
		if err := c.Start(); err != nil {
			return nil, err
		}
		go func() {
			err := c.Wait()
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				err = nil
			}
			came <- one{checkout.Ended{PID: c.Process.Pid, Exit: c.ProcessState.ExitCode(), Said: said.String()}, err}
		}()
	}
	var out []checkout.Ended
	for len(out) < procs {
		if k.gated && len(out) == procs-1 {
			if _, err := io.WriteString(t.gate, "go\n"); err != nil {
				return nil, err
			}
		}
		o := <-came
		if o.err != nil {
			return nil, o.err
		}
		out = append(out, o.Ended)
	}
	return out, ctx.Err()
}

// holder starts a process and gives it when its command runs.
func (t *tree) holder(ctx context.Context, k kind) (*exec.Cmd, error) {
	fifo := filepath.Join(t.beside, "hanging")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	c, _ := t.process(ctx, k, "hang")
	if err := c.Start(); err != nil {
		return nil, err
	}
	heard, err := os.ReadFile(fifo) // waits until the command runs
	if err != nil {
		return nil, err
	}
	if got := strings.TrimSpace(string(heard)); got != strconv.Itoa(c.Process.Pid) {
		return nil, fmt.Errorf("process %d runs the task, and the command's parent is %s", c.Process.Pid, got)
	}
	return c, nil
}

// end kills a process, and it alone.
func end(c *exec.Cmd) error {
	if err := c.Process.Kill(); err != nil {
		return err
	}
	if err := c.Wait(); err == nil {
		return errors.New("it was killed and ended well")
	}
	return nil
}

// holds compares verdicts, executions, entries and manifests.
func (t *tree) holds(k kind, procs, died int, said map[verdict]int) error {
	claims := said[ran] + said[failed]
	switch {
	case !k.force && k.mode != "fail" && said[ran] != 1:
		return fmt.Errorf("%d processes ran it", said[ran])
	case k.gated && said[locked] != procs-1:
		return fmt.Errorf("%d of %d were told who has it", said[locked], procs-1)
	case k.mode == "fail" && (said[ran] > 0 || said[failed] == 0), (k.force || k.mode == "fail") && said[current] > 0:
		return fmt.Errorf("verdicts %v", said)
	}
	lines, err := os.ReadFile(filepath.Join(t.beside, "ran"))
	if err != nil {
		return err
	}
	t.runs += claims + died
	if got := bytes.Count(lines, []byte("ran\n")); got != t.runs || bytes.Contains(lines, []byte("two")) {
		return fmt.Errorf("%d executions, want %d:\n%s", got, t.runs, lines)
	}
	text, err := t.Read("docs/fix_plan.md")
	if err != nil {
		return err
	}
	list, rest, err := checkout.Entries(text)
	if err != nil {
		return err
	}
	t.entries += claims + died
	if string(rest) != ledger || len(list) != t.entries {
		return fmt.Errorf("%d entries, want %d, in\n%s", len(list), t.entries, text)
	}
	if err := t.records(list); err != nil {
		return err
	}
	if got := list[len(list)-claims:]; slices.ContainsFunc(got, func(e checkout.Entry) bool { return e.Result != "pass" && e.Result != "fail" }) ||
		died > 0 && list[len(list)-claims-1].Result != "interrupted" {
		return fmt.Errorf("the last entries are not those of this round:\n%s", text)
	}
	ticked, err := t.Read("plan.md")
	if err != nil {
		return err
	}
	want := plan
	if k.mode != "fail" {
		want = strings.Replace(plan, "| [ ] |", "| [x] |", 1)
	}
	if string(ticked) != want {
		return fmt.Errorf("the plan is\n%s", ticked)
	}
	left, err := t.Leftovers()
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("left behind: %q", left)
	}
	return err
}

// records holds every entry to its manifest, the numbers to each other, and each run to the one before it: they ran one
// after another, and so each has seen the last.
func (t *tree) records(list []checkout.Entry) error {
	manifests, err := t.Manifests()
	if err != nil {
		return err
	}
	if len(manifests) != len(list) {
		return fmt.Errorf("%d manifests, %d entries", len(manifests), len(list))
	}
	for i, e := range list {
		m, ok := manifests[e.Run]
		if !ok || m.Predicate.Result != e.Result {
			return fmt.Errorf("entry #%d says %s, its manifest %q", e.Number, e.Result, m.Predicate.Result)
		}
		if e.Number != 5+i {
			return fmt.Errorf("entry %d has number %d", i, e.Number)
		}
		if i > 0 && !slices.Equal(m.Predicate.Parents, []string{"sha256:" + list[i-1].Run}) {
			return fmt.Errorf("run #%d (%s) came after %.12q and not after #%d", e.Number, m.Path, m.Predicate.Parents, e.Number-1)
		}
	}
	return nil
}

// close runs the task once more, so that it stands, and asks verify of the whole.
func (p *place) close(ctx context.Context) error {
	for _, t := range p.trees {
		if err := t.round(ctx, kind{name: "last", open: untick}, 1, tally{}); err != nil {
			return err
		}
		e, err := t.Run(ctx, "verify", "--strict")
		if err != nil {
			return err
		}
		if e.Exit != 0 {
			return fmt.Errorf("%s: verify ended with %d\n%s", t.Dir, e.Exit, e.Said)
		}
		if err := t.gate.Close(); err != nil {
			return err
		}
	}
	return nil
}
