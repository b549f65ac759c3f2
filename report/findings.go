package report

import (
	"fmt"
	"strings"

	"github.com/planctl/planctl/internal/finding"
)

// Findings shows findings, each with its line and the way out, and a count at the end.
func Findings(p *Printer, list finding.List) {
	for _, f := range list {
		Finding(p, f)
	}
	if len(list) > 0 {
		p.Printf("%s\n", Count(list))
	}
}

// Finding shows one: `file:line:col: error[CODE]: what`, the line, and `help:` what to do.
func Finding(p *Printer, f finding.Finding) {
	tone := Info
	switch f.Severity {
	case finding.Error:
		tone = Bad
	case finding.Warning:
		tone = Warn
	}
	p.Printf("%s: %s: %s\n", p.Paint(Strong, Clean(f.Pos())), p.Paint(tone, fmt.Sprintf("%s[%s]", f.Severity, f.Code)), Clean(f.Message))
	if f.Source != "" && f.Line > 0 {
		number := fmt.Sprintf("%5d | ", f.Line)
		line := []rune(strings.TrimRight(strings.ToValidUTF8(f.Source, "�"), "\r\n"))
		width := 100
		if p.Width > 0 {
			width = max(40, p.Width-len(number))
		}
		from := 0
		if f.Col > width-10 {
			from = min(f.Col-width/2, len(line))
		}
		shown := Clean(string(line[from:]))
		p.Printf("%s%s\n", p.Paint(Faint, number), Cut(shown, width))
		if at := f.Col - 1 - from; f.Col > 0 && at >= 0 && at <= len(line)-from {
			before := Columns(Clean(string(line[from : from+at])))
			p.Printf("%s%s%s\n", p.Paint(Faint, strings.Repeat(" ", len(number)-2)+"| "), strings.Repeat(" ", before), p.Paint(tone, "^"))
		}
	}
	if f.Help != "" {
		p.Printf("  %s %s\n", p.Paint(Info, "help:"), Clean(f.Help))
	}
}

// Count is "2 errors, 1 warning".
func Count(list finding.List) string {
	n := map[finding.Severity]int{}
	for _, f := range list {
		n[f.Severity]++
	}
	var parts []string
	for _, s := range []finding.Severity{finding.Error, finding.Warning, finding.Note} {
		if n[s] == 1 {
			parts = append(parts, "1 "+s.String())
		} else if n[s] > 1 {
			parts = append(parts, fmt.Sprintf("%d %ss", n[s], s))
		}
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}
