package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/internal/workspace"
)

// shortening is a file of a workspace that is cut to every length, and what has to come of it.
type shortening struct {
	name string
	base *place
	file string // relative to the workspace
	from int    // the shortest length
	// after holds the workspace, whose file has n bytes, to what must be. whole is what the file was.
	after func(p *place, whole string, n int) error
}

// shortenings makes the workspaces.
func shortenings(planctl, dir string) ([]shortening, error) {
	made, err := newPlace(planctl, filepath.Join(dir, "made"))
	if err != nil {
		return nil, err
	}
	for _, args := range [][]string{{"mark", "A2", "done", "--note", "read it"}, {"run", "A1"}} {
		if _, err := made.must(args...); err != nil {
			return nil, err
		}
	}
	manifest, err := made.one("reports/*/*/A1.run.json")
	if err != nil {
		return nil, err
	}
	ran, err := newPlace(planctl, filepath.Join(dir, "ran"))
	if err == nil {
		_, err = ran.must("run", "A1")
	}
	if err != nil {
		return nil, err
	}
	out := []shortening{
		{name: "manifest", base: made, file: manifest, after: manifestShort},
		{name: "the ledger's last entry", base: made, file: "docs/fix_plan.md", from: strings.LastIndex(ledgerOf(made), "  * ["), after: ledgerShort},
	}
	run := []string{"run", "A1"}
	// Who gives a lock back empties its file: only who died has left a name in it.
	if err := ran.killAt(point{call: "fsync", path: "reports/STAMP/plan_phase_A/A1.log", nth: 1}, "run", "A1", "--force"); err != nil {
		return nil, err
	}
	lock, err := ran.one(".git/planctl/locks/task-*.lock")
	if err != nil {
		return nil, err
	}
	out = append(out, shortening{name: "lock file of a run that was killed", base: ran, file: lock, after: lockShort})
	for _, at := range []point{
		{call: "openat", path: "reports/STAMP/plan_phase_A/A1.log", nth: 1},                        // nothing had started
		{call: "fsync", path: "reports/STAMP/plan_phase_A/A1.log", nth: 1},                         // the command has ended
		{call: "linkat", path: "reports/STAMP/plan_phase_A/A1.run.json", nth: 1},                   // before the commit point
		{call: "unlinkat", path: "reports/STAMP/plan_phase_A/.A1.run.json.planctl-RANDOM", nth: 1}, // after it
		{call: "renameat2", path: "docs/fix_plan.md", nth: 1},                                      // before the entry
		{call: "renameat2", path: "plan.md", nth: 1},                                               // before the tick
		{call: "unlinkat", path: ".git/planctl/intents/KEY.jsonl", nth: 1},                         // all is done
	} {
		p, err := newPlace(planctl, filepath.Join(dir, fmt.Sprint("killed", len(out))))
		if err == nil {
			err = p.killAt(at, run...)
		}
		if err != nil {
			return nil, err
		}
		intent, err := p.one(".git/planctl/intents/*.jsonl")
		if err != nil {
			return nil, err
		}
		out = append(out, shortening{name: "intent of a run killed at " + at.String(), base: p, file: intent, after: intentShort})
	}
	p, err := newPlace(planctl, filepath.Join(dir, "noted"))
	if err == nil {
		err = p.killAt(point{call: "linkat", path: "reports/STAMP/plan_phase_A/A1.patch", nth: 1}, run...)
	}
	if err != nil {
		return nil, err
	}
	note, err := p.one(".git/planctl/notes/*.jsonl")
	return append(out, shortening{name: "note of what was being made", base: p, file: note, after: noteShort}), err
}

func ledgerOf(p *place) string {
	b, err := os.ReadFile(p.path("docs/fix_plan.md"))
	if err != nil {
		return ""
	}
	return string(b)
}

