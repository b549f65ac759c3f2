package evidence

import (
	"bytes"
	"slices"
	"strings"
)

// rebinds reports whether a logical line of Python gives a name another meaning without defining it: an import of that name, or
// of everything once it was defined, an assignment to it among others or behind another statement, to one of its attributes, or
// a del. It errs on the side of yes: then the line is part of what is pinned.
func rebinds(text []byte, name string, defined bool) bool {
	if name == "" || !bytes.Contains(text, []byte(name)) && !(defined && bytes.HasSuffix(text, []byte("*"))) {
		return false
	}
	start, depth := 0, 0
	for i := 0; i < len(text); {
		switch c := text[i]; c {
		case '#':
			i = endOfLine(text, i)
			continue
		case '"', '\'':
			i = max(endOfString(text, i), i+1)
			continue
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ';':
			if depth <= 0 {
				if imports(text[start:i], name, defined) {
					return true
				}
				start = i + 1
			}
		case '=':
			walrus := i > 0 && text[i-1] == ':'
			compares := i+1 < len(text) && text[i+1] == '=' || i > 0 && strings.IndexByte("=!<>", text[i-1]) >= 0
			if (depth <= 0 || walrus) && !compares && slices.Contains(identifiers(text[start:i]), name) {
				return true
			}
			if (depth <= 0 || walrus) && !compares {
				start = i + 1 // no import has one: what is behind it is looked at for itself
			}
		}
		i++
	}
	return imports(text[start:], name, defined)
}

// imports reports whether a statement imports a name, or deletes it.
func imports(text []byte, name string, defined bool) bool {
	names := identifiers(text)
	at := slices.Index(names, "import")
	switch {
	case slices.Contains(names, "del"):
		return slices.Contains(names, name)
	case at < 0:
		return false
	case defined && slices.Contains(names[:at], "from") && bytes.HasSuffix(bytes.TrimSpace(text), []byte("*")):
		return true
	}
	return slices.Contains(names[at:], name)
}

// identifiers are those of a text, but what stands behind a dot.
func identifiers(text []byte) []string {
	var names []string
	for i := 0; i < len(text); {
		word, _ := pythonWord(text[i:])
		switch {
		case word == "":
			i++
			continue
		case i == 0 || text[i-1] != '.':
			names = append(names, word)
		}
		i += len(word)
	}
	return names
}
