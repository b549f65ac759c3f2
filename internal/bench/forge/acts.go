package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/internal/schedule"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// act is one thing that somebody does, and its commit.
func (h *chronicle) act() error {
	if h.moved || chance(h.rng, 3) || h.alone && chance(h.rng, 3) {
		return h.write1()
	}
	ready, err := h.ready()
	if err != nil {
		return err
	}
	if len(ready) == 0 {
		return h.write1()
	}
	return h.work(one(h.rng, ready...))
}

// ready is the parts of the plan that can be worked on now.
func (h *chronicle) ready() ([]string, error) {
	ws, err := h.open()
	if err != nil {
		return nil, err
	}
	p, err := ws.FindPlan(h.plan)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, part := range h.parts {
		it := p.Item(h.ids[part])
		if len(schedule.Gates(ws, it)) > 0 || !schedule.IsOpen(it.Task) {
			continue
		}
		switch {
		case part == "green" && p.Item(h.ids["red"]).Task.State != plan.Done:
		case part == "again" && !h.alone: // it makes other bytes each time, and git would have to choose
		default:
			out = append(out, part)
		}
	}
	return out, nil
}

// work does what a part asks for, in the steps in which people do it, and commits.
func (h *chronicle) work(part string) error {
	h.met["work"]++
	var steps []func() error
	switch part {
	case "second":
		steps = []func() error{h.fails(part), func() error { return h.write("src/threshold.txt", []byte("9\n")) }, h.passes(part)}
		if b, err := h.read("src/threshold.txt"); err != nil || string(b) == "9\n" {
			steps = []func() error{h.passes(part)}
		}
	case "byhand", "openhand":
		steps = []func() error{h.decided(part, one(h.rng, "done", "done", "skipped"), "as agreed")}
	case "red":
		if b, err := h.read("src/impl.txt"); err != nil || string(b) != "todo\n" {
			return h.write1()
		}
		steps = []func() error{func() error { return h.write("src/wip.txt", []byte("unfinished\n")) }, h.passes(part)}
	case "green":
		steps = []func() error{func() error { return h.write("src/impl.txt", []byte("ready\n")) }, h.passes(part)}
	case "review", "waiting":
		steps = []func() error{h.passes(part)}
		if part == "review" {
			steps = append(steps, func() error { return h.mark(h.task(part), "done", engine.MarkOptions{Run: h.lastRun(part)}) })
		}
	case "again":
		steps = []func() error{h.passes(part), h.decided(part, "todo", "the numbers moved"), h.passes(part)}
	case "reopened":
		steps = []func() error{h.passes(part), h.decided(part, one(h.rng, "todo", "blocked"), "not clean yet")}
		if !h.alone {
			steps[0] = func() error { return nil } // as with again
			steps[1] = h.decided(part, "active", "somebody has begun")
			if b, err := h.state(part); err != nil || b == plan.Active {
				return h.write1()
			}
		}
	case "notick":
		steps = []func() error{func() error { return h.run(h.task(part), engine.Passed, engine.RunOptions{NoTick: true}) }}
	case "failing":
		steps = []func() error{h.fails(part)}
	default:
		steps = []func() error{h.passes(part)}
	}
	for i, s := range steps {
		if err := s(); err != nil {
			return err
		}
		// On a branch a failure goes with the pass that follows: picked alone it would stand after another branch's pass,
		// and the newest run decides.
		if i+1 < len(steps) && h.alone && chance(h.rng, 3) {
			if err := h.commit("on the way to " + part); err != nil {
				return err
			}
		}
	}
	return h.commit(part)
}

func (h *chronicle) state(part string) (plan.State, error) {
	ws, err := h.open()
	if err != nil {
		return 0, err
	}
	p, err := ws.FindPlan(h.plan)
	if err != nil {
		return 0, err
	}
	return p.Item(h.ids[part]).Task.State, nil
}

