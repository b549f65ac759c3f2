package report

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/planctl/planctl/internal/finding"
)

type (
	junitText struct {
		Message string `xml:"message,attr,omitempty"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
	junitCase struct {
		Class   string     `xml:"classname,attr"`
		Name    string     `xml:"name,attr"`
		File    string     `xml:"file,attr,omitempty"`
		Line    int        `xml:"line,attr,omitempty"`
		Failure *junitText `xml:"failure"`
		Out     string     `xml:"system-out,omitempty"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
)

// JUnit writes findings as JUnit XML: a suite for each file, a case for each finding. An error fails its case, and so
// does a warning where strict says that it makes the exit code; other findings pass and are output of their case, which
// every server shows. Where nothing was found there is one case that passes: an empty report reads as one that broke.
func JUnit(w io.Writer, list finding.List, strict bool) error {
	all := junitSuites{Name: "planctl"}
	suites := map[string]int{}
	for _, f := range list {
		name := f.File
		if name == "" {
			name = "planctl"
		}
		i, ok := suites[name]
		if !ok {
			i = len(all.Suites)
			suites[name] = i
			all.Suites = append(all.Suites, junitSuite{Name: Clean(name)})
		}
		s := &all.Suites[i]
		k := junitCase{Class: Clean(name), Name: fmt.Sprintf("%s %s", f.Code, Clean(f.Pos())), File: Clean(f.File), Line: f.Line}
		text := f.Error()
		if f.Help != "" {
			text += "\nhelp: " + f.Help
		}
		if f.Severity == finding.Error || strict && f.Severity == finding.Warning {
			k.Failure = &junitText{Message: Clean(f.Message), Type: string(f.Code), Text: CleanLines(text)}
			s.Failures++
			all.Failures++
		} else {
			k.Out = CleanLines(text)
		}
		s.Cases = append(s.Cases, k)
		s.Tests++
		all.Tests++
	}
	if len(list) == 0 {
		all.Tests = 1
		all.Suites = []junitSuite{{Name: "planctl", Tests: 1, Cases: []junitCase{{Class: "planctl", Name: "no findings"}}}}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
