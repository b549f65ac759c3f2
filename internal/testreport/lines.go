package testreport

import (
	"bufio"
	"bytes"
	"io"
	"strings"
)

// maxLine is how much of a line is looked at, in bytes; the rest of a longer one is passed over.
const maxLine = 64 << 10

// lines reads a text line by line in bounded memory: terminal escapes and the line end taken off.
type lines struct {
	r   *bufio.Reader
	n   int // number of the line that next gave, from 1
	err error
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, maxLine)} }

// next is the next line, good until the one after; ok is false at the end, and err says whether
// that was one.
func (l *lines) next() (line []byte, ok bool) {
	b, err := l.r.ReadSlice('\n')
	if len(b) == 0 && err != nil {
		if err != io.EOF {
			l.err = err
		}
		return nil, false
	}
	l.n++
	line = b
	if err == bufio.ErrBufferFull { // the rest of a line that is too long; it goes into the same buffer
		line = bytes.Clone(b)
		for err == bufio.ErrBufferFull {
			_, err = l.r.ReadSlice('\n')
		}
	}
	if err != nil && err != io.EOF {
		l.err = err
		return nil, false
	}
	return plain(bytes.TrimRight(line, "\r\n")), true
}

// plain takes terminal escape sequences out (ECMA-48 CSI and OSC, and two-byte ones).
func plain(b []byte) []byte {
	if bytes.IndexByte(b, 0x1b) < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	open := -1 // up to here no operating system command ends: it is not searched again
	for i := 0; i < len(b); i++ {
		if b[i] != 0x1b {
			out = append(out, b[i])
			continue
		}
		if i++; i >= len(b) {
			break
		}
		switch b[i] {
		case '[':
			for i++; i < len(b) && (b[i] < 0x40 || b[i] > 0x7e); i++ {
			}
		case ']':
			if i >= open {
				i, open = oscEnd(b, i+1)
			}
		}
	}
	return out
}

// oscEnd is the last byte of an operating system command: BEL, or the backslash of ESC \. One that
// does not end within its line is no command; then only its first byte is passed over, and open is
// where the line ends.
func oscEnd(b []byte, start int) (end, open int) {
	i := start
	for ; i < len(b) && b[i] != '\n'; i++ {
		if b[i] == 0x07 {
			return i, -1
		}
		if b[i] == 0x1b && i+1 < len(b) && b[i+1] == '\\' {
			return i + 1, -1
		}
	}
	return start - 1, i
}

// text collects a failure's own lines. Of more than maxText the first and the last half stay: a
// traceback's reason stands at its end.
type text struct {
	head, tail []byte
	cut        bool
}

const half = maxText/2 - 8 // room for the line that says that something is missing

// add appends a line and reports how many more bytes the text holds.
func (t *text) add(line []byte) int {
	before := len(t.head) + len(t.tail)
	if room := half - len(t.head); room > 0 && len(t.tail) == 0 {
		k := min(room, len(line))
		t.head = append(t.head, line[:k]...)
		if line = line[k:]; len(line) == 0 {
			t.head = append(t.head, '\n')
			return len(t.head) - before
		}
	}
	t.tail = append(append(t.tail, line...), '\n')
	if len(t.tail) > 2*half {
		t.tail = append(t.tail[:0], t.tail[len(t.tail)-half:]...)
		t.cut = true
	}
	return len(t.head) + len(t.tail) - before
}

func (t *text) String() string {
	if t == nil {
		return ""
	}
	tail, cut := t.tail, t.cut
	if len(tail) > half {
		tail, cut = tail[len(tail)-half:], true
	}
	out := make([]byte, 0, len(t.head)+len(tail)+8)
	out = append(out, t.head...)
	if cut {
		out = append(out, "…\n"...)
	}
	out = append(out, tail...)
	return string(bytes.ToValidUTF8(bytes.TrimSpace(out), []byte("\uFFFD")))
}

// texts is what several tests that run at once have said so far.
type texts struct {
	by   map[string]*text
	size int
}

// lastOf is what is kept of a failure's text when so many bytes of others are kept already.
func lastOf(text string, kept int) string {
	if kept+len(text) <= maxTexts || len(text) <= lastWords {
		return text
	}
	return "…\n" + strings.Clone(strings.ToValidUTF8(text[len(text)-lastWords:], "\uFFFD"))
}

func (t *texts) add(name string, line []byte) {
	if t.size > maxTexts || len(t.by) > maxNames {
		return
	}
	if t.by == nil {
		t.by = map[string]*text{}
	}
	if t.by[name] == nil {
		t.by[name] = &text{}
	}
	t.size += t.by[name].add(line)
}

// take gives a test's words and forgets them.
func (t *texts) take(name string) string {
	one := t.by[name]
	if one == nil {
		return ""
	}
	t.size -= len(one.head) + len(one.tail)
	delete(t.by, name)
	return one.String()
}
