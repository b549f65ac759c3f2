package gitrepo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Head is the commit that is checked out and its tree; both "" where the branch
// has no commit yet.
func (r *Repo) Head(ctx context.Context) (commit, tree string, err error) {
	out, err := r.git(ctx, []byte("HEAD^{commit}\nHEAD^{tree}\n"), "cat-file", "--batch-check=%(objectname)")
	if err != nil {
		return "", "", err
	}
	lines := strings.Split(string(out), "\n")
	if len(lines) != 3 {
		return "", "", fmt.Errorf("git cat-file: %q is not understood", out)
	}
	if !strings.Contains(lines[0], " ") && !strings.Contains(lines[1], " ") {
		return lines[0], lines[1], nil
	}
	// "HEAD^{commit} missing": no commit yet, or a damaged repository.
	_, err = r.git(ctx, nil, "rev-parse", "--verify", "--quiet", "HEAD")
	if exit(err) == 1 {
		return "", "", nil
	}
	if err == nil {
		err = fmt.Errorf("%s: the commit or the tree of HEAD is missing; help: git fsck", r.Top)
	}
	return "", "", err
}

// Resolve is the commit that a revision (a branch, a tag, HEAD~2, …) names; ""
// where this clone has none of that name.
func (r *Repo) Resolve(ctx context.Context, rev string) (string, error) {
	if err := refuse(rev); err != nil {
		return "", err
	}
	out, err := r.git(ctx, nil, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	if code := exit(err); code == 1 || code == 128 {
		return "", nil
	}
	return strings.TrimSpace(string(out)), err
}

// Tip is the commit of a branch: a remote's (origin/main), else this clone's own. Tags are no branches: git rev-parse
// takes a tag of the same name for it, and whoever may push tags could name any commit so. "" where there is no such branch.
func (r *Repo) Tip(ctx context.Context, name string) (string, error) {
	for _, where := range []string{"refs/remotes/", "refs/heads/"} {
		if commit, err := r.Resolve(ctx, where+name); commit != "" || err != nil {
			return commit, err
		}
	}
	return "", nil
}

// IsAncestor reports whether commit a is b or an ancestor of b. A commit that
// this clone lacks is an *Error.
func (r *Repo) IsAncestor(ctx context.Context, a, b string) (bool, error) {
	if err := refuse(a, b); err != nil {
		return false, err
	}
	_, err := r.git(ctx, nil, "merge-base", "--is-ancestor", a, b)
	if exit(err) == 1 {
		return false, nil
	}
	return err == nil, err
}

// MergeBases is the best common ancestors of two commits, in git's order: none where they have none, several where
// branches were merged into each other crosswise.
func (r *Repo) MergeBases(ctx context.Context, a, b string) ([]string, error) {
	if err := refuse(a, b); err != nil {
		return nil, err
	}
	out, err := r.git(ctx, nil, "merge-base", "--all", a, b)
	if exit(err) == 1 {
		return nil, nil
	}
	return strings.Fields(string(out)), err
}

// Graph is the parents of each commit that can be reached from the tips, full names in hex.
func (r *Repo) Graph(ctx context.Context, tips []string) (map[string][]string, error) {
	parents := map[string][]string{}
	if len(tips) == 0 {
		return parents, nil
	}
	if err := refuse(tips...); err != nil {
		return nil, err
	}
	out, err := r.git(ctx, []byte(strings.Join(tips, "\n")+"\n"), "rev-list", "--parents", "--stdin")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(out)) {
		if names := strings.Fields(line); len(names) > 0 {
			parents[names[0]] = names[1:]
		}
	}
	return parents, nil
}

