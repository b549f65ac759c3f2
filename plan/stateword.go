package plan

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/mdspan"
)

// besides reads what stands in a State cell beside its token. A word for a state that is not the token's is a contradiction
// that a person has to settle: the token decides, and is what is counted and edited.
func (t *walk) besides(task *Task, state, tok mdspan.Span) {
	if state.Len() == tok.Len() {
		return
	}
	before, after := mdspan.Span{Start: state.Start, End: tok.Start}, mdspan.Span{Start: tok.End, End: state.End}
	w := stateWord(linkTarget.ReplaceAllString(string(after.Of(t.src)), ""))
	if w.state == Unknown {
		w = stateWord(string(before.Of(t.src)))
	}
	if w.state == Unknown {
		return
	}
	task.StateWord, task.StateCell = w.state, string(state.Of(t.src))
	if slices.Contains(w.fits, task.State) {
		task.StateWord = task.State
	}
	if task.StateWord != task.State {
		says := w.state.String()
		if w.open {
			says = "not done"
		}
		t.find(CodeStateWord, tok.Start, "write the token that is meant, such as "+t.tokens.Of(w.state)[0]+", or take the word out",
			"the State cell of row %s says %s by its token and %s by its word: %.60s", shownID(task.ID), task.State, says, task.StateCell).Task = task.ID
	}
}

// wording is what words beside a token say.
type wording struct {
	state State
	fits  []State // other states that a row may have of which this is said, too
	open  bool    // all that is said is that the row is not done
}

var (
	linkTarget     = regexp.MustCompile(`^\([^()]*\)`) // of the link whose text the token is
	htmlAside      = regexp.MustCompile(`<!--.*?(?:-->|$)|</?[A-Za-z][^<>]*>`)
	underCondition = regexp.MustCompile(`^skip\s+(?:if|when|unless|on|where)\b`)
	asMeant        = regexp.MustCompile(`(?i)expect|intend|as planned|by design|\bred\b|should`)
)

// stateWord is what a text begins to say of a state, by a word or by a sign; the zero value where it begins with anything
// else, such as a date. What HTML comments hold nobody sees.
func stateWord(s string) wording {
	s = htmlAside.ReplaceAllString(s[:min(len(s), 400)], " ")
	signs, text := s, ""
	if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }); i >= 0 {
		signs, text = s[:i], strings.ToLower(s[i:])
	}
	if w := inWords(text); w.state != Unknown {
		return w
	}
	open := wording{Todo, []State{Active, Blocked, Skipped}, true}
	switch {
	case strings.ContainsAny(signs, "🚫⛔🛑"):
		return wording{Blocked, []State{Skipped}, false}
	case strings.Contains(signs, "❌") && !strings.ContainsAny(s, "✅✔✓"):
		return open
	case !strings.ContainsFunc(s, unicode.IsLetter) && strings.ContainsAny(signs, "✅✔") && !strings.ContainsAny(signs, "❌✗"): // "✅ tests" is of a part
		return wording{state: Done}
	}
	return wording{}
}

func inWords(s string) wording {
	is := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool {
			rest, ok := strings.CutPrefix(s, w)
			return ok && !goesOn(rest)
		})
	}
	switch {
	case is("blocked", "on hold"):
		return wording{state: Blocked}
	case is("deferred", "postponed"):
		return wording{Blocked, []State{Skipped}, false}
	case is("waiting"):
		return wording{Blocked, []State{Active}, false}
	case is("done", "complete", "completed", "finished"):
		return wording{state: Done}
	case is("in progress", "in-progress", "in_progress", "wip", "active", "ongoing"):
		return wording{state: Active}
	case is("skip") && underCondition.MatchString(s):
	case is("skip", "skipped", "dropped", "cancelled", "canceled", "obsolete", "won't do"):
		return wording{state: Skipped}
	case is("todo", "to do", "not started"):
		return wording{state: Todo}
	case is("failed", "failing", "fails") && asMeant.MatchString(s): // what a red is for
	case is("not done", "not complete", "not completed", "not finished", "not yet done", "not yet complete", "undone", "incomplete", "unfinished", "partial", "partially", "partly", "reverted", "rolled back", "reopened", "re-opened",
		"failed", "failing", "fails"):
		return wording{Todo, []State{Active, Blocked, Skipped}, true}
	}
	return wording{}
}

// goesOn reports that the word before s is only the beginning of another one.
func goesOn(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-')
}
