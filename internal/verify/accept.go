package verify

import (
	"errors"
	"io/fs"
	"slices"

	"github.com/planctl/planctl/internal/baseline"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/workspace"
)

// allowed takes out what comments in plans, ledgers, sidecars and the config allow, and adds what is wrong with the comments.
func allowed(w *workspace.Workspace, list finding.List, scope baseline.Scope) finding.List {
	var sups []baseline.Suppression
	var wrong finding.List
	add := func(file string, src []byte) {
		s, bad := baseline.Suppressions(file, src, scope.Known)
		sups, wrong = append(sups, s...), append(wrong, bad...)
	}
	for _, p := range w.Plans {
		add(p.Path, p.Doc.Source)
		if p.Sidecar != "" {
			readable(w, p.Sidecar, add)
		}
	}
	for _, l := range append([]*workspace.Ledger{w.Ledger}, w.Archives...) {
		if !l.Missing() {
			add(l.Path, l.Doc.Source)
		}
	}
	if w.ConfigPath != "" {
		readable(w, w.ConfigPath, add)
	}
	rest, unused := baseline.ApplySuppressions(list, sups, scope)
	return append(append(rest, wrong...), unused...)
}

// readable hands on a file's bytes. One that cannot be read is an error of its own family already.
func readable(w *workspace.Workspace, file string, add func(string, []byte)) {
	if b, err := regular.Read(w.Abs(file)); err == nil {
		add(file, b)
	}
}

// everything is the scope of a command that looks for the rules that pass looks at.
func everything(looked func(file string, code finding.Code) bool) baseline.Scope {
	s := baseline.Scope{Known: map[finding.Code]bool{}, Looked: looked}
	for _, r := range Rules() {
		s.Known[r.Code] = true
	}
	return s
}

// accepted takes out what the workspace's baseline holds, and gives the baseline; nil where there is none.
func accepted(w *workspace.Workspace, list finding.List, scope baseline.Scope) (*baseline.Baseline, finding.List) {
	text, err := regular.Read(w.Abs(baseline.Name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, list
	}
	if err != nil {
		return nil, append(list, finding.Finding{Code: baseline.CodeInvalid, Severity: finding.Error, File: baseline.Name,
			Message: "the baseline cannot be read: " + err.Error(), Help: "mend its permissions"})
	}
	b, bad := baseline.Parse(baseline.Name, text)
	if len(bad.Errors()) > 0 {
		return nil, append(list, bad...)
	}
	rest, unused := b.Apply(list, scope)
	return b, append(append(rest, bad...), unused...)
}

// lintLooks is what lint looks for: all that needs no evidence, in the files that it was asked for.
func lintLooks(only []string) func(string, finding.Code) bool {
	needs := map[finding.Code]bool{}
	for _, r := range across() {
		needs[r.Code] = true
	}
	return func(file string, code finding.Code) bool {
		return !needs[code] && family(code) != "history" && (len(only) == 0 || slices.Contains(only, file))
	}
}
