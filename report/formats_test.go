package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/finding"
)

func some() finding.List {
	return finding.List{
		{Code: "tick-no-attempt", Severity: finding.Error, File: "plans/a b,c:%.md", Line: 3, Col: 7, Task: "A1", Message: "A1 is ticked | \x1b[31m\nand <b>nothing</b> 100%", Help: "run `it`"},
		{Code: "fresh-input", Severity: finding.Warning, File: "plans/p.md", Message: "old"},
		{Code: "fresh-input", Severity: finding.Warning, File: "plans/p.md", Message: "old"},
		{Code: "evidence-commit", Severity: finding.Note, Message: "no file"},
	}
}

func TestSARIF(t *testing.T) {
	var b bytes.Buffer
	about := About{Version: "v1.2.3", Page: "https://example.org", Rules: []RuleInfo{{"tick-no-attempt", finding.Error, "A row is ticked.", "https://example.org/tick"}}}
	if err := SARIF(&b, some(), about); err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsRune(b.Bytes(), 0x1b) {
		t.Error("a raw escape")
	}
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID, HelpURI string
						Default     struct{ Level string } `json:"defaultConfiguration"`
					}
				}
			}
			ColumnKind string
			Results    []struct {
				RuleID              string
				RuleIndex           int
				Level               string
				Message             struct{ Text string }
				PartialFingerprints map[string]string
				Locations           []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI, URIBaseID string }
						Region           *struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if log.Version != "2.1.0" || run.Tool.Driver.Name != "planctl" || run.ColumnKind != "unicodeCodePoints" || len(run.Results) != 4 || len(run.Tool.Driver.Rules) != 3 {
		t.Fatalf("%+v", log)
	}
	prints := map[string]bool{}
	for i, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID || r.Level != some()[i].Severity.String() || r.Message.Text == "" || prints[r.PartialFingerprints["planctlFinding/v1"]] {
			t.Errorf("%+v", r)
		}
		prints[r.PartialFingerprints["planctlFinding/v1"]] = true
	}
	at := run.Results[0].Locations[0].PhysicalLocation
	if at.ArtifactLocation.URI != "plans/a%20b,c:%25.md" || at.ArtifactLocation.URIBaseID != "%SRCROOT%" || at.Region == nil || at.Region.StartLine != 3 || at.Region.StartColumn != 7 {
		t.Errorf("%+v", at)
	}
	if len(run.Results[3].Locations) != 0 {
		t.Error("a place for what has none")
	}
	// A finding keeps its fingerprint when it moves.
	print := func(f finding.Finding) string {
		var b bytes.Buffer
		if err := SARIF(&b, finding.List{f}, about); err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(b.String(), "planctlFinding/v1")
		line, _, _ := strings.Cut(rest, "\n")
		return line
	}
	here := some()[0]
	here.Message = "docs/fix_plan.md:6 names it, as line 12 does; attempt #3"
	there := here
	there.Line, there.Message = 99, "docs/fix_plan.md:8 names it, as line 14 does; attempt #3"
	if print(here) != print(there) {
		t.Error("the fingerprint moved with the line")
	}
	there.Message = strings.Replace(there.Message, "#3", "#4", 1)
	if print(here) == print(there) {
		t.Error("another attempt's finding has the same fingerprint")
	}
}

func TestJUnit(t *testing.T) {
	for _, c := range []struct {
		list            finding.List
		strict          bool
		tests, failures int
	}{{some(), false, 4, 1}, {some(), true, 4, 3}, {nil, true, 1, 0}} {
		var b bytes.Buffer
		if err := JUnit(&b, c.list, c.strict); err != nil {
			t.Fatal(err)
		}
		var got junitSuites
		if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		cases, failures := 0, 0
		for _, s := range got.Suites {
			cases += len(s.Cases)
			for _, k := range s.Cases {
				if k.Failure != nil {
					failures++
				}
			}
		}
		if got.Tests != c.tests || got.Failures != c.failures || cases != c.tests || failures != c.failures {
			t.Errorf("%d tests, %d failures, %d cases, %d failed", got.Tests, got.Failures, cases, failures)
		}
	}
}

func TestGitHub(t *testing.T) {
	var b bytes.Buffer
	list := some()
	for i := range 15 {
		list = append(list, finding.Finding{Code: "plan-x", Severity: finding.Error, File: "p.md", Line: i + 1, Message: fmt.Sprint("no. ", i)})
	}
	if err := GitHub(&b, list, ""); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if !strings.HasPrefix(lines[0], "::error file=plans/a b%2Cc%3A%25.md,line=3,col=7,title=tick-no-attempt::A1 is ticked") || !strings.Contains(lines[0], "%0A") || !strings.Contains(lines[0], "100%25") {
		t.Errorf("%q", lines[0])
	}
	if n := strings.Count(b.String(), "::error "); n != 10 {
		t.Errorf("%d errors", n)
	}
	if !strings.Contains(b.String(), "6 more of severity error are in the step's summary") || !strings.Contains(b.String(), "::notice title=evidence-commit::no file") {
		t.Error(b.String())
	}
	if strings.Contains(b.String(), "\x1b") {
		t.Error("a raw escape")
	}
}

func TestGitHubSummary(t *testing.T) {
	var b bytes.Buffer
	if err := GitHubSummary(&b, some(), "checked 1 plan"); err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		if strings.HasPrefix(l, "|") && strings.Count(l, "|") != 5 {
			t.Errorf("a row of other cells: %q", l)
		}
	}
	if strings.Contains(b.String(), "<b>") {
		t.Error("raw HTML")
	}
	big := make(finding.List, 40_000)
	for i := range big {
		big[i] = finding.Finding{Code: "plan-x", Severity: finding.Error, File: "p.md", Message: strings.Repeat("x", 60)}
	}
	b.Reset()
	if err := GitHubSummary(&b, big, ""); err != nil || b.Len() > maxSummary || !strings.Contains(b.String(), "more are left out") {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
	if err := GitHubSummary(io.Discard, nil, ""); err != nil {
		t.Error(err)
	}
}
