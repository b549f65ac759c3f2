package history

import (
	"fmt"
	"regexp"
	"strings"
)

var numberIn = regexp.MustCompile(`#\s*\d+`)

// keys are what two forms of one attempt may have in common, the surest first; "" is no key. Those of one section are
// compared only with each other, but for the first.
func (e *entry) keys() []string {
	numbered := ""
	if e.Numbered {
		numbered = fmt.Sprint(e.Number)
	}
	key := func(parts ...string) string {
		for _, p := range parts {
			if p == "" {
				return ""
			}
		}
		return e.section + "\x00" + strings.Join(parts, "\x00")
	}
	run := e.Run
	if run != "" {
		run = "run " + run
	}
	return []string{
		run,
		key(e.text()),
		key("renumbered", numberIn.ReplaceAllString(e.text(), "#")),
		key("number and date", numbered, e.Date),
		key("body", e.body()),
		key("head", e.head()),
		key("number", numbered),
		key("place", e.book.Path, numbered, "of "+e.Date),
	}
}

// What an attempt says comes before where it stands, but for a copy in another ledger: whoever puts the old words into an
// archive and others where they stood has rewritten them.
const (
	byRun = iota
	byText
	byRenumbered
	byNumberAndDate
	byBody
	byHead
	byNumber
	byPlace
)

// steps is the keys in the order in which they are tried; those that come first look at attempts of one file.
func steps() []step {
	return []step{{byRun, false}, {byText, true}, {byRenumbered, true}, {byPlace, true}, {byText, false}, {byRenumbered, false},
		{byNumberAndDate, false}, {byBody, true}, {byBody, false}, {byHead, true}, {byHead, false}, {byNumber, true}, {byNumber, false}}
}

type step struct {
	key  int
	same bool // file
}

// pairs finds for each attempt of the base the one that it is now. Keys are tried from the surest to the vaguest, each
// over all attempts that are left, and those that have one key in common are paired in their order.
func pairs(base, head []*entry) map[*entry]*entry {
	matched := map[*entry]*entry{}
	taken := map[*entry]bool{}
	all := map[*entry][]string{}
	for _, e := range base {
		all[e] = e.keys()
	}
	for _, e := range head {
		all[e] = e.keys()
	}
	if len(base) == 0 || len(head) == 0 {
		return matched
	}
	for _, s := range steps() {
		of := func(e *entry) string {
			key := all[e][s.key]
			if key != "" && s.same {
				key = e.book.Path + "\x00" + key
			}
			return key
		}
		free := map[string][]*entry{}
		for _, e := range head {
			if key := of(e); !taken[e] && key != "" {
				free[key] = append(free[key], e)
			}
		}
		for _, e := range base {
			key := of(e)
			if matched[e] != nil || key == "" || len(free[key]) == 0 {
				continue
			}
			matched[e] = free[key][0]
			taken[free[key][0]] = true
			free[key] = free[key][1:]
		}
	}
	return matched
}
