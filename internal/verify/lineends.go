package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path"

	"github.com/planctl/planctl/internal/regular"
)

// lineEnds finds which of the files that differ have other line ends than were recorded and are the same otherwise. git
// makes them so in a clone, where its attributes do not forbid it: that is nobody's forgery.
func (c *checker) lineEnds(keys []fileKey) error {
	prefix, inside := c.w.BelowTop()
	if !inside {
		return nil
	}
	var same []fileKey
	var asked []string
	inRepo := func(k fileKey) string { return path.Join(prefix, c.linkFree(c.files[k].path)) }
	for _, k := range keys {
		f := k.r.Doc.Predicate.Files[k.i]
		if f.Size > 2*c.files[k].size || c.files[k].size > 2*f.Size || c.files[k].size > mostBytes {
			continue // more than line ends
		}
		b, err := regular.Read(c.w.Abs(c.files[k].path))
		if err != nil {
			continue // it was read a moment ago: the finding is that it differs
		}
		lf := bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
		for _, was := range [][]byte{lf, bytes.ReplaceAll(lf, []byte("\n"), []byte("\r\n"))} {
			if sum := sha256.Sum256(was); hex.EncodeToString(sum[:]) == f.SHA256 {
				same, asked = append(same, k), append(asked, inRepo(k))
				break
			}
		}
	}
	if len(same) == 0 {
		return nil
	}
	attrs, err := c.w.Git.Attributes(c.ctx, asked, "text")
	if err != nil {
		return err
	}
	for i, k := range same {
		if attrs[asked[i]]["text"] != "unset" {
			s := c.files[k]
			s.state = converted
			c.files[k] = s
		}
	}
	return nil
}
