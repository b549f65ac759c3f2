package ledger

import (
	"bytes"
	"regexp"
	"strconv"
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
	said := trimSeparator(hd.rest)
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

// ownResult is the end of a head of planctl's: the result behind the first
// colon that a result in lower case and then a bracket or full stop follow.
// Append escapes any earlier colon that would match.
var ownResult = regexp.MustCompile(`(?:^|[^\\]): ([a-z]+(?:-[a-z]+)*)(?: \(|\.(?: |$))`)

// ownHead reads "TASK title: result (detail)." as Append writes it. colon is
// the offset of the colon before the result, -1 where b is no such head.
func ownHead(b []byte) (result, task string, colon int) {
	m := ownResult.FindSubmatchIndex(b)
	if m == nil {
		return "", "", -1
	}
	return string(b[m[2]:m[3]]), leadingTask(b[:m[2]]), m[2] - len(": ")
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

// taskID is what IDs of tasks look like in plans: A1, H3a, P0.1, M2g.2b,
// L3k.3c.1, C2.D, 0.A, CLUSTER-CREF-001, each perhaps with PLAN# before it.
var taskID = regexp.MustCompile(`(?:[A-Za-z0-9][\w./-]*#)?(?:[A-Z]{1,2}[0-9]+[a-z]?(?:\.[A-Za-z0-9]+)*|[0-9]+\.[A-Z]|[A-Z]+(?:-[A-Z0-9]+)*-[0-9]{3})`)

// maxTasks and maxHead bound what is looked for in a head line written by hand.
const (
	maxTasks = 64
	maxHead  = 4 << 10
)

// tasksNamed finds the task IDs in the head line of an entry written by hand.
// A range names its ends and what lies between them: A1–A3 is A1, A2, A3.
func tasksNamed(b []byte) []string {
	b = b[:min(len(b), maxHead)]
	var out []string
	add := func(id string) {
		for _, o := range out {
			if o == id {
				return
			}
		}
		if len(out) < maxTasks {
			out = append(out, id)
		}
	}
	prev, prevEnd := "", 0
	for _, m := range taskID.FindAllIndex(b, -1) {
		if m[0] > 0 && (wordByte(b[m[0]-1]) || b[m[0]-1] == '.' || b[m[0]-1] == '/' && m[0] > 1 && !wordByte(b[m[0]-2])) ||
			m[1] < len(b) && (wordByte(b[m[1]]) || b[m[1]] == '/' && pathAfter(b[m[1]:])) || m[0] > 0 && b[m[0]-1] == '-' && prevEnd != m[0]-1 {
			prev = ""
			continue
		}
		id := string(b[m[0]:m[1]])
		if join := string(b[prevEnd:m[0]]); prev != "" && (join == "–" || join == "-" || join == "—") {
			for _, between := range span(prev, id) {
				add(between)
			}
		}
		add(id)
		prev, prevEnd = id, m[1]
	}
	return out
}

// pathAfter reports whether b, which starts with a slash, goes on like a path.
func pathAfter(b []byte) bool { return len(b) > 1 && b[1] >= 'a' && b[1] <= 'z' }

// span is the IDs between two that differ in their last number only.
func span(from, to string) []string {
	cut := func(s string) (string, int) {
		i := len(s)
		for i > 0 && s[i-1] >= '0' && s[i-1] <= '9' {
			i--
		}
		n := 0
		for _, c := range s[i:] {
			n = n*10 + int(c-'0')
			if n > 1<<20 {
				return "", -1
			}
		}
		if i == len(s) {
			return "", -1
		}
		return s[:i], n
	}
	p, a := cut(from)
	q, b := cut(to)
	if p != q || a < 0 || b <= a || b-a > maxTasks {
		return nil
	}
	var out []string
	for n := a + 1; n < b; n++ {
		out = append(out, p+strconv.Itoa(n))
	}
	return out
}