// write1 is something that a person writes.
func (h *chronicle) write1() error {
	acts := []func() error{h.note, h.attemptByHand, h.lineBelow, h.prosePlan, h.guidance}
	if h.alone {
		acts = append(acts, h.proseEnd, h.lineEnds, h.blankLines, h.status)
		if !h.moved {
			acts = append(acts, h.reworded, h.judgedMore, h.takenBack, h.inputs)
		}
	}
	if err := one(h.rng, acts...)(); err != nil {
		return err
	}
	if chance(h.rng, 8) && h.alone {
		return nil // not committed yet: it goes with the next one
	}
	return h.commit("wrote something")
}

func (h *chronicle) note() error {
	h.met["prose"]++
	return h.write(fmt.Sprintf("notes/%d.md", h.clock().Unix()), []byte("a thought\n"))
}

// attemptByHand adds an attempt below the last one of a section, as people do.
func (h *chronicle) attemptByHand() error {
	h.met["attempt by hand"]++
	b, err := h.read(h.ledger)
	if err != nil {
		return err
	}
	doc := ledger.Parse(h.ledger, b)
	s, err := doc.Section(one(h.rng, h.initiative, h.other))
	if err != nil {
		return err
	}
	list := s.Entries()
	a := list[len(list)-1]
	number := fmt.Sprintf(" #%d", s.NextNumber())
	if !h.alone {
		number = "" // two people would choose the same one, which is a warning
	}
	return h.attempt(a, func(b []byte) []byte {
		return fmt.Appendf(terminated(b, h.end(b)), "%s[2026-02-%02d] Attempt%s — Result: %s. Looked at it again (%d).%s%sNext Actions: none.%s",
			lead(b), 1+h.rng.IntN(28), number, one(h.rng, "success", "partial", "blocked"), h.clock().Unix(), h.end(b), indent(b), h.end(b))
	})
}

