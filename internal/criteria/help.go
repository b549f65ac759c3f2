package criteria

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/file"
)

// names is everything that a criterion can say, for did-you-mean.
var names = [...]string{"exit", "signal", "timed_out", "seconds", "log", "number", "tests", "file", "glob", "json", "npz", "env", "done", "KB", "MB", "GB",
	"contains", "matches", "startsWith", "endsWith", "not", "and", "or", "in", "true", "false"}

// fields is what facts and results have.
var fields = map[string][]string{
	"tests":       {"total", "passed", "failed", "skipped", "errors", "names"},
	"file(path)":  {"exists", "size", "sha256", "lines"},
	"npz(p).name": {"dtype", "shape"},
}

const sees = "a criterion sees exit, signal, timed_out, seconds, log, number, tests, file, glob, json, npz, env, done, KB, MB and GB"

var (
	unknownName  = regexp.MustCompile(`^unknown name (\S+)`)
	unknownField = regexp.MustCompile(`^type (\S+) has no field (\S+)`)
	noMethod     = regexp.MustCompile(`^type (\S+) has no method (\S+)`)
	goType       = regexp.MustCompile(`criteria\.(\w+)View|interface \{\}|map\[string\]string|map\[string\]criteria\.arrayView`)
	oneEqual     = regexp.MustCompile(`(^|[^=!<>])=([^=]|$)`)
)

// compileError says in the words of criteria what the compiler found.
func compileError(text string, err error) *CompileError {
	out := &CompileError{Msg: err.Error()}
	var fe *file.Error
	if errors.As(err, &fe) {
		out.Msg, out.Col = fe.Message, fe.From+1
	}
	out.Msg, _, _ = strings.Cut(out.Msg, "\n")
	if m := unknownName.FindStringSubmatch(out.Msg); m != nil {
		out.Help = didYouMean(m[1], slices.Concat(names[:], builtins[:], ours[:]), sees)
	} else if m := unknownField.FindStringSubmatch(out.Msg); m != nil {
		if what := shown(m[1]); what != "" {
			out.Msg = fmt.Sprintf("%s has no field %s", what, m[2])
			out.Help = didYouMean(m[2], fields[what], what+" has "+strings.Join(fields[what], ", "))
		}
	} else if m := noMethod.FindStringSubmatch(out.Msg); m != nil {
		out.Msg = "nothing in criteria has methods"
	}
	said := out.Msg
	out.Msg = goType.ReplaceAllStringFunc(out.Msg, func(s string) string {
		return map[string]string{"interface {}": "any value", "map[string]string": "names", "map[string]criteria.arrayView": "arrays",
			"criteria.fileView": "file", "criteria.testsView": "tests", "criteria.arrayView": "array"}[s]
	})
	if strings.Contains(said, "expected bool, but got") {
		out.Msg = "the expression gives " + out.Msg[strings.Index(out.Msg, "but got ")+len("but got "):] + ", not true or false"
	}
	out.Msg = strings.TrimSpace(ourCalls.Replace(out.Msg))
	if out.Help == "" {
		out.Help = advice(text, said)
	}
	return out
}

// ourCalls gives the calls of the rewritten tree the names that were written.
var ourCalls = strings.NewReplacer(fnExists, "file", fnArray, "npz", fnJSON, "json", fnJoin, "+", fnPlus, "+", "@log ", "log ", `Operator("`, `"`, `Identifier("`, `"`, `Number("`, `"`, `String("`, `"`,
	`Bracket("`, `"`, `")`, `"`, "token EOF", "end")

var unexpected = regexp.MustCompile(`^unexpected token (Operator|Identifier|Number|String)\("(.*)"\)`)

// advice is what to write instead, by what the compiler said.
func advice(text, said string) string {
	switch {
	case strings.HasSuffix(said, "but got criteria.fileView"):
		return `ask one of its fields, as in file("a").exists`
	case strings.Contains(said, "expected bool, but got"):
		return "compare it, as in `tests.passed >= 1`"
	case strings.Contains(said, "literal not terminated"):
		return "close the quote"
	case strings.HasPrefix(said, "bad number syntax"):
		return "units are not part of numbers: 2 minutes are `seconds < 120`, 2 kB are `2 * KB`"
	case strings.Contains(said, "func("):
		return `a function is called, as in done("A1") or file("a").exists`
	case strings.Contains(said, "mismatched type") && strings.Contains(said, "[]"):
		return `len(…) counts a list, as in len(glob("out/*")) == 2`
	case strings.Contains(said, "mismatched type") && (strings.Contains(said, "bool") || strings.Contains(said, "not (")):
		return "and, or and not join comparisons, as in `exit == 0 or exit == 5`"
	case strings.Contains(said, "mismatched type") && strings.Contains(said, "string"):
		return "a string and a number do not compare; int(…), float(…) and string(…) convert"
	}
	if oneEqual.MatchString(outside(text)) || strings.Contains(outside(text), "===") {
		return "equality is ==, not ="
	}
	m := unexpected.FindStringSubmatch(said)
	switch {
	case m == nil && strings.Contains(said, "unexpected token EOF"):
		return "something is missing at its end"
	case m == nil:
	case m[2] == "&" || m[2] == "|":
		return "and is &&, or is ||"
	case logOps[m[2]] != "":
		return fmt.Sprintf("write `log %s \"x\"`", m[2])
	case m[1] == "Identifier":
		return didYouMean(m[2], names[:], "join comparisons with and, or")
	}
	return ""
}

// shown is what a type of ours is called in criteria.
func shown(typ string) string {
	return map[string]string{"criteria.testsView": "tests", "criteria.fileView": "file(path)", "criteria.arrayView": "npz(p).name"}[typ]
}

// outside blanks out the strings of an expression.
func outside(text string) string {
	out := []rune(text)
	quote := rune(0)
	for i := 0; i < len(out); i++ {
		c := out[i]
		switch {
		case quote == 0 && (c == '"' || c == '\'' || c == '`'):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			if c == '\\' && quote != '`' && i+1 < len(out) {
				out[i+1] = ' '
			}
			out[i] = ' '
		}
	}
	return string(out)
}

func didYouMean(name string, known []string, else_ string) string {
	if near := nearest(name, known); near != "" {
		return "did you mean " + near + "?"
	}
	return else_
}

// nearest is the known name that differs in the fewest letters, "" where none is near.
func nearest(name string, known []string) string {
	best, at := "", 3
	for _, n := range known {
		if strings.EqualFold(n, name) {
			return n
		}
		if d := distance(name, n); d < at && d < len(n)-1 {
			best, at = n, d
		}
	}
	return best
}

// distance counts the letters to be changed, added, dropped or swapped with their neighbour.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
