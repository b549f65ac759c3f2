package main

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/verify"
	"github.com/planctl/planctl/ledger"
)

// historyThere reports whether this planctl compares with a base at all.
func historyThere() bool {
	return slices.ContainsFunc(verify.Rules(), func(r verify.Rule) bool { return r.Family == "history" })
}

// historyDeeds leaves a repository that is sound in itself: only the base knows that it was another one. Entries by hand
// prove nothing, and a forger who rewrites every digest makes all of them agree.
func historyDeeds() []operator {
	hand := func(name string, rule finding.Code, change func(w *world, list []*ledger.Attempt) error) operator {
		return operator{name: "since: " + name, rules: because(rule), since: true, do: func(w *world) error {
			list, err := w.byHand(w.other)
			if err != nil {
				return err
			}
			return change(w, list)
		}}
	}
	forged := func(name string, part string, result manifest.Result, change func(*manifest.Predicate), was, now string) operator {
		return operator{name: "since: forged " + name, rules: because("history-attempt-run"), since: true, do: func(w *world) error {
			if err := w.forge(part, result, change); err != nil || was == "" {
				return err
			}
			return w.sub(part, "", was, now)
		}}
	}
	// What the entry itself is caught at, the base knows too.
	var again []operator
	for _, o := range ledgerDeeds() {
		if o.name == "entry: duplicated" {
			continue // all that the base had is there
		}
		b := sinceBase()[o.name]
		again = append(again, operator{name: "since: " + o.name, rules: b.rules, oneLine: b.oneLine, since: true, do: o.do})
	}
	return append(again, []operator{
		hand("entry by hand edited", "history-attempt-rewritten", func(w *world, l []*ledger.Attempt) error {
			return w.attempt(l[0], func(b []byte) []byte { return bytes.Replace(b, []byte("Asked around"), []byte("Asked everybody"), 1) })
		}),
		hand("result by hand edited", "history-attempt-result", func(w *world, l []*ledger.Attempt) error {
			return w.attempt(l[1], func(b []byte) []byte { return bytes.Replace(b, []byte("Result: "), []byte("Result: no "), 1) })
		}),
		hand("date by hand edited", "history-attempt-date", func(w *world, l []*ledger.Attempt) error {
			return w.attempt(l[1], func(b []byte) []byte { return bytes.Replace(b, []byte("[2025"), []byte("[2024"), 1) })
		}),
		hand("entry by hand deleted", "history-attempt-deleted", func(w *world, l []*ledger.Attempt) error { return w.attempt(l[1], func([]byte) []byte { return nil }) }),
		hand("entry by hand truncated", "history-attempt-truncated", func(w *world, l []*ledger.Attempt) error {
			return w.attempt(l[0], func(b []byte) []byte { return append(b[:bytes.Index(b, []byte("Metrics"))], w.eol()...) })
		}),
		hand("next actions rewritten", "history-attempt-rewritten", func(w *world, l []*ledger.Attempt) error {
			return w.attempt(l[0], func(b []byte) []byte {
				return bytes.Replace(b, []byte("go on with the next row"), []byte("nothing, it is done"), 1)
			})
		}),
		hand("entry by hand renumbered", "history-attempt-number", func(w *world, l []*ledger.Attempt) error {
			return w.attempt(l[1], func(b []byte) []byte { return bytes.Replace(b, []byte("Attempt #2"), []byte("Attempt #3"), 1) })
		}),
		hand("entries by hand reordered", "history-attempt-order", func(w *world, l []*ledger.Attempt) error { return w.exchange(l[0], l[1]) }),
		hand("entry by hand pasted into another", "history-attempt-split", func(w *world, l []*ledger.Attempt) error {
			lines, from, to, err := w.lines(l[1])
			if err != nil {
				return err
			}
			moved := bytes.Join(lines[from:to], nil)
			return all(func() error { return w.attempt(l[1], func([]byte) []byte { return nil }) }, func() error {
				return w.attempt(l[0], func(b []byte) []byte {
					i := bytes.IndexByte(b, '\n') + 1
					return slices.Concat(b[:i], moved, b[i:])
				})
			})
		}),
		hand("entry by hand moved to another section", "history-attempt-moved", func(w *world, l []*ledger.Attempt) error {
			lines, from, to, err := w.lines(l[0])
			if err != nil {
				return err
			}
			moved := bytes.Join(lines[from:to], nil)
			if err := w.attempt(l[0], func([]byte) []byte { return nil }); err != nil {
				return err
			}
			mine, err := w.byHand(w.initiative)
			if err != nil {
				return err
			}
			return w.attempt(mine[0], func(b []byte) []byte { return append(b, moved...) })
		}),
		hand("section by hand deleted", "history-section-deleted", func(w *world, _ []*ledger.Attempt) error {
			return w.edit(w.ledger, func(b []byte) []byte {
				s, err := ledger.Parse(w.ledger, b).Section(w.other)
				if err != nil {
					return b
				}
				return slices.Concat(b[:s.Span.Start], b[s.Span.End:])
			})
		}),
		{name: "since: runs reordered", rules: because("history-attempt-order"), since: true, do: func(w *world) error {
			list, err := w.runs()
			if err != nil {
				return err
			}
			return w.exchange(list[0], list[len(list)-1])
		}},
		{name: "since: failed run erased", rules: because("history-attempt-deleted"), since: true, do: func(w *world) error {
			r, err := w.record("failing", manifest.Fail)
			if err != nil {
				return err
			}
			return all(func() error { return w.entry("failing", manifest.Fail, func([]byte) []byte { return nil }) }, func() error { return os.RemoveAll(w.path(path.Dir(r.Path))) })
		}},
		{name: "since: entry of a run deleted", rules: because("history-attempt-deleted"), since: true, do: func(w *world) error {
			return w.entry("notick", manifest.Pass, func([]byte) []byte { return nil })
		}},
		{name: "since: manifest deleted", rules: because("history-manifest-deleted"), since: true, do: func(w *world) error {
			r, err := w.record("notick", manifest.Pass)
			if err != nil {
				return err
			}
			return os.Remove(w.path(r.Path))
		}},
		{name: "since: note of an entry", rules: because("history-attempt-rewritten"), since: true, do: func(w *world) error {
			return w.sub("byhand", manifest.Pass, "talked it over", "talked it through")
		}},
		{name: "since: reason of an entry", rules: because("history-attempt-rewritten"), since: true, do: func(w *world) error {
			return w.sub("failing", manifest.Fail, "Reason: exit 3", "Reason: the weather")
		}},
		forged("seconds", "second", manifest.Pass, func(p *manifest.Predicate) { p.Seconds += 300 }, "(exit 0, ", "(exit 0, 30"),
		forged("note", "byhand", manifest.Pass, func(p *manifest.Predicate) { p.Note = "agreed" }, "talked it over", "agreed"),
		forged("actor", "notick", manifest.Pass, func(p *manifest.Predicate) { p.Actor.Name = "Bo" }, "", ""),
		forged("nonce", "notick", manifest.Pass, func(p *manifest.Predicate) { p.Nonce = strings.Repeat("1f", 16) }, "", ""),
		forged("hour", "notick", manifest.Pass, func(p *manifest.Predicate) { p.Finished = p.Finished.Add(1) }, "", ""),
		forged("parents", "second", manifest.Pass, func(p *manifest.Predicate) { p.Parents = nil }, "", ""),
		{name: "since: forged log", rules: because("history-attempt-run"), since: true, do: func(w *world) error {
			return w.log("notick", manifest.Pass, func(name string) error {
				return all(func() error { return w.append(name, "and it was fine\n") }, func() error { return w.sums("notick", manifest.Pass) })
			})
		}},
		{name: "since: lines of an entry deleted", rules: because("history-attempt-lines"), since: true, do: func(w *world) error {
			list, err := w.byHand(w.other)
			if err != nil {
				return err
			}
			return w.attempt(list[0], func(b []byte) []byte {
				i := bytes.Index(b, []byte("Metrics"))
				return slices.Concat(b[:i], b[i+bytes.IndexByte(b[i:], '\n')+1:])
			})
		}},
		{name: "since: entries by hand welded as by union", rules: because("history-attempt-truncated"), since: true, do: func(w *world) error {
			list, err := w.byHand(w.other)
			if err != nil {
				return err
			}
			lines, from, to, err := w.lines(list[0])
			if err != nil {
				return err
			}
			_, from2, to2, err := w.lines(list[1])
			if err != nil {
				return err
			}
			return w.edit(w.ledger, func([]byte) []byte {
				welded := slices.Concat(lines[:from], lines[from:from+1], lines[from2:from2+1], lines[from+1:to-1], lines[from2+1:to2], lines[to2:])
				return bytes.Join(welded, nil)
			})
		}},
		hand("entry by hand quoted in the one above", "history-attempt-welded", func(w *world, l []*ledger.Attempt) error {
			return w.attempt(l[1], func(b []byte) []byte { return slices.Concat([]byte(indent(b)+"> "), b[len(lead(b)):]) })
		}),
		{name: "since: row deleted", rules: because("history-row-deleted"), since: true, do: func(w *world) error {
			return w.deleteRow("failing")
		}},
		{name: "since: row ticked", rules: because("tick-no-attempt"), since: true, do: func(w *world) error {
			return w.token(w.plan, w.ids["openhand"], "[x]")
		}},
		{name: "since: plan deleted", rules: because("history-plan-deleted"), since: true, do: func(w *world) error { return os.Remove(w.path(w.plan)) }},
		{name: "since: fail made a pass in every place", rules: because("history-attempt-result"), since: true, do: func(w *world) error {
			return all(func() error {
				return w.log("failing", manifest.Fail, func(name string) error { return w.write(name, []byte("old output is the same\n")) })
			}, func() error { return w.sums("failing", manifest.Fail) }, func() error {
				return w.forge("failing", manifest.Fail, func(p *manifest.Predicate) {
					p.Result, p.Reason, p.Exit, p.Ticked = manifest.Pass, "", 0, true
					p.Criteria[0].Pass, p.Calls[0].Result = true, true
					for k := range p.Criteria[0].Values {
						delete(p.Criteria[0].Values, k)
					}
				})
			}, func() error {
				return w.entry("failing", manifest.Pass, func(b []byte) []byte {
					for _, c := range [][2]string{{": fail (exit 3", ": pass (exit 0"}, {"Criteria: 0/1 — failed: ", "Criteria: 1/1 — "}, {"Reason: exit 3", "Note: fine"}} {
						b = bytes.Replace(b, []byte(c[0]), []byte(c[1]), 1)
					}
					return b
				})
			}, func() error { return w.token(w.plan, w.ids["failing"], "[x]") })
		}},
	}...)
}

