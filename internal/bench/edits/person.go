package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/planctl/planctl/internal/bench/checkout"
)

// editor is one person at one file: what is in their editor, and the steps of the save that is going on.
type editor struct {
	path    string
	rng     *rand.Rand
	careful bool // asks, before it saves, whether the file changed, and begins again from what is there

	saves   int    // that are to come
	n       int    // notes written so far
	text    []byte // in the editor
	loaded  []byte // as the file was when it was loaded
	file    *os.File
	styles  tally
	pending []func() error // steps of the save that is going on

	mine  []byte // what the file has to be, planctl's own additions aside, after the last save that is done
	clock func() int
	saved int // clock at the end of that save; 0: none
}

// own takes out of a file what planctl adds: ticks and entries.
func own(text []byte) ([]byte, error) {
	_, rest, err := checkout.Entries(text)
	return bytes.Replace(rest, []byte("| [x] |"), []byte("| [ ] |"), 1), err
}

func newEditor(path string, rng *rand.Rand, clock func() int, styles tally) (*editor, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return &editor{path: path, rng: rng, careful: rng.IntN(2) == 0, saves: 1 + rng.IntN(3), styles: styles, mine: b, text: b, loaded: b, clock: clock}, nil
}

// step does the next step, if there is one.
func (e *editor) step() error {
	if len(e.pending) == 0 {
		if e.saves == 0 {
			return nil
		}
		e.saves--
		if err := e.begin(); err != nil {
			return err
		}
	}
	do := e.pending[0]
	e.pending = e.pending[1:]
	return do()
}

func (e *editor) busy() bool { return len(e.pending) > 0 || e.saves > 0 }

// begin draws what is written next and how it is saved. Loading is a step of its own: much can happen before the save.
func (e *editor) begin() error {
	e.n++
	note := fmt.Sprintf("note %d of a person\n", e.n)
	if e.rng.IntN(4) == 0 {
		e.styles["saved by appending"]++
		e.pending = e.appending(note)
		return nil
	}
	if e.rng.IntN(2) == 0 {
		e.pending = append(e.pending, e.load)
	}
	e.pending = append(e.pending, func() error { return e.write(note) })
	return nil
}

func (e *editor) load() error {
	b, err := os.ReadFile(e.path)
	e.text, e.loaded = b, b
	return err
}

// write puts the note into the text and queues the steps that save it.
func (e *editor) write(note string) error {
	if e.careful {
		if now, err := os.ReadFile(e.path); err == nil && !bytes.Equal(now, e.loaded) {
			e.text = now
		}
	}
	lines := strings.SplitAfter(string(e.text), "\n")
	at := 1 // below the title
	if e.rng.IntN(2) == 0 {
		at = len(lines) - 1 // at the end
	}
	e.text = []byte(strings.Join(lines[:at], "") + note + strings.Join(lines[at:], ""))
	e.loaded = e.text
	text := e.text
	var steps []func() error
	switch e.rng.IntN(4) {
	case 0:
		e.styles["saved in place"]++
		steps = e.inPlace(text, 1)
	case 1:
		e.styles["saved in place, in parts"]++
		steps = e.inPlace(text, 2+e.rng.IntN(3))
	case 2:
		e.styles["saved by renaming"]++
		steps = []func() error{
			func() error { return os.WriteFile(e.path+".person", text, 0o644) },
			func() error { return errors.Join(os.Rename(e.path+".person", e.path), e.done(text)) },
		}
	default:
		e.styles["saved with a backup"]++
		steps = append([]func() error{func() error { return os.Rename(e.path, e.path+"~") }}, e.inPlace(text, 1+e.rng.IntN(2))...)
	}
	e.pending = append(steps, e.pending...)
	return nil
}

// inPlace opens and empties the file, writes it in parts, and closes it; each is a step.
func (e *editor) inPlace(text []byte, parts int) []func() error {
	steps := []func() error{func() (err error) {
		e.file, err = os.OpenFile(e.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
		return err
	}}
	for i := range parts {
		part := text[len(text)*i/parts : len(text)*(i+1)/parts]
		steps = append(steps, func() error { _, err := e.file.Write(part); return err })
	}
	return append(steps, func() error { return errors.Join(e.file.Close(), e.done(text)) })
}

// appending is `echo note >>file`.
func (e *editor) appending(note string) []func() error {
	return []func() error{
		func() (err error) {
			e.file, err = os.OpenFile(e.path, os.O_WRONLY|os.O_APPEND, 0)
			return err
		},
		func() error {
			_, err := io.WriteString(e.file, note)
			return errors.Join(err, e.file.Close(), e.done(append(bytes.Clone(e.mine), note...)))
		},
	}
}

// done notes that a save has come to its end.
func (e *editor) done(text []byte) (err error) {
	e.mine, err = own(text)
	e.saved = e.clock()
	return err
}

// holds compares the file with what the person saved last.
func (e *editor) holds() ([]byte, error) {
	b, err := os.ReadFile(e.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is gone", e.path)
	}
	if err != nil {
		return nil, err
	}
	got, err := own(b)
	if err == nil && !e.all(got) {
		err = fmt.Errorf("%s: a person saved\n%s\nand it has\n%s", e.path, e.mine, b)
	}
	return b, err
}

// all reports whether a text is what was saved last, line for line. A note of an earlier save may be there as well, once: the
// person loaded the file in the instant in which it was exchanged, and what they had saved before was joined to it.
func (e *editor) all(got []byte) bool {
	want := strings.SplitAfter(string(e.mine), "\n")
	seen := map[string]bool{}
	for line := range strings.SplitAfterSeq(string(got), "\n") {
		note := strings.HasPrefix(line, "note ")
		if note && seen[line] {
			return false
		}
		seen[line] = true
		switch {
		case len(want) > 0 && line == want[0]:
			want = want[1:]
		case !note:
			return false
		}
	}
	return len(want) == 0
}
