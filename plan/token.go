package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Tokens says which state each state token means, and which token to write.
// The zero value is [DefaultTokens].
type Tokens struct {
	read  []reading // in order of preference
	write map[State]string
}

type reading struct {
	token string
	state State
}

// maxToken is the longest text between the brackets of a token, in bytes.
const maxToken = 32

// DefaultTokens are the tokens that every plan may use. The first of a state
// is written where nothing else says which.
//
//	todo     [ ]
//	active   [P] [~] [/]
//	blocked  [B] [!]
//	skipped  [-] [S]
//	done     [x] [X] [D] [✅] [✓]
func DefaultTokens() Tokens {
	return Tokens{read: []reading{
		{"[ ]", Todo},
		{"[P]", Active}, {"[~]", Active}, {"[/]", Active},
		{"[B]", Blocked}, {"[!]", Blocked},
		{"[-]", Skipped}, {"[S]", Skipped},
		{"[x]", Done}, {"[X]", Done}, {"[D]", Done}, {"[✅]", Done}, {"[✓]", Done},
	}}
}

func (t Tokens) orDefault() Tokens {
	if t.read == nil {
		d := DefaultTokens()
		d.write = t.write
		return d
	}
	return t
}

// With adds tokens to read and fixes tokens to write. A token is text in one
// pair of square brackets without "|", back-ticks, brackets or line ends. A
// token that means another state already, and a token to write that does not
// mean its state, are errors.
func (t Tokens) With(read map[State][]string, write map[State]string) (Tokens, error) {
	t = t.orDefault()
	out := Tokens{read: slices.Clone(t.read), write: maps.Clone(t.write)}
	for _, s := range slices.Sorted(maps.Keys(read)) {
		if s == Unknown {
			return t, fmt.Errorf("tokens %q have no state", read[s])
		}
		for _, tok := range read[s] {
			if err := checkToken(tok); err != nil {
				return t, err
			}
			switch out.State(tok) {
			case s:
			case Unknown:
				out.read = append(out.read, reading{tok, s})
			default:
				return t, fmt.Errorf("token %s cannot mean %s: it means %s", tok, s, out.State(tok))
			}
		}
	}
	for _, s := range slices.Sorted(maps.Keys(write)) {
		if got := out.State(write[s]); got != s || s == Unknown {
			return t, fmt.Errorf("token %q cannot be written for %s: it means %s", write[s], s, got)
		}
		if out.write == nil {
			out.write = map[State]string{}
		}
		out.write[s] = write[s]
	}
	return out, nil
}

func checkToken(tok string) error {
	inner, ok := strings.CutPrefix(tok, "[")
	inner, ok2 := strings.CutSuffix(inner, "]")
	if !ok || !ok2 || inner == "" || len(inner) > maxToken || !utf8.ValidString(inner) || strings.ContainsAny(inner, "[]|`\\\r\n") {
		return fmt.Errorf("%q is no state token: want a short text in square brackets, such as [OK]", tok)
	}
	return nil
}

// State is what a token means; back-ticks around it do not matter.
func (t Tokens) State(token string) State {
	token = strings.TrimSuffix(strings.TrimPrefix(token, "`"), "`")
	for _, r := range t.orDefault().read {
		if r.token == token {
			return r.state
		}
	}
	return Unknown
}

// Of is the tokens that mean the state, the preferred one first.
func (t Tokens) Of(s State) []string {
	var out []string
	for _, r := range t.orDefault().read {
		if r.state == s {
			out = append(out, r.token)
		}
	}
	return out
}

// near is a token that was probably meant by one that means nothing: the same
// but for case and space. "" without one.
func (t Tokens) near(token string) string {
	key := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }
	want := key(strings.Trim(token, "[] \u00a0"))
	for _, r := range t.orDefault().read {
		if key(strings.Trim(r.token, "[] ")) == want {
			return r.token
		}
	}
	return ""
}

// most is the token of state s that is used most; of equals, the one that is
// preferred. "" where none is used.
func (t Tokens) most(use map[string]int, s State) string {
	best, n := "", 0
	for _, tok := range t.Of(s) {
		if use[tok] > n {
			best, n = tok, use[tok]
		}
	}
	return best
}
