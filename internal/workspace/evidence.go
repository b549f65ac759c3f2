package workspace

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// Record is one manifest found in the workspace.
type Record struct {
	Path    string   // of the manifest, relative to the root
	Copies  []string // further files with the same bytes, which are the same run
	Digest  string   // sha256:…
	Doc     *manifest.Statement
	Attempt *ledger.Attempt // the entry that carries the digest, nil without
	Ledger  *Ledger         // that holds Attempt
	Plan    *Plan           // that the run was of, wherever it lies now; nil where there is none any more
	Item    *Item           // the row; nil for a phase's record, and where the row is gone
}

// Evidence is every manifest below the REPORTS directories, and every one that an entry of a ledger names and cites elsewhere.
type Evidence struct {
	Records  []*Record    // oldest first, see order
	Findings finding.List // evidence-unreadable: manifests that do not parse, directories that cannot be listed
	byDigest map[string]*Record
	listed   []string // the files that were taken for manifests, sorted
}

// ByDigest is the record of a run, nil where its manifest is not in the workspace.
func (e *Evidence) ByDigest(digest string) *Record { return e.byDigest[digest] }

// gather reads every manifest below the REPORTS of the plans, those of
// archived plans too, and below every directory named reports that the search
// for plans passed, so that the runs of a plan that went away are seen.
//
// What that search walked is not walked again: trees of reports are large.
func (w *Workspace) gather(f *found) {
	e := &Evidence{byDigest: map[string]*Record{}}
	w.Evidence = e
	dirs := slices.Clone(f.reports)
	for _, p := range w.Plans {
		dirs = append(dirs, w.reportsOf(p)...)
	}
	var files []string
	for _, d := range outermost(dirs) {
		if !slices.ContainsFunc(f.walked, func(base string) bool { return contains(base, d) }) {
			files = append(files, e.list(w, d)...)
			continue
		}
		for _, r := range f.runs {
			if contains(d, r) {
				files = append(files, r)
			}
		}
		// The search does not follow a link to a directory; a REPORTS that is one is meant to be followed.
		if st, err := os.Lstat(w.Abs(d)); err == nil && st.Mode()&fs.ModeSymlink != 0 {
			files = append(files, e.list(w, d)...)
		}
	}
	slices.Sort(files)
	files = slices.Compact(files)

	e.listed = files
	records, problems := make([]*Record, len(files)), make([]error, len(files))
	parallel(len(files), func(i int) { records[i], problems[i] = w.record(files[i]) })
	for i, r := range records {
		switch {
		case problems[i] != nil:
			e.Findings = append(e.Findings, w.unreadManifest(files[i], problems[i]))
		default:
			e.take(r)
		}
	}
	w.fromEntries()
	w.join()
}

// take adds a manifest: a record, or a copy of one that is there.
func (e *Evidence) take(r *Record) {
	first := e.byDigest[r.Digest]
	if first == nil {
		e.byDigest[r.Digest] = r
		e.Records = append(e.Records, r)
		return
	}
	if !first.atStamp(first.Path) && first.atStamp(r.Path) { // the copy sorts first; log and artifacts lie beside this one
		first.Path, r.Path = r.Path, first.Path
	}
	first.Copies = append(first.Copies, r.Path)
}

// atStamp reports whether a path of the manifest lies below the directory of its run's moment.
func (r *Record) atStamp(at string) bool {
	return path.Base(path.Dir(path.Dir(at))) == r.Doc.Predicate.Stamp
}

// contains reports whether the path is the directory or lies below it.
func contains(dir, p string) bool { return dir == "." || dir == p || strings.HasPrefix(p, dir+"/") }

// outermost drops directories inside another of the list.
func outermost(dirs []string) []string {
	dirs = slices.Clone(dirs)
	slices.Sort(dirs)
	var out []string
	for _, d := range slices.Compact(dirs) {
		if !slices.ContainsFunc(out, func(o string) bool { return contains(o, d) }) {
			out = append(out, d)
		}
	}
	return out
}

// unreadManifest says why a manifest was not read, and what to do.
func (w *Workspace) unreadManifest(file string, err error) finding.Finding {
	f := finding.Finding{Code: "evidence-unreadable", Severity: finding.Error, File: file,
		Message: "the manifest cannot be read: " + w.why(file, err), Help: "restore it from git: git log -- " + file}
	text, err := regular.Read(w.Abs(file))
	if err == nil && bytes.Contains(text, []byte("<<<<<<< ")) && bytes.Contains(text, []byte(">>>>>>> ")) {
		f.Message = "the manifest has the marks of a merge in it: two branches wrote one of that name"
		f.Help = "keep both: git show COMMIT:" + file + " gives that of each branch; one stays here, the other goes into a directory of its own beside this one, under the same name"
	}
	return f
}

// list is the manifests below a REPORTS directory. Links inside are not followed.
func (e *Evidence) list(w *Workspace, dir string) []string {
	root, err := filepath.EvalSymlinks(w.Abs(dir))
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			e.unlisted(w, dir, err)
		}
		return nil // nothing has run yet
	}
	var out []string
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		below, rerr := filepath.Rel(root, p)
		if rerr != nil {
			return rerr
		}
		rel := path.Join(dir, filepath.ToSlash(below))
		switch {
		case err != nil:
			e.unlisted(w, rel, err)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case d.Type().IsRegular() && strings.HasSuffix(d.Name(), manifest.Suffix):
			out = append(out, rel)
		}
		return nil
	})
	if err != nil {
		e.unlisted(w, dir, err)
	}
	return out
}

