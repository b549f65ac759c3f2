package evidence

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// pythonDefinitions finds the definitions at a path of names, e.g. Class,
// method. It reads logical lines (Python Reference 2.1) and their indentation,
// no expressions: enough to know where a def, a class or an assignment begins
// and ends, also in a file that Python would not run. An if, try or with around
// a definition is no part of its path.
func pythonDefinitions(src []byte, names []string) []span {
	var found []span
	var open []block   // the definitions that the current line is in
	var wanted []int   // for each open block that is wanted, its index in found
	decorators := -1   // where the decorators before the current line begin
	decorated := false // whether the last line was one
	last := 0          // the end of the last logical line
	// leave closes the blocks that a line of this indentation is not in.
	leave := func(indent int) {
		for len(open) > 0 && indent <= open[len(open)-1].indent {
			if i := wanted[len(wanted)-1]; i >= 0 {
				found[i].end = last
			}
			open, wanted = open[:len(open)-1], wanted[:len(wanted)-1]
		}
	}
	for l := range pythonLines(src) {
		leave(l.indent)
		start := l.start
		if decorated {
			start = decorators
		}
		text := src[l.start:l.end]
		if decorated = text[0] == '@'; decorated {
			decorators = start
			last = l.end
			continue
		}
		name, kind := pythonName(text)
		switch {
		case kind == defines:
			index := -1
			if path := append(pathOf(open), name); slices.Equal(path, names) {
				index = len(found)
				found = append(found, span{start, l.end})
			}
			open, wanted = append(open, block{l.indent, name}), append(wanted, index)
		case kind == assigns && name == names[len(names)-1] && slices.Equal(pathOf(open), names[:len(names)-1]):
			found = append(found, span{l.start, l.end})
		case kind != defines && rebinds(text, names[len(names)-1], len(found) > 0) && slices.Equal(pathOf(open), names[:len(names)-1]):
			found = append(found, span{l.start, l.end})
		}
		last = l.end
	}
	leave(-1)
	return found
}

type block struct {
	indent int
	name   string
}

func pathOf(open []block) []string {
	path := make([]string, 0, len(open)+1)
	for _, b := range open {
		path = append(path, b.name)
	}
	return path
}

type statement int

const (
	other statement = iota
	defines
	assigns
)

// pythonName is the name that a logical line defines or assigns to.
func pythonName(text []byte) (string, statement) {
	word, rest := pythonWord(text)
	if word == "async" {
		word, rest = pythonWord(bytes.TrimLeft(rest, " \t\f"))
	}
	if word == "def" || word == "class" {
		if trimmed := bytes.TrimLeft(rest, " \t\f\\\r\n"); len(trimmed) < len(rest) {
			if name, _ := pythonWord(trimmed); name != "" {
				return name, defines
			}
		}
		return "", other
	}
	rest = bytes.TrimLeft(rest, " \t")
	if word != "" && (bytes.HasPrefix(rest, []byte(":")) || bytes.HasPrefix(rest, []byte("=")) && !bytes.HasPrefix(rest, []byte("=="))) {
		return word, assigns
	}
	return "", other
}

// pythonWord splits off an identifier.
func pythonWord(b []byte) (word string, rest []byte) {
	i := 0
	for i < len(b) && (b[i] == '_' || b[i]|0x20 >= 'a' && b[i]|0x20 <= 'z' || b[i] >= utf8.RuneSelf || i > 0 && b[i] >= '0' && b[i] <= '9') {
		i++
	}
	return string(b[:i]), b[i:]
}

// line is a logical line: without the blanks and comments around it.
type line struct{ indent, start, end int }

// pythonLines yields the logical lines. Brackets, strings and a backslash join
// physical lines; a comment and a blank line are none.
func pythonLines(src []byte) func(func(line) bool) {
	return func(yield func(line) bool) {
		for i := 0; i < len(src); {
			indent, start := pythonIndent(src, i)
			if start == len(src) {
				return
			}
			if c := src[start]; c == '\n' || c == '\r' || c == '#' {
				i = endOfLine(src, start)
				continue
			}
			end, next := pythonLineEnd(src, start)
			// A string that is never closed takes the blanks at the file's end with it; they are no part of what was defined.
			end = start + len(bytes.TrimRight(src[start:end], " \t\f\r\n"))
			if end > start && !yield(line{indent, start, end}) { // not one of a backslash alone
				return
			}
			i = next
		}
	}
}

// pythonIndent is the column of the first byte that is no blank: a tab goes to
// the next multiple of eight, a form feed back to the first column (Python
// Reference 2.1.8). A BOM before the first line is passed over.
func pythonIndent(src []byte, i int) (indent, start int) {
	if i == 0 && bytes.HasPrefix(src, []byte("\uFEFF")) {
		i = len("\uFEFF")
	}
	for ; i < len(src); i++ {
		switch src[i] {
		case ' ':
			indent++
		case '\t':
			indent += 8 - indent%8
		case '\f':
			indent = 0
		default:
			return indent, i
		}
	}
	return indent, i
}

// endOfLine is the offset after the line's end: \n, \r\n or \r.
func endOfLine(src []byte, i int) int {
	for ; i < len(src); i++ {
		switch src[i] {
		case '\n':
			return i + 1
		case '\r':
			if i+1 < len(src) && src[i+1] == '\n' {
				return i + 2
			}
			return i + 1
		}
	}
	return len(src)
}

// pythonLineEnd finds the end of the logical line at i: end is after its last
// byte that is neither blank nor comment, next is where the following line begins.
func pythonLineEnd(src []byte, i int) (end, next int) {
	depth := 0
	end = i
	for i < len(src) {
		switch c := src[i]; c {
		case '\n', '\r':
			if depth == 0 {
				return end, endOfLine(src, i)
			}
			i++
			continue
		case '#':
			for i < len(src) && src[i] != '\n' && src[i] != '\r' {
				i++
			}
			continue
		case ' ', '\t', '\f':
			i++
			continue
		case '\\':
			i++
			if i < len(src) {
				if j := endOfLine(src, i); src[i] == '\n' || src[i] == '\r' {
					i = j // the line goes on; the backslash alone is no end
					continue
				}
			}
		case '"', '\'':
			i = endOfString(src, i)
		case '(', '[', '{':
			depth++
			i++
		case ')', ']', '}':
			depth = max(depth-1, 0)
			i++
		default:
			i++
		}
		end = i
	}
	return end, len(src)
}

// endOfString is the offset after the string that begins at i. In each kind of
// string, raw ones too, a backslash keeps a quote from ending it. A string in
// single quotes that is not closed ends with its line.
func endOfString(src []byte, i int) int {
	quote := src[i]
	if i+2 < len(src) && src[i+1] == quote && src[i+2] == quote {
		for i += 3; i < len(src); i++ {
			switch {
			case src[i] == '\\':
				i++
			case src[i] == quote && i+2 < len(src) && src[i+1] == quote && src[i+2] == quote:
				return i + 3
			}
		}
		return len(src)
	}
	for i++; i < len(src); i++ {
		switch src[i] {
		case '\\':
			if i+2 < len(src) && src[i+1] == '\r' && src[i+2] == '\n' {
				i++
			}
			i++
		case '\n', '\r':
			return i
		case quote:
			return i + 1
		}
	}
	return len(src)
}
