package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/disk"
	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/proof"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/testreport"
	"github.com/planctl/planctl/runner"
)

// collect hashes what the run left: log, test reports, artifacts. An interrupt does not keep it from what can be had at once,
// since the record of an interrupted run has that, too; it ends the reading of large files and of what the tests said.
func (x *execution) collect(ctx context.Context, r runner.Result) {
	p := &x.p
	p.Started, p.Finished = r.Started.UTC(), r.Finished.UTC()
	p.Seconds = hundredths(r.Seconds)
	p.Exit, p.Signal, p.TimedOut = r.Exit, r.Signal, r.TimedOut
	if r.Started.IsZero() {
		p.Started, p.Finished = x.e.Now().UTC(), x.e.Now().UTC()
	}
	var wrong []string
	if sum, size, err := evidence.HashLate(ctx, x.logPath); err != nil {
		x.lose(err)
		x.logless = errors.Is(err, context.Canceled)
		wrong = append(wrong, fmt.Sprintf("the log: %v", err))
	} else {
		p.Files = append(p.Files, manifest.File{Name: filepath.Base(x.logPath), Role: "log", Size: size, SHA256: sum})
	}
	files, problems := evidence.Collect(ctx, x.w.Root, x.dir.Path, x.expanded.Artifacts, x.before, p.Started)
	files, warning, bad := x.many(files)
	if warning != "" {
		x.task.Warnings = append(x.task.Warnings, warning)
	}
	if bad != "" {
		wrong = append(wrong, bad)
	}
	for i := range files {
		// Only numpy files have arrays; another file is no error here.
		if arrays, err := criteria.Arrays(x.abs(files[i])); err == nil {
			files[i].Arrays = arrays
		} else {
			x.lose(err)
		}
	}
	p.Files = append(p.Files, files...)
	for _, q := range problems {
		x.lose(q)
		wrong = append(wrong, q.Error())
	}
	wrong = append(wrong, x.moved(ctx)...)
	wrong = append(wrong, x.readTests(ctx)...)
	p.Files = slices.DeleteFunc(p.Files, func(f manifest.File) bool {
		if f.Role == "log" {
			return false // strays looks at it: what the command wrote there past the masker
		}
		bad := x.secretIn(ctx, x.abs(f), f.Name)
		wrong = append(wrong, bad...)
		return len(bad) > 0 && x.masker.String(f.Name) != f.Name // its name cannot stand in the manifest
	})
	wrong = append(wrong, x.strays(ctx)...)
	x.task.Warnings = append(x.task.Warnings, x.lineEnds(ctx)...)
	if len(wrong) > 0 {
		p.Reason = x.masker.String(reasons(wrong))
	}
}

// mostReasons is how many of the things that are wrong a record says; a pattern can find thousands of old files, and the
// ledger keeps each word.
const mostReasons = 10

func reasons(wrong []string) string {
	if n := len(wrong) - mostReasons; n > 1 {
		wrong = append(slices.Clone(wrong[:mostReasons]), fmt.Sprintf("and %d more", n))
	}
	return strings.Join(wrong, "; ")
}

// moved says which pins are not as they were when the command started: what ran is then not what was pinned.
func (x *execution) moved(ctx context.Context) (wrong []string) {
	now, problems := evidence.Pins(ctx, x.w.Root, x.pins)
	if err := evidence.Unread(problems); err != nil { // else one that cannot be read was there before, or is not there in either
		x.lose(err)
		return nil
	}
	for _, pin := range x.pins {
		if now[pin] != x.p.Pins[pin] {
			wrong = append(wrong, pin+" changed while the command ran: a pin holds from before it to its end")
		}
	}
	return wrong
}

func (x *execution) readTests(ctx context.Context) (wrong []string) {
	var res testreport.Results
	var err error
	if len(x.expanded.Tests) > 0 {
		files, problems := evidence.Collect(ctx, x.w.Root, x.dir.Path, x.expanded.Tests, x.before, x.p.Started)
		for _, q := range problems {
			x.lose(q)
			wrong = append(wrong, q.Error())
		}
		var paths []string
		for _, f := range files {
			paths = append(paths, x.abs(f))
			f.Role = "tests"
			switch i := slices.IndexFunc(x.p.Files, func(g manifest.File) bool { return g.Name == f.Name && g.Base == f.Base }); {
			case i < 0:
				x.p.Files = append(x.p.Files, f)
			case x.p.Files[i].Role == "artifact":
				x.p.Files[i].Role = f.Role // what a file said of the tests is asked for again, and that it is an artifact is not
			}
		}
		res, err = testreport.ReadFiles(ctx, paths)
	} else {
		res, err = testreport.ReadLog(ctx, x.logPath)
	}
	if err != nil {
		x.lose(err)
		wrong = append(wrong, fmt.Sprintf("read the test report: %v", err))
	}
	x.facts.Tests = res
	if res.Reader != "" {
		x.p.Tests = recorded(res, x.masker)
	}
	return wrong
}