// Has tells which of the object names (full, in hex) this clone has.
func (r *Repo) Has(ctx context.Context, objects []string) (map[string]bool, error) {
	has := make(map[string]bool, len(objects))
	if len(objects) == 0 {
		return has, nil
	}
	if err := refuse(objects...); err != nil {
		return nil, err
	}
	out, err := r.git(ctx, []byte(strings.Join(objects, "\n")+"\n"), "cat-file", "--batch-check=%(objectname)")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(out)) {
		if name, missing := strings.CutSuffix(strings.TrimSpace(line), " missing"); !missing {
			has[name] = true
		}
	}
	return has, nil
}

// Entry is one file of a tree.
type Entry struct {
	Path   string // relative to the top of the tree, slash-separated
	Mode   string // 100644, 100755, 120000 (a link), 160000 (a submodule)
	Object string // the blob, or the submodule's commit
}

// Tree lists the files of a revision, at paths or below them; all files where
// no path is given. A path that is not there is no error.
func (r *Repo) Tree(ctx context.Context, rev string, paths ...string) ([]Entry, error) {
	if err := refuse(rev); err != nil {
		return nil, err
	}
	out, err := r.git(ctx, nil, append([]string{"ls-tree", "-r", "-z", "--full-tree", rev, "--"}, paths...)...)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if line == "" {
			continue
		}
		head, path, ok := strings.Cut(line, "\t")
		fields := strings.Fields(head)
		if !ok || len(fields) != 3 {
			return nil, fmt.Errorf("git ls-tree: %q is not understood", line)
		}
		entries = append(entries, Entry{Path: path, Mode: fields[0], Object: fields[2]})
	}
	return entries, nil
}

// Blobs calls visit with the content of each object, in order, from one git
// process. data is nil where this clone lacks the object, and valid during the
// call only. An object of more than most bytes is an error. An error of visit
// ends the reading and is returned.
func (r *Repo) Blobs(ctx context.Context, objects []string, most int64, visit func(object string, data []byte) error) (err error) {
	if len(objects) == 0 {
		return nil
	}
	if err := refuse(objects...); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cmd := r.command(ctx, nil, "cat-file", "--batch")
	cmd.Stdin = strings.NewReader(strings.Join(objects, "\n") + "\n")
	var said tail
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return failure(ctx, cmd, "cat-file", said, err)
	}
	if err := readBatch(bufio.NewReaderSize(out, 64<<10), objects, most, visit); err != nil {
		stop()
		// Wait only reaps: the error above is why it was stopped.
		if werr := cmd.Wait(); errors.Is(err, io.ErrUnexpectedEOF) && len(said) > 0 {
			return failure(context.WithoutCancel(ctx), cmd, "cat-file", said, werr)
		}
		return err
	}
	if err := cmd.Wait(); err != nil {
		return failure(ctx, cmd, "cat-file", said, err)
	}
	return nil
}

// readBatch reads "NAME TYPE SIZE\nDATA\n" or "NAME missing\n" for each object (git-cat-file, "Batch Output").
func readBatch(in *bufio.Reader, objects []string, most int64, visit func(string, []byte) error) error {
	var data bytes.Buffer
	for _, object := range objects {
		line, err := in.ReadString('\n')
		if err != nil {
			return fmt.Errorf("git cat-file: %w", io.ErrUnexpectedEOF)
		}
		line = strings.TrimSuffix(line, "\n")
		if strings.HasSuffix(line, " missing") {
			if err := visit(object, nil); err != nil {
				return err
			}
			continue
		}
		size, err := strconv.ParseInt(line[strings.LastIndexByte(line, ' ')+1:], 10, 64)
		if err != nil {
			return fmt.Errorf("git cat-file: %q is not understood", line)
		}
		if size > most {
			return fmt.Errorf("git object %s: %d bytes, more than %d", object, size, most)
		}
		data.Reset()
		if _, err := io.CopyN(&data, in, size+1); err != nil { // the newline after it, too
			return fmt.Errorf("git cat-file: %w", io.ErrUnexpectedEOF)
		}
		content := data.Bytes()[:size]
		if content == nil {
			content = []byte{}
		}
		if err := visit(object, content); err != nil {
			return err
		}
	}
	return nil
}
