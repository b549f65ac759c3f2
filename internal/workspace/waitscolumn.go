package workspace

import (
	"regexp"
	"strings"

	"github.com/planctl/planctl/plan"
)

var (
	waitsBreak = regexp.MustCompile(`(?i)[,;/&+\n]|<br\s*/?>|\s(?:and|or)\s`)
	waitsNone  = regexp.MustCompile(`(?i)^[^\p{L}\p{N}]*(?:(?:none|nothing|no|n/a|na|nil|tbd)\b.*)?$`)
	waitsSoft  = regexp.MustCompile(`(?i)\b(?:optional|soft|recommended|nice|not|independent|parallel)\b`)
	waitsLink  = regexp.MustCompile(`\[([^\[\]]+)\]\([^()]*\)`)
	waitsRange = regexp.MustCompile(`^(\S+?)(?:\s*-\s*|\s+(?:to|through|thru)\s+)(\S+)$`)
)

// WaitsColumn is what a row's Depends on column says that it waits for, as far as the plan has rows or phases of these names,
// or the initiative's other plans phases. unread says that the cell holds words of which nothing of that is one.
func (it *Item) WaitsColumn(w *Workspace) (s Stated, unread bool) {
	cell := strings.TrimSpace(spaces.Replace(waitsLink.ReplaceAllString(struck.ReplaceAllString(it.Task.Waits, ""), "$1")))
	if cell == "" || waitsNone.MatchString(cell) {
		return s, false
	}
	s.Text = plainWords(it.Task.WaitsColumn + ": " + cell)
	phases := false
	pieces := waitsBreak.Split(cell, maxRange+1)
	for _, piece := range pieces[:min(len(pieces), maxRange)] {
		piece = strings.TrimSpace(piece)
		if len(piece) > maxBeside || waitsSoft.MatchString(piece) {
			continue
		}
		if m := waitsRange.FindStringSubmatch(piece); m != nil && it.row(m[1], false, true) >= 0 && it.row(m[2], false, true) >= 0 {
			piece = m[1] + "–" + m[2]
		}
		if phases && looksLikePhase(piece) && it.row(piece, false, true) < 0 {
			piece = "Phase " + piece // "Phase 1, 2"
		}
		phases = strings.HasPrefix(strings.ToLower(piece), "phase")
		part := it.statedAs(w, piece, !phases)
		for _, dep := range part.Items {
			s.add(it, dep)
		}
		for _, r := range part.Phases {
			s.addPhase(r)
		}
	}
	return s, len(s.Items)+len(s.Phases) == 0 && !it.namesItself(cell)
}

// statedAs reads the list of IDs that a text begins with; called says that each of them is one, a bare number, too.
func (it *Item) statedAs(w *Workspace, text string, called bool) Stated {
	if called {
		if id, ok := strings.CutPrefix(text, "#"); ok && it.row(text, false, true) < 0 {
			text = id
		}
		text = "row " + text
	}
	s, _ := it.statedIn(w, text)
	return s
}

// namesItself reports a cell that says nothing but the row or its phase.
func (it *Item) namesItself(cell string) bool {
	cell = strings.TrimSpace(cell)
	return cell == it.Task.ID || it.Phase != nil && strings.EqualFold(cell, "phase "+it.Phase.ID)
}

func (s *Stated) addPhase(r PhaseRef) {
	for _, have := range s.Phases {
		if have == r {
			return
		}
	}
	s.Phases = append(s.Phases, r)
}

// UnreadWaits are the rows of a plan that are open and of which the Depends on column holds words that hold nothing back.
func (p *Plan) UnreadWaits(w *Workspace) []*Item {
	var out []*Item
	for _, it := range p.Items {
		if it.Task.State == plan.Done || it.Task.State == plan.Skipped {
			continue
		}
		if _, unread := it.WaitsColumn(w); unread {
			out = append(out, it)
		}
	}
	return out
}
