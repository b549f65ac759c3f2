package main

import (
	"errors"
	"path/filepath"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
	"github.com/planctl/planctl/internal/regular"
)

// plainly is an error's own words: of a finding what it says and where, without its code.
func plainly(err error) string {
	var f finding.Finding
	if errors.As(err, &f) {
		return f.Pos() + ": " + f.Message
	}
	return err.Error()
}

// maxShown is the longest line that is shown with a finding, in bytes. One of megabytes helps nobody, and there may be as
// many findings on it as it has words.
const maxShown = 4096

// withSource fills in the line of each finding's document, for display. A file that cannot be read
// any more leaves its findings as they are: they say what is wrong without it.
func (a *app) withSource(list finding.List) finding.List {
	type doc struct {
		src   []byte
		index *mdspan.Index
	}
	docs := map[string]doc{}
	dirs := []string{a.dir, ""}
	if base := a.base.Load(); base != nil {
		dirs = []string{*base, a.dir, ""}
	}
	out := make(finding.List, len(list))
	for i, f := range list {
		out[i] = f
		if f.Line == 0 || f.Source != "" {
			continue
		}
		d, ok := docs[f.File]
		if !ok {
			for _, dir := range dirs {
				if b, err := regular.Read(filepath.Join(dir, filepath.FromSlash(f.File))); err == nil {
					d = doc{b, mdspan.NewIndex(b)}
					break
				}
			}
			docs[f.File] = d
		}
		if d.index == nil {
			continue
		}
		if line := d.index.Line(f.Line); line.Len() <= maxShown {
			out[i].Source = string(line.Of(d.src))
		}
	}
	return out
}
