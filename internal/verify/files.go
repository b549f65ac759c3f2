package verify

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/workspace"
)

// fileKey is one file of one record.
type fileKey struct {
	r *workspace.Record
	i int // in Predicate.Files
}

// seen is what stands in a recorded file's place. The zero value means not looked at.
type seen struct {
	path  string // relative to the workspace
	was   string // where the base had it, "" where it had not
	state state
	now   string // the digest of the bytes that are there
	size  int64  // of them
	err   error
}

// state is how a recorded file compares with its record. The zero value means not known.
type state uint8

const (
	unknown state = iota
	intact
	differs
	missing
	ignored   // missing, and git is told not to keep it
	dropped   // as ignored, and the base had it
	pointer   // an LFS pointer to the recorded bytes stands there
	converted // only its line ends differ, and git is not told to leave them alone
	unwelcome // something that cannot be read as a file
)

// hash reads every file that a manifest names, on all processors, and what git keeps of those that are not there. Where
// a manifest lies at several places, its files are looked for beside each: one place is enough for them to be there, and
// at none may they have other bytes. past waits for what the base had.
func (c *checker) hash(past func() error) error {
	c.files, c.beside = map[fileKey]seen{}, map[fileKey][]seen{}
	c.place = map[*workspace.Record]int{}
	c.latest = map[string]int{}
	at := map[string]int{} // path → place in paths
	var rel, abs []string
	look := func(p string) {
		if _, ok := at[p]; !ok {
			at[p] = len(rel)
			rel, abs = append(rel, p), append(abs, c.w.Abs(p))
		}
	}
	copies := map[fileKey][]string{}
	for n, r := range c.w.Evidence.Records {
		c.place[r] = n
		for i, f := range r.Doc.Predicate.Files {
			k := fileKey{r, i}
			places := located(r, f)
			c.files[k] = seen{path: places[0]}
			if len(places) > 1 {
				copies[k] = places[1:]
			}
			for _, p := range places {
				c.latest[p+"\x00"+f.SHA256] = n
				look(p)
			}
		}
	}
	sums := evidence.HashAll(c.ctx, abs)
	var gone []string
	for i, s := range sums {
		if s.Err == nil {
			c.hashed++
			c.bytes += s.Size
		} else if errors.Is(s.Err, fs.ErrNotExist) {
			gone = append(gone, rel[i])
		}
	}
	kept, err := c.ignoredByGit(gone)
	if err != nil {
		return err
	}
	if err := past(); err != nil {
		return err
	}
	had := c.manifestsAtBase()
	var pointers, changed []fileKey
	for k, s := range c.files {
		sum, f := sums[at[s.path]], k.r.Doc.Predicate.Files[k.i]
		s.now, s.size, s.err = sum.SHA256, sum.Size, sum.Err
		s.was = c.wasAt(k.r, f, s.path, had)
		switch {
		case errors.Is(sum.Err, fs.ErrNotExist) && kept[s.path] && s.was != "":
			s.state = dropped
		case errors.Is(sum.Err, fs.ErrNotExist) && kept[s.path]:
			s.state = ignored
		case errors.Is(sum.Err, fs.ErrNotExist):
			s.state = missing
		case sum.Err != nil:
			s.state = unwelcome
		case sum.SHA256 == f.SHA256 && sum.Size == f.Size:
			s.state = intact
		default:
			s.state = differs
			changed = append(changed, k)
			if sum.Size < maxPointer {
				pointers = append(pointers, k)
			}
		}
		for _, p := range copies[k] {
			switch sum := sums[at[p]]; {
			case sum.Err != nil: // a copy of the manifest alone is no fault
			case sum.SHA256 == f.SHA256 && sum.Size == f.Size:
				if s.state == missing || s.state == ignored || s.state == dropped {
					s.path, s.state = p, intact
				}
			default:
				if _, of := c.latest[p+"\x00"+sum.SHA256]; !of { // else it lies beside another manifest too, whose it is
					c.beside[k] = append(c.beside[k], seen{path: p, state: differs, now: sum.SHA256})
				}
			}
		}
		c.files[k] = s
	}
	if err := c.lineEnds(changed); err != nil {
		return err
	}
	return c.pointers(pointers)
}

