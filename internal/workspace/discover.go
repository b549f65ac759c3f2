package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/glob"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/regular"
)

// MaxPlan is the size in bytes of the largest plan that is read. Reading is
// linear, but a document beyond this is no plan that a person keeps.
const MaxPlan = 32 << 20

// sidecarSuffix follows a plan's name without .md.
const sidecarSuffix = ".planctl.yaml"

// stampDir is the name of a directory for one moment of evidence, as planctl
// and people write it: 2025-10-19T122449Z, 20251011T153931Z.
var stampDir = regexp.MustCompile(`^\d{4}-?\d{2}-?\d{2}T\d{2}:?\d{2}(:?\d{2})?Z?$`)

// SidecarOf is the file beside a plan that may hold its specs.
func SidecarOf(plan string) string { return strings.TrimSuffix(plan, ".md") + sidecarSuffix }

// IsSidecar reports whether a path has the name of a sidecar.
func IsSidecar(rel string) bool {
	return strings.HasSuffix(rel, sidecarSuffix) && path.Base(rel) != ConfigName
}

// RunDirectory is the directory of the run whose manifest a path names, where it lies in one for a moment (STAMP/SLUG);
// else "". Documents in it are evidence and no plans.
func RunDirectory(rel string) string {
	if dir := path.Dir(rel); strings.HasSuffix(rel, manifest.Suffix) && stampDir.MatchString(path.Base(path.Dir(dir))) {
		return dir
	}
	return ""
}

// IsPlanText reports whether a document's bytes could be a plan's: UTF-8, not binary, no more than MaxPlan, with a line
// that looks like the head of a checklist.
func IsPlanText(src []byte) bool {
	return len(src) <= MaxPlan && !isUTF16(src) && looksLikePlan(src) && !isBinary(src)
}

func isUTF16(src []byte) bool {
	return bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff"))
}

// isBinary is git's own test.
func isBinary(src []byte) bool { return bytes.IndexByte(src[:min(len(src), 8000)], 0) >= 0 }

// found is what the walk below the plan patterns saw.
type found struct {
	files    []string            // that match the patterns, sorted
	sidecars map[string]bool     // NAME.planctl.yaml
	walked   []string            // the directories below which everything was seen
	runs     []string            // manifests below them
	reports  []string            // directories named reports
	evidence map[string]bool     // stamped run directories: STAMP/SLUG with a manifest in it
	nested   map[string][]string // directory with a config of its own → documents below it that match and are left out
	findings finding.List
}

// discover walks below the fixed part of every pattern once. Links to
// directories are not followed, as git does not follow them, so that no loop
// can arise; links to files are. Directories named .git are passed over.
func (w *Workspace) discover() found {
	f := found{sidecars: map[string]bool{}, evidence: map[string]bool{}, nested: map[string][]string{}}
	matched := map[string]bool{}
	var links []string
	for _, base := range bases(w.Config.Plans) {
		root := w.Abs(base)
		// The fixed part of a pattern may itself be a link, or a file that is named in full.
		if st, err := os.Stat(root); err != nil {
			w.why(base, err)
			continue // nothing there is no plan, and no error
		} else if st.IsDir() {
			if real, err := filepath.EvalSymlinks(root); err == nil {
				root = real
			}
			f.walked = append(f.walked, base)
		} else if _, err := os.Lstat(w.Abs(SidecarOf(base))); err == nil {
			f.sidecars[SidecarOf(base)] = true
		} else {
			w.why(SidecarOf(base), err)
		}
		nested := w.Config.NestedIn(base+"/.", w.configAt)
		err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			below, rerr := filepath.Rel(root, p)
			if rerr != nil {
				return rerr
			}
			rel := path.Join(base, filepath.ToSlash(below))
			if err != nil {
				f.findings = append(f.findings, finding.Finding{
					Code: "plan-unreadable", Severity: finding.Error, File: rel,
					Message: "the directory cannot be read, so that plans in it are not seen: " + w.why(rel, err), Help: "mend its permissions, or take it out of `plans` in " + ConfigName,
				})
				if d != nil && d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			name := d.Name()
			if nested != "" && rel != nested && !contains(nested, rel) {
				nested = ""
			}
			if d.IsDir() && nested == "" && name != ".git" && w.configAt(rel) {
				nested = rel
			}
			if nested != "" && !w.Config.namesBelow(func(name string) bool { return contains(nested, name) }) {
				switch {
				case name == ".git" && d.IsDir():
					return fs.SkipDir
				case !d.IsDir() && matchesAny(w.Config.Plans, rel):
					f.nested[nested] = append(f.nested[nested], rel)
				}
				return nil
			}
			switch {
			case d.IsDir():
				if name == ".git" {
					return fs.SkipDir
				}
				if name == "reports" {
					f.reports = append(f.reports, rel)
				}
			case d.Type().IsRegular() && strings.HasSuffix(name, manifest.Suffix):
				f.runs = append(f.runs, rel)
				if dir := RunDirectory(rel); dir != "" {
					f.evidence[dir] = true
				}
			case IsSidecar(rel):
				f.sidecars[rel] = true
			case matched[rel] || !matchesAny(w.Config.Plans, rel) || w.isLedger(rel):
			case nested != "" && w.Config.NestedIn(rel, w.configAt) != "":
				f.nested[nested] = append(f.nested[nested], rel)
			case d.Type()&fs.ModeSymlink != 0:
				matched[rel] = true
				links = append(links, rel)
			case d.Type().IsRegular():
				matched[rel] = true
				f.files = append(f.files, rel)
			}
			return nil
		})
		if err != nil {
			f.findings = append(f.findings, finding.Finding{
				Code: "plan-unreadable", Severity: finding.Error, File: base, Message: "the plans below cannot be listed: " + w.why(base, err),
			})
		}
	}
	w.aliases(&f, links)
	slices.Sort(f.files)
	slices.Sort(f.reports)
	f.reports = slices.Compact(f.reports)
	return f
}

