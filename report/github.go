package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/planctl/planctl/internal/finding"
)

// What GitHub Actions takes of a step: so many annotations of each kind, and so many bytes of its summary.
const (
	maxAnnotations = 10
	maxSummary     = 1 << 20
)

// GitHub writes findings as workflow commands of GitHub Actions, which become annotations. GitHub keeps ten of a kind for
// a step: what is over is counted, and stands in the summary. looked says how much was looked at, and is the last line
// where it is not "".
func GitHub(w io.Writer, list finding.List, looked string) error {
	words := map[finding.Severity]string{finding.Error: "error", finding.Warning: "warning", finding.Note: "notice"}
	n := map[finding.Severity]int{}
	var b strings.Builder
	for _, f := range list {
		if n[f.Severity]++; n[f.Severity] > maxAnnotations {
			continue
		}
		var at []string
		add := func(key, value string) { at = append(at, key+"="+property(value)) }
		if f.File != "" {
			add("file", f.File)
		}
		if f.Line > 0 {
			add("line", fmt.Sprint(f.Line))
			if f.Col > 0 {
				add("col", fmt.Sprint(f.Col))
			}
		}
		add("title", string(f.Code))
		text := f.Message
		if f.Help != "" {
			text += "\nhelp: " + f.Help
		}
		fmt.Fprintf(&b, "::%s %s::%s\n", words[f.Severity], strings.Join(at, ","), data(CleanLines(text)))
	}
	for _, s := range []finding.Severity{finding.Error, finding.Warning, finding.Note} {
		if over := n[s] - maxAnnotations; over > 0 {
			fmt.Fprintf(&b, "%d more of severity %s are in the step's summary\n", over, s)
		}
	}
	if looked != "" {
		fmt.Fprintf(&b, "%s\n", Clean(looked))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// data escapes the text of a workflow command, property a value before it.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(Clean(s))
}

// GitHubSummary writes all findings as a table for the step's summary. What GitHub would cut is left out, and counted. looked says
// how much was looked at, "" leaves it out.
func GitHubSummary(w io.Writer, list finding.List, looked string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### planctl: %s\n\n", Count(list))
	if looked != "" {
		fmt.Fprintf(&b, "%s\n\n", cellText(looked))
	}
	if len(list) > 0 {
		b.WriteString("| Where | Rule | What | Help |\n| --- | --- | --- | --- |\n")
	}
	for i, f := range list {
		row := fmt.Sprintf("| %s | %s `%s` | %s | %s |\n", cellText(f.Pos()), f.Severity, f.Code, cellText(f.Message), cellText(f.Help))
		if b.Len()+len(row)+100 > maxSummary {
			fmt.Fprintf(&b, "\n%d more are left out: a summary has 1 MiB.\n", len(list)-i)
			break
		}
		b.WriteString(row)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cellText is text for a cell of a table: no mark of Markdown or HTML in it means anything.
func cellText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "`", "&#96;", "*", "&#42;", "_", "&#95;", "[", "&#91;", "]", "&#93;", "\\", "&#92;", "~", "&#126;").Replace(strings.Join(strings.Fields(Clean(s)), " "))
}
