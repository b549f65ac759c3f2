package manifest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// MaxSize is the largest manifest in bytes that is written or read. The largest
// known need, 100 000 test names, is a tenth of it.
const MaxSize = 64 << 20

// Digest is "sha256:" and the hex SHA-256 of a manifest's bytes as they are in
// its file: the identity of the run.
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// New is a statement about p. Its subjects are the git commit, where p has one,
// and p's files, each name and digest once.
func New(p Predicate) *Statement {
	s := &Statement{Type: StatementType, PredicateType: PredicateType, Predicate: p}
	if p.Source.Commit != "" {
		digest := map[string]string{"gitCommit": p.Source.Commit}
		if p.Source.Tree != "" {
			digest["gitTree"] = p.Source.Tree
		}
		s.Subject = append(s.Subject, Subject{Name: "git", Digest: digest})
	}
	type key struct{ name, sum string }
	seen := make(map[key]bool, len(p.Files))
	for _, f := range p.Files {
		if k := (key{f.Name, f.SHA256}); !seen[k] {
			seen[k] = true
			s.Subject = append(s.Subject, Subject{Name: f.Name, Digest: map[string]string{"sha256": f.SHA256}})
		}
	}
	return s
}

// Encode writes a statement as indented JSON with a final newline. Equal values
// give equal bytes: keys are in a fixed order, times are in UTC, an absent list
// is []. Bytes that are not UTF-8 become U+FFFD, as JSON has no other way.
//
// A statement that Decode would refuse is an error here already; so are a value
// that JSON lacks (NaN, an infinity) and more than MaxSize bytes.
func Encode(s *Statement) ([]byte, error) {
	if err := check(s); err != nil {
		return nil, err
	}
	c := *s
	c.Predicate.Started = c.Predicate.Started.UTC()
	c.Predicate.Finished = c.Predicate.Finished.UTC()
	fill(&c)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(&c); err != nil {
		return nil, fmt.Errorf("manifest of %s: %w", s.Predicate.Task.ID, err)
	}
	if out.Len() > MaxSize {
		return nil, fmt.Errorf("manifest of %s: %d bytes, more than %d", s.Predicate.Task.ID, out.Len(), MaxSize)
	}
	return out.Bytes(), nil
}

// Decode reads a statement in any layout of JSON. Fields that it does not know
// are passed over, since later versions add some. Refused are: another _type or
// predicateType, a result that is not known, a value of the wrong type, a key
// that stands twice in its object, and a known key in other case, which one
// reader would take and the next one not.
func Decode(b []byte) (*Statement, error) {
	if len(b) > MaxSize {
		return nil, fmt.Errorf("manifest: %d bytes, more than %d", len(b), MaxSize)
	}
	var s Statement
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, position(b, err)
	}
	// After Unmarshal, which has bounded the depth.
	if err := strict(b); err != nil {
		return nil, err
	}
	if err := check(&s); err != nil {
		return nil, err
	}
	fill(&s)
	return &s, nil
}

// fill replaces what is absent by what is empty, so that there is one way to
// write it. The maps and lists of the caller are not touched.
func fill(s *Statement) {
	p := &s.Predicate
	s.Subject = list(s.Subject)
	p.Criteria = list(p.Criteria)
	p.Calls = list(p.Calls)
	p.Files = list(p.Files)
	if p.Env == nil {
		p.Env = map[string]string{}
	}
	if p.Spec.Value == nil {
		p.Spec.Value = map[string]any{}
	}
	p.Tests = p.Tests.filled()
	fillEmpty(p)
}

// fillEmpty makes what is left out when it is empty the same as what was never there.
func fillEmpty(p *Predicate) {
	p.Argv, p.Rollup, p.Phases = some(p.Argv), some(p.Rollup), some(p.Phases)
	p.Supersedes, p.Parents, p.Accepted = some(p.Supersedes), some(p.Parents), some(p.Accepted)
	p.Pins, p.Inputs, p.Source.Digests = entries(p.Pins), entries(p.Inputs), entries(p.Source.Digests)
	if p.Replay != nil {
		r := *p.Replay
		r.Holders = some(r.Holders)
		r.Red, r.Green = r.Red.filled(), r.Green.filled()
		p.Replay = &r
	}
	p.Files = slices.Clone(p.Files)
	for i := range p.Files {
		p.Files[i].Arrays = entries(p.Files[i].Arrays)
	}
	p.Criteria = withoutEmpty(p.Criteria)
	p.Phases = slices.Clone(p.Phases)
	for i := range p.Phases {
		p.Phases[i].Criteria, p.Phases[i].Calls = some(withoutEmpty(p.Phases[i].Criteria)), some(p.Phases[i].Calls)
	}
}

