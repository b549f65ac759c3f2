package main

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
)

// record is the newest run or decision of a part with a result; "" is any. A proof that was shown again is none.
func (w *world) record(part string, result manifest.Result) (*workspace.Record, error) {
	r, err := w.recordOf(part, func(p *manifest.Predicate) bool {
		return p.Kind != manifest.KindReplay && (result == "" || p.Result == result)
	})
	if err != nil {
		return nil, fmt.Errorf("%s, %s: %w", part, result, err)
	}
	return r, nil
}

// recordOf is the newest record of a part that is wanted.
func (w *world) recordOf(part string, want func(*manifest.Predicate) bool) (*workspace.Record, error) {
	ws, err := w.open()
	if err != nil {
		return nil, err
	}
	p := ws.Plans[slices.IndexFunc(ws.Plans, func(p *workspace.Plan) bool { return p.Path == w.plan })]
	it := p.Item(w.ids[part])
	if it == nil {
		return nil, fmt.Errorf("no row for %s", part)
	}
	for _, r := range slices.Backward(it.Runs) {
		if want(&r.Doc.Predicate) {
			return r, nil
		}
	}
	return nil, fmt.Errorf("%s has no such record", part)
}

// lines is the ledger cut so that the attempt is lines[from:to], with what else is there around it.
func (w *world) lines(a *ledger.Attempt) (lines [][]byte, from, to int, err error) {
	b, err := w.read(w.ledger)
	return bytes.SplitAfter(b, []byte("\n")), a.Line - 1, a.EndLine, err
}

// entry changes the text of a part's entry.
func (w *world) entry(part string, result manifest.Result, change func([]byte) []byte) error {
	r, err := w.record(part, result)
	if err != nil {
		return err
	}
	return w.attempt(r.Attempt, change)
}

// attempt changes the lines of one attempt.
func (w *world) attempt(a *ledger.Attempt, change func([]byte) []byte) error {
	lines, from, to, err := w.lines(a)
	if err != nil {
		return err
	}
	now := change(bytes.Join(lines[from:to], nil))
	return w.edit(w.ledger, func([]byte) []byte {
		return slices.Concat(bytes.Join(lines[:from], nil), now, bytes.Join(lines[to:], nil))
	})
}

// sub replaces one text of an entry; an error where it is not there.
func (w *world) sub(part string, result manifest.Result, was, now string) error {
	return w.entry(part, result, func(b []byte) []byte { return bytes.Replace(b, []byte(was), []byte(now), 1) })
}

// byHand is the attempts of a section that people wrote, in order.
func (w *world) byHand(section string) ([]*ledger.Attempt, error) {
	b, err := w.read(w.ledger)
	if err != nil {
		return nil, err
	}
	s, err := ledger.Parse(w.ledger, b).Section(section)
	if err != nil {
		return nil, err
	}
	var out []*ledger.Attempt
	for _, a := range s.Attempts {
		if a.Run == "" {
			out = append(out, a)
		}
	}
	return out, nil
}

// runs is the attempts of the initiative that carry a run, in order.
func (w *world) runs() ([]*ledger.Attempt, error) {
	b, err := w.read(w.ledger)
	if err != nil {
		return nil, err
	}
	s, err := ledger.Parse(w.ledger, b).Section(w.initiative)
	if err != nil {
		return nil, err
	}
	var out []*ledger.Attempt
	for _, a := range s.Attempts {
		if a.Run != "" {
			out = append(out, a)
		}
	}
	return out, nil
}

// eol is how this repository ends a line of the ledger.
func (w *world) eol() string {
	if w.crlf {
		return "\r\n"
	}
	return "\n"
}

// lead is what stands before the date of an entry: indentation and bullet.
func lead(entry []byte) string { return string(entry[:bytes.IndexByte(entry, '[')]) }
