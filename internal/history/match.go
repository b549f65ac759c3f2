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
	}
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
	for k := range all[base[0]] {
		free := map[string][]*entry{}
		for _, e := range head {
			if key := all[e][k]; !taken[e] && key != "" {
				free[key] = append(free[key], e)
			}
		}
		for _, e := range base {
			key := all[e][k]
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
