package criteria

import (
	"fmt"
	"strings"

	"github.com/planctl/planctl/internal/manifest"
)

// EntryLines is the lines that an entry of the ledger has of a record besides its keys: why it is no pass, what it
// completed, and which records it is about. code writes a name so that it stays one. As with Tally, what was entered is
// held against the manifest by these lines.
func EntryLines(p *manifest.Predicate, code func(string) string) []string {
	codes := func(names []string) string {
		out := make([]string, len(names))
		for i, n := range names {
			out[i] = code(n)
		}
		return strings.Join(out, ", ")
	}
	var out []string
	if p.Result == manifest.Fail && p.Reason != "" {
		out = append(out, "Reason: "+p.Reason)
	}
	if len(p.Rollup) > 0 {
		out = append(out, "Completes: "+codes(p.Rollup))
	}
	for _, ph := range p.Phases {
		word := "complete"
		if !ph.Pass {
			var failed []string
			for _, c := range ph.Criteria {
				if !c.Pass {
					failed = append(failed, Explain(c))
				}
			}
			word = "not complete: " + strings.Join(failed, "; ")
		}
		out = append(out, fmt.Sprintf("Phase %s: %s", ph.ID, word))
	}
	if len(p.Supersedes) > 0 {
		out = append(out, "Supersedes: "+codes(p.Supersedes))
	}
	if r := p.Replay; r != nil {
		out = append(out, "Red: "+side(r.Red, "failed", codes), "Green: "+side(r.Green, "passed", codes))
	}
	if p.Judged != "" {
		out = append(out, "Judged: "+p.Judged)
	}
	return out
}

// side is what one state of the sources showed in a replay.
func side(s manifest.ReplaySide, word string, codes func([]string) string) string {
	if s.Log == "" {
		return "not run"
	}
	if !s.Pass {
		word = "not " + word
	}
	on := s.Commit
	if len(on) > 12 {
		on = on[:12]
	}
	if on == "" {
		on = "no commit"
	}
	out := fmt.Sprintf("%s on %s (%s)", word, on, (&manifest.Predicate{Exit: s.Exit, Signal: s.Signal, TimedOut: s.TimedOut, Seconds: s.Seconds}).Ending())
	if len(s.Overlaid) > 0 {
		out += ", with today's " + codes(s.Overlaid)
	}
	return out
}