// aliases adds the links to files. A link to a file that is found anyway is a
// second name of it and not a second plan; a link to nothing is worth a word.
func (w *Workspace) aliases(f *found, links []string) {
	real := map[string]bool{}
	for _, p := range f.files {
		if len(links) == 0 {
			return
		}
		if r, err := filepath.EvalSymlinks(w.Abs(p)); err == nil {
			real[r] = true
		}
	}
	slices.Sort(links)
	for _, p := range links {
		target, err := filepath.EvalSymlinks(w.Abs(p))
		if err != nil {
			f.findings = append(f.findings, finding.Finding{
				Code: "plan-unreadable", Severity: finding.Warning, File: p,
				Message: "the link leads nowhere: " + w.why(p, err), Help: "mend or remove it",
			})
			continue
		}
		if st, err := os.Stat(target); err != nil || !st.Mode().IsRegular() || real[target] {
			continue
		}
		real[target] = true
		f.files = append(f.files, p)
	}
}

// bases is the directories to walk: the patterns' parts before the first wildcard, none inside another.
func bases(patterns []string) []string {
	var all []string
	for _, p := range patterns {
		names, ok := glob.Braces(p, 100)
		if !ok {
			names = []string{"*"}
		}
		for _, n := range names {
			var fixed []string
			for _, part := range strings.Split(n, "/") {
				if glob.IsPattern(part) || strings.ContainsAny(part, `\{}`) {
					break
				}
				fixed = append(fixed, part)
			}
			all = append(all, path.Clean(strings.Join(fixed, "/")))
		}
	}
	slices.Sort(all)
	var out []string
	for _, b := range slices.Compact(all) {
		if !slices.ContainsFunc(out, func(o string) bool { return o == "." || b == o || strings.HasPrefix(b, o+"/") }) {
			out = append(out, b)
		}
	}
	return out
}

func (w *Workspace) isLedger(rel string) bool {
	return rel == w.Config.Ledger || slices.Contains(w.Config.Ledgers, rel)
}

// read gives the bytes of a file that may be a plan; nil for one that is none.
// Reports trees hold many large notes, so a document without anything that
// could be the head of a checklist table is put aside before it is parsed.
func (w *Workspace) read(rel string, f *found) ([]byte, *finding.Finding) {
	bad := func(s finding.Severity, message, help string) *finding.Finding {
		return &finding.Finding{Code: "plan-unreadable", Severity: s, File: rel, Message: message, Help: help}
	}
	st, err := os.Stat(w.Abs(rel))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil // taken away since the walk
		}
		return nil, bad(finding.Error, "the file cannot be read, so that its tasks are not counted: "+w.why(rel, err), "mend its permissions")
	}
	if !st.Mode().IsRegular() || st.Size() == 0 {
		return nil, nil
	}
	src, err := readAtMost(w.Abs(rel), MaxPlan+1) // a byte more than fits says that there is more
	if err != nil {
		return nil, bad(finding.Error, "the file cannot be read, so that its tasks are not counted: "+w.why(rel, err), "mend its permissions")
	}
	if isUTF16(src) {
		return nil, bad(finding.Error, "the file is UTF-16, so that no table is seen in it", "save it as UTF-8")
	}
	switch like := looksLikePlan(src); {
	case !like:
		return nil, nil
	case len(src) > MaxPlan:
		return nil, bad(finding.Error, fmt.Sprintf("the file has %d bytes, more than the %d that are read; its tasks are not counted", st.Size(), MaxPlan), "split the plan")
	case isBinary(src):
		return nil, bad(finding.Error, "the file is binary, so that its tasks are not counted", "take the zero bytes out, or move it out of `plans`")
	case f.evidence[path.Dir(rel)]:
		if name := path.Base(rel); name == "summary.md" || name == "summary.planctl.md" {
			return nil, nil
		}
		return nil, &finding.Finding{
			Code: "plan-in-evidence", Severity: finding.Note, File: rel,
			Message: "the document lies in a run's directory and is read as evidence, not as a plan", Help: "move it if its rows are tasks",
		}
	}
	return src, nil
}

// readAtMost reads a file's first limit bytes.
func readAtMost(name string, limit int64) ([]byte, error) {
	f, st, err := regular.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	b.Grow(int(min(st.Size(), limit)) + bytes.MinRead) // one allocation, as os.ReadFile has
	_, err = b.ReadFrom(io.LimitReader(f, limit))
	return b.Bytes(), err
}

// looksLikePlan reports whether a line has a bar and the beginning of the
// words State or Status, or whether there is a spec block. It errs on the side
// of reading: plan.Parse decides.
func looksLikePlan(src []byte) bool {
	if bytes.Contains(src, []byte("yaml planctl")) {
		return true
	}
	for rest := src; ; {
		i := bytes.IndexByte(rest, '|')
		if i < 0 {
			return false
		}
		start := bytes.LastIndexAny(rest[:i], "\r\n") + 1
		end := len(rest)
		if j := bytes.IndexAny(rest[i:], "\r\n"); j >= 0 {
			end = i + j
		}
		if hasStat(rest[start:end]) {
			return true
		}
		rest = rest[end:]
	}
}

// hasStat is a case-insensitive search for "stat" that allocates nothing.
func hasStat(line []byte) bool {
	for i := 0; i+4 <= len(line); i++ {
		if line[i]|0x20 == 's' && line[i+1]|0x20 == 't' && line[i+2]|0x20 == 'a' && line[i+3]|0x20 == 't' {
			return true
		}
	}
	return false
}
