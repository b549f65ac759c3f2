package testreport

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// readJUnit reads JUnit XML as pytest, Maven, Gradle, cargo-nextest and others write it: testcase
// elements anywhere, each with failure, error or skipped in it. A test is named CLASSNAME::NAME, or
// NAME without a class.
func readJUnit(path string) (res Results, err error) {
	f, err := os.Open(path)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	res.Reader = "junit"
	d := xml.NewDecoder(f)
	// The declared encoding of a report that is ASCII or UTF-8 in fact is often another one.
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			line, _ := d.InputPos()
			res.trouble(Unreadable, fmt.Sprintf("the XML cannot be read: %v", err), line)
			return res, nil
		}
		start, ok := tok.(xml.StartElement)
		if !ok || start.Name.Local != "testcase" {
			continue
		}
		line, _ := d.InputPos()
		if err := oneCase(d, start, line, &res); err != nil {
			res.trouble(Unreadable, fmt.Sprintf("the XML cannot be read: %v", err), line)
			return res, nil
		}
	}
	res.finish()
	return res, nil
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
		Failures []junitPart `xml:"failure"`
		Errors   []junitPart `xml:"error"`
		Skipped  *junitPart  `xml:"skipped"`
	}
	if err := d.DecodeElement(&c, &start); err != nil {
		return err
	}
	name := c.Name
	if c.Class != "" {
		name = c.Class + "::" + c.Name
	}
	switch {
	case len(c.Failures) > 0:
		res.count(name, Failed)
		res.fail(name, words(c.Failures), line)
	case len(c.Errors) > 0:
		res.count(name, Errored)
		said := words(c.Errors)
		res.fail(name, said, line)
		if c.Errors[0].Message == "collection failure" {
			res.trouble(CollectionError, said, line)
		}
	case c.Skipped != nil:
		res.count(name, Skipped)
	default:
		res.count(name, Passed)
	}
	return nil
}

func words(parts []junitPart) string {
	var b strings.Builder
	for _, p := range parts {
		for _, s := range []string{p.Type, p.Message, p.Text} {
			if s = strings.TrimSpace(s); s != "" && b.Len()+len(s) < maxText {
				b.WriteString(s + "\n")
			}
		}
	}
	return strings.TrimSpace(b.String())
}
