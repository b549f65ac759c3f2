package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// chronicle is a repository whose history grows, honestly, act by act.
type chronicle struct {
	*world
	seed    uint64
	met     map[string]int // what happened, and how often
	points  []string       // commits of main that may be asked for as a base
	ignored bool           // git is told not to keep the reports
	alone   bool           // there is no other branch whose work is still to come
	moved   bool           // the plans are archived: nothing runs any more
}

// history makes the history of one seed below dir and holds verify to silence. It gives what happened in it.
func history(dir, planctl string, seed uint64) (map[string]int, error) {
	home := filepath.Join(dir, fmt.Sprintf("history%d", seed))
	p, err := newPlace(home, seed)
	if err != nil {
		return nil, err
	}
	h := &chronicle{seed: seed, world: &world{place: p, drawn: draw(p.rng)}, met: map[string]int{}, alone: true}
	if err := h.live(planctl); err != nil {
		var miss *missError
		if errors.As(err, &miss) {
			return nil, err
		}
		return nil, fmt.Errorf("seed %d, kept in %s: %w", seed, home, err)
	}
	if err := h.silent(h.points...); err != nil {
		return nil, err
	}
	if chance(p.rng, 4) && !h.ignored {
		if err := h.cloned(); err != nil {
			return nil, err
		}
	}
	return h.met, errors.Join(os.RemoveAll(home), os.RemoveAll(home+"-clone"))
}

// live is a handful of acts, some of them of two branches at once.
func (h *chronicle) live(planctl string) error {
	if err := h.begin(planctl); err != nil {
		return err
	}
	for range 5 + h.rng.IntN(4) {
		var err error
		switch {
		case chance(h.rng, 4) && !h.moved:
			err = h.branches()
		case chance(h.rng, 5) && !h.moved:
			err = h.tidy()
		default:
			err = h.act()
		}
		if err != nil {
			return err
		}
		if err := h.point(); err != nil {
			return err
		}
	}
	if chance(h.rng, 4) && !h.moved {
		h.met["archived"]++
		if err := h.archive(); err != nil {
			return err
		}
	}
	return nil
}

// begin commits the documents, and what makes git merge them well.
func (h *chronicle) begin(planctl string) error {
	if h.ignored = chance(h.rng, 10); h.ignored {
		h.met["reports ignored"]++
		if err := h.write(".gitignore", []byte("reports/\n")); err != nil {
			return err
		}
	}
	if err := h.documents(); err != nil {
		return err
	}
	c := exec.Command(planctl, "merge", "--install")
	c.Dir, c.Env = h.dir, h.env
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("planctl merge --install: %w\n%s", err, out)
	}
	if err := h.commit("the merge driver"); err != nil {
		return err
	}
	return h.point()
}

// point notes the commit that is checked out as a base that may be asked for.
func (h *chronicle) point() error {
	id, err := h.head()
	h.points = append(h.points, id)
	return err
}

// silent wants no error and no warning, alone and against up to three of the bases.
func (h *chronicle) silent(bases ...string) error {
	asked := []string{""}
	for range 3 {
		if len(bases) > 0 {
			asked = append(asked, one(h.rng, bases...))
		}
	}
	for _, base := range asked {
		found, err := h.verify(base)
		if err != nil {
			return err
		}
		if l := loud(found); len(l) > 0 {
			return &missError{"a history that nobody tampered with, base " + base, h.seed, h.dir, l}
		}
	}
	return nil
}

// cloned is silent elsewhere too: in a clone, which has no commit but those of main, in a shallow one, and in a worktree.
func (h *chronicle) cloned() error {
	if changed, err := h.git("status", "--porcelain"); err != nil || changed != "" {
		return err // what is not committed is not in a clone
	}
	to, base := h.dir+"-clone", h.points[0]
	args := []string{"clone", "-q", "--single-branch", "--no-local", "file://" + h.dir, to}
	switch how := one(h.rng, "clone", "clone", "shallow clone", "worktree"); how {
	case "shallow clone":
		args, base = slices.Insert(args, 2, "--depth", "1"), ""
		h.met["verified in a "+how]++
	case "worktree":
		args = []string{"worktree", "add", "-q", "--detach", to}
		h.met["verified in a "+how]++
	default:
		h.met["verified in a "+how]++
	}
	if _, err := h.git(args...); err != nil {
		return err
	}
	p := *h.place
	p.dir = to
	found, err := p.verify(base)
	if err != nil {
		return err
	}
	if l := loud(found); len(l) > 0 {
		return &missError{"a clone of a history that nobody tampered with", h.seed, to, l}
	}
	return nil
}
