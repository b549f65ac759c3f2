package workspace

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/plan"
)

// Standing is what the evidence says of a task now.
//
//   - Only what a ledger has entered counts: a manifest without its attempt is
//     of another branch, whose evidence git does not take away, or somebody
//     took the attempt back.
//   - A pass is a run, or a decision `done`, with the result pass. It is
//     superseded where a later record names it under `supersedes`, unless that
//     record is superseded itself.
//   - A replay that failed refutes as a failing run does, until the proof is
//     replayed with success or run again. One that passed decides nothing else.
//   - The newest record that decides is a pass, a failure, or a decision that
//     reopened the row. Interrupted runs, and decisions that only mark a row
//     active, blocked or skipped, decide nothing.
//   - A row that is ticked while its newest deciding record failed is refuted.
//   - A tick is stale where inputs or pins differ from what the passing run
//     had. A decision about a recorded run (a review, a reworded row) leaves
//     that run's digests in force. The inputs of a red run are not compared,
//     since its green is there to change them; its pins are.
//   - A tick is changed where the row's text or the spec differ from what ran.
//     A run from prose is compared once the task has a spec block, and stays
//     good where that binds the same command.
type Standing struct {
	State   plan.State // of the row
	Newest  *Record    // the newest record that decides, nil without
	Replay  *Record    // the newest replay of the standing pass, nil without
	Pass    *Record    // the newest pass that is not superseded, nil without
	Red     *Record    // for a green: the standing pass of its red, nil without
	RedOwed bool       // a green whose red has no run that counted: none, or a person's word alone
	Refuted bool
	Stale   []string // paths and pins that differ now, sorted
	Changed []string // "row", and keys of the spec that differ ("spec" where no key can be named)
	Fresh   bool     // done by a pass that is not superseded, refuted, stale or changed
}

// Newest is the newest record of the task, whatever it says; nil without.
func (it *Item) Newest() *Record {
	if len(it.Runs) == 0 {
		return nil
	}
	return it.Runs[len(it.Runs)-1]
}

// LastPass is the newest pass that is not superseded; for a roll-up row
// without one, the newest attempt that completed its phase. nil without.
func (it *Item) LastPass() *Record {
	void := it.Superseded()
	for _, runs := range [][]*Record{it.Runs, it.Rollups} {
		for _, r := range slices.Backward(runs) {
			if passed(r) && !void[r.Digest] && r.Attempt != nil {
				return r
			}
		}
	}
	return nil
}

// passed reports a pass that can stand behind a tick. A replay confirms one and is none.
func passed(r *Record) bool { return r.Doc.Predicate.Result == manifest.Pass && !replayed(r) }

func replayed(r *Record) bool { return r.Doc.Predicate.Kind == manifest.KindReplay }

// Superseded is the digests of the task's records that later ones have taken the force of.
func (it *Item) Superseded() map[string]bool {
	void := map[string]bool{}
	for _, r := range slices.Backward(it.Runs) {
		if void[r.Digest] || r.Attempt == nil {
			continue // what it superseded stands again
		}
		for _, d := range r.Doc.Predicate.Supersedes {
			void[d] = true
		}
	}
	return void
}

// decides reports whether a record says how the task stands.
func decides(r *Record) bool {
	switch p := &r.Doc.Predicate; p.Result {
	case manifest.Pass, manifest.Fail, manifest.Reopened:
		return true
	case manifest.Decided:
		return p.State == plan.Todo.String()
	}
	return false
}

// Deciding is the newest record that says how the task stands, and the newest replay of its proof; each nil
// without one.
func (it *Item) Deciding() (newest, replay *Record) {
	void := it.Superseded()
	for _, r := range slices.Backward(it.Runs) {
		if !decides(r) || void[r.Digest] || r.Attempt == nil {
			continue
		}
		if replayed(r) && replay == nil {
			replay = r
		}
		if replayed(r) && (r != replay || r.Doc.Predicate.Result == manifest.Pass) {
			continue // confirmed since, or nothing but a confirmation
		}
		return r, replay
	}
	return nil, replay
}

// Copies reports whether the row says word for word, spec included, what the run of another row did, and that run still
// stands: a copy of a plan claims nothing that did not happen.
func (it *Item) Copies(r *Record) bool {
	p := &r.Doc.Predicate
	if !passed(r) || p.Task.ID != it.Task.ID || p.Task.Row != RowDigest(it.Task) {
		return false
	}
	if r.Item == nil {
		return len(it.Respecified(r)) == 0
	}
	if n, _ := r.Item.Deciding(); n != nil && n.Doc.Predicate.Result == manifest.Fail || r.Item.Superseded()[r.Digest] {
		return false
	}
	return len(it.Respecified(r.Item.accepted(r))) == 0
}

