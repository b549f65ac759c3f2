package plan

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/mdspan"
)

// Edit replaces Span of the source by New. The zero Edit changes nothing.
type Edit struct {
	Span mdspan.Span
	New  []byte
}

// Apply splices edits into src and returns a new slice. Edits may come in any
// order; it is an error if one is out of range or two overlap. Insertions at
// the same place keep their order.
func Apply(src []byte, edits ...Edit) ([]byte, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int { return a.Span.Start - b.Span.Start })
	out := make([]byte, 0, len(src)+64)
	at := 0
	for _, e := range sorted {
		switch {
		case e.Span.Start < 0 || e.Span.End > len(src) || e.Span.End < e.Span.Start:
			return nil, fmt.Errorf("edit of bytes %d to %d is outside the document's %d", e.Span.Start, e.Span.End, len(src))
		case e.Span.Start < at:
			return nil, fmt.Errorf("edit of bytes %d to %d overlaps one that ends at %d", e.Span.Start, e.Span.End, at)
		}
		out = append(append(out, src[at:e.Span.Start]...), e.New...)
		at = e.Span.End
	}
	return append(out, src[at:]...), nil
}

// ErrNoGuidance says that a row has no guidance cell to write to.
var ErrNoGuidance = errors.New("the row has no guidance cell")

// refuse is the error for a row that may not be edited: a [finding.Finding]
// with the row's place.
func (p *Plan) refuse(t *Task) error {
	f := finding.Finding{Code: CodeStateCell, Severity: finding.Error, File: p.File, Line: t.Line, Col: 1, Task: t.ID,
		Message: "row " + shownID(t.ID) + " is not edited: " + t.Problem, Help: "planctl lint shows how to write the row"}
	for _, known := range p.Findings {
		if known.Line == t.Line && known.Severity == finding.Error {
			f.Code, f.Col, f.Help, f.Source = known.Code, known.Col, known.Help, known.Source
			break
		}
	}
	return f
}

// SetState is the edit that makes a row's state s. It replaces the token's
// bytes and nothing else, so back-ticks around it stay. For a row that has
// the state already it is the zero Edit and no error. A row that is not
// editable gives a [finding.Finding] as its error.
//
// The token is the one that the configuration fixes for s; else the one most
// used for s in the row's table; else in the document; else in workspace, which
// may be nil; else the first of [DefaultTokens].
func (p *Plan) SetState(t *Task, s State, workspace map[State]string) (Edit, error) {
	switch {
	case t == nil || !slices.Contains(p.tasks, t):
		return Edit{}, errors.New("the task is none of this plan's rows")
	case s == Unknown || int(s) >= len(stateNames):
		return Edit{}, fmt.Errorf("row %s cannot be set to state %s", shownID(t.ID), s)
	case !t.Editable:
		return Edit{}, p.refuse(t)
	case t.State == s:
		return Edit{}, nil
	}
	return Edit{Span: t.TokenSpan, New: []byte(p.choose(t, s, workspace))}, nil
}

func (p *Plan) choose(t *Task, s State, workspace map[State]string) string {
	if w := p.tokens.write[s]; w != "" {
		return w
	}
	table := map[State]map[string]int{}
	for _, other := range t.Phase.Tasks {
		if other.Table == t.Table {
			count(table, other)
		}
	}
	if tok := p.tokens.most(table[s], s); tok != "" {
		return tok
	}
	if tok := p.tokens.most(p.TokenUse()[s], s); tok != "" {
		return tok
	}
	if tok := workspace[s]; p.tokens.State(tok) == s {
		return tok
	}
	return p.tokens.Of(s)[0]
}

// Annotate is the edit that adds text at the end of the row's guidance cell,
// after one space. Pipes are escaped and line ends become spaces, so that the
// row stays one row. A table without such a column, and a row without the
// cell, give [ErrNoGuidance].
func (p *Plan) Annotate(t *Task, text string) (Edit, error) {
	switch {
	case t == nil || !slices.Contains(p.tasks, t):
		return Edit{}, errors.New("the task is none of this plan's rows")
	case !t.Editable:
		return Edit{}, p.refuse(t)
	case t.GuidanceSpan.End == 0:
		return Edit{}, fmt.Errorf("row %s: %w", t.ID, ErrNoGuidance)
	}
	text = escapeCell(text)
	if text == "" {
		return Edit{}, nil
	}
	at := t.GuidanceSpan.End
	new := " " + text
	if t.GuidanceSpan.Empty() {
		// Between the pipes of an empty cell there may be no space at all.
		if at > 0 && (p.Source[at-1] == ' ' || p.Source[at-1] == '\t') {
			new = text
		}
	}
	if at < len(p.Source) && p.Source[at] == '|' {
		new += " "
	}
	return Edit{Span: mdspan.Span{Start: at, End: at}, New: []byte(new)}, nil
}

// escapeCell makes text fit into one cell of a table.
func escapeCell(text string) string {
	var b strings.Builder
	slash := false
	for _, c := range strings.Join(strings.Fields(text), " ") {
		switch {
		case unicode.IsControl(c):
			continue
		case c == '|' && !slash:
			b.WriteByte('\\')
		}
		slash = c == '\\' && !slash
		b.WriteRune(c)
	}
	if slash {
		b.WriteByte(' ') // a backslash at the end must not escape the cell's own pipe
	}
	return b.String()
}

// InsertBlock is the edit that puts a spec block after the phase's last
// checklist table, or at the document's end for a nil phase. It uses the
// document's line ends, and leaves a blank line before and after.
func (p *Plan) InsertBlock(phase *Phase, yaml []byte) Edit {
	at := len(p.Source)
	if phase != nil && phase.end > 0 {
		at = phase.end
	}
	eol := "\n"
	if i := bytes.IndexByte(p.Source, '\n'); i > 0 && p.Source[i-1] == '\r' {
		eol = "\r\n"
	} else if i < 0 && bytes.IndexByte(p.Source, '\r') >= 0 {
		eol = "\r"
	}
	var b strings.Builder
	if at > 0 && p.Source[at-1] != '\n' && p.Source[at-1] != '\r' {
		b.WriteString(eol)
	}
	if at > 0 {
		b.WriteString(eol)
	}
	body := strings.TrimRight(strings.ReplaceAll(strings.ReplaceAll(string(yaml), "\r\n", "\n"), "\r", "\n"), "\n")
	fence := "```"
	for strings.Contains(body, fence) {
		fence += "`"
	}
	b.WriteString(fence + "yaml planctl" + eol)
	if body != "" {
		b.WriteString(strings.ReplaceAll(body, "\n", eol) + eol)
	}
	b.WriteString(fence + eol)
	if at < len(p.Source) && !blankLine(p.Source[at:]) {
		b.WriteString(eol)
	}
	return Edit{Span: mdspan.Span{Start: at, End: at}, New: []byte(b.String())}
}

// blankLine reports whether b starts with a blank line.
func blankLine(b []byte) bool {
	for _, c := range b {
		switch c {
		case '\n', '\r':
			return true
		case ' ', '\t':
		default:
			return false
		}
	}
	return true
}
