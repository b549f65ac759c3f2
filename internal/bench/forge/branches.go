package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/planctl/planctl/ledger"
)

// branches lets two or three branches work at once, and brings them together again as teams do.
func (h *chronicle) branches() error {
	start, err := h.head()
	if err != nil {
		return err
	}
	if err := h.commit("before the branches"); err != nil {
		return err
	}
	h.alone = false
	defer func() { h.alone = true }()
	var names []string
	for i := range 1 + h.rng.IntN(2) {
		name := fmt.Sprintf("work-%s-%d", start[:7], i)
		names = append(names, name)
		if _, err := h.git("checkout", "-q", "-b", name, "main"); err != nil {
			return err
		}
		for range 1 + h.rng.IntN(2) {
			if err := h.act(); err != nil {
				return err
			}
		}
		if _, err := h.git("checkout", "-q", "main"); err != nil {
			return err
		}
		if h.ignored {
			// The reports of the branch are still there, and no ledger of this branch names them.
			if err := h.silent(); err != nil {
				return err
			}
		}
	}
	for range h.rng.IntN(2) {
		if err := h.act(); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := h.join(name); err != nil {
			return err
		}
	}
	return nil
}

// join brings a branch into main. Where people wrote the same line on both sides git asks them; here the branch is left.
func (h *chronicle) join(name string) error {
	how := one(h.rng, "merge", "merge", "merge", "rebase", "squash", "cherry-pick")
	ask := func(args ...string) (bool, error) {
		out, err := h.git(args...)
		if err != nil && (strings.Contains(err.Error(), "CONFLICT") || strings.Contains(err.Error(), "conflict")) {
			return false, nil
		}
		_ = out
		return err == nil, err
	}
	undo := map[string][]string{"merge": {"merge", "--abort"}, "squash": {"reset", "-q", "--hard"}, "rebase": {"rebase", "--abort"}, "cherry-pick": {"cherry-pick", "--abort"}}
	var ok bool
	var err error
	switch how {
	case "merge":
		ok, err = ask("merge", "-q", "--no-ff", "-m", "merge "+name, name)
	case "squash":
		if ok, err = ask("merge", "-q", "--squash", name); ok && err == nil {
			err = h.commit("squashed " + name)
		}
	case "rebase":
		if _, err = h.git("checkout", "-q", name); err != nil {
			return err
		}
		ok, err = ask("rebase", "-q", "main")
	case "cherry-pick":
		var first string
		if first, err = h.git("rev-list", "--reverse", "main.."+name); err != nil {
			return err
		}
		list := strings.Fields(first)
		if len(list) == 0 {
			return nil
		}
		if ok, err = ask("cherry-pick", "--allow-empty", "--keep-redundant-commits", list[0]); ok && err == nil {
			h.met["cherry-pick"]++
			how = "merge"
			ok, err = ask("merge", "-q", "--no-ff", "-m", "merge "+name, name)
		}
	}
	if err != nil {
		return err
	}
	if !ok {
		h.met[how+": left, both wrote one line"]++
		if _, err := h.git(undo[how]...); err != nil {
			return err
		}
		_, err := h.git("checkout", "-q", "main")
		return err
	}
	h.met[how]++
	if how == "rebase" {
		if _, err := h.git("checkout", "-q", "main"); err != nil {
			return err
		}
		if _, err := h.git("merge", "-q", "--ff-only", name); err != nil {
			return err
		}
	}
	return nil
}

// tidy is what people do to a history or to files as a whole.
func (h *chronicle) tidy() error {
	if err := h.commit("all that was there"); err != nil {
		return err
	}
	return one(h.rng, h.reverted, h.reverted, h.undone, h.undone, h.renamed)()
}

// renamed gives the plan another name where it stands.
func (h *chronicle) renamed() error {
	h.met["plan renamed"]++
	was := h.plan
	now := fmt.Sprintf("%s_v%d.md", strings.TrimSuffix(was, ".md"), 2+h.rng.IntN(8))
	moves := [][2]string{{was, now}}
	if h.specs == was {
		h.specs = now
	} else {
		side := strings.TrimSuffix(now, ".md") + ".planctl.yaml"
		moves = append(moves, [2]string{h.specs, side})
		h.specs = side
	}
	for _, m := range moves {
		if _, err := h.git("mv", m[0], m[1]); err != nil {
			return err
		}
	}
	h.plan = now
	if err := h.cite(was); err != nil {
		return err
	}
	return h.commit("a better name")
}

