package commit

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/planctl/planctl/internal/atomicfile"
)

// placing is a replacement of the ledger or of a plan that is about to happen. A process can die between the rename and
// the line that says so; a person may then take the entry or the tick away. Without this record recover would write it
// again, as one that was never there.
type placing struct {
	Step string `json:"step"`
	Temp string `json:"temp,omitempty"` // base name of the temporary file beside the target; "": withdrawn, nothing was replaced
	Was  string `json:"was,omitempty"`  // which file the target was before
}

// placing gives the steps of a replacement to the intent. The line is not flushed: after a power cut it may be missing,
// and then the replacement is made again, as it has to be where it did not last.
func (o *Open) placing(step string) atomicfile.Steps {
	return atomicfile.Steps{
		Placing: func(target, temp string) error {
			was, err := identity(target)
			if errors.Is(err, fs.ErrNotExist) { // an editor that keeps a backup is about to make it anew
				return &atomicfile.ChangedError{Path: target, Missing: true}
			}
			if err != nil {
				return fmt.Errorf("look at %s: %w", target, err)
			}
			return o.write(line{Placing: &placing{Step: step, Temp: filepath.Base(temp), Was: was}})
		},
		Withdrawn: func() error { return o.write(line{Placing: &placing{Step: step}}) },
	}
}

func (o *Open) note(p placing) {
	if o.placed == nil {
		o.placed = map[string]placing{}
	}
	o.placed[p.Step] = p
}

// settle marks each replacement that had happened when the process died as done, and withdraws the others, before
// anything is tidied away: the temporary file is what tells the one from the other. It gives the names of what people
// saved just before a replacement and is kept beside its file, since that was saved again or taken away.
func (o *Open) settle() (kept []string, err error) {
	files := map[string]string{ledgerStep: o.Change.Ledger}
	for _, t := range o.Change.Ticks {
		files[t.step()] = t.Plan
	}
	for _, step := range slices.Sorted(maps.Keys(o.placed)) {
		p := o.placed[step]
		if files[step] == "" || p.Temp == "" {
			continue
		}
		happened, name, err := p.happened(o.store.abs(files[step]))
		if name != "" {
			kept = append(kept, name)
		}
		switch {
		case err != nil:
			return kept, err
		case o.has(step): // written once more, onto what somebody saved: that it was written is on record
		case happened:
			err = o.done(step)
		default:
			err = o.append(line{Placing: &placing{Step: step}})
		}
		if err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// happened reports whether the target was replaced. Where nothing lies under the temporary name any more, the target has to be
// another file than it was: a power cut can take a temporary file that the target never became. Where somebody saved
// just before, and then after, what was saved before is kept under a name that is given.
func (p *placing) happened(path string) (happened bool, kept string, err error) {
	if !atomicfile.IsTemp(p.Temp) || strings.ContainsRune(p.Temp, filepath.Separator) {
		return false, "", nil
	}
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		// Gone, as who writes there will say. The directory may be there, with somebody's work in it.
		real, err = filepath.EvalSymlinks(filepath.Dir(path))
		if errors.Is(err, fs.ErrNotExist) {
			return false, "", nil
		}
		real = filepath.Join(real, filepath.Base(path))
	}
	if err != nil {
		return false, "", err
	}
	fate, kept, err := atomicfile.Settle(real, filepath.Join(filepath.Dir(real), p.Temp))
	if err != nil || fate != atomicfile.Gone {
		return fate == atomicfile.Replaced, kept, err
	}
	now, err := identity(real)
	if errors.Is(err, fs.ErrNotExist) {
		return false, "", nil
	}
	return now != p.Was, "", err
}

// identity tells a file from the one that is put in its place.
func identity(path string) (string, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return "", err
	}
	inode := uint64(0)
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		inode = st.Ino
	}
	return fmt.Sprintf("%d %d %d", inode, info.Size(), info.ModTime().UnixNano()), nil
}