// located is where a file of a record lies, relative to the workspace: first where it is looked for, then beside each
// further copy of the manifest.
func located(r *workspace.Record, f manifest.File) []string {
	if f.Base == manifest.Workspace {
		return []string{f.Name}
	}
	out := []string{path.Join(path.Dir(r.Path), f.Name)}
	for _, at := range r.Copies {
		if p := path.Join(path.Dir(at), f.Name); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// ignoredByGit tells which paths of the workspace git is told not to keep.
func (c *checker) ignoredByGit(paths []string) (map[string]bool, error) {
	out := map[string]bool{}
	if c.w.Git == nil || len(paths) == 0 {
		return out, nil
	}
	prefix, inside := c.w.BelowTop()
	if !inside {
		return out, nil
	}
	asked := make([]string, len(paths))
	for i, p := range paths {
		asked[i] = path.Join(prefix, c.linkFree(p))
	}
	rules, err := c.w.Git.Ignored(c.ctx, asked)
	if err != nil {
		return nil, err
	}
	for i, p := range paths {
		out[p] = rules[asked[i]]
	}
	return out, nil
}

// linkFree is a path of the workspace with the links followed that its directories are: git takes no path beyond one. A
// path that leads out of the workspace stays as it is.
func (c *checker) linkFree(rel string) string {
	rest := path.Base(rel)
	for dir := path.Dir(rel); dir != "."; dir, rest = path.Dir(dir), path.Join(path.Base(dir), rest) {
		real, err := filepath.EvalSymlinks(c.w.Abs(dir))
		if err != nil {
			continue // not there either
		}
		root, err := filepath.EvalSymlinks(c.w.Root)
		if err != nil {
			break
		}
		if at, err := filepath.Rel(root, real); err == nil && filepath.IsLocal(at) {
			return path.Join(filepath.ToSlash(at), rest)
		}
		break
	}
	return rel
}

// recorded holds the files of a record against what is there.
func (c *checker) recorded(r *workspace.Record) {
	p := &r.Doc.Predicate
	if len(p.Argv) > 0 && p.Result != manifest.Interrupted && !slices.ContainsFunc(p.Files, func(f manifest.File) bool { return f.Role == "log" }) {
		c.at(CodeNoLog, r, "the manifest names no log", "run the task again")
	}
	for i, f := range p.Files {
		s := c.files[fileKey{r, i}]
		at := place{file: s.path, task: p.Task.ID}
		from := "planctl log " + c.name(r) + " shows the attempt"
		for _, b := range c.beside[fileKey{r, i}] {
			c.add(CodeFileChanged, place{file: b.path, task: p.Task.ID}, fmt.Sprintf("the %s of %s, beside a second copy of its manifest, was changed: it had sha256 %s (%d bytes) and has %s", f.Role, c.what(r), short(f.SHA256), f.Size, short(b.now)),
				"take the copy away, or bring the recorded bytes back")
		}
		switch s.state {
		case missing:
			code := CodeFileMissing
			if f.Role == "log" {
				code = CodeLogMissing
			}
			c.add(code, at, fmt.Sprintf("the %s of %s is not there (%d bytes, sha256 %s)", f.Role, c.what(r), f.Size, short(f.SHA256)),
				"bring it back: git log --all -- "+s.path+"; where git is not to keep it, say so in .gitignore")
		case ignored:
			c.add(CodeAbsent, at, fmt.Sprintf("the %s of %s is absent, and git is told to ignore it: its size (%d bytes) and digest stand in the manifest", f.Role, c.what(r), f.Size),
				"`rules:` in .planctl.yaml can make this an error below a path")
		case dropped:
			how := "git was told to ignore it"
			if s.err == nil {
				how = "a pointer to it stands in its place"
			}
			c.add(CodeDropped, at, fmt.Sprintf("the %s of %s is gone since the base, and %s: nothing can be judged again from it", f.Role, c.what(r), how),
				"git checkout "+short(c.o.Base)+" -- "+s.was+" brings it back; where it is to be kept elsewhere, its size and digest stand in the manifest")
		case pointer:
			c.add(CodeAbsent, at, fmt.Sprintf("the %s of %s is an LFS pointer to the recorded bytes", f.Role, c.what(r)), "git lfs pull fetches them")
		case unwelcome:
			c.add(CodeFileChanged, at, fmt.Sprintf("the %s of %s cannot be read: %v", f.Role, c.what(r), s.err), from)
		case converted:
			if f.Base == manifest.Workspace && c.later(r, s) {
				continue
			}
			n := len(c.list)
			c.add(CodeFileChanged, at, fmt.Sprintf("the %s of %s has other line ends than it had (sha256 %s, %d bytes), and nothing else differs: git converts them where it is not told to leave them", f.Role, c.what(r), short(f.SHA256), f.Size),
				"put the line `"+s.path+" -text` into .gitattributes, then planctl run "+c.name(r)+" makes evidence that every clone can show")
			c.list[n].Severity = finding.Warning
		case differs:
			if f.Base == manifest.Workspace && c.later(r, s) {
				continue
			}
			help := "git log --all -- " + s.path + " finds the commit that has the recorded bytes, git checkout COMMIT -- " + s.path + " brings them back"
			if f.Base == manifest.Workspace {
				help = "planctl run " + c.name(r) + " --force records what it makes now; " + help
			}
			c.add(CodeFileChanged, at, fmt.Sprintf("the %s of %s was changed: it had sha256 %s (%d bytes) and has %s", f.Role, c.what(r), short(f.SHA256), f.Size, short(s.now)), help)
		}
	}
}

// later reports whether a run after this one recorded the bytes that are there now.
func (c *checker) later(r *workspace.Record, s seen) bool {
	n, ok := c.latest[s.path+"\x00"+s.now]
	return ok && n > c.place[r]
}

// intactLog is the path of a record's log where its bytes are those that the record has; "" elsewhere.
func (c *checker) intactLog(r *workspace.Record) string {
	for i, f := range r.Doc.Predicate.Files {
		if s := c.files[fileKey{r, i}]; f.Role == "log" && s.state == intact {
			return c.w.Abs(s.path)
		}
	}
	return ""
}

// at is a finding about a record.
func (c *checker) at(code finding.Code, r *workspace.Record, msg, help string) {
	c.add(code, place{file: r.Path, task: r.Doc.Predicate.Task.ID}, msg, help)
}

// name is how the command line names a record's task.
func (c *checker) name(r *workspace.Record) string {
	if r.Item != nil {
		return r.Item.Name(c.w)
	}
	return r.Doc.Predicate.Task.ID
}

// what is a record in words: "C2.D, attempt #8".
func (c *checker) what(r *workspace.Record) string {
	p := &r.Doc.Predicate
	who := p.Task.ID
	if who == "" {
		who = "phase " + p.Task.Phase
	}
	if p.Attempt > 0 {
		return fmt.Sprintf("%s, attempt #%d", who, p.Attempt)
	}
	return who
}

// short is the beginning of a digest, enough to tell it from others.
func short(sum string) string {
	sum = strings.TrimPrefix(sum, "sha256:")
	return sum[:min(len(sum), 12)]
}
