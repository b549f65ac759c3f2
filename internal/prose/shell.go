package prose

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxScript bounds what the shell parser is given: it recurses, and a plan is
// input from others. No command in a cell is as long.
const maxScript = 8 << 10

// shape says what a text is to a shell.
type shape uint8

const (
	noCommand  shape = iota // words, a path, a symbol, a flag
	assignment              // NAME=value and no program
	plausible               // a program that is not known, with arguments
	known                   // a program that is known, with arguments or meant to be run alone
)

// shell is a script as it was read.
type shell struct {
	shape   shape
	environ bool   // led by NAME=value
	run     string // the script without its tee
	log     string
	why     string // why it is not ready to run
	tests   tester // whether it runs tests
}

var (
	placeholder   = regexp.MustCompile(`<[A-Za-z][^<>\n]*[^<>\s]>|<[A-Za-z]>|…`)
	bracketHolder = regexp.MustCompile(`(^|\s)\[[A-Za-z]+(\s[A-Za-z]+)*\](\s|$)`) // [command args]
	programWord   = regexp.MustCompile(`^[A-Za-z0-9_.~/+-]*[A-Za-z][A-Za-z0-9_.~/+-]*$`)
	lowerWord     = regexp.MustCompile(`^[a-z][a-z0-9_.+-]*$`)
	argumentLike  = regexp.MustCompile(`^-|[./=:0-9*$]`)
	envName       = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)
	stampWords    = strings.NewReplacer("<TS>", "_TS_", "<STAMP>", "_STAMP_", "<ISO8601>", "_ISO8601_")
)

// reader reads scripts; its parser is made once for many.
type reader struct{ parser *syntax.Parser }

func newReader() *reader { return &reader{syntax.NewParser(syntax.Variant(syntax.LangBash))} }

// read reads a script. Stamp words are given the shape of plain words of the
// same length first, so that offsets stay.
func (r *reader) read(script string) shell {
	script = strings.TrimSpace(script)
	s := shell{run: script}
	if plainWord(script) { // most code spans are a path or a symbol
		s.tests = tested(path.Base(script), nil)
		if alone(path.Base(script)) || here(script) {
			s.shape = plausible
		}
		return s
	}
	if script == "" || len(script) > maxScript {
		if looksShell(script) {
			s.shape, s.why = plausible, "it is too long for a command in prose"
		}
		return s
	}
	text := stampWords.Replace(script)
	holder := placeholder.FindString(text)
	if holder != "" {
		// What stands for a value has the shape of one, so that the rest can be read.
		text = placeholder.ReplaceAllStringFunc(text, func(h string) string { return strings.Repeat("_", len(h)) })
	}
	file, err := r.parser.Parse(strings.NewReader(text), "")
	if err != nil {
		if looksShell(text) {
			s.shape, s.why = plausible, "bash cannot read it: "+parseError(err)
			if holder != "" {
				s.why = "it holds a placeholder, " + holder
			}
		}
		return s
	}
	s.environ, s.shape = leading(file)
	if s.shape == noCommand {
		return s
	}
	s.tests = testsOf(file)
	cut := s.takeTee(file, script)
	s.why = s.problem(file, text[:cut], holder)
	return s
}

// plainWord reports whether a shell reads s as one word without a meaning of its own.
func plainWord(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !(c == '.' || c == '/' || c == '-' || c == '_' || c == '+' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z') {
			return false
		}
	}
	return true
}

// here reports whether the word is a program of the working directory: ./x.
func here(word string) bool {
	return strings.HasPrefix(word, "./") && strings.Trim(word, "./") != "" && !strings.HasSuffix(word, "/") && !strings.HasSuffix(word, "...")
}

// parseError is the parser's message without its position, which is one in
// the script and would be read as one in the file.
func parseError(err error) string {
	msg := err.Error()
	if _, rest, ok := strings.Cut(msg, ": "); ok {
		return rest
	}
	return msg
}

// looksShell is the guess for what no parser can read.
func looksShell(s string) bool {
	first, rest, more := strings.Cut(strings.TrimSpace(s), " ")
	if name, _, ok := strings.Cut(first, "="); ok && envName.MatchString(name) {
		return more
	}
	return more && isKnown(first) && (strings.Contains(rest, "-") || strings.ContainsAny(rest, "./"))
}

