package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Fate is what came of a replacement that was announced (Steps.Placing) by a
// process that died.
type Fate uint8

// The fates. The zero value is none.
const (
	_         Fate = iota
	Untouched      // the target was not replaced, or what somebody saved meanwhile stands under its name again
	Replaced       // it was
	Gone           // there is nothing under the temporary name: the target tells
)

// Settle says what came of an announced replacement, from what lies under the
// name of its temporary file. The file stays, for Sweep, so that it can be asked
// again by who dies before the answer is on record.
//
// Where that file is neither what was to be placed nor what had been read, it is
// what somebody saved just before the exchange. It gets its name back if the
// target is what was placed. If that was saved again since, or taken away, the
// work is kept beside it under a name that is seen, which is kept: who saved last
// may not have known of it.
func Settle(target, temp string) (f Fate, kept string, err error) {
	return Steps{}.Settle(target, temp)
}

// Settle is the function Settle; Making is told of what it makes.
func (s Steps) Settle(target, temp string) (f Fate, kept string, err error) {
	if !IsTemp(filepath.Base(temp)) {
		return 0, "", &fs.PathError{Op: "settle", Path: temp, Err: errors.New("not the name of a temporary file")}
	}
	// A link under that name is nobody's save.
	if info, err := os.Lstat(temp); err == nil && !info.Mode().IsRegular() {
		return Gone, "", nil
	}
	b, err := still(temp, nil)
	if errors.Is(err, fs.ErrNotExist) {
		return Gone, "", nil
	}
	if err != nil {
		return 0, "", err
	}
	switch holds(temp, b) {
	case ours:
		return Untouched, "", nil
	case read:
		return Replaced, "", nil
	}
	back, err := s.giveBack(temp, target, b)
	if err != nil {
		return 0, "", err
	}
	if back {
		return Untouched, "", nil
	}
	kept = savedName(target, temp)
	if err := os.Rename(temp, kept); err != nil {
		return 0, "", err
	}
	return Replaced, kept, synced(kept)
}

// savedName is a name beside target that people see, with the digits of temp.
func savedName(target, temp string) string {
	dir, base := filepath.Split(target)
	ending := ".saved-" + temp[len(temp)-randomDigits:]
	if room := 255 - len(ending); len(base) > room {
		base = strings.ToValidUTF8(base[:room], "")
	}
	return filepath.Join(dir, base+ending)
}