// end is how a text ends its lines.
func (h *chronicle) end(b []byte) string {
	if bytes.Contains(b, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}

func terminated(b []byte, eol string) []byte {
	if bytes.HasSuffix(b, []byte("\n")) {
		return b
	}
	return append(b, eol...)
}

// lineBelow adds a line under an entry: those are people's own.
func (h *chronicle) lineBelow() error {
	list, err := h.runs()
	if err != nil || len(list) == 0 {
		return errOr(err, h.note)
	}
	h.met["line below an entry"]++
	return h.attempt(one(h.rng, list...), func(b []byte) []byte {
		return fmt.Appendf(terminated(b, h.end(b)), "%s%s (%d)%s", indent(b), one(h.rng, "Reviewed by Bo.", "- Next: ask Ana", "Metrics: as expected"), h.clock().Unix(), h.end(b))
	})
}

func errOr(err error, do func() error) error {
	if err != nil {
		return err
	}
	return do()
}

func (h *chronicle) prosePlan() error {
	h.met["prose"]++
	return h.edit(h.plan, func(b []byte) []byte {
		i := bytes.Index(b, []byte("### Phase "+h.phases[h.rng.IntN(3)]))
		return slices.Concat(b[:i], fmt.Appendf(nil, "A remark of the %d.%s%s", h.clock().Unix(), h.end(b), h.end(b)), b[i:])
	})
}

// guidance changes a cell that planctl does not hold anybody to.
func (h *chronicle) guidance() error {
	h.met["guidance"]++
	return h.edit(h.plan, func(b []byte) []byte {
		part := one(h.rng, h.parts...)
		row := []byte("| " + h.ids[part] + " | ")
		i := bytes.Index(b, row)
		end := i + bytes.IndexByte(b[i:], '\n')
		cells := bytes.Split(b[i:end], []byte("|"))
		cells[4] = fmt.Appendf(nil, " mind the gap %d ", h.clock().Unix())
		return slices.Concat(b[:i], bytes.Join(cells, []byte("|")), b[end:])
	})
}

func (h *chronicle) proseEnd() error {
	h.met["prose"]++
	return h.edit(h.ledger, func(b []byte) []byte { return append(b, h.end(b)+"Another thought at the end."+h.end(b)...) })
}

// lineEnds is an editor that ends lines in its own way.
func (h *chronicle) lineEnds() error {
	h.met["line ends"]++
	return h.edit(h.ledger, func(b []byte) []byte {
		if h.end(b) == "\r\n" {
			return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
		}
		return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
	})
}

// blankLines puts blank lines around an entry, and blanks at the end of a line of prose.
func (h *chronicle) blankLines() error {
	h.met["blank lines"]++
	list, err := h.runs()
	if err != nil || len(list) == 0 {
		return errOr(err, h.note)
	}
	return h.attempt(list[len(list)-1], func(b []byte) []byte { return append(terminated(b, h.end(b)), h.end(b)...) })
}

func (h *chronicle) status() error {
	h.met["status line"]++
	return h.edit(h.ledger, func(b []byte) []byte {
		return bytes.Replace(b, []byte("- Status: pending"), []byte("- Status: pending, as ever"), 1)
	})
}

// doneParts is the parts that a run or a decision ticked.
func (h *chronicle) doneParts() ([]string, error) {
	ws, err := h.open()
	if err != nil {
		return nil, err
	}
	p, err := ws.FindPlan(h.plan)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, part := range h.parts {
		if it := p.Item(h.ids[part]); it.Task.State == plan.Done && it.LastPass() != nil {
			out = append(out, part)
		}
	}
	return out, nil
}

// reworded gives a ticked row other words, and a person says that it is the same task.
func (h *chronicle) reworded() error {
	done, err := h.doneParts()
	if err != nil || len(done) == 0 {
		return errOr(err, h.note)
	}
	part := one(h.rng, done...)
	h.met["row reworded"]++
	err = h.edit(h.plan, func(b []byte) []byte {
		i := bytes.Index(b, []byte("| "+h.ids[part]+" | "))
		end := i + bytes.IndexByte(b[i:], '\n')
		cells := bytes.Split(b[i:end], []byte("|"))
		cells[2] = fmt.Appendf(nil, " %s (said better: %d) ", h.title(part), h.clock().Unix())
		return slices.Concat(b[:i], bytes.Join(cells, []byte("|")), b[end:])
	})
	if err != nil {
		return err
	}
	return h.mark(h.task(part), "done", engine.MarkOptions{Same: true})
}

// judgedMore adds a criterion to a task that passed, and has it judged on the evidence that is there.
func (h *chronicle) judgedMore() error {
	done, err := h.doneParts()
	if err != nil || !slices.Contains(done, "build") {
		return errOr(err, h.note)
	}
	h.met["criterion added and judged"]++
	if err := h.replace(h.specs, `  - 'seconds < 600'`, `  - 'seconds < 600'`+h.end(nil)+fmt.Sprintf(`    - 'seconds < %d'`, h.clock().Unix())); err != nil {
		return err
	}
	j, err := h.engine().Check(context.Background(), h.task("build"), true)
	if err != nil {
		return err
	}
	if !j.Pass {
		return fmt.Errorf("check of %s did not pass", h.task("build"))
	}
	return nil
}

// takenBack is a person's untick, with the word that says so.
func (h *chronicle) takenBack() error {
	done, err := h.doneParts()
	if err != nil {
		return err
	}
	done = slices.DeleteFunc(done, func(part string) bool { return part != "review" && part != "openhand" && part != "again" })
	if len(done) == 0 {
		return h.note()
	}
	part := one(h.rng, done...)
	h.met["tick taken back"]++
	if part != "again" && chance(h.rng, 2) {
		if err := h.token(h.plan, h.ids[part], "[ ]"); err != nil {
			return err
		}
	}
	return h.mark(h.task(part), "active", engine.MarkOptions{Note: "not good enough"})
}

// inputs changes what a task reads, and runs it again.
func (h *chronicle) inputs() error {
	done, err := h.doneParts()
	if err != nil || !slices.Contains(done, "build") {
		return errOr(err, h.note)
	}
	h.met["input changed and run again"]++
	if err := h.append("src/a.in", "more\n"); err != nil {
		return err
	}
	return h.run(h.task("build"), engine.Passed, engine.RunOptions{})
}
