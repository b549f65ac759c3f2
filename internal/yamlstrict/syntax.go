package yamlstrict

import (
	"bytes"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The library's own line is that of the construct around the problem, and
// one too low for errors of its parser; unknown anchors have none at all.
var (
	errorLine    = regexp.MustCompile(`^line (\d+): `)
	unknownAlias = regexp.MustCompile(`^unknown anchor '([^']*)' referenced`)
)

// syntax reports a parse error at the first line that keeps the text from
// being read: the line after the longest readable beginning, found by halving.
func (d *Document) syntax(err error) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if m := errorLine.FindStringSubmatch(message); m != nil {
		message = message[len(m[0]):]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	if m := unknownAlias.FindStringSubmatch(message); m != nil {
		l, c := 1, 1
		if off := bytes.Index(d.src.Text, []byte("*"+m[1])); off >= 0 {
			l, c = d.at(off)
		}
		d.report("alias", l, c, "aliases are not read here", "write the value out; a text that starts with * needs quotes")
		return
	}
	good, bad := 0, len(d.lines) // lines that can be read, lines that cannot
	for good+1 < bad {
		mid := (good + bad) / 2
		if readable(d.src.Text[:d.lineEnd(mid)]) {
			good = mid
		} else {
			bad = mid
		}
	}
	line = min(max(line, bad), len(d.lines))
	text := d.lineText(line)
	indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
	if tab := bytes.IndexByte(indent, '\t'); tab >= 0 {
		d.report("syntax", line, tab+1, "a tab stands in the indentation", "indent YAML with spaces")
		return
	}
	help := ""
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		help = "a text with `: ` in it needs quotes, or a block scalar (`|`)"
	case strings.Contains(message, "did not find expected alphabetic or numeric character"):
		help = "a text that starts with * or & needs quotes"
	case strings.Contains(message, "cannot start any token"):
		help = "a text that starts with @, ` or % needs quotes"
	}
	d.report("syntax", line, utf8.RuneCount(indent)+1, "this is no YAML: "+message, help)
}

func readable(text []byte) bool {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := decode(dec); err != nil {
			return err.Error() == "EOF"
		}
	}
}

// lineStarts is where each line begins by YAML 1.1, to which CR, NEL, LS and
// PS end a line as LF and CRLF do. The file's lines end with LF alone.
func lineStarts(text []byte) []int {
	starts := []int{0}
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\n':
			starts = append(starts, i+1)
		case text[i] == '\r' && (i+1 == len(text) || text[i+1] != '\n'):
			starts = append(starts, i+1)
		case text[i] == 0xC2 && i+1 < len(text) && text[i+1] == 0x85:
			starts = append(starts, i+2)
		case text[i] == 0xE2 && i+2 < len(text) && text[i+1] == 0x80 && (text[i+2] == 0xA8 || text[i+2] == 0xA9):
			starts = append(starts, i+3)
		}
	}
	if n := len(starts); n > 1 && starts[n-1] == len(text) {
		starts = starts[:n-1]
	}
	return starts
}

// lineText is YAML's line n, from 1, without its end.
func (d *Document) lineText(n int) []byte {
	if n < 1 || n > len(d.lines) {
		return nil
	}
	return bytes.TrimRight(d.src.Text[d.lines[n-1]:d.lineEnd(n)], "\r\n\u0085\u2028\u2029")
}

// lineEnd is the offset after YAML's line n and its end.
func (d *Document) lineEnd(n int) int {
	if n < len(d.lines) {
		return d.lines[n]
	}
	return len(d.src.Text)
}

// at is the place of an offset by YAML's lines.
func (d *Document) at(off int) (line, col int) {
	line = sort.Search(len(d.lines), func(i int) bool { return d.lines[i] > off })
	return line, utf8.RuneCount(d.src.Text[d.lines[line-1]:off]) + 1
}

// place turns YAML's line and column into those of the file.
func (d *Document) place(line, col int) (int, int) {
	if line < 1 || line > len(d.lines) {
		line = max(len(d.lines), 1)
	}
	p := d.places[line-1]
	return p.line + d.src.Line, p.col + col
}

// filePlaces is, for each of YAML's lines, the file's line that holds it and
// the characters that stand before it there, both from 0.
func filePlaces(text []byte, starts []int) []filePlace {
	out := make([]filePlace, len(starts))
	at := filePlace{}
	for i, start := range starts {
		if i > 0 {
			prev := text[starts[i-1]:start]
			if bytes.HasSuffix(prev, []byte("\n")) {
				at = filePlace{line: at.line + 1}
			} else {
				at.col += utf8.RuneCount(prev)
			}
		}
		out[i] = at
	}
	return out
}

func invalidUTF8(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return 0
}

// separator finds the `---` line at or before the second document's first line.
func (d *Document) separator(line int) (int, int) {
	for n := min(line, len(d.lines)); n >= 1; n-- {
		if bytes.HasPrefix(d.lineText(n), []byte("---")) {
			return n, 1
		}
	}
	return max(line, 1), 1
}
