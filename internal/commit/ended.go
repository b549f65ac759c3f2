package commit

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/plan"
)

// Ended is how a run ended that could not be recorded then: another branch was checked out, or the disk was full. The change is
// that of the workspace as it was when the run began; its number and the manifest's name are found when it is made.
type Ended struct {
	Predicate manifest.Predicate `json:"predicate"`
	Change    Change             `json:"change"`
}

// Keep puts what came of a run into its intent, for a recovery to record.
func (o *Open) Keep(c *Change, p manifest.Predicate) error {
	o.Ended = &Ended{Predicate: p, Change: *c}
	return o.append(line{Ended: o.Ended})
}

// late records a run that had ended, as its own process would have done.
func (s *Store) late(w Writing, o *Open, r *Recovered) (Outcome, error) {
	c, p := o.Ended.Change, o.Ended.Predicate
	if err := os.MkdirAll(filepath.Dir(s.abs(c.ManifestPath)), 0o755); err != nil {
		return Outcome{}, fmt.Errorf("make the run's directory: %w", err)
	}
	free, err := FreeManifest(s.Root, strings.TrimSuffix(c.ManifestPath, manifest.Suffix))
	if err != nil {
		return Outcome{}, err
	}
	if free != c.ManifestPath {
		c.Entry.Artifacts = strings.Replace(c.Entry.Artifacts, path.Base(c.ManifestPath), path.Base(free), 1)
		c.ManifestPath = free
	}
	// What was asked for may have changed since; a row that was reworded is refused where it is ticked.
	if len(c.Ticks) > 0 && w.Spec != nil && w.Spec(p.Task.Plan, p.Task.ID) != p.Spec.Digest {
		r.because(fmt.Sprintf("the spec of %s was changed since its command ran; not ticked", p.Task.ID))
		c.Ticks, p.Ticked = nil, false
	}
	return o.commit(w, func() (*Change, *manifest.Statement, error) {
		if len(c.Ticks) > 0 && c.Ticks[0].To == plan.Done && w.Close != nil {
			if err := w.Close(&c, &p); err != nil {
				return nil, nil, err
			}
		}
		return &c, manifest.New(p), nil
	})
}

// Left is what an intent of a dead process waits for.
type Left struct {
	Ended  string       // how its run ended, e.g. "exit 0"; "" where that is not known
	Branch *BranchError // it waits for its branch; nil where it does not
	Entry  *EntryError  // the ledger takes no entry of it now; nil where it does
	Ticks  bool         // its attempt is entered, and a tick is missing
	Newer  bool         // another planctl began it, which says what this one does not know
}

// Left says what is left to be done of an intent.
func (o *Open) Left(ctx context.Context) (Left, error) {
	l := Left{Newer: o.strange}
	if l.Newer {
		return l, nil
	}
	var err error
	if l.Branch, err = o.elsewhere(ctx); err != nil {
		return l, err
	}
	switch reached, broken := o.store.reached(o); {
	case broken != nil: // recover says what is wrong with the manifest
	case reached:
		l.Ended, l.Ticks = o.Change.Entry.Detail, o.has(ledgerStep)
		if !l.Ticks {
			l.Entry, err = o.unplaced(o.Change)
		}
	case o.Ended != nil:
		l.Ended = o.Ended.Change.Entry.Detail
		l.Entry, err = o.unplaced(&o.Ended.Change)
	}
	return l, err
}
