package prose

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"

	"github.com/planctl/planctl/internal/spec"
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

// takeTee takes `| tee LOG` (or `2>&1 | tee -a LOG`) off the end: planctl
// keeps the output itself, and the pipe would hide the exit code. It gives the
// length of the script that is left.
func (s *shell) takeTee(file *syntax.File, script string) int {
	if len(file.Stmts) == 0 {
		return len(script)
	}
	st := file.Stmts[len(file.Stmts)-1]
	for {
		b, ok := st.Cmd.(*syntax.BinaryCmd)
		if !ok || len(st.Redirs) > 0 || st.Background || st.Coprocess {
			return len(script)
		}
		if b.Op != syntax.Pipe && b.Op != syntax.PipeAll {
			st = b.Y
			continue
		}
		log, ok := teeLog(b.Y)
		if !ok {
			return len(script)
		}
		end := int(b.X.End().Offset())
		if n := len(b.X.Redirs); n > 0 {
			if r := b.X.Redirs[n-1]; r.Op == syntax.DplOut && r.N != nil && r.N.Value == "2" && word(r.Word) == "1" && r.End() == b.X.End() {
				end = int(r.Pos().Offset())
			}
		}
		if end > len(script) {
			return len(script)
		}
		left := strings.TrimRight(script[:end], " \t")
		s.run = left
		if log != nil {
			from, to := int(log.Pos().Offset()), int(log.End().Offset())
			if lit := word(log); lit != "" || lastPartLiteral(log) {
				name := path.Base(strings.Trim(script[from:to], `"'`))
				if !strings.ContainsAny(name, "$`*?[]{}…") && spec.LogProblem(name) == "" && !placeholder.MatchString(stampWords.Replace(name)) {
					s.log = name
				}
			}
		}
		return len(left)
	}
}

func lastPartLiteral(w *syntax.Word) bool {
	if len(w.Parts) == 0 {
		return false
	}
	switch p := w.Parts[len(w.Parts)-1].(type) {
	case *syntax.Lit:
		return true
	case *syntax.DblQuoted:
		if n := len(p.Parts); n > 0 {
			_, ok := p.Parts[n-1].(*syntax.Lit)
			return ok
		}
	}
	return false
}

// teeLog is the file of a `tee` with one file; nil and true for one with none.
func teeLog(st *syntax.Stmt) (*syntax.Word, bool) {
	c, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(c.Assigns) > 0 || len(c.Args) == 0 || path.Base(word(c.Args[0])) != "tee" || st.Background || st.Negated {
		return nil, false
	}
	for _, r := range st.Redirs {
		if word(r.Word) != "/dev/null" {
			return nil, false
		}
	}
	var log *syntax.Word
	for _, a := range c.Args[1:] {
		if strings.HasPrefix(word(a), "-") {
			continue
		}
		if log != nil {
			return nil, false
		}
		log = a
	}
	return log, true
}

// problem says why the script, whose text without a tee is given, is shown and not run.
func (s *shell) problem(file *syntax.File, text, holder string) string {
	switch {
	case s.shape == assignment:
		return "it only sets a variable"
	case holder != "" && placeholder.MatchString(stampWords.Replace(s.run)):
		return "it holds a placeholder, " + placeholder.FindString(stampWords.Replace(s.run))
	case bracketHolder.MatchString(text) && !strings.Contains(text, "[ "):
		return "it holds a placeholder, " + strings.TrimSpace(bracketHolder.FindString(text))
	case !utf8.ValidString(s.run):
		return "it is not UTF-8"
	case strings.ContainsFunc(s.run, func(r rune) bool { return r < 0x20 && r != '\n' && r != '\t' || r == 0x7F }):
		return "it holds control characters"
	}
	if w := ellipsis(file, len(text)); w != "" {
		return "it holds a placeholder, " + w
	}
	if v := unset(file, len(text)); v != "" {
		return "it needs the variable " + v + ", which it does not set"
	}
	if again := statements(file); again > 1 {
		return "it is several commands"
	}
	return ""
}

// ellipsis is the first word that says "and so on". Go's `./...` is none.
func ellipsis(file *syntax.File, before int) (out string) {
	syntax.Walk(file, func(n syntax.Node) bool {
		w, ok := n.(*syntax.Word)
		if !ok || out != "" || int(w.Pos().Offset()) >= before {
			return out == ""
		}
		s := printed(w)
		if s == "..." || strings.HasPrefix(s, ".../") || strings.HasSuffix(s, "=...") || strings.HasSuffix(s, "....") {
			out = s
		}
		return out == ""
	})
	return out
}

// statements counts the programs of a script of several lines, without the
// lines that only prepare for one.
func statements(file *syntax.File) int {
	n, lines := 0, map[uint]bool{}
	for _, st := range file.Stmts {
		if c, ok := st.Cmd.(*syntax.CallExpr); ok {
			if len(c.Args) == 0 {
				continue
			}
			switch word(c.Args[0]) {
			case "cd", "mkdir", "set", "source", ".", "true", ":":
				continue
			}
		}
		if _, ok := st.Cmd.(*syntax.DeclClause); ok {
			continue
		}
		if line := st.Pos().Line(); !lines[line] {
			lines[line] = true
			n++
		}
	}
	return n
}

// unset is a variable that the script uses, does not set, and that is not
// there in every shell. A value for its absence (${X:-y}) sets it.
func unset(file *syntax.File, before int) string {
	set := map[string]bool{}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) == 0 { // NAME=x program does not set NAME for its own words
				for _, a := range n.Assigns {
					if a.Name != nil {
						set[a.Name.Value] = true
					}
				}
			} else if name := word(n.Args[0]); name == "read" || name == "mapfile" || name == "readarray" || name == "printf" || name == "getopts" {
				for _, a := range n.Args[1:] {
					set[word(a)] = true
				}
			}
		case *syntax.DeclClause:
			for _, a := range n.Args {
				if a.Name != nil {
					set[a.Name.Value] = true
				}
			}
		case *syntax.WordIter:
			set[n.Name.Value] = true
		case *syntax.ParamExp:
			if n.Exp != nil && n.Param != nil && (n.Exp.Op == syntax.AssignUnset || n.Exp.Op == syntax.AssignUnsetOrNull) {
				set[n.Param.Value] = true
			}
		}
		return true
	})
	out := ""
	syntax.Walk(file, func(n syntax.Node) bool {
		p, ok := n.(*syntax.ParamExp)
		if !ok || out != "" || p.Param == nil || int(p.Pos().Offset()) >= before {
			return out == ""
		}
		if p.Exp != nil {
			switch p.Exp.Op {
			case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull, syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
				return true
			}
		}
		if name := p.Param.Value; !set[name] && !everywhere(name) {
			out = name
		}
		return out == ""
	})
	return out
}
