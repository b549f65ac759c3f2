package evidence

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/planctl/planctl/internal/diff3"
)

// PinFile is the file that a pin is of, as a clean path.
func PinFile(pin string) string {
	file, _, _ := strings.Cut(pin, "::")
	return path.Clean(file)
}

// Pinned is the text that a pin holds in its file: all of it, or the
// definitions of one name, each ended by a newline. Nothing, where the file
// does not define the name.
func Pinned(pin string, src []byte) ([]byte, error) {
	_, name, one := strings.Cut(pin, "::")
	if !one {
		return src, nil
	}
	spans, err := definitions(pin, name, src)
	var b []byte
	for _, s := range spans {
		b = append(append(b, src[s.start:s.end]...), '\n')
	}
	return b, err
}

// Transplant gives the file to with what a pin holds in from: the whole of
// from, or to with each definition of the name replaced by that of from.
// An error where the two do not define it alike often, since then no text has
// a place to go, and where a definition is another one in its new place.
func Transplant(pin string, from, to []byte) ([]byte, error) {
	_, name, one := strings.Cut(pin, "::")
	if !one {
		return bytes.Clone(from), nil
	}
	theirs, err := definitions(pin, name, from)
	if err != nil {
		return nil, err
	}
	ours, err := definitions(pin, name, to)
	if err != nil {
		return nil, err
	}
	if len(theirs) != len(ours) || len(ours) == 0 {
		return nil, fmt.Errorf("%s defines %s %s in one state and %s in the other", PinFile(pin), name, times(len(theirs)), times(len(ours)))
	}
	var out []byte
	at := 0
	for i, s := range ours {
		if s.start < at {
			return nil, fmt.Errorf("%s defines %s inside of itself", PinFile(pin), name)
		}
		out = append(append(out, to[at:s.start]...), from[theirs[i].start:theirs[i].end]...)
		at = s.end
	}
	out = append(out, to[at:]...)
	// What is not closed in from would take more of to with it, and is no definition of to's then.
	want, err := Pinned(pin, from)
	if err != nil {
		return nil, err
	}
	if got, err := Pinned(pin, out); err != nil || !bytes.Equal(got, want) {
		return nil, fmt.Errorf("%s does not end in one state where the other goes on: it cannot be put into its place", pin)
	}
	return out, nil
}

// Extent is how much of a pin's text is not the same in two states of its
// file: lines that are there only now, and lines that were there only then.
func Extent(pin string, was, now []byte) (added, removed int, err error) {
	a, err := Pinned(pin, was)
	if err != nil {
		return 0, 0, err
	}
	b, err := Pinned(pin, now)
	if err != nil {
		return 0, 0, err
	}
	numbers := map[string]int{}
	number := func(text []byte) []int {
		var out []int
		for line := range bytes.Lines(text) {
			n, ok := numbers[string(line)]
			if !ok {
				n = len(numbers)
				numbers[string(line)] = n
			}
			out = append(out, n)
		}
		return out
	}
	then, today := number(a), number(b)
	same := 0
	for _, to := range diff3.Match(then, today) {
		if to >= 0 {
			same++
		}
	}
	return len(today) - same, len(then) - same, nil
}

func definitions(pin, name string, src []byte) ([]span, error) {
	find := finderFor(PinFile(pin))
	if find == nil {
		return nil, fmt.Errorf("%s: %s", pin, noFinder())
	}
	return find(src, name)
}

func times(n int) string {
	switch n {
	case 0:
		return "not at all"
	case 1:
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