// leading reads the script's first program.
func leading(file *syntax.File) (environ bool, is shape) {
	first := true
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			e, sh := call(n)
			if first {
				environ, first = e, false
			}
			is = max(is, sh)
			return false
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return false // what a value is made of is no command of its own
		case *syntax.DeclClause:
			if is == noCommand {
				is = assignment
			}
			first = false
			return false
		case *syntax.ForClause, *syntax.WhileClause, *syntax.IfClause:
			is = max(is, plausible)
		}
		return true
	})
	return environ, is
}

// call reads one simple command, through programs that run another.
func call(c *syntax.CallExpr) (environ bool, is shape) {
	environ = len(c.Assigns) > 0
	args := c.Args
	for _, a := range c.Assigns {
		if a.Name != nil && !envName.MatchString(a.Name.Value) && len(args) == 0 {
			return false, noCommand // x=1 is as likely mathematics
		}
	}
	wrapped := false
	for len(args) > 0 {
		name := path.Base(word(args[0]))
		skip, ok := wrapper(name, args[1:])
		if !ok {
			break
		}
		if name == "env" && slices.ContainsFunc(args[1:1+skip], func(w *syntax.Word) bool { return strings.Contains(word(w), "=") }) {
			environ = true
		}
		wrapped = true
		args = args[1+skip:]
	}
	if len(args) == 0 {
		if environ {
			return true, assignment
		}
		return false, noCommand
	}
	program := word(args[0])
	base := path.Base(program)
	rest := args[1:]
	switch {
	case program == "" && len(rest) > 0 && isParam(args[0]):
		return environ, plausible // $PYTHON script.py
	case !programWord.MatchString(program) || strings.HasPrefix(program, "-"):
		return environ, noCommand
	case isKnown(base) && len(rest) > 0:
		return environ, known
	case alone(base):
		return environ, plausible
	case here(program):
		return environ, plausible
	case environ || wrapped:
		return environ, plausible
	case len(rest) == 0:
		return environ, noCommand
	case strings.Contains(program, "/") || lowerWord.MatchString(program):
		for _, a := range rest {
			if argumentLike.MatchString(printed(a)) {
				return environ, plausible
			}
		}
	}
	return environ, noCommand
}

// wrapper reports whether the program runs the one in its arguments, and how
// many arguments are its own.
func wrapper(name string, args []*syntax.Word) (skip int, ok bool) {
	switch name {
	case "env", "nohup", "time", "nice", "sudo", "command", "exec", "stdbuf", "timeout", "xvfb-run", "ionice", "taskset":
	default:
		return 0, false
	}
	for skip < len(args) {
		a := word(args[skip])
		switch {
		case name == "time" && a == "-o", name == "env" && a == "-u", name == "timeout" && (a == "-k" || a == "-s"), name == "nice" && a == "-n":
			skip++
		case strings.HasPrefix(a, "-"):
		case name == "env" && strings.Contains(printed(args[skip]), "="):
		case name == "timeout" && duration.MatchString(a):
			return skip + 1, true
		default:
			return skip, true
		}
		skip++
	}
	return min(skip, len(args)), true
}

var duration = regexp.MustCompile(`^[0-9.]+[smhd]?$`)

// word is the literal text of a word, "" where it has other parts.
func word(w *syntax.Word) string {
	if s := w.Lit(); s != "" {
		return s
	}
	if len(w.Parts) == 1 {
		switch q := w.Parts[0].(type) {
		case *syntax.SglQuoted:
			return q.Value
		case *syntax.DblQuoted:
			if len(q.Parts) == 1 {
				if l, ok := q.Parts[0].(*syntax.Lit); ok {
					return l.Value
				}
			}
		}
	}
	return ""
}

// printed is the word's literal parts, with $ for what is expanded.
func printed(w *syntax.Word) string {
	var b strings.Builder
	for _, p := range w.Parts {
		if l, ok := p.(*syntax.Lit); ok {
			b.WriteString(l.Value)
		} else {
			b.WriteByte('$')
		}
	}
	return b.String()
}

func isParam(w *syntax.Word) bool {
	if len(w.Parts) != 1 {
		return false
	}
	switch p := w.Parts[0].(type) {
	case *syntax.ParamExp:
		return true
	case *syntax.DblQuoted:
		_, ok := firstPart(p).(*syntax.ParamExp)
		return ok && len(p.Parts) == 1
	}
	return false
}

func firstPart(q *syntax.DblQuoted) syntax.WordPart {
	if len(q.Parts) == 0 {
		return nil
	}
	return q.Parts[0]
}
