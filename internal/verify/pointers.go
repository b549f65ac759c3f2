package verify

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/workspace"
)

// manifestsAtBase is where the base had each manifest, by digest.
func (c *checker) manifestsAtBase() map[string][]string {
	out := map[string][]string{}
	for _, m := range c.past.Manifests {
		out[m.Digest] = append(out[m.Digest], m.Path)
	}
	return out
}

// wasAt is where the base had a file of a record, which may have moved with its manifest; "" where it had not.
func (c *checker) wasAt(r *workspace.Record, f manifest.File, now string, had map[string][]string) string {
	if c.base.has(now) {
		return now
	}
	if f.Base != manifest.Workspace {
		for _, at := range had[r.Digest] {
			if p := path.Join(path.Dir(at), f.Name); c.base.has(p) {
				return p
			}
		}
	}
	return ""
}

// maxPointer is more than any LFS pointer has, in bytes (git-lfs, docs/spec.md).
const maxPointer = 1024

// pointers finds which of the files that differ are git-lfs pointers to the recorded bytes. Three lines of text prove
// nothing: they are one where git has a filter for them, or where the base had the same. Where the base had something
// else, the bytes were dropped since.
func (c *checker) pointers(keys []fileKey) error {
	texts := map[fileKey][]byte{}
	var asked []string
	prefix, inside := "", false
	if c.w.Git != nil {
		prefix, inside = c.w.BelowTop()
	}
	inRepo := func(k fileKey) string { return path.Join(prefix, c.linkFree(c.files[k].path)) }
	for _, k := range keys {
		if b := pointerTo(c.w.Abs(c.files[k].path), k.r.Doc.Predicate.Files[k.i]); b != nil {
			texts[k] = b
			asked = append(asked, inRepo(k))
		}
	}
	if len(texts) == 0 || !inside {
		return nil
	}
	attrs, err := c.w.Git.Attributes(c.ctx, asked, "filter")
	if err != nil {
		return err
	}
	for k, b := range texts {
		s := c.files[k]
		filtered := attrs[inRepo(k)]["filter"] == "lfs"
		switch {
		case s.was != "" && c.base.blob(s.was) == blobName(b, len(c.base.blob(s.was))):
			s.state = pointer
		case s.was != "" && filtered:
			s.state = dropped
		case s.was == "" && filtered:
			s.state = pointer
		}
		c.files[k] = s
	}
	return nil
}

// blobName is git's name of a file's bytes, in a repository whose names have so many hex digits.
func blobName(b []byte, digits int) string {
	text := append(fmt.Appendf(nil, "blob %d\x00", len(b)), b...)
	if digits == 2*sha256.Size {
		sum := sha256.Sum256(text)
		return hex.EncodeToString(sum[:])
	}
	sum := sha1.Sum(text)
	return hex.EncodeToString(sum[:])
}

// pointerTo is the bytes of a git-lfs pointer to the recorded bytes that stands where they should; nil where it is none.
func pointerTo(abs string, f manifest.File) []byte {
	file, _, err := regular.Open(abs)
	if err != nil {
		return nil // it was read a moment ago: the finding is that it differs
	}
	b, err := io.ReadAll(io.LimitReader(file, maxPointer))
	if errors.Join(err, file.Close()) != nil {
		return nil
	}
	if bytes.HasPrefix(b, []byte("version https://git-lfs.github.com/spec/v1\n")) &&
		bytes.Contains(b, []byte("\noid sha256:"+f.SHA256+"\n")) && bytes.Contains(b, []byte("\nsize "+strconv.FormatInt(f.Size, 10)+"\n")) {
		return b
	}
	return nil
}