// judge decides the result: first the kind's rule, then what is wrong with the evidence, then the criteria.
func (x *execution) judge(ctx context.Context, r runner.Result) {
	p := &x.p
	x.facts.Exit, x.facts.Signal, x.facts.TimedOut, x.facts.Seconds = p.Exit, p.Signal, p.TimedOut, p.Seconds
	x.facts.LogPath, x.facts.Root, x.facts.RunDir = x.logPath, x.w.Root, x.dir.Path
	x.facts.Done = doneIn(x.w, x.it)
	var rec criteria.Recorder
	p.Criteria = criteria.Judge(ctx, x.programs, x.facts, &rec)
	p.Calls = rec.Calls()
	x.lose(rec.Lost())
	maskVerdicts(x.masker, p.Criteria, p.Calls)
	t := proof.Of(x.spec)
	t.Result, t.Tests, t.Programs, t.Pins, t.Spec, t.Accept = r, x.facts.Tests, x.programs, p.Pins, p.Spec.Value, x.opt.AcceptPins
	if x.red != nil {
		t.Red = &x.red.Doc.Predicate
		t.Extents = extents(context.WithoutCancel(ctx), x.w, x.call.git(x.w), x.red, p.Pins)
	}
	why, warnings := proof.Judge(t)
	x.task.Warnings = append(x.task.Warnings, warnings...)
	if len(warnings) > 0 && t.Kind == spec.Green {
		p.Accepted = proof.Pins(t)
		p.Note = strings.TrimPrefix(p.Note+"; "+strings.Join(warnings, "; "), "; ")
	}
	if why != "" && t.Tests.Reader == "" && (t.Kind == spec.Red || t.Kind == spec.Green) {
		last, err := regular.LastLine(x.logPath)
		x.lose(err)
		why += proof.Unread(last) // that there is no log is told by itself
	}
	bad := failing(p.Criteria)
	switch {
	case r.Canceled:
		p.Result, p.Reason = manifest.Interrupted, "interrupted"+x.unhashed()
		p.Criteria, p.Calls, p.Tests = nil, nil, nil
	case errors.Is(x.lost, context.Canceled):
		p.Result, p.Reason = manifest.Interrupted, "interrupted while its evidence was judged; the command had ended"+x.unhashed()
		p.Criteria, p.Calls, p.Tests = nil, nil, nil
	case x.lost != nil:
		// What was seen of such a moment is no record: another look would see something else.
		p.Result, p.Reason = manifest.Interrupted, x.masker.String(strings.ReplaceAll(strings.TrimPrefix(r.Err+"; ", "; ")+"its evidence could not be read: "+x.lost.Error(), "\n", "; "))
		p.Criteria, p.Calls, p.Tests = nil, nil, nil
	case why != "":
		p.Result, p.Reason = manifest.Fail, x.masker.String(why)
	case p.Reason != "":
		p.Result = manifest.Fail
	case len(bad) > 0:
		p.Result, p.Reason = manifest.Fail, x.masker.String(strings.Join(bad, "; "))
	default:
		p.Result = manifest.Pass
		x.task.Failure = x.masker.String(proof.Failure(t))
		if x.spec.Kind == spec.Green && x.red == nil {
			x.task.Warnings = append(x.task.Warnings, redless(x.w, x.it))
		}
	}
}

// lose keeps an error of the system, and an interrupt: nothing is concluded from evidence that cannot be read at the moment, or
// was not read to its end.
func (x *execution) lose(err error) {
	if disk.Failed(err) || errors.Is(err, context.Canceled) && !errors.Is(x.lost, context.Canceled) {
		x.lost = errors.Join(x.lost, err)
	}
}

// unhashed says of the record of an interrupted run that it has no log.
func (x *execution) unhashed() string {
	if !x.logless {
		return ""
	}
	return "; its log was not hashed"
}

func (x *execution) abs(f manifest.File) string {
	if f.Base == manifest.Workspace {
		return filepath.Join(x.w.Root, filepath.FromSlash(f.Name))
	}
	return filepath.Join(x.dir.Path, filepath.FromSlash(f.Name))
}
