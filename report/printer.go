// Package report shows what planctl knows: to a terminal, as Markdown, JSON
// or HTML. It looks and never decides: it may not read a plan, judge, or
// write a file, and it asks the terminal nothing.
package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// Printer writes text for people. The first error of the writer is kept and stops the rest.
type Printer struct {
	W     io.Writer
	Color bool
	TTY   bool // somebody watches: blocks may be shown as they grow, several lines to an event
	Width int  // columns; 0 is not known
	err   error
}

// Err is the first error that writing met.
func (p *Printer) Err() error { return p.err }

// Printf writes a formatted text. What comes from plans and logs must have gone through Clean.
func (p *Printer) Printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.W, format, args...)
	}
}

// Tone is what a piece of text means; how it looks is decided here alone.
type Tone uint8

// The tones.
const (
	Plain Tone = iota
	Good
	Bad
	Warn
	Info
	Faint
	Strong
)

func (t Tone) style() lipgloss.Style {
	s := lipgloss.NewStyle()
	switch t {
	case Good:
		return s.Foreground(lipgloss.Color("2"))
	case Bad:
		return s.Foreground(lipgloss.Color("1")).Bold(true)
	case Warn:
		return s.Foreground(lipgloss.Color("3"))
	case Info:
		return s.Foreground(lipgloss.Color("6"))
	case Faint:
		return s.Faint(true)
	case Strong:
		return s.Bold(true)
	}
	return s
}

// Paint gives text its tone; without colour it is the text. Tabs and line ends stay as they are.
func (p *Printer) Paint(t Tone, s string) string {
	if !p.Color || t == Plain || s == "" {
		return s
	}
	return t.style().TabWidth(lipgloss.NoTabConversion).Inline(true).Render(s)
}

// Clean makes text from outside safe for a terminal and for one line: escape sequences are taken
// out, other control characters and those that reorder text are shown as \u escapes, invalid UTF-8 as �.
func Clean(s string) string {
	if plainASCII(s) {
		return s
	}
	return escape(ansi.Strip(strings.ToValidUTF8(s, "�")), false)
}

// CleanLines is Clean for text of several lines: line ends and tabs stay.
func CleanLines(s string) string {
	return escape(ansi.Strip(strings.ToValidUTF8(s, "�")), true)
}

func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func escape(s string, lines bool) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case lines && (r == '\n' || r == '\t'):
			b.WriteRune(r)
		case r == '\t':
			b.WriteByte(' ')
		case unicode.IsControl(r) || reorders(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// EscapeJSON writes what Clean escapes in a text as JSON's own escapes: JSON may hold C1 controls,
// DEL and bidi controls as they are.
func EscapeJSON(b []byte) []byte {
	i := bytes.IndexFunc(b, escapes)
	if i < 0 {
		return b
	}
	out := append(make([]byte, 0, len(b)+len(b)/8), b[:i]...)
	for i < len(b) {
		r, n := utf8.DecodeRune(b[i:])
		if escapes(r) {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = append(out, b[i:i+n]...)
		}
		i += n
	}
	return out
}

// escapes reports a character that stands in JSON as an escape; line ends are between values.
func escapes(r rune) bool { return r != '\n' && (unicode.IsControl(r) || reorders(r)) }

// reorders names the characters that make text read otherwise than it is: bidi controls (UAX 9),
// zero-width ones but for the joiners that emoji need, and the line and paragraph separators.
func reorders(r rune) bool {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C,
		r == 0x200B, r == 0x2060, r == 0xFEFF, r == 0x2028, r == 0x2029:
		return true
	}
	return false
}

// Cut shortens text to a number of terminal columns, with an ellipsis.
func Cut(s string, columns int) string {
	if columns <= 0 || ansi.StringWidth(s) <= columns {
		return s
	}
	return ansi.Truncate(s, columns, "…")
}

// Columns is how many terminal columns text takes.
func Columns(s string) int { return ansi.StringWidth(s) }

// Pad fills text with spaces up to a number of terminal columns.
func Pad(s string, columns int) string {
	if n := columns - ansi.StringWidth(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// LiveWriter copies a growing log to a printer, each line behind a prefix and made safe. It keeps an
// unfinished line until it ends or grows long.
type LiveWriter struct {
	P      *Printer
	Prefix string
	rest   []byte
}

const longLine = 4096

// Write never fails: a terminal that went away must not end the run.
func (l *LiveWriter) Write(b []byte) (int, error) {
	l.rest = append(l.rest, b...)
	for {
		i := bytes.IndexByte(l.rest, '\n')
		if i < 0 {
			if len(l.rest) <= longLine {
				return len(b), nil
			}
			i = runeEnd(l.rest[:longLine])
			l.line(l.rest[:i])
			l.rest = l.rest[i:]
			continue
		}
		l.line(l.rest[:i])
		l.rest = l.rest[i+1:]
	}
}

// Close shows an unfinished last line.
func (l *LiveWriter) Close() error {
	if len(l.rest) > 0 {
		l.line(l.rest)
		l.rest = nil
	}
	return nil
}

func (l *LiveWriter) line(b []byte) {
	// A progress bar rewrites its line with CR: the last state is what a terminal would show.
	s := strings.TrimRight(string(b), "\r")
	if i := strings.LastIndexByte(s, '\r'); i >= 0 {
		s = s[i+1:]
	}
	s = Clean(s)
	if l.P.Width > 0 {
		s = Cut(s, max(20, l.P.Width-Columns(l.Prefix)))
	}
	l.P.Printf("%s%s\n", l.P.Paint(Faint, l.Prefix), s)
}

// runeEnd is where b can be cut without splitting a character.
func runeEnd(b []byte) int {
	for i := len(b); i > len(b)-utf8.UTFMax && i > 0; i-- {
		if r, _ := utf8.DecodeLastRune(b[:i]); r != utf8.RuneError {
			return i
		}
	}
	return len(b)
}

func itoa(n int) string { return strconv.Itoa(n) }
