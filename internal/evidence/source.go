package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/planctl/planctl/internal/atomicfile"
	"github.com/planctl/planctl/internal/gitrepo"
	"github.com/planctl/planctl/internal/manifest"
)

// What is hashed of changed files that no patch keeps: files, which all stand in the manifest, and bytes of them together. A
// command does not wait until a data set that somebody forgot to ignore has been read.
const (
	maxDigests     = 10_000
	maxDigestBytes = 4 << 30
)

// KeepSource records the sources of a run: commit and tree, and where the
// checkout differs from them (exclude aside, see Changes) the
// difference, untracked files included, as ID.patch in runDir. Where the patch
// would be longer than limit bytes, the hashes of the differing files are
// recorded instead: path → "sha256:" and hex, or "absent", of 10,000 files and 4 GB at most. What could not be
// kept is said in Why. repo may be nil. steps are told of the patch when it is
// written.
func KeepSource(ctx context.Context, repo *gitrepo.Repo, runDir, id string, exclude []string, limit int64, steps atomicfile.Steps) (manifest.Source, *manifest.File, error) {
	var s manifest.Source
	if repo == nil {
		s.Why = "not a git checkout"
		return s, nil, nil
	}
	var err error
	if s.Commit, s.Tree, err = repo.Head(ctx); err != nil {
		return s, nil, err
	}
	changes, err := Changes(ctx, repo, exclude)
	if err != nil {
		return s, nil, err
	}
	var why []string
	if s.Commit == "" {
		why = append(why, "the branch has no commit yet")
	}
	s.Dirty = len(changes) > 0
	for _, c := range changes {
		switch {
		case strings.HasSuffix(c.Path, "/"):
			why = append(why, "another repository, not kept: "+c.Path)
		case c.Inside:
			why = append(why, "a submodule with changes of its own, not kept: "+c.Path)
		}
	}
	patch, tooBig, err := repo.PatchOf(ctx, s.Commit, changes, limit)
	if err != nil {
		return s, nil, err
	}
	if tooBig {
		why = append(why, fmt.Sprintf("the difference from the commit is longer than %d bytes: hashes only", limit))
		var more int
		if s.Digests, more, err = digestChanges(ctx, repo.Top, changes); err != nil {
			return s, nil, err
		}
		if more > 0 {
			why = append(why, fmt.Sprintf("%d more changed files without a hash", more))
		}
	}
	s.Why = strings.Join(why, "; ")
	if patch == nil {
		return s, nil, nil
	}
	s.Patch = id + ".patch"
	if err := steps.Create(filepath.Join(runDir, s.Patch), patch, 0o666); err != nil {
		return s, nil, err
	}
	sum := sha256.Sum256(patch)
	return s, &manifest.File{Name: s.Patch, Role: "patch", Size: int64(len(patch)), SHA256: hex.EncodeToString(sum[:])}, nil
}

// digestChanges hashes what the changes left in the worktree: a file's bytes, a
// link's text. An error is ctx's.
func digestChanges(ctx context.Context, top string, changes []gitrepo.Change) (digests map[string]string, more int, err error) {
	digests = map[string]string{}
	var names, paths []string
	room := int64(maxDigestBytes)
	for _, c := range changes {
		if strings.HasSuffix(c.Path, "/") {
			continue
		}
		if len(digests)+len(names) >= maxDigests {
			more++
			continue
		}
		path := filepath.Join(top, filepath.FromSlash(c.Path))
		info, err := os.Lstat(path)
		switch {
		case missing(err):
			digests[c.Path] = "absent"
		case err == nil && info.Mode()&fs.ModeSymlink != 0:
			to, err := os.Readlink(path)
			if err != nil {
				more++
				continue
			}
			sum := sha256.Sum256([]byte(to))
			digests[c.Path] = "sha256:" + hex.EncodeToString(sum[:])
		case err == nil && info.Mode().IsRegular() && info.Size() > room:
			more++
		default:
			if err == nil {
				room -= info.Size()
			}
			names, paths = append(names, c.Path), append(paths, path)
		}
	}
	for i, s := range HashAll(ctx, paths) {
		var kind *KindError
		switch {
		case s.Err == nil:
			digests[names[i]] = "sha256:" + s.SHA256
		case missing(s.Err):
			digests[names[i]] = "absent"
		case errors.As(s.Err, &kind) && kind.Kind == "a directory": // a submodule, whose commit git compares
		default:
			more++
		}
	}
	return digests, more, ctx.Err()
}