// one is the only file that a pattern names.
func (p *place) one(pattern string) (string, error) {
	names, err := filepath.Glob(p.path(pattern))
	if err == nil && len(names) != 1 {
		err = fmt.Errorf("%s: %d files", pattern, len(names))
	}
	if err != nil {
		return "", err
	}
	return filepath.Rel(p.dir, names[0])
}

// cut makes a workspace whose file has n bytes and holds it to what must be.
func (s *shortening) cut(dir string, n int) error {
	p, err := s.base.copy(dir)
	if err != nil {
		return err
	}
	whole, err := os.ReadFile(p.path(s.file))
	if err != nil {
		return err
	}
	if err := os.Truncate(p.path(s.file), int64(n)); err != nil {
		return err
	}
	if err := s.after(p, string(whole), n); err != nil {
		return err
	}
	return p.remove()
}

// verified is the errors that verify finds, and their text.
func (p *place) verified() (finding.List, error) {
	w, err := workspace.Open(context.Background(), workspace.Options{Dir: p.dir})
	if err != nil {
		return nil, err
	}
	res, err := verify.Verify(context.Background(), w, verify.Options{})
	return res.Findings.Errors(), err
}

// detected wants an error of verify about a file.
func (p *place) detected(files ...string) error {
	l, err := p.verified()
	if err != nil {
		return err
	}
	for _, f := range l {
		if slices.Contains(files, f.File) {
			return nil
		}
	}
	return fmt.Errorf("verify names none of %v: %v", files, l)
}

// calm wants planctl to end in order, however it ends: no panic, and a code of its own.
func (p *place) calm(args ...string) (int, error) {
	code, said, err := p.run(args...)
	if err == nil && (code < 0 || code > 5 || strings.Contains(said, "goroutine ")) {
		err = fmt.Errorf("planctl %s: exit %d\n%s", strings.Join(args, " "), code, said)
	}
	return code, err
}

// manifestShort: a manifest that is not whole is named, and nothing planctl does writes over it.
func manifestShort(p *place, whole string, n int) error {
	file, err := p.one("reports/*/*/A1.run.json")
	if err != nil {
		return err
	}
	if err := p.detected(file, "plan.md", "docs/fix_plan.md"); err != nil {
		return err
	}
	if n%50 != 0 {
		return nil // the rest costs a process, and a manifest is long
	}
	if err := p.still("recover", "recover"); err != nil {
		return err
	}
	if _, err := p.calm("status"); err != nil {
		return err
	}
	if _, err := p.calm("run", "A1"); err != nil {
		return err
	}
	b, err := os.ReadFile(p.path(file))
	if err == nil && string(b) != whole[:n] {
		err = errors.New("the manifest was written over")
	}
	return err
}

// ledgerShort: an entry that is not whole is named, or says all that it said. A run after it leaves what is there.
func ledgerShort(p *place, whole string, n int) error {
	if err := p.detected("plan.md", "docs/fix_plan.md", "above.md"); err != nil && strings.TrimRight(entryOf(whole), "\n") != strings.TrimRight(entryOf(whole[:n]), "\n") {
		return err
	}
	if n%10 != 0 {
		return nil
	}
	if err := p.still("recover", "recover"); err != nil {
		return err
	}
	if _, err := p.calm("run", "A1"); err != nil {
		return err
	}
	// What is added is added between the bytes that were there, and takes none of them.
	b, err := os.ReadFile(p.path("docs/fix_plan.md"))
	if err == nil && !within(whole[:n], string(b)) {
		err = fmt.Errorf("bytes of the ledger are gone:\n%s", b)
	}
	return err
}

// entryOf is the last entry of a ledger's text, up to the blank line after it.
func entryOf(text string) string {
	i := strings.LastIndex(text, "  * [")
	if i < 0 {
		return ""
	}
	entry, _, _ := strings.Cut(text[i:], "\n\n")
	return entry
}

// within reports whether the bytes of a are in b in their order.
func within(a, b string) bool {
	i := 0
	for j := 0; j < len(b) && i < len(a); j++ {
		if a[i] == b[j] {
			i++
		}
	}
	return i == len(a)
}

