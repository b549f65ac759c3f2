package gitrepo

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// carried are the settings that decide what bytes a checkout has.
const carried = `^(core\.(autocrlf|eol|symlinks|filemode|ignorecase|precomposeunicode|protecthfs|protectntfs|longpaths)|filter\..*)$`

// Scratch makes an empty directory a checkout of its own: of a commit of this
// repository ("" for none), with a patch as PatchOf makes it on top. It borrows
// this repository's objects and writes nothing here: neither refs nor the list
// of worktrees know of it, and removing the directory removes all of it.
// Submodules are left empty. A commit that this clone lacks, and a patch that
// does not apply, are an *Error.
func (r *Repo) Scratch(ctx context.Context, dir, commit string, patch []byte) (*Repo, error) {
	if commit != "" {
		if err := refuse(commit); err != nil {
			return nil, err
		}
	}
	format, err := r.git(ctx, nil, "rev-parse", "--show-object-format")
	if err != nil {
		return nil, err
	}
	s := &Repo{Top: dir, GitDir: filepath.Join(dir, ".git"), CommonDir: filepath.Join(dir, ".git"), env: environment(os.Environ())}
	if _, err := s.git(ctx, nil, "init", "--quiet", "--template=", "--object-format="+strings.TrimSpace(string(format))); err != nil {
		return nil, err
	}
	if err := r.lend(ctx, s); err != nil {
		return nil, err
	}
	if commit != "" {
		if _, err := s.git(ctx, nil, "update-ref", "--no-deref", "HEAD", commit); err != nil {
			return nil, err
		}
		if _, err := s.git(ctx, nil, "read-tree", "--reset", "-u", commit); err != nil {
			return nil, err
		}
	}
	if len(patch) > 0 {
		if _, err := s.git(ctx, patch, "apply", "--index", "--binary", "--whitespace=nowarn", "-"); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// EmptySubmodules is the paths of the submodules of the index in whose
// directories nothing lies, sorted.
func (r *Repo) EmptySubmodules(ctx context.Context) ([]string, error) {
	out, err := r.git(ctx, nil, "ls-files", "--stage", "-z")
	if err != nil {
		return nil, err
	}
	var empty []string
	for entry := range strings.SplitSeq(string(out), "\x00") {
		path, is := strings.CutPrefix(entry, "160000 ")
		if !is {
			continue
		}
		_, path, _ = strings.Cut(path, "\t")
		inside, err := os.ReadDir(filepath.Join(r.Top, path))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if len(inside) == 0 {
			empty = append(empty, path)
		}
	}
	return empty, nil
}

// lend gives s this repository's objects, and what decides how files are checked out.
func (r *Repo) lend(ctx context.Context, s *Repo) error {
	info := filepath.Join(s.GitDir, "info")
	for _, dir := range []string{info, filepath.Join(s.GitDir, "objects", "info")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	objects := alternate(filepath.Join(r.CommonDir, "objects")) + "\n"
	if err := writeNew(filepath.Join(s.GitDir, "objects", "info", "alternates"), objects); err != nil {
		return err
	}
	for from, to := range map[string]string{
		filepath.Join(r.CommonDir, "shallow"):            filepath.Join(s.GitDir, "shallow"),
		filepath.Join(r.CommonDir, "info", "attributes"): filepath.Join(info, "attributes"),
	} {
		if err := copyFile(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	out, err := r.git(ctx, nil, "config", "--local", "-z", "--get-regexp", carried)
	if err != nil && exit(err) != 1 { // 1: none is set
		return err
	}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		key, value, ok := strings.Cut(entry, "\n")
		if !ok {
			continue // the end, or a key without a value, which says true: none of these means anything so
		}
		if _, err := s.git(ctx, nil, "config", "--local", "--add", key, value); err != nil {
			return err
		}
	}
	// git-lfs keeps its objects beside git's.
	_, err = s.git(ctx, nil, "config", "--local", "lfs.storage", filepath.Join(r.CommonDir, "lfs"))
	return err
}

func writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// FilesAt is the content of files in a commit ("" for none) with a patch on
// top: path → bytes as git stores them, nothing for a path that is not there.
// The repository stays as it is.
func (r *Repo) FilesAt(ctx context.Context, commit string, patch []byte, paths []string) (files map[string][]byte, err error) {
	if len(paths) == 0 {
		return nil, nil
	}
	temp, err := r.makeAside()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	env, _, err := r.aside(ctx, temp, commit)
	if err != nil {
		return nil, err
	}
	if len(patch) > 0 {
		if _, err := r.gitEnv(ctx, env, patch, "apply", "--cached", "--binary", "--whitespace=nowarn", "-"); err != nil {
			return nil, err
		}
	}
	files = map[string][]byte{}
	for _, p := range paths {
		out, err := r.gitEnv(ctx, env, nil, "--literal-pathspecs", "ls-files", "-z", "--", p)
		if err != nil {
			return nil, err
		}
		if string(out) != p+"\x00" {
			continue
		}
		if files[p], err = r.gitEnv(ctx, env, nil, "cat-file", "blob", ":"+p); err != nil {
			return nil, err
		}
	}
	return files, nil
}
