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
	"syscall"

	"github.com/planctl/planctl/internal/disk"
	"github.com/planctl/planctl/internal/regular"
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
	commit, _, err := r.Head(ctx)
	if err != nil {
		return nil, false, err
	}
	changes, err := r.Changes(ctx, exclude)
	if err != nil {
		return nil, false, err
	}
	return r.PatchOf(ctx, commit, changes, limit)
}

// PatchOf is the patch that makes these changes to a commit, to nothing where
// commit is "". Other repositories that lie in the checkout, and what submodules
// changed inside, are not in it.
//
// It works on a copy of the index, and new objects go to a directory of their
// own that is removed at the end: index and repository stay as they are.
func (r *Repo) PatchOf(ctx context.Context, commit string, changes []Change, limit int64) (patch []byte, tooBig bool, err error) {
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
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return nil, false, err
		}
	}
	if len(paths) == 0 {
		return nil, false, nil
	}
	if weight/heavy > limit {
		return nil, true, nil
	}
	temp, err := r.makeAside()
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(disk.Full(temp, err), os.RemoveAll(temp)) }()
	env, base, err := r.aside(ctx, temp, commit)
	if err != nil {
		return nil, false, err
	}
	// --replace: a file may stand where a directory was, and the other way round.
	if _, err := r.gitEnv(ctx, env, paths, "update-index", "-z", "--add", "--remove", "--replace", "--stdin"); err != nil {
		return nil, false, err
	}
	return r.diff(ctx, env, base, limit)
}

// aside prepares an index that holds the commit, and an empty object directory
// on top of the repository's own. The index starts as a copy of the user's, so
// that git need not read again what it knows to be unchanged; what is staged
// there goes. base is what to compare with.
func (r *Repo) aside(ctx context.Context, temp, commit string) (env []string, base string, err error) {
	index, objects := filepath.Join(temp, "index"), filepath.Join(temp, "objects")
	if err := os.Mkdir(objects, 0o700); err != nil {
		return nil, "", err
	}
	env = []string{
		"GIT_INDEX_FILE=" + index,
		"GIT_OBJECT_DIRECTORY=" + objects,
		"GIT_ALTERNATE_OBJECT_DIRECTORIES=" + alternate(filepath.Join(r.CommonDir, "objects")),
	}
	if commit == "" {
		// No commit yet: the empty tree, whose name depends on the hash in use.
		out, err := r.gitEnv(ctx, env, []byte{}, "hash-object", "-t", "tree", "--stdin")
		return env, strings.TrimSpace(string(out)), err
	}
	if err := copyFile(filepath.Join(r.GitDir, "index"), index); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, "", err
	}
	_, err = r.gitEnv(ctx, env, nil, "read-tree", "--reset", commit)
	return env, commit, err
}

func (r *Repo) diff(ctx context.Context, env []string, base string, limit int64) (patch []byte, tooBig bool, err error) {
	args := []string{"diff-index", "--cached", "--patch", "--binary", "--full-index", "--no-renames", "--no-ext-diff", "--no-textconv",
		"--no-color", "--unified=3", "--submodule=short", "--ignore-submodules=none", "--src-prefix=a/", "--dst-prefix=b/", base, "--"}
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
	if tooBig {
		stop() // so its exit says nothing: it was killed, or had just ended
	}
	werr := cmd.Wait()
	switch {
	case err != nil || tooBig:
		return nil, tooBig, err
	case werr != nil:
		return nil, false, failure(ctx, cmd, args[0], said, werr)
	case len(patch) == 0:
		return nil, false, nil
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
	in, _, err := regular.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	// git takes a file for unchanged that is older than the index: a copy that looks younger than its
	// original would hide a change made in the same tick of the clock, of the same size.
	info, err := in.Stat()
	if err != nil {
		return err
	}
	return os.Chtimes(to, info.ModTime(), info.ModTime())
}