// cite puts the plan's new path where its old one was cited.
func (h *chronicle) cite(was string) error {
	if err := h.edit(h.second, func(b []byte) []byte { return []byte(strings.ReplaceAll(string(b), "plan: "+was, "plan: "+h.plan)) }); err != nil {
		return err
	}
	return h.edit(h.ledger, func(b []byte) []byte {
		return []byte(strings.Replace(string(b), "Plan Reference: `"+was, "Plan Reference: `"+h.plan, 1))
	})
}

// reverted takes the commit of a run back: row, entry and evidence go together.
func (h *chronicle) reverted() error {
	ready, err := h.ready()
	if err != nil {
		return err
	}
	ready = slices.DeleteFunc(ready, func(part string) bool {
		return !slices.Contains([]string{"open", "failing", "notick", "waiting", "red"}, part)
	})
	if len(ready) == 0 || h.ignored {
		return h.note()
	}
	h.met["revert"]++
	before := slices.Clone(h.points)
	if err := h.single(one(h.rng, ready...)); err != nil {
		return err
	}
	if _, err := h.git("revert", "--no-edit", "HEAD"); err != nil {
		return err
	}
	h.points = before // a base that has the run would miss it
	return nil
}

// single runs a part in one commit.
func (h *chronicle) single(part string) error {
	do := h.passes(part)
	switch part {
	case "failing":
		do = h.fails(part)
	case "red":
		if b, err := h.read("src/impl.txt"); err != nil || string(b) != "todo\n" {
			do = h.note
		}
	}
	if err := do(); err != nil {
		return err
	}
	return h.commit(part)
}

// undone throws away what was not committed: a run that a person did not want.
func (h *chronicle) undone() error {
	ready, err := h.ready()
	if err != nil || len(ready) == 0 || h.ignored {
		return errOr(err, h.note)
	}
	if ready = slices.DeleteFunc(ready, func(part string) bool { return part != "open" && part != "failing" }); len(ready) == 0 {
		return h.note()
	}
	h.met["run thrown away"]++
	if err := all(h.one(one(h.rng, ready...)), func() error { _, err := h.git("reset", "-q", "--hard"); return err }); err != nil {
		return err
	}
	_, err = h.git("clean", "-q", "-f", "-d")
	return err
}

func (h *chronicle) one(part string) func() error {
	if part == "failing" {
		return h.fails(part)
	}
	return h.passes(part)
}

// archive moves the plans, with their reports, to the archive, and sometimes the ledger's section too.
func (h *chronicle) archive() error {
	if !strings.HasPrefix(h.plan, "plans/active/"+h.initiative+"/") || h.ignored {
		return h.note()
	}
	if err := h.commit("before the move"); err != nil {
		return err
	}
	from, to := "plans/active/"+h.initiative, "plans/archive/"+h.initiative
	h.met["plans moved with their reports"]++
	if err := h.write("plans/archive/README.txt", []byte("what is over\n")); err != nil {
		return err
	}
	if _, err := h.git("mv", from, to); err != nil {
		return err
	}
	h.moved = true
	old := h.plan
	h.plan, h.second, h.specs = strings.Replace(h.plan, from, to, 1), strings.Replace(h.second, from, to, 1), strings.Replace(h.specs, from, to, 1)
	if err := h.cite(old); err != nil {
		return err
	}
	if chance(h.rng, 2) {
		return h.commit("moved to the archive")
	}
	h.met["section moved to an archive"]++
	b, err := h.read(h.ledger)
	if err != nil {
		return err
	}
	s, err := ledger.Parse(h.ledger, b).Section(h.initiative)
	if err != nil {
		return err
	}
	section := string(s.Span.Of(b))
	const archive = "docs/fix_plan_archive.md"
	return all(
		func() error { return h.write(archive, []byte("# Archive"+h.end(b)+h.end(b)+section)) },
		func() error {
			return h.edit(h.ledger, func(b []byte) []byte { return []byte(strings.Replace(string(b), section, "", 1)) })
		},
		func() error { return h.append(".planctl.yaml", "ledgers: ["+archive+"]\n") },
		func() error { return h.commit("moved to the archive, with its section") })
}
