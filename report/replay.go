package report

import (
	"fmt"
	"strconv"

	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/internal/manifest"
)

// Replayed shows what a replay of a proof saw: the red on its old sources, the green on today's.
func Replayed(p *Printer, t *engine.Task) {
	q := t.Predicate
	mark, tone := statusMark(t.Status)
	word := map[manifest.Result]string{manifest.Pass: "the proof holds", manifest.Fail: "the proof does not hold"}[q.Result]
	if word == "" {
		word = string(q.Result)
	}
	known := ""
	if q.Attempt > 0 { // else it could not be recorded
		known = inBrackets([]string{"attempt #" + strconv.Itoa(q.Attempt)})
	}
	if p.TTY {
		p.Printf("%s %s  %s%s\n", p.Paint(tone, mark), p.Paint(Strong, Clean(t.Name)), p.Paint(tone, word), known)
	} else {
		p.Printf("%s: replayed: %s%s\n", Clean(t.Name), word, known)
	}
	in := p.under(t.Name)
	if r := q.Replay; r != nil {
		replaySide(p, in, r.Red, "red: failed as it must", "red: did not fail as it must")
		replaySide(p, in, r.Green, "green: today's sources pass", "green: today's sources do not pass")
		for _, s := range []manifest.ReplaySide{r.Red, r.Green} {
			if s.Log != "" {
				p.Printf("%slog: %s/%s\n", in, Clean(t.Dir), Clean(s.Log))
			}
		}
	}
	switch {
	case q.Result == manifest.Interrupted:
		p.Printf("%s%s %s\n", in, p.Paint(tone, "why:"), Clean(q.Reason))
	case t.Status == engine.Conflict:
		p.Printf("%s%s %s\n", in, p.Paint(tone, "why:"), Clean(t.Reason))
	}
	if t.Help != "" {
		p.Printf("%s%s %s\n", in, p.Paint(Info, "help:"), Clean(t.Help))
	}
	if t.Outcome.Manifest != "" {
		p.Printf("%sevidence: %s\n", in, Clean(t.Outcome.Manifest))
	}
	if q.Result == manifest.Fail {
		p.Printf("%s%s mend what it names, or lay out what git ignores with --setup, and replay again; or prove it anew: planctl run %s\n", in, p.Paint(Info, "help:"), Clean(t.Name))
	}
}

func replaySide(p *Printer, in string, s manifest.ReplaySide, good, bad string) {
	if s.Log == "" {
		return // not reached
	}
	on := "no commit"
	if s.Commit != "" {
		on = s.Commit[:min(12, len(s.Commit))]
	}
	facts := []string{"on " + on, "exit " + strconv.Itoa(s.Exit), fmt.Sprintf("%.2f s", s.Seconds)}
	if s.Tests != nil {
		facts = append(facts, testCounts(s.Tests))
	}
	mark, word := p.Paint(Good, "✓"), good
	if !s.Pass {
		mark, word = p.Paint(Bad, "✗"), bad
	}
	p.Printf("%s%s %s%s\n", in, mark, word, inBrackets(facts))
	for _, pin := range s.Overlaid {
		p.Printf("%s  with %s as it is pinned today\n", in, Clean(pin))
	}
	for _, text := range []string{s.Failure, s.Reason} {
		if text != "" {
			p.Printf("%s  %s\n", in, Clean(text))
		}
	}
}