// lockShort: who has a lock is for people to read. A free lock is taken whatever it says; a held one is respected.
func lockShort(p *place, whole string, n int) (err error) {
	if _, err := p.must("run", "A1", "--force"); err != nil {
		return err
	}
	if _, err := p.settled(); err != nil {
		return err
	}
	if n%20 != 10 {
		return nil // planctl gives who holds a lock five seconds to write its name
	}
	name, err := p.one(".git/planctl/locks/task-*.lock")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(p.path(name), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	if _, err := f.WriteAt([]byte(whole[:n]), 0); err != nil {
		return err
	}
	code, said, err := p.run("run", "A1", "--force")
	if err == nil && (code != 5 || !strings.Contains(said, "locked by")) {
		err = fmt.Errorf("held by another: exit %d\n%s", code, said)
	}
	return err
}

// intentShort: recover does what the lines that are whole allow. What it cannot do, verify names.
func intentShort(p *place, whole string, n int) error {
	was, err := p.look()
	if err != nil {
		return err
	}
	if err := p.recovered(); err != nil {
		return err
	}
	now, err := p.look()
	if err != nil {
		return err
	}
	for run, word := range was.entries {
		if now.entries[run] != word {
			return fmt.Errorf("the entry of %s is gone", run)
		}
	}
	lines := strings.Count(whole[:n], "\n")
	l, err := p.verified()
	switch {
	case err != nil:
		return err
	case len(l) > 0 && len(was.manifests) == 0:
		return fmt.Errorf("%d lines are whole and nothing had been committed, and verify finds %v", lines, l)
	case len(l) > 0 && lines == strings.Count(whole, "\n"):
		return fmt.Errorf("the intent is whole, and verify finds %v", l)
	}
	if len(l) > 0 {
		return nil // named: the manifest is there, and what told of it is not
	}
	if _, err := p.must("run", "A1"); err != nil || lines == 0 {
		// Without its first line nothing tells which temporary file is its. No crash leaves that: the line is on disk before
		// the intent has its name.
		return err
	}
	_, err = p.settled()
	return err
}

// noteShort: what the whole lines name is taken away, and a note that says nothing hinders nobody.
func noteShort(p *place, _ string, _ int) error {
	if err := p.recovered(); err != nil {
		return err
	}
	if _, err := p.must("run", "A1"); err != nil {
		return err
	}
	l, err := p.verified()
	if err == nil && len(l) > 0 {
		err = fmt.Errorf("verify finds %v", l)
	}
	return err
}

// truncations cuts each file to every length.
func (b *bench) truncations(ctx context.Context) error {
	dir, err := os.MkdirTemp(b.dir, "truncate")
	if err != nil {
		return err
	}
	list, err := shortenings(b.planctl, dir)
	if err != nil {
		return err
	}
	fmt.Printf("| cut to every length | bytes | lengths | wrong |\n| --- | ---: | ---: | ---: |\n")
	var all []error
	for _, s := range list {
		if !strings.Contains(s.name, b.only) {
			continue
		}
		info, err := os.Stat(s.base.path(s.file))
		if err != nil {
			return err
		}
		var trials []trial
		for n := s.from; n < int(info.Size()); n++ {
			trials = append(trials, trial{name: fmt.Sprintf("%d of %d bytes", n, info.Size()), do: func(dir string) error { return s.cut(dir, n) }})
		}
		sub, err := os.MkdirTemp(dir, "cut")
		if err != nil {
			return err
		}
		done, wrong := b.each(ctx, sub, trials)
		fmt.Printf("| %s | %d | %d | %d |\n", s.name, info.Size(), done, len(wrong))
		for _, e := range wrong {
			all = append(all, fmt.Errorf("%s: %w", s.name, e))
		}
		if ctx.Err() != nil {
			return errors.Join(append(all, ctx.Err())...)
		}
	}
	return errors.Join(all...)
}
