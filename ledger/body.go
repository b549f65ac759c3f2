package ledger

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// readBody reads what an attempt says below its head line, and in it.
func (r *reader) readBody(a *Attempt) {
	text := []byte(a.Text)
	a.Run = runAtEnd(text)
	var below []byte // the first Result: line
	for n := a.Line + 1; n <= a.EndLine; n++ {
		ln := readLine(r.src, n, r.doc.Index.Line(n))
		if a.Run == "" {
			a.Run = runLine(ln.text)
		}
		if below == nil {
			if k, t := field(ln.text); bytes.EqualFold(k, []byte("result")) || a.shape != shapeItem && bytes.EqualFold(k, []byte("status")) {
				below = t
			}
		}
	}
	hd, _ := readHead(text, a.shape)
	said, found := bytes.CutPrefix(hd.rest, []byte(" — "))
	if !found {
		said = trimSeparator(hd.rest)
	}
	result, task, colon := ownHead(said)
	labelled, label := resultField(said)
	own := colon >= 0 && (a.Run != "" || label < 0 || colon < label)
	switch {
	case own:
		a.Result = result
	case label >= 0:
		a.Result = resultWord(labelled)
	case below != nil:
		a.Result = resultWord(below)
	case a.shape != shapeHeading && hd.bold:
		// **Attempt #1 (2025-09-30)**: SUCCEEDED ✓
		if _, after, found := bytes.Cut(hd.rest, []byte("**:")); found {
			if w := bytes.Fields(after); len(w) > 0 && upper(w[0]) {
				a.Result = resultWord(after)
			}
		}
	}
	switch {
	case own && task != "":
		a.Tasks = []string{task}
	case !own || a.Run == "":
		a.Tasks = tasksNamed(said)
	}
}

// runLine reads a line that is "Run: sha256:…" and nothing else, with a bullet or without.
func runLine(b []byte) string {
	const key = "Run: "
	if !bytes.HasPrefix(b, []byte(key)) {
		return ""
	}
	b = b[len(key):]
	if len(b) != digestLen || !ValidDigest(string(b)) {
		return ""
	}
	return string(b)
}

// runAtEnd reads the digest at the end of an entry on one line.
func runAtEnd(b []byte) string {
	b = bytes.TrimSuffix(b, []byte("."))
	const key = " Run: "
	if len(b) < len(key)+digestLen || string(b[len(b)-digestLen-len(key):len(b)-digestLen]) != key {
		return ""
	}
	if d := string(b[len(b)-digestLen:]); ValidDigest(d) {
		return d
	}
	return ""
}

const digestLen = len("sha256:") + 64

// ValidDigest reports whether s is sha256: and 64 lower-case hex digits.
func ValidDigest(s string) bool {
	if len(s) != digestLen || s[:7] != "sha256:" {
		return false
	}
	for i := 7; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// ownHead reads "TASK title: result (detail)." as Append writes it: the result
// stands behind the first colon that no backslash escapes and that a word in
// lower case and then a bracket or the sentence's end follow. Append escapes
// any earlier one. colon is its offset, -1 where b is no such head.
func ownHead(b []byte) (result, task string, colon int) {
	for off := 0; ; {
		i := bytes.Index(b[off:], []byte(": "))
		if i < 0 {
			return "", "", -1
		}
		i += off
		off = i + 2
		if i > 0 && b[i-1] == '\\' {
			continue
		}
		if n := resultAt(b[off:]); n > 0 {
			return string(b[off : off+n]), leadingTask(b[:off]), i
		}
	}
}

// resultAt is the length of a result at the start of b that " (" follows, or a
// full stop that ends the text or a sentence; 0 without.
func resultAt(b []byte) int {
	n := 0
	for n < len(b) && (b[n] >= 'a' && b[n] <= 'z' || b[n] == '-' && n > 0 && b[n-1] != '-') {
		n++
	}
	if n == 0 || n == len(b) || b[n-1] == '-' {
		return 0
	}
	rest := b[n:]
	if bytes.HasPrefix(rest, []byte(" (")) || rest[0] == '.' && (len(rest) == 1 || rest[1] == ' ') {
		return n
	}
	return 0
}

// leadingTask is the task that a head of planctl's starts with: the first word
// where it can be an ID, or what stands in the code span that Append puts
// around one with other characters.
func leadingTask(b []byte) string {
	if len(b) > 1 && b[0] == '`' {
		if end := bytes.IndexByte(b[1:], '`'); end > 0 {
			return string(b[1 : 1+end])
		}
		return ""
	}
	w, _, _ := bytes.Cut(b, []byte(" "))
	w = bytes.TrimSuffix(w, []byte(":"))
	if plainTask(string(w)) {
		return string(w)
	}
	return ""
}

// plainTask reports whether a task's name can stand in a head as it is, and be
// told from a word of the title: it has a digit, a dot, or #, or is in capitals.
func plainTask(s string) bool {
	if s == "" {
		return false
	}
	mark, lower := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == '#':
			mark = true
		case c >= 'a' && c <= 'z':
			lower = true
		case c >= 'A' && c <= 'Z', i > 0 && (c == '-' || c == '/' || c == '_' || c == '.' && i+1 < len(s)):
		default:
			return false
		}
	}
	return mark || !lower
}

// resultField is what follows Result: or Status: in a head line, and the
// offset of that word's end, -1 without.
func resultField(b []byte) (text []byte, end int) {
	end = -1
	for _, key := range []string{"Result:", "Status:", "Result**:", "Status**:"} {
		if i := bytes.Index(b, []byte(key)); i >= 0 && (end < 0 || i+len(key)-1 < end) && (i == 0 || !wordByte(b[i-1])) {
			end = i + len(key) - 1
			text = b[end+1:]
		}
	}
	return text, end
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

func upper(b []byte) bool {
	for _, c := range b {
		if c >= 'a' && c <= 'z' {
			return false
		}
	}
	return true
}

// resultWord is the first few words of b, up to what ends a result; see Attempt.Result.
func resultWord(b []byte) string {
	b = trimSign(b)
	end := len(b)
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		next := byte(' ')
		if i+n < len(b) {
			next = b[i+n]
		}
		stop := false
		switch r {
		case '(', '[', ';', '—', '`', '|':
			stop = true
		case '.', ',', ':', '!':
			stop = next == ' ' || next == '*' || next == '_' || i+n == len(b)
		case '-', '–':
			stop = i > 0 && b[i-1] == ' ' && next == ' '
		case '*':
			stop = true
		}
		if stop {
			end = i
			break
		}
		i += n
	}
	w := strings.Join(strings.Fields(string(b[:end])), " ")
	return strings.TrimRightFunc(w, func(r rune) bool { return unicode.Is(unicode.So, r) || r == ' ' || r == 0xFE0F })
}

// trimSign takes emphasis and signs off the start.
func trimSign(b []byte) []byte {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '(' || r == '`' {
			return b
		}
		b = b[n:]
	}
	return b
}

// word is the first word of b, without signs and emphasis: in_progress.
func word(b []byte) string {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			break
		}
		if r == '(' {
			return ""
		}
		b = b[n:]
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-' {
			return string(b[:i])
		}
		i += n
	}
	return string(b)
}