func (s ReplaySide) filled() ReplaySide {
	s.Overlaid = some(s.Overlaid)
	s.Tests = s.Tests.filled()
	return s
}

func (t *Tests) filled() *Tests {
	if t == nil || t.Names != nil {
		return t
	}
	c := *t
	c.Names = map[string]string{}
	return &c
}

func withoutEmpty(cs []Criterion) []Criterion {
	cs = slices.Clone(cs)
	for i := range cs {
		cs[i].Values = entries(cs[i].Values)
	}
	return cs
}

// some is a list, nil where it is empty.
func some[T any](l []T) []T {
	if len(l) == 0 {
		return nil
	}
	return l
}

// entries is a map, nil where it is empty.
func entries[V any](m map[string]V) map[string]V {
	if len(m) == 0 {
		return nil
	}
	return m
}

func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func check(s *Statement) error {
	if s.Type != StatementType {
		return fmt.Errorf("manifest: _type is %q, want %q", s.Type, StatementType)
	}
	if s.PredicateType != PredicateType {
		return fmt.Errorf("manifest: predicateType is %q, want %q", s.PredicateType, PredicateType)
	}
	if !s.Predicate.Result.Known() {
		return fmt.Errorf("manifest: predicate.result is %q, want one of: %s", s.Predicate.Result, results)
	}
	for _, f := range s.Predicate.Files {
		if err := f.check(); err != nil {
			return err
		}
	}
	if p := s.Predicate.Source.Patch; p != "" && (!local(p) || strings.Contains(p, "/")) {
		return fmt.Errorf("manifest: predicate.source.patch is %q, which is no file of the run's directory", p)
	}
	return nil
}

// check refuses a name that leads away from where the file is said to be: a reader would open another one.
func (f *File) check() error {
	switch {
	case f.Base != "" && f.Base != Workspace:
		return fmt.Errorf("manifest: the base of file %q is %q, want none or %q", f.Name, f.Base, Workspace)
	case !local(f.Name):
		return fmt.Errorf("manifest: %q is no path below the run's directory or the workspace", f.Name)
	case f.Role == "log" && (f.Base != "" || strings.Contains(f.Name, "/")):
		return fmt.Errorf("manifest: the log %q is not in the run's directory", f.Name)
	}
	return nil
}

// local reports whether a slash-separated path is clean and stays below where it starts.
func local(p string) bool {
	return p != "" && p != "." && p != ".." && path.Clean(p) == p && !strings.HasPrefix(p, "../") && p[0] != '/' && !strings.Contains(p, "\x00")
}

// position adds line and column to an error of encoding/json, and names the field.
func position(b []byte, err error) error {
	switch e := err.(type) {
	case *json.SyntaxError:
		line, col := at(b, e.Offset-1)
		return fmt.Errorf("manifest: %d:%d: %w", line, col, err)
	case *json.UnmarshalTypeError:
		line, col := at(b, e.Offset-1)
		return fmt.Errorf("manifest: %d:%d: %s is a JSON %s, want %s", line, col, e.Field, e.Value, e.Type)
	}
	return fmt.Errorf("manifest: %w", err)
}

// at gives the line and the column in bytes, both from 1, of an offset.
func at(b []byte, offset int64) (line, col int) {
	before := b[:min(max(int(offset), 0), len(b))]
	return bytes.Count(before, []byte("\n")) + 1, len(before) - bytes.LastIndexByte(before, '\n')
}

// Names lists the names of the files that have the role, sorted.
func (p *Predicate) Names(role string) []string {
	set := map[string]bool{}
	for _, f := range p.Files {
		if f.Role == role {
			set[f.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// Ending is how a run ended, as the head of its entry says it: "exit 0, 35.86 s", seconds of wall clock.
func (p *Predicate) Ending() string {
	how := fmt.Sprintf("exit %d", p.Exit)
	switch {
	case p.TimedOut:
		how = "timed out"
	case p.Signal != "":
		how = p.Signal
	}
	return fmt.Sprintf("%s, %.2f s", how, p.Seconds)
}

// Decided is how a record without a run came about, as its ledger entry has it: "by Jo Doe", "exit criteria judged".
func (p *Predicate) Decided() string {
	switch {
	case p.Kind == KindPhase:
		return "exit criteria judged"
	case p.Kind == KindReplay:
		return "red and green replayed"
	case p.Judged != "" && p.State == "":
		return "criteria judged on recorded evidence"
	case p.Actor.Name == "":
		return "by hand"
	}
	return "by " + p.Actor.Name
}
