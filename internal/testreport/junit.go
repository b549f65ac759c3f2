package testreport

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/planctl/planctl/internal/regular"
)

// maxReport bounds a JUnit file, in bytes: its parser keeps the text between two tags in memory.
const maxReport = 256 << 20

// readJUnit reads JUnit XML as pytest, Maven, Gradle, node and others write it: testcase elements at
// any depth, each with failure, error or skipped in it. A test is named CLASSNAME::NAME, or by the one
// of both that it has. Attributes that count are not read: the elements are counted.
func readJUnit(ctx context.Context, path string) (res Results, err error) {
	f, info, err := regular.Open(path)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info.Size() > maxReport {
		res.trouble(Unreadable, fmt.Sprintf("the report has %d bytes; %d is the most", info.Size(), maxReport), 0)
		res.Reader = "junit"
		return res, nil
	}
	return junit(regular.Until(ctx, f))
}

func junit(r io.Reader) (Results, error) {
	res := Results{Reader: "junit"}
	src := &failing{r: r}
	d := xml.NewDecoder(bufio.NewReader(src))
	d.CharsetReader = charset
	root := ""
	for {
		tok, err := d.Token()
		if src.err != nil {
			return res, src.err
		}
		if err == io.EOF {
			break
		}
		line, _ := d.InputPos()
		if err != nil {
			res.trouble(Unreadable, notXML(err), line)
			return res, nil
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if root == "" {
			root = start.Name.Local
			if root != "testsuites" && root != "testsuite" && root != "testcase" {
				res.trouble(Unreadable, fmt.Sprintf("the XML is <%s>, not <testsuites>", root), line)
				return res, nil
			}
		}
		if start.Name.Local != "testcase" {
			continue
		}
		if err := oneCase(d, start, line, &res); err != nil {
			if src.err != nil {
				return res, src.err
			}
			line, _ := d.InputPos()
			res.trouble(Unreadable, notXML(err), line)
			return res, nil
		}
	}
	res.finish()
	return res, nil
}

// failing keeps a read error apart from those of the XML.
type failing struct {
	r   io.Reader
	err error
}

func (f *failing) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// notXML says why a report cannot be read, in words for who has to mend its writer.
func notXML(err error) string {
	said := strings.TrimPrefix(err.Error(), "XML syntax error on ")
	if strings.Contains(said, "U+001B") {
		return "the XML cannot be read: it holds a raw ESC byte, of a terminal colour as a rule, which XML forbids (" + said + ")"
	}
	return "the XML cannot be read: " + said
}

// ntEnded is what nextest says of a test that ended without a verdict: by a signal, by its time limit, with
// another exit code than a panic's.
var ntEnded = regexp.MustCompile(`^test (?:abort\b|timeout\b|failure with exit code (?:[0-9]{1,2}|10[02-9]|1[1-9][0-9]|[2-9][0-9]{2}|[0-9]{4,})\b)`)

// charset reads the declared encodings that reports really have. Others are taken for UTF-8: many
// writers declare what they do not write, and bytes that are none make an error of their own.
func charset(name string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(name) {
	case "iso-8859-1", "latin1", "windows-1252":
		return &latin1{r: r}, nil
	}
	return r, nil
}

// latin1 turns ISO 8859-1 into UTF-8.
type latin1 struct {
	r    io.Reader
	in   [4 << 10]byte
	left []byte
}

func (l *latin1) Read(b []byte) (int, error) {
	if len(l.left) == 0 {
		n, err := l.r.Read(l.in[:])
		if n == 0 {
			return 0, err
		}
		for _, c := range l.in[:n] {
			l.left = append(l.left, string(rune(c))...)
		}
	}
	n := copy(b, l.left)
	l.left = l.left[n:]
	return n, nil
}

type junitPart struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func oneCase(d *xml.Decoder, start xml.StartElement, line int, res *Results) error {
	var c struct {
		Name     string      `xml:"name,attr"`
		Class    string      `xml:"classname,attr"`
		Status   string      `xml:"status,attr"`
		Out      string      `xml:"system-out"`
		Failures []junitPart `xml:"failure"`
		Errors   []junitPart `xml:"error"`
		Skipped  *junitPart  `xml:"skipped"`
	}
	if err := d.DecodeElement(&c, &start); err != nil {
		return err
	}
	name := firstOf(c.Class, c.Name)
	if c.Class != "" && c.Name != "" && c.Class != c.Name {
		name = c.Class + "::" + c.Name
	}
	if nodeFile.MatchString(c.Name) && c.Class == "test" { // node's entry for a whole file
		switch {
		case len(c.Failures) == 0 && len(c.Errors) == 0 && c.Skipped == nil:
			return nil // it holds no test
		case len(c.Failures) > 0 && strings.Contains(c.Failures[0].Text, "exitCode: "):
			res.count(name, Errored)
			what := CollectionError
			if !strings.Contains(c.Failures[0].Text, "exitCode: 1, signal: null") {
				what = Crashed
			}
			res.trouble(what, c.Name+" ended badly outside its tests\n"+words(c.Failures), line)
			return nil
		}
	}
	if parts := append(c.Failures, c.Errors...); len(parts) > 0 && c.Skipped == nil {
		switch jvmStatus(c.Class, c.Name, parts[0].Text, len(c.Failures) > 0) {
		case Failed:
			res.count(name, Failed)
			res.fail(name, words(parts), line)
			return nil
		case Errored:
			res.count(name, Errored)
			return nil
		}
	}
	switch {
	case c.Skipped != nil && c.Skipped.Type == "todo": // node; with a failure beside it
		res.count(name, Skipped)
	case c.Status == "fail" && len(c.Failures) > 0 && c.Failures[0].Message == "":
		res.count(name, Errored)
		res.trouble(Unreadable, name+": ctest's XML does not tell a failure from a crash or a timeout; let its text be read\n"+tidy(c.Out), line)
	case c.Status == "fail" && len(c.Failures) > 0: // ctest has the words beside the failure
		res.count(name, Failed)
		res.fail(name, words(append(c.Failures, junitPart{Text: c.Out})), line)
	case c.Status == "notrun" && c.Skipped != nil && !strings.HasPrefix(c.Skipped.Message, "SKIP_"): // ctest: its program is not there, or its fixture failed
		res.count(name, Errored)
		res.trouble(BuildError, name+" was not run: "+c.Skipped.Message, line)
	case c.Status == "disabled", c.Status == "notrun" && len(c.Failures)+len(c.Errors) == 0: // ctest, GoogleTest
		res.count(name, Skipped)
	case len(c.Failures) > 0 && ntEnded.MatchString(c.Failures[0].Type): // nextest
		res.count(name, Errored)
		res.trouble(Crashed, strings.TrimSpace(name+"\n"+words(c.Failures)), line)
	case len(c.Failures) > 0 && (tapNoVerdict(c.Failures[0].Type) || batsHooked(c.Failures[0].Text)): // node, bats
		res.count(name, Errored)
	case len(c.Failures) > 0 && strings.HasSuffix(c.Class, ".bats") && c.Name == "": // a file that bats could not begin with
		res.count(name, Errored)
		res.trouble(CollectionError, strings.TrimSpace(name+"\n"+words(c.Failures)), line)
	case len(c.Failures) > 0:
		res.count(name, Failed)
		res.fail(name, words(c.Failures), line)
	case len(c.Errors) > 0:
		res.count(name, Errored)
		switch {
		case c.Errors[0].Message == "collection failure": // pytest
			res.trouble(CollectionError, strings.TrimSpace(name+"\n"+words(c.Errors)), line)
		case pyDown.MatchString(c.Errors[0].Text): // pytest-xdist
			res.trouble(Crashed, strings.TrimSpace(name+"\n"+words(c.Errors)), line)
		}
	case c.Skipped != nil:
		res.count(name, Skipped)
	default:
		res.count(name, Passed)
	}
	return nil
}

// batsHooked reports whether the stack at the head of a failure's words leads through setup or the like.
func batsHooked(said string) bool {
	for l := range strings.Lines(strings.TrimSpace(said)) {
		m := tapStack.FindStringSubmatch("# " + strings.TrimRight(l, "\r\n"))
		if m == nil {
			return false
		}
		if batsHook(m[1]) {
			return true
		}
	}
	return false
}

// tidy is a text within the bounds of a failure's.
func tidy(s string) string { return words([]junitPart{{Text: s}}) }

func words(parts []junitPart) string {
	var t text
	for _, p := range parts {
		if fromPython(p.Text) { // with the source around it
			p.Text = pythonWords(p.Text)
		}
		for _, s := range []string{p.Type, p.Message, p.Text} {
			if s = strings.TrimSpace(s); s != "" {
				for l := range strings.Lines(s) {
					t.add([]byte(strings.TrimRight(l, "\n")))
				}
			}
		}
	}
	return t.String()
}
