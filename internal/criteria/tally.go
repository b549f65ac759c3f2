package criteria

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
)

// Tally is verdicts on one line, as an entry of the ledger has them: `3/3 — expr (value), failed: expr (value)`; "" for
// none. code writes an expression so that it stays one. What was entered is held against the manifest by this line, so
// that its form is a format: EarlierTally is what it was.
func Tally(cs []manifest.Criterion, code func(string) string) string {
	return tally(cs, code, func(c manifest.Criterion) string { return Seen(c, code) })
}

// EarlierTally is Tally as it was while a value stood alone also where it is not the verdict: what a planctl of that time
// entered still stands.
func EarlierTally(cs []manifest.Criterion, code func(string) string) string {
	return tally(cs, code, bare)
}

func tally(cs []manifest.Criterion, code func(string) string, seen func(manifest.Criterion) string) string {
	if len(cs) == 0 {
		return ""
	}
	passed := 0
	var parts []string
	for _, c := range cs {
		s := code(c.Expr)
		if c.Pass {
			passed++
		} else {
			s = "failed: " + s
		}
		if v := seen(c); v != "" {
			s += " (" + v + ")"
		}
		parts = append(parts, s)
	}
	return fmt.Sprintf("%d/%d — %s", passed, len(cs), strings.Join(parts, ", "))
}

// Seen is a criterion's values, or why it could not be judged, short enough for a line. A false beside a criterion that holds,
// as of what a not denies, would be read as its verdict: then each truth is said of its own part. code writes that.
func Seen(c manifest.Criterion, code func(string) string) string {
	if c.Error != "" {
		return FirstLine(c.Error)
	}
	misread := false
	for _, v := range c.Values {
		truth, ok := v.(bool)
		misread = misread || ok && truth != c.Pass
	}
	if !misread {
		return bare(c)
	}
	var out []string
	for _, k := range sorted(c.Values) {
		s := brief(plainly(c.Values[k]))
		if _, ok := c.Values[k].(bool); ok {
			s = code(brief(k)) + " is " + s
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// bare is the values alone, or why there are none.
func bare(c manifest.Criterion) string {
	if c.Error != "" {
		return FirstLine(c.Error)
	}
	var out []string
	for _, k := range sorted(c.Values) {
		out = append(out, brief(plainly(c.Values[k])))
	}
	return strings.Join(out, ", ")
}

func brief(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

func plainly(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// FirstLine is the first line of a text that says something, cut to a length that fits a line.
func FirstLine(s string) string {
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			if r := []rune(l); len(r) > 160 {
				l = string(r[:160]) + "…"
			}
			return l
		}
	}
	return ""
}
