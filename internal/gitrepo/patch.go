package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// heavy is how many times the limit of a patch the changed files together may
// weigh before no patch is tried. A patch is smaller than its files where they
// compress well or were changed in few places.
const heavy = 32

// Patch is the difference between HEAD and the worktree, untracked files
// included and ignored ones not, as `git apply --index` takes it on a checkout
// of HEAD: full object names, binary files whole, no renames. It is nil where
// nothing differs. Where it would be longer than limit bytes it is left out and
// tooBig is true. For exclude see Changes.
func (r *Repo) Patch(ctx context.Context, exclude []string, limit int64) (patch []byte, tooBig bool, err error) {
	changes, err := r.Changes(ctx, exclude)
	if err != nil {
		return nil, false, err
	}
	return r.PatchOf(ctx, changes, limit)
}

// PatchOf is the patch of these changes. Other repositories that lie in the
// checkout, and what submodules changed inside, are not in it.
//
// It works on a copy of the index, and new objects go to a directory of their
// own that is removed at the end: index and repository stay as they are.
func (r *Repo) PatchOf(ctx context.Context, changes []Change, limit int64) (patch []byte, tooBig bool, err error) {
	var paths []byte
	var weight int64
	for _, c := range changes {
		if strings.HasSuffix(c.Path, "/") {
			continue
		}
		paths = append(append(paths, c.Path...), 0)
		info, err := os.Lstat(filepath.Join(r.Top, filepath.FromSlash(c.Path)))
		if err == nil && info.Mode().IsRegular() {
			weight += info.Size()
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) && !notDir(err) {
			return nil, false, err
		}
	}
	if len(paths) == 0 {
		return nil, false, nil
	}
	if weight/heavy > limit {
		return nil, true, nil
	}
	temp, err := os.MkdirTemp("", "planctl-patch-")
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	env, base, err := r.aside(ctx, temp)
	if err != nil {
		return nil, false, err
	}
	// --replace: a file may stand where a directory was, and the other way round.
	if _, err := r.gitEnv(ctx, env, paths, "update-index", "-z", "--add", "--remove", "--replace", "--stdin"); err != nil {
		return nil, false, err
	}
	return r.diff(ctx, env, base, changes, limit)
}

// aside prepares an index of HEAD's entries, refreshed from the user's index so
// that files need not be read again, and an empty object directory on top of
// the repository's own. base is what to compare with.
func (r *Repo) aside(ctx context.Context, temp string) (env []string, base string, err error) {
	index, objects := filepath.Join(temp, "index"), filepath.Join(temp, "objects")
	if err := os.Mkdir(objects, 0o700); err != nil {
		return nil, "", err
	}
	if err := copyFile(filepath.Join(r.GitDir, "index"), index); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, "", err
	}
	env = []string{
		"GIT_INDEX_FILE=" + index,
		"GIT_OBJECT_DIRECTORY=" + objects,
		"GIT_ALTERNATE_OBJECT_DIRECTORIES=" + alternate(filepath.Join(r.CommonDir, "objects")),
	}
	commit, _, err := r.Head(ctx)
	if err != nil || commit != "" {
		return env, commit, err
	}
	// No commit yet: the empty tree, whose name depends on the hash in use.
	out, err := r.gitEnv(ctx, env, []byte{}, "hash-object", "-t", "tree", "--stdin")
	return env, strings.TrimSpace(string(out)), err
}

// diff compares paths that were changed only: what is staged but excluded would
// show up otherwise.
func (r *Repo) diff(ctx context.Context, env []string, base string, changes []Change, limit int64) (patch []byte, tooBig bool, err error) {
	args := []string{"diff-index", "--cached", "--patch", "--binary", "--full-index", "--no-renames", "--no-ext-diff", "--no-textconv",
		"--no-color", "--unified=3", "--submodule=short", "--ignore-submodules=none", "--src-prefix=a/", "--dst-prefix=b/", base, "--"}
	// The paths as arguments, as long as they fit; all of it, filtered, would need a parser of patches.
	size := 0
	for _, c := range changes {
		if !strings.HasSuffix(c.Path, "/") {
			args = append(args, c.Path)
			size += len(c.Path) + 1 + 8 // a pointer each
		}
	}
	const most = 1 << 20 // half of the usual ARG_MAX
	if size > most {
		return nil, true, nil
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := r.command(ctx, env, args...)
	var said tail
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, false, err
	}
	if err := cmd.Start(); err != nil {
		return nil, false, failure(ctx, cmd, args[0], said, err)
	}
	patch, tooBig, err = limited(out, limit)
	if tooBig || err != nil {
		stop() // its exit is of no interest any more
		if werr := cmd.Wait(); werr == nil || ctx.Err() == nil {
			return nil, tooBig, errors.Join(err, werr)
		}
		return nil, tooBig, err
	}
	if err := cmd.Wait(); err != nil {
		return nil, false, failure(ctx, cmd, args[0], said, err)
	}
	if len(patch) == 0 {
		patch = nil
	}
	return patch, false, nil
}

// alternate quotes a path for a list that is separated by colons (git, "GIT_ALTERNATE_OBJECT_DIRECTORIES").
func alternate(path string) string {
	if !strings.ContainsAny(path, ":\n") && !strings.HasPrefix(path, `"`) {
		return path
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(path) {
		if c := path[i]; c == '"' || c == '\\' || c < ' ' || c >= 0x7f {
			fmt.Fprintf(&b, `\%03s`, strconv.FormatUint(uint64(c), 8))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String() + `"`
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
