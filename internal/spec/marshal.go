package spec

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Marshal is the spec as the YAML of one task, which Decode reads back to the
// same spec where the plan has no defaults. It says only what is not the
// default, in the order of the documentation: quotes where YAML needs them, a
// block scalar for a command of several lines.
func Marshal(s *Spec) []byte {
	w := &writer{}
	w.key(0, s.ID)
	if s.KindSet || s.Kind != Check && s.Kind != Unknown {
		w.text("kind", s.Kind.String())
	}
	w.text("run", s.Run)
	w.text("because", s.Because)
	w.list("allow", s.Allow)
	w.text("red", s.Red)
	w.list("pins", s.Pins)
	w.text("log", s.Log)
	exprs := make([]string, len(s.Criteria))
	for i, c := range s.Criteria {
		exprs[i] = c.Expr
	}
	w.list("criteria", exprs)
	w.list("artifacts", s.Artifacts)
	w.list("inputs", s.Inputs)
	w.list("tests", s.Tests)
	if len(s.Env) > 0 {
		w.open("env")
		for _, k := range slices.Sorted(maps.Keys(s.Env)) {
			if v := s.Env[k]; v != nil {
				w.pair(4, k, *v)
			} else {
				w.line(4, scalar(k)+": null")
			}
		}
	}
	w.text("dir", s.Dir)
	if s.Timeout > 0 {
		w.text("timeout", duration(s.Timeout))
	}
	w.flag("tty", s.TTY)
	w.list("after", s.After)
	w.flag("review", s.Review)
	w.text("executor", s.Executor)
	if len(s.Resources) > 0 {
		w.open("resources")
		for _, k := range slices.Sorted(maps.Keys(s.Resources)) {
			w.pair(4, k, s.Resources[k])
		}
	}
	w.text("plan", s.Plan)
	w.text("phase", s.Phase)
	return w.b
}

type writer struct{ b []byte }

func (w *writer) line(indent int, s string) {
	w.b = append(w.b, strings.Repeat(" ", indent)...)
	w.b = append(append(w.b, s...), '\n')
}

func (w *writer) key(indent int, k string) { w.line(indent, scalar(k)+":") }

func (w *writer) open(k string) { w.key(2, k) }

func (w *writer) text(k, v string) {
	if v != "" {
		w.pair(2, k, v)
	}
}

func (w *writer) flag(k string, v bool) {
	if v {
		w.line(2, k+": true")
	}
}

func (w *writer) pair(indent int, k, v string) {
	if head, body, ok := block(v, indent+2); ok {
		w.line(indent, scalar(k)+": "+head)
		w.b = append(w.b, body...)
		return
	}
	w.line(indent, scalar(k)+": "+scalar(v))
}

func (w *writer) list(k string, values []string) {
	if len(values) == 0 {
		return
	}
	w.open(k)
	for _, v := range values {
		if head, body, ok := block(v, 6); ok {
			w.line(4, "- "+head)
			w.b = append(w.b, body...)
			continue
		}
		w.line(4, "- "+scalar(v))
	}
}

// block is v as a literal block scalar, where v has several lines and every
// character can stand in one.
func block(v string, indent int) (head, body string, ok bool) {
	if !strings.Contains(v, "\n") || strings.HasSuffix(v, "\n") || !printable(v) || strings.TrimSpace(v) == "" {
		return "", "", false
	}
	head = "|-"
	if strings.HasPrefix(v, " ") || strings.HasPrefix(v, "\n") || strings.HasPrefix(v, "\t") {
		head = "|2-" // the reader would take the first line's own space for indentation
	}
	var b strings.Builder
	for l := range strings.SplitSeq(v, "\n") {
		if l != "" {
			b.WriteString(strings.Repeat(" ", indent))
		}
		b.WriteString(l + "\n")
	}
	return head, b.String(), true
}

var (
	// A plain scalar: it starts with no indicator, and the words for null are not among them.
	plainStart = regexp.MustCompile(`^[A-Za-z0-9_./$(=+^;]|^[-?:][^\s]`)
	nullWord   = regexp.MustCompile(`^(~|null|Null|NULL|)$`)
	unplain    = regexp.MustCompile(`: |:$| #|^---|^\.\.\.|\t`)
)

// scalar is v on one line: plain where that reads back as the same text, else in quotes.
func scalar(v string) string {
	switch {
	case !printable(v) || strings.Contains(v, "\n"):
		return doubleQuoted(v)
	case plainStart.MatchString(v) && !nullWord.MatchString(v) && !unplain.MatchString(v) && v == strings.TrimSpace(v):
		return v
	}
	return "'" + strings.ReplaceAll(v, "'", "''") + "'"
}

// printable reports whether all characters may stand in YAML as they are (YAML
// 1.1, c-printable), LF among them, and none ends a line but LF.
func printable(v string) bool {
	for _, r := range v {
		switch {
		case r == '\n' || r == '\t' || r >= 0x20 && r < 0x7F:
		case r == 0x2028 || r == 0x2029 || r == 0xFEFF || r == 0xFFFD:
			return false // line ends of YAML 1.1, the BOM, and what stands for bytes that are no text
		case r >= 0xA0 && r <= 0xD7FF || r >= 0xE000 && r < 0xFFFE || r >= 0x10000:
		default:
			return false
		}
	}
	return true
}

func doubleQuoted(v string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range v {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case printable(string(r)):
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// duration is d with no zero units: 10m, not 10m0s.
func duration(d time.Duration) string {
	s := d.String()
	if d >= time.Minute && strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if d >= time.Hour && strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
