package testreport

import (
	"bufio"
	"bytes"
	"io"
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

// next is the next line; ok is false at the end, and err says whether that was one.
func (l *lines) next() (line []byte, ok bool) {
	b, err := l.r.ReadSlice('\n')
	if len(b) == 0 && err != nil {
		if err != io.EOF {
			l.err = err
		}
		return nil, false
	}
	l.n++
	line = plain(bytes.Clone(bytes.TrimRight(b, "\r\n")))
	for err == bufio.ErrBufferFull { // the rest of a line that is too long
		_, err = l.r.ReadSlice('\n')
	}
	if err != nil && err != io.EOF {
		l.err = err
		return nil, false
	}
	return line, true
}

// plain takes terminal escape sequences out (ECMA-48 CSI and OSC, and two-byte ones).
func plain(b []byte) []byte {
	if bytes.IndexByte(b, 0x1b) < 0 {
		return b
	}
	out := b[:0:0]
	for i := 0; i < len(b); i++ {
		if b[i] != 0x1b || i+1 >= len(b) {
			if b[i] != 0x1b {
				out = append(out, b[i])
			}
			continue
		}
		i++
		switch b[i] {
		case '[':
			for i++; i < len(b) && (b[i] < 0x40 || b[i] > 0x7e); i++ {
			}
		case ']':
			for i++; i < len(b) && b[i] != 0x07 && !(b[i] == 0x1b && i+1 < len(b) && b[i+1] == '\\'); i++ {
			}
			if i < len(b) && b[i] == 0x1b {
				i++
			}
		}
	}
	return out
}

// text collects a failure's own lines up to a bound.
type text struct{ b []byte }

func (t *text) add(line []byte) {
	if len(t.b)+len(line) < maxText {
		t.b = append(append(t.b, line...), '\n')
	}
}

func (t *text) String() string { return string(bytes.TrimSpace(t.b)) }