// sinceBase is the rule that names a deed of ledgerDeeds by what the base said: in a block, and on one line where a half of
// an entry is a half of its line.
func sinceBase() map[string]operator {
	const attempt = "history-attempt-"
	by := func(rule finding.Code) operator { return operator{rules: because(rule)} }
	or := func(rule, line finding.Code) operator { return operator{rules: because(rule), oneLine: because(line)} }
	out := map[string]operator{
		"entry: result": by(attempt + "result"), "entry: number": by(attempt + "number"), "entry: date": by(attempt + "date"),
		"entry: run digest": by(attempt + "run"), "entry: run line of another": by(attempt + "run"),
		"entry: deleted": by(attempt + "deleted"), "entry: deleted, of a tick": by(attempt + "deleted"),
		"entry: truncated": or(attempt+"truncated", attempt+"rewritten"), "entry: run split off": or(attempt+"truncated", attempt+"rewritten"),
		"entry: split": or(attempt+"lines", attempt+"rewritten"), "entry: pasted into another": or(attempt+"split", attempt+"rewritten"),
		"entry: moved to another section": by(attempt + "moved"), "section: renamed": by(attempt + "moved"),
		"entries: welded as by union": or(attempt+"welded", attempt+"deleted"), "entries: renumbered": by(attempt + "number"),
		"section: deleted": by("history-section-deleted"), "ledger: deleted": by("history-section-deleted"),
	}
	for _, name := range []string{"exit code", "seconds", "command", "command, and more", "note", "who decided", "criteria", "criterion text", "value", "task", "title", "artifacts"} {
		out["entry: "+name] = by(attempt + "rewritten")
	}
	return out
}