// Standing joins the row, its spec and its records; see the type for the rules.
// It reads the files that inputs and pins name, each once for a workspace, and
// they can be of any size: when ctx is done, Stale and Fresh mean nothing.
func (it *Item) Standing(ctx context.Context, w *Workspace) Standing {
	s := Standing{State: it.Task.State, Pass: it.LastPass()}
	s.Newest, s.Replay = it.Deciding()
	if red := it.RedItem(); red != nil {
		s.Red = red.LastPass()
		s.RedOwed = red.RedRun() == nil
	}
	s.Refuted = it.Refuted()
	if s.Pass != nil && s.Pass.Item == it {
		s.Stale = it.stale(ctx, w, s.Pass)
		s.Changed = it.changed(s.Pass)
	}
	s.Fresh = s.State == plan.Done && s.Pass != nil && !s.Refuted && len(s.Stale) == 0 && len(s.Changed) == 0
	return s
}

// Refuted is that of Standing. It reads no file.
func (it *Item) Refuted() bool {
	newest, _ := it.Deciding()
	return it.Task.State == plan.Done && newest != nil && newest.Doc.Predicate.Result == manifest.Fail
}

// Ran is the run that a decision was about; the record itself where it is a
// run, or a decision about nothing recorded.
func (it *Item) Ran(r *Record) *Record {
	return it.behind(r, func(*manifest.Predicate) bool { return true })
}

// accepted is what a person's decisions were about: a run, or criteria that were judged again on one.
func (it *Item) accepted(r *Record) *Record {
	return it.behind(r, func(p *manifest.Predicate) bool { return p.Kind == spec.Manual.String() })
}

// behind goes from a decision to what it was about, as long as through holds.
func (it *Item) behind(r *Record, through func(*manifest.Predicate) bool) *Record {
	for range it.Runs { // a chain of decisions is no longer than the records
		p := &r.Doc.Predicate
		if p.Judged == "" || !through(p) {
			return r
		}
		i := slices.IndexFunc(it.Runs, func(q *Record) bool { return q.Digest == p.Judged })
		if i < 0 {
			return r
		}
		r = it.Runs[i]
	}
	return r
}

// RedRun is the run of a red that its greens stand on: it counted as a red, and its pass stands. nil without, as where a
// person ticked the row.
func (it *Item) RedRun() *Record {
	pass := it.LastPass()
	if pass == nil {
		return nil
	}
	r := it.Ran(pass)
	if p := &r.Doc.Predicate; p.Kind != spec.Red.String() || p.Result != manifest.Pass || len(p.Argv) == 0 {
		return nil
	}
	return r
}

func (it *Item) stale(ctx context.Context, w *Workspace, pass *Record) []string {
	p := &it.Ran(pass).Doc.Predicate
	var out []string
	if len(p.Inputs) > 0 && p.Kind != spec.Red.String() {
		patterns := words(p.Spec.Value["inputs"])
		if len(patterns) == 0 {
			patterns = names(p.Inputs)
		}
		out = append(out, differing(p.Inputs, w.inputs(ctx, patterns))...)
	}
	if len(p.Pins) > 0 {
		out = append(out, differing(p.Pins, w.pins(ctx, names(p.Pins)))...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func differing(then, now map[string]string) []string {
	var out []string
	for name, digest := range then {
		if now[name] != digest {
			out = append(out, name)
		}
	}
	for name := range now {
		if _, ok := then[name]; !ok {
			out = append(out, name)
		}
	}
	return out
}

func names[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// words is a list of texts as JSON decodes it.
func words(v any) []string {
	var out []string
	switch list := v.(type) {
	case []any:
		for _, x := range list {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
	case []string:
		out = list
	}
	return out
}

func (it *Item) changed(pass *Record) []string {
	var out []string
	if row := pass.Doc.Predicate.Task.Row; row != "" && row != RowDigest(it.Task) {
		out = append(out, "row")
	}
	// A person accepts a row, or what was run or judged, and no other spec with it.
	return append(out, it.Respecified(it.accepted(pass))...)
}

// Respecified is the keys of the task's spec that differ from what a record of it ran; "spec" where no key can be named.
func (it *Item) Respecified(r *Record) []string {
	ran := &r.Doc.Predicate.Spec
	if ran.Digest == "" || ran.Prose && it.Spec == nil {
		return nil
	}
	sp, _, prose := it.EffectiveSpec()
	if sp == nil {
		return []string{"spec"}
	}
	now := sp.Value()
	if digest, _ := spec.Digest(now); digest == ran.Digest {
		return nil
	}
	var keys []string
	for k := range now {
		keys = append(keys, k)
	}
	for k := range ran.Value {
		if _, ok := now[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	differ := false
	var out []string
	for _, k := range keys {
		if same(now[k], ran.Value[k]) {
			continue
		}
		differ = true
		switch {
		case ran.Prose && k == "red": // prose names no red; which one was followed is in the manifest
		case ran.Prose && prose && (k == "run" || k == "kind"): // the command is prose still, and prose is not compared
		case ran.Prose && k == "run" && same(trimmed(now[k]), trimmed(ran.Value[k])): // a block scalar's last line end
		default:
			out = append(out, k)
		}
	}
	if !differ {
		return []string{"spec"}
	}
	return out
}

func trimmed(v any) any {
	if s, ok := v.(string); ok {
		return strings.TrimSpace(s)
	}
	return v
}

// same compares two values by their canonical JSON; one that has none differs from all.
func same(a, b any) bool {
	x, errX := spec.Canonical(a)
	y, errY := spec.Canonical(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
