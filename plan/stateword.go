package plan

import (
	"strings"

	"github.com/planctl/planctl/internal/mdspan"
)

// besides reads what stands in a State cell beside its token. A word for a state that is not the token's is a contradiction
// that a person has to settle: the token decides, and is what is counted and edited.
func (t *walk) besides(task *Task, state, tok mdspan.Span) {
	if state.Len() == tok.Len() {
		return
	}
	before, after := mdspan.Span{Start: state.Start, End: tok.Start}, mdspan.Span{Start: tok.End, End: state.End}
	said := stateWord(string(after.Of(t.src)))
	if said == Unknown {
		said = stateWord(string(before.Of(t.src)))
	}
	if said == Unknown {
		return
	}
	task.StateWord, task.StateCell = said, string(state.Of(t.src))
	if said != task.State {
		t.find(CodeStateWord, tok.Start, "write the token that is meant, such as "+t.tokens.Of(said)[0]+", or take the word out",
			"the State cell of row %s says %s by its token and %s by its word: %.60s", shownID(task.ID), task.State, said, task.StateCell).Task = task.ID
	}
}

// stateWord is the state that a text begins to speak of; Unknown where it begins with anything else, such as a date.
func stateWord(s string) State {
	s = strings.ToLower(strings.TrimLeft(s, " \t*_~`([{—–-:;,./|"))
	for _, w := range [...]struct {
		word  string
		state State
	}{
		{"blocked", Blocked}, {"on hold", Blocked},
		{"done", Done}, {"complete", Done}, {"completed", Done}, {"finished", Done},
		{"in progress", Active}, {"in-progress", Active}, {"in_progress", Active}, {"wip", Active}, {"active", Active}, {"ongoing", Active},
		{"skipped", Skipped}, {"dropped", Skipped}, {"cancelled", Skipped}, {"canceled", Skipped}, {"obsolete", Skipped}, {"won't do", Skipped},
		{"todo", Todo}, {"to do", Todo}, {"not started", Todo},
	} {
		if rest, ok := strings.CutPrefix(s, w.word); ok && !goesOn(rest) {
			return w.state
		}
	}
	return Unknown
}

// goesOn reports that the word before s is only the beginning of another one.
func goesOn(s string) bool {
	return s != "" && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= '0' && s[0] <= '9' || s[0] == '_' || s[0] == '-' || s[0] >= 0x80 && !strings.HasPrefix(s, "—") && !strings.HasPrefix(s, "–"))
}