// deleteRow takes a row out of the plan, and its spec with it.
func (w *world) deleteRow(part string) error {
	id := w.ids[part]
	err := w.edit(w.plan, func(b []byte) []byte {
		i := bytes.Index(b, []byte("| "+id+" |"))
		return slices.Concat(b[:i], b[i+bytes.IndexByte(b[i:], '\n')+1:])
	})
	if err != nil {
		return err
	}
	return w.edit(w.specs, func(b []byte) []byte {
		var out []byte
		inside := false
		for l := range bytes.Lines(b) {
			if l[0] != ' ' {
				inside = bytes.HasPrefix(l, []byte(id+":"))
			}
			if !inside {
				out = append(out, l...)
			}
		}
		return out
	})
}

// exchange puts each of two attempts into the other's place.
func (w *world) exchange(a, b *ledger.Attempt) error {
	if a.Line > b.Line {
		a, b = b, a
	}
	lines, from, to, err := w.lines(a)
	if err != nil {
		return err
	}
	_, from2, to2, err := w.lines(b)
	if err != nil {
		return err
	}
	if to > from2 {
		return fmt.Errorf("lines %d and %d are one attempt", a.Line, b.Line)
	}
	return w.edit(w.ledger, func([]byte) []byte {
		return bytes.Join(slices.Concat(lines[:from], lines[from2:to2], lines[to:from2], lines[from:to], lines[to2:]), nil)
	})
}
