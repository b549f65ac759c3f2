package engine

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/planctl/planctl/internal/commit"
	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/redact"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/runner"
)

// stampLayout is that of run directories, in UTC.
const stampLayout = "2006-01-02T150405Z"

func keys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func manualHelp(name string, it *workspace.Item) string {
	help := "when it is done: planctl mark " + name + " done --note \"…\""
	if sp, _, _ := it.EffectiveSpec(); sp == nil && it.Same() != nil {
		return "planctl bind " + quoted(name) + " --write makes it a spec"
	} else if sp == nil {
		help += "; or give it a `run` in a `yaml planctl` block"
	}
	return help
}

// redless says of a green that passed without a red run what it lacks.
func redless(w *workspace.Workspace, it *workspace.Item) string {
	const nothing = "no red run stands behind this green, and nothing shows that its test could fail: "
	if red := it.RedItem(); red != nil {
		return nothing + "planctl run " + quoted(red.Name(w)) + " on the sources without the change, then this one again"
	}
	return nothing + "write `red: ID` of the task that shows the failure, or `kind: check`, in its spec"
}

// quoted is a task's name as a shell wants it.
func quoted(name string) string {
	if strings.ContainsAny(name, " \t\"'\\$`*?[](){}<>|&;~!") {
		return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return name
}

// blocked reports whether a person's mark is all that holds the task.
func blocked(gs []schedule.Gate) bool { return len(gs) == 1 && gs[0].Kind == schedule.Blocked }

func gateList(gs []schedule.Gate) string {
	s := make([]string, len(gs))
	for i, g := range gs {
		s[i] = g.String()
	}
	return strings.Join(s, ", ")
}

// unsafePhase is what is wrong with the criteria of the task's phase, before its last row is run.
func unsafePhase(it *workspace.Item) finding.List { return phaseSafe(it.Plan, it.Phase) }

// PhaseCriteria finds criteria of a phase that do not compile or look at what only a run has.
func PhaseCriteria(cs []spec.Criterion) finding.List {
	var out finding.List
	for _, c := range cs {
		p, err := criteria.Compile(c.Expr)
		switch {
		case err != nil:
			out = append(out, CriterionFinding(c, err))
		case !p.PhaseSafe():
			out = append(out, finding.Finding{Code: "spec-phase-criterion", Severity: finding.Error, File: c.File, Line: c.Line, Col: c.Col,
				Message: "criterion " + c.Expr + " looks at a run, and a phase has none", Help: "a phase's criteria may use file, glob, json, npz, env and done"})
		}
	}
	return out
}

func insert(src []byte, ins ledger.Insertion) []byte { return ledger.Insert(src, ins) }

func guard(ctx context.Context, w *workspace.Workspace, reports string, note *commit.Note) (string, error) {
	return evidence.Guard(ctx, w.Root, reports, w.Git, note.Steps())
}

func createDir(reports, slug string, now time.Time) (evidence.Dir, error) {
	return evidence.CreateDir(reports, slug, now)
}

func secretValues(ss []redact.Secret) []string {
	var out []string
	for _, s := range ss {
		out = append(out, s.Value)
	}
	return out
}

// hundredths is seconds as a record has them.
func hundredths(s float64) float64 {
	return float64(time.Duration(s*float64(time.Second)).Round(10*time.Millisecond)) / float64(time.Second)
}

// resultOf is how a recorded run ended, as the runner said it.
func resultOf(p *manifest.Predicate) runner.Result {
	return runner.Result{Exit: p.Exit, Signal: p.Signal, TimedOut: p.TimedOut, Started: p.Started, Finished: p.Finished, Seconds: p.Seconds}
}

// plainly is an error's own words: of a finding what it says and where, without its code.
func plainly(err error) string {
	var f finding.Finding
	if errors.As(err, &f) {
		return f.Pos() + ": " + f.Message
	}
	return err.Error()
}

// failing names the criteria that did not hold, each with its values.
func failing(cs []manifest.Criterion) []string {
	var out []string
	for _, c := range cs {
		if !c.Pass {
			out = append(out, criteria.Explain(c))
		}
	}
	return out
}