func (e *Evidence) unlisted(w *Workspace, dir string, err error) {
	e.Findings = append(e.Findings, finding.Finding{
		Code: "evidence-unreadable", Severity: finding.Error, File: dir,
		Message: "the directory cannot be read, so that runs in it are not seen: " + w.why(dir, err), Help: "mend its permissions",
	})
}

func (w *Workspace) record(rel string) (*Record, error) {
	b, err := readAtMost(w.Abs(rel), manifest.MaxSize+1) // Decode says that it is too much
	if err != nil {
		return nil, err
	}
	doc, err := manifest.Decode(b)
	if err != nil {
		return nil, err
	}
	return &Record{Path: rel, Digest: manifest.Digest(b), Doc: doc}, nil
}

// join ties records to ledger entries, plans and rows, in the order of order.
func (w *Workspace) join() {
	for _, l := range append([]*Ledger{w.Ledger}, w.Archives...) {
		if l.Missing() {
			continue
		}
		for _, r := range w.Evidence.Records {
			if a := l.Doc.ByRun(r.Digest); a != nil && r.Attempt == nil {
				r.Attempt, r.Ledger = a, l
			}
		}
	}
	w.Evidence.Records = order(w, w.Evidence.Records)
	for _, r := range w.Evidence.Records {
		t := r.Doc.Predicate.Task
		r.Plan = w.home(r)
		if r.Plan != nil && t.ID != "" {
			if r.Item = r.Plan.Item(t.ID); r.Item != nil {
				r.Item.Runs = append(r.Item.Runs, r)
			}
		}
		for _, name := range r.Doc.Predicate.Rollup {
			if it := w.row(r, name); it != nil {
				it.Rollups = append(it.Rollups, r)
			}
		}
	}
}

// home is the plan that a run was of. The recorded path decides where a plan
// is there. Else the plan has moved: among the plans with the same file name
// and initiative that have the row, the one whose REPORTS hold the manifest
// comes first. Else it was renamed where it stands: the only plan of the
// initiative with that row whose REPORTS hold the manifest. Where that leaves
// several, or none, the row that ran says it, by its words.
func (w *Workspace) home(r *Record) *Plan {
	t := r.Doc.Predicate.Task
	if p := w.byPath[t.Plan]; p != nil {
		return p
	}
	var moved, renamed, others []*Plan
	for _, p := range w.Initiative(t.Initiative) {
		if !p.has(t) {
			continue
		}
		near := slices.ContainsFunc(w.reportsOf(p), func(d string) bool { return contains(d, r.Path) })
		switch same := path.Base(p.Path) == path.Base(t.Plan); {
		case same && near:
			return p
		case same:
			moved = append(moved, p)
		case near:
			renamed = append(renamed, p)
		default:
			others = append(others, p)
		}
	}
	for _, hits := range [][]*Plan{moved, renamed} {
		if len(hits) == 1 {
			return hits[0]
		}
	}
	for _, hits := range [][]*Plan{moved, renamed, others} {
		if p := wordForWord(hits, t); p != nil {
			return p
		}
	}
	return nil
}

// wordForWord is the plan whose row is the one that ran, nil where none has it. Of several, which are copies of one
// plan, it is one that is worked on and has the row ticked, so that two readings agree: the first.
func wordForWord(plans []*Plan, t manifest.Task) *Plan {
	var best *Plan
	rank := -1
	for _, p := range plans {
		it := p.Item(t.ID)
		if it == nil || RowDigest(it.Task) != t.Row {
			continue
		}
		n := 0
		if !p.Archived {
			n += 2
		}
		if it.Task.State == plan.Done {
			n++
		}
		if n > rank {
			best, rank = p, n
		}
	}
	return best
}

// has reports whether the plan has the row, or the phase where no row is named.
func (p *Plan) has(t manifest.Task) bool {
	if t.ID != "" {
		return p.Item(t.ID) != nil
	}
	return p.Doc.Phase(t.Phase) != nil
}

// row finds a roll-up row by the name that a manifest has for it, PATH#ID,
// also after the plans have moved or go by another name.
func (w *Workspace) row(r *Record, name string) *Item {
	i := strings.LastIndexByte(name, '#')
	if i < 0 {
		if r.Plan == nil {
			return nil
		}
		return r.Plan.Item(name)
	}
	file, id := name[:i], name[i+1:]
	if p := w.byPath[file]; p != nil {
		return p.Item(id)
	}
	var hits, renamed []*Item
	for _, p := range w.Plans {
		it := p.Item(id)
		switch {
		case it == nil:
		case path.Base(p.Path) == path.Base(file) || hasSuffix(p.Path, file, func(a, b string) bool { return a == b }):
			hits = append(hits, it)
		case it.Spec != nil && it.Spec.IsRollup():
			renamed = append(renamed, it)
		}
	}
	if len(hits) == 0 {
		hits = renamed
	}
	own := slices.DeleteFunc(slices.Clone(hits), func(it *Item) bool { return it.Plan.Link.ID != r.Doc.Predicate.Task.Initiative })
	for _, h := range [][]*Item{own, hits} {
		if len(h) == 1 {
			return h[0]
		}
	}
	return nil
}
