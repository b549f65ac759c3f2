package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// maxSource is the largest source file, in bytes, in which a definition is looked for.
const maxSource = 16 << 20

// Pins hashes what must not change between a red run and its green one: pin →
// "sha256:" and hex. A pin is a path, for the whole file, or file::name for one
// definition: a function, class, method (Class::method, as pytest writes it) or
// variable of Python, decorators included; a function, method (Type.Name,
// (*Type).Name), type, constant or variable of Go. Where a name is defined
// several times, all of its definitions count. The parameters of a pytest ID
// (test_x[1-2]) and the subtests of a Go test (TestX/case) are passed over.
//
// The hash is that of the definition's bytes as they stand. Comments before and
// after a definition are no part of it. When ctx is done, its error is a
// problem, see Unread.
func Pins(ctx context.Context, root string, pins []string) (map[string]string, []Problem) {
	sums := map[string]string{}
	if len(pins) == 0 {
		return sums, nil
	}
	f, err := newFinder(root)
	if err != nil {
		return sums, []Problem{failure(root, err)}
	}
	sources := map[string][]byte{}
	for _, pin := range pins {
		file, name, one := strings.Cut(pin, "::")
		if path.Clean(file) == "." || path.IsAbs(file) || !local(path.Clean(file)) {
			f.problem(pin, "names no file of the workspace", "")
			continue
		}
		file = path.Clean(file)
		if !one {
			for _, h := range f.hash(ctx, []string{file}) {
				sums[pin] = "sha256:" + h.SHA256
			}
			continue
		}
		find := finderFor(file)
		if find == nil {
			f.problem(pin, noFinder(), "pin the whole file: "+file)
			continue
		}
		src, ok := sources[file]
		if !ok {
			if src, err = read(f.root, file); err != nil {
				f.refused(pin, err)
				continue
			}
			sources[file] = src
		}
		found, err := find(src, name)
		if err != nil {
			f.failed(pin, err)
			continue
		}
		if len(found) == 0 {
			f.problem(pin, fmt.Sprintf("%s defines no %s", file, name), "")
			continue
		}
		h := sha256.New()
		if path.Ext(file) == ".go" {
			h.Write(goBuilt(src))
		}
		for _, s := range found {
			h.Write(src[s.start:s.end])
		}
		sums[pin] = "sha256:" + hex.EncodeToString(h.Sum(nil))
	}
	return sums, f.close()
}

// ReadPinned reads the file that a pin is of, below root. One that is not there
// is fs.ErrNotExist; one that leaves the root, or is no file, is an error.
func ReadPinned(root *os.Root, pin string) ([]byte, error) { return read(root, PinFile(pin)) }

// span is a definition's place in its file, as byte offsets.
type span struct{ start, end int }

// language is one in whose files a definition can be found.
type language struct {
	name       string
	extensions []string
	find       func(src []byte, name string) ([]span, error) // name as it stands in a pin, behind the file
}

// languages are those in which one definition can be pinned. Pins, replays and what is said of other files go by this
// table.
func languages() []language {
	return []language{
		{"Python", []string{".py", ".pyi"}, func(src []byte, name string) ([]span, error) {
			name, _, _ = strings.Cut(name, "[")
			return pythonDefinitions(src, strings.Split(name, "::")), nil
		}},
		{"Go", []string{".go"}, func(src []byte, name string) ([]span, error) {
			name, _, _ = strings.Cut(name, "/")
			return goDefinitions(src, strings.ReplaceAll(name, "::", "."))
		}},
	}
}

// finderFor gives what finds a definition in a file of its language, nil for
// other languages.
func finderFor(file string) func(src []byte, name string) ([]span, error) {
	for _, l := range languages() {
		if slices.Contains(l.extensions, path.Ext(file)) {
			return l.find
		}
	}
	return nil
}

// noFinder says of a file of another language why none of its definitions can be pinned.
func noFinder() string {
	var names []string
	for _, l := range languages() {
		names = append(names, l.name)
	}
	return "one definition can be pinned in " + strings.Join(names, " and ") + " only"
}

func read(root *os.Root, name string) (b []byte, err error) {
	f, info, err := openRegularIn(root, name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info.Size() > maxSource {
		return nil, fmt.Errorf("has %d bytes, more than %d: too big to look for a definition", info.Size(), maxSource)
	}
	return io.ReadAll(io.LimitReader(f, maxSource))
}
