package evidence

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/glob"
)

// maxNames bounds the names that the braces of one pattern stand for: a plan is
// written by others.
const maxNames = 1000

// finder finds the files that patterns name, below a root that none leaves.
type finder struct {
	dir      string // the root as the caller wrote it
	root     *os.Root
	found    map[string]bool
	problems []Problem
}

func newFinder(dir string) (*finder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &finder{dir: dir, root: root, found: map[string]bool{}}, nil
}

func (f *finder) problem(subject, what, help string) {
	f.problems = append(f.problems, Problem{Subject: subject, What: what, Help: help})
}

// failed reports what the system said.
func (f *finder) failed(subject string, err error) {
	f.problems = append(f.problems, failure(subject, err))
}

func failure(subject string, err error) Problem {
	return Problem{Subject: subject, What: err.Error(), Err: err}
}

// files is what was found, sorted, slash-separated, relative to the root.
func (f *finder) files() []string {
	names := make([]string, 0, len(f.found))
	for n := range f.found {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// add finds what a pattern names. Braces without a wildcard name files, each of
// which must be there: {a,b} wants both. A ? at the very end says that nothing
// need be there.
func (f *finder) add(pattern string) {
	p, optional := strings.CutSuffix(pattern, "?")
	if p == "" || strings.Contains(p, "\x00") || !utf8.ValidString(p) {
		f.problem(pattern, "is no path", "")
		return
	}
	if filepath.IsAbs(p) {
		rel, err := filepath.Rel(f.dir, p)
		if err != nil || !local(rel) {
			f.problem(pattern, "is outside the workspace", "name a path inside "+f.dir)
			return
		}
		p = filepath.ToSlash(rel)
	}
	if strings.HasSuffix(p, "/") {
		f.problem(pattern, "names a directory", "write "+p+"** for all files in it")
		return
	}
	names, ok := glob.Braces(p, maxNames)
	if !ok {
		f.problem(pattern, "its braces stand for more than 1000 names", "")
		return
	}
	for _, name := range names {
		if name = path.Clean(name); !local(name) {
			f.problem(pattern, "is outside the workspace", "name a path inside "+f.dir)
			continue
		}
		subject := name
		if len(names) == 1 {
			subject = strings.TrimSuffix(pattern, "?")
		}
		if glob.IsPattern(name) || strings.Contains(name, `\`) {
			f.addGlob(subject, name, optional)
		} else {
			f.addNamed(subject, name, optional)
		}
	}
}

func (f *finder) addNamed(subject, name string, optional bool) {
	info, err := f.root.Stat(name)
	switch {
	case missing(err):
		if !optional {
			f.problem(subject, "is missing", "")
		}
	case err != nil:
		f.refused(subject, err)
	case info.IsDir():
		f.problem(subject, "is a directory", "write "+name+"/** for all files in it")
	default:
		f.found[name] = true
	}
}

func (f *finder) addGlob(subject, pattern string, optional bool) {
	if !glob.Valid(pattern) {
		f.problem(subject, "is a malformed pattern", "write [[] for a bracket that is meant as it stands")
		return
	}
	names, err := glob.Files(f.root.FS(), pattern)
	if err != nil {
		f.refused(subject, err)
		return
	}
	names = slices.DeleteFunc(names, func(name string) bool { return atomicfile.IsTemp(path.Base(name)) })
	if len(names) == 0 {
		// Brackets in a name need no quoting where they can mean nothing else.
		if info, err := f.root.Stat(pattern); err == nil && !info.IsDir() {
			f.found[pattern] = true
		} else if !optional {
			f.problem(subject, "matches no file", "")
		}
		return
	}
	for _, name := range names {
		if !utf8.ValidString(name) {
			f.problem(strings.ToValidUTF8(name, "\uFFFD"), "has a name that is not UTF-8, which a manifest cannot hold", "rename it")
			continue
		}
		f.found[name] = true
	}
}

// refused reports what could not be read. os.Root has no error value for a path that leaves it.
func (f *finder) refused(subject string, err error) {
	var at *fs.PathError
	if errors.As(err, &at) && at.Err.Error() == "path escapes from parent" {
		f.problem(subject, "leads out of the workspace through a link", "copy the file into the workspace")
		return
	}
	var kind *KindError
	if errors.As(err, &kind) {
		f.problem(subject, "is "+kind.Kind+", not a file", "")
		return
	}
	f.failed(subject, err)
}

func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// hash hashes what was found, on all processors, with what the system says of
// each file before it is read. Files that cannot be hashed are left out of the
// result and are problems. When ctx is done so are those that were not read to
// their end, and its error is the problem of the first of them.
func (f *finder) hash(ctx context.Context, names []string) map[string]hashed {
	return f.read(ctx, names, false, nil)
}

// keep is hash of what a record is going to stand on: each file is on the disk before, and its name. For late see reading.
func (f *finder) keep(ctx context.Context, names []string, late *room) map[string]hashed {
	return f.read(ctx, names, true, late)
}

func (f *finder) read(ctx context.Context, names []string, flushed bool, late *room) map[string]hashed {
	all := make([]hashed, len(names))
	each(len(names), func(i int, buf []byte) {
		file, info, err := openRegularIn(f.root, names[i])
		if err != nil {
			all[i].Err = err
			return
		}
		all[i].state = stateOf(info)
		all[i].mode = info.Mode()
		r := &reading{ctx: ctx, f: file, rest: info.Size(), late: late}
		if flushed {
			err := r.ready() // a flush cannot be ended
			if err == nil {
				err = flush(file)
			}
			if err != nil {
				all[i].Err = errors.Join(err, file.Close())
				return
			}
		}
		all[i].Sum = r.hash(buf)
	})
	out := make(map[string]hashed, len(names))
	said := false
	for i, name := range names {
		switch err := all[i].Err; {
		case err != nil && errors.Is(err, ctx.Err()):
			if !said {
				f.failed(name, err)
			}
			said = true
		case errors.Is(err, errUnstable):
			f.problem(name, "was still being written when the command had ended", "wait in the command for what it starts")
		case err != nil:
			f.refused(name, err)
		default:
			out[name] = all[i]
		}
	}
	if flushed {
		f.flushNames(out)
	}
	return out
}

// flush puts a file on the disk. What has no disk behind it (EINVAL, ENOTSUP) is taken as it is, and so is what is read-only.
func flush(f *os.File) error {
	err := f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EROFS) {
		return nil
	}
	return err
}

// flushNames does so for the directories that files lie in.
func (f *finder) flushNames(files map[string]hashed) {
	done := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		dir := path.Dir(name)
		if done[dir] {
			continue
		}
		done[dir] = true
		d, err := f.root.Open(dir)
		if err == nil {
			err = errors.Join(flush(d), d.Close())
		}
		if err != nil {
			f.failed(filepath.Join(f.dir, filepath.FromSlash(dir)), err)
		}
	}
}

type hashed struct {
	Sum
	state state
	mode  fs.FileMode
}

// Digests hashes what the patterns name below root: path → "sha256:" and hex.
// When ctx is done, its error is a problem, see Unread.
func Digests(ctx context.Context, root string, patterns []string) (map[string]string, []Problem) {
	digests := map[string]string{}
	if len(patterns) == 0 {
		return digests, nil
	}
	f, err := newFinder(root)
	if err != nil {
		return digests, []Problem{failure(root, err)}
	}
	for _, p := range patterns {
		f.add(p)
	}
	for name, h := range f.hash(ctx, f.files()) {
		digests[name] = "sha256:" + h.SHA256
	}
	return digests, f.close()
}

// close gives the problems, its own included.
func (f *finder) close() []Problem {
	if err := f.root.Close(); err != nil {
		f.failed(f.dir, err)
	}
	return f.problems
}
