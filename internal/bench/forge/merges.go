package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/engine"
	"github.com/planctl/planctl/plan"
)

// team is a repository in which two or three branches work at the same time. Each runs rows of its own, one that passes
// and one that fails, ticks one by hand, reopens one that was done, and writes into ledger and plan by hand. Some rows
// they share: both may run one, and both may reopen one.
type team struct {
	*chronicle
	branches int
	owned    []map[string][]string // by branch: what is to be done with a row → parts
	shared   bool                  // both sides may run and reopen the shared rows
}

// merge makes the repository of a seed below dir, lets its branches work, and merges them one after the other with
// planctl's driver. After each merge no line may be lost, no entry doubled, and verify has to be silent, alone and
// against both sides and the commit where they parted.
func merge(dir, planctl string, seed uint64) (map[string]int, error) {
	home := filepath.Join(dir, fmt.Sprintf("merge%d", seed))
	p, err := newPlace(home, seed)
	if err != nil {
		return nil, err
	}
	m := &team{chronicle: &chronicle{seed: seed, world: &world{place: p, drawn: draw(p.rng)}, met: map[string]int{}}, branches: 2 + p.rng.IntN(2)}
	if err := m.live(planctl); err != nil {
		var miss *missError
		if errors.As(err, &miss) {
			return nil, err
		}
		return nil, fmt.Errorf("seed %d, kept in %s: %w", seed, home, err)
	}
	return m.met, os.RemoveAll(home)
}

func (m *team) live(planctl string) error {
	if err := m.begin(planctl); err != nil {
		return err
	}
	for i := range m.branches {
		if _, err := m.git("checkout", "-q", "-b", branch(i), "main"); err != nil {
			return err
		}
		if err := m.works(i); err != nil {
			return err
		}
	}
	trunk := branch(0)
	if _, err := m.git("checkout", "-q", trunk); err != nil {
		return err
	}
	for i := 1; i < m.branches; i++ {
		merged, err := m.joins(trunk, branch(i))
		if err != nil {
			return err
		}
		if !merged {
			m.met["left to people: both wrote one line"]++
			return nil
		}
	}
	m.met[fmt.Sprintf("merges of %d branches", m.branches)]++
	return nil
}

func branch(i int) string { return fmt.Sprintf("branch%d", i) }

// begin writes the documents, lets what is to be reopened pass on main, and sets the merge driver up.
func (m *team) begin(planctl string) error {
	rows, texts := m.drawRows()
	config := m.config(m.rng)
	m.shared = !strings.Contains(config, "annotate") // a note of each run in one cell is a real disagreement
	files := map[string][]byte{".planctl.yaml": []byte(config), m.plan: m.ends(m.teamPlan(rows, texts)), m.ledger: m.ends(m.ledgerText(m.rng))}
	for _, name := range sortedNames(files) {
		if err := m.write(name, files[name]); err != nil {
			return err
		}
	}
	c := exec.Command(planctl, "merge", "--install")
	c.Dir, c.Env = m.dir, m.env
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("planctl merge --install: %w\n%s", err, out)
	}
	done := []string{"shared done"}
	for _, o := range m.owned {
		done = append(done, o["reopen"]...)
	}
	for _, part := range done {
		if err := m.passes(part)(); err != nil {
			return err
		}
	}
	return m.commit("where they start")
}

// drawRows deals the rows out: to each branch what it needs, and two that all have. It gives them by phase, with their specs.
func (m *team) drawRows() (rows [3][]string, specs map[string]string) {
	specs = map[string]string{"shared open": `{run: "echo both looked at it"}`, "shared done": `{run: "echo both will look again"}`}
	all := []string{"shared open", "shared done"}
	for i := range m.branches {
		o := map[string][]string{}
		for what, n := range map[string]int{"run": 2 + i%2, "fail": 1, "tick": 1, "reopen": 1 + i%2} {
			for k := range n {
				part := fmt.Sprintf("%s %d of %d", what, k, i)
				o[what] = append(o[what], part)
				all = append(all, part)
			}
		}
		m.owned = append(m.owned, o)
	}
	slices.Sort(all)
	m.rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	m.ids, m.parts = map[string]string{}, nil
	for n, part := range all {
		ph := n * 3 / len(all)
		rows[ph] = append(rows[ph], part)
		m.ids[part] = fmt.Sprintf("%s.%d", m.phases[ph], len(rows[ph]))
		m.parts = append(m.parts, part)
		switch what, _, _ := strings.Cut(part, " "); what {
		case "run":
			specs[part] = fmt.Sprintf(`{run: "mkdir -p out; echo %s $PLANCTL_STAMP | tee out/%s.txt", artifacts: ["out/%s.txt"], criteria: ['log contains "run"']}`, part, m.ids[part], m.ids[part])
		case "fail":
			specs[part] = `{run: "echo not yet; exit 3"}`
		case "tick":
			specs[part] = `{kind: manual}`
		case "reopen":
			specs[part] = fmt.Sprintf(`{run: "echo %s"}`, part)
		}
	}
	return rows, specs
}

func (m *team) teamPlan(rows [3][]string, specs map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Plan: what %d branches do at once\n\n- Initiative: %s\n\n", m.branches, m.initiative)
	mark := one(m.rng, "[ ]", "`[ ]`")
	for ph, parts := range rows {
		fmt.Fprintf(&b, "### Phase %s: part %d\nGoal: what the rows say.\n\n| ID | Task Description | State | How/Why & Guidance |\n| --- | --- | --- | --- |\n", m.phases[ph], ph+1)
		for _, part := range parts {
			fmt.Fprintf(&b, "| %s | See to %s | %s | as agreed |\n", m.ids[part], part, mark)
		}
		b.WriteString("\n")
	}
	b.WriteString("```yaml planctl\n")
	for _, part := range m.parts {
		fmt.Fprintf(&b, "%q: %s\n", m.ids[part], specs[part])
	}
	return b.String() + "```\n"
}

// works is what one branch does: everything that the mode speaks of, in an order of its own, in a few commits.
func (m *team) works(i int) error {
	o := m.owned[i]
	var acts []func() error
	for _, part := range o["run"] {
		acts = append(acts, m.noted("runs that passed", m.passes(part)))
	}
	for _, part := range o["fail"] {
		acts = append(acts, m.noted("runs that failed", m.fails(part)))
	}
	for _, part := range o["tick"] {
		acts = append(acts, m.noted("ticks by hand", m.decided(part, "done", fmt.Sprintf("branch %d says so", i))))
	}
	for _, part := range o["reopen"] {
		acts = append(acts, func() error { return m.reopens(part, i, true) })
	}
	if m.shared && chance(m.rng, 2) {
		acts = append(acts, m.noted("rows that several branches ran", m.passes("shared open")))
	}
	if m.shared && chance(m.rng, 2) {
		acts = append(acts, func() error { return m.reopens("shared done", i, false) })
	}
	// Writing by hand: an attempt, a line below an attempt of a run, a line of prose, the cell beside a row.
	acts = append(acts, m.attemptByHand, m.noted("lines by hand in the plan", func() error { return m.proseIn(i) }), func() error { return m.besideRow(one(m.rng, o["run"]...)) })
	if chance(m.rng, 2) {
		acts = append(acts, m.attemptByHand)
	}
	if chance(m.rng, 4) {
		acts = append(acts, m.lineBelow) // of any run: another branch may have chosen the same
	}
	m.rng.Shuffle(len(acts), func(i, j int) { acts[i], acts[j] = acts[j], acts[i] })
	for _, act := range acts {
		if err := act(); err != nil {
			return err
		}
		if chance(m.rng, 3) {
			if err := m.commit(fmt.Sprintf("on branch %d", i)); err != nil {
				return err
			}
		}
	}
	return m.commit(fmt.Sprintf("branch %d is done", i))
}

func (m *team) noted(what string, do func() error) func() error {
	return func() error { m.met[what]++; return do() }
}

// reopens takes a pass back, with the engine or with an editor and the word for it, and may earn it anew.
func (m *team) reopens(part string, i int, again bool) error {
	m.met["rows reopened"]++
	if again && chance(m.rng, 3) {
		if err := m.token(m.plan, m.ids[part], "[ ]"); err != nil {
			return err
		}
	}
	if err := m.mark(m.task(part), "todo", engine.MarkOptions{Note: fmt.Sprintf("branch %d knows better", i)}); err != nil {
		return err
	}
	if again && chance(m.rng, 2) {
		m.met["rows reopened and run again"]++
		return m.run(m.task(part), engine.Passed, engine.RunOptions{})
	}
	return nil
}

// proseIn is a remark in a phase, which is most often this branch's alone.
func (m *team) proseIn(i int) error {
	ph := i
	if chance(m.rng, 8) {
		ph = m.rng.IntN(3)
	}
	return m.edit(m.plan, func(b []byte) []byte {
		return []byte(strings.Replace(string(b), "### Phase "+m.phases[ph], fmt.Sprintf("A remark of the %d.%s%s### Phase %s", m.clock().Unix(), m.end(b), m.end(b), m.phases[ph]), 1))
	})
}

// besideRow writes into the cell after the state of a row that this branch runs.
func (m *team) besideRow(part string) error {
	m.met["cells by hand"]++
	return m.edit(m.plan, func(b []byte) []byte {
		lines := strings.SplitAfter(string(b), "\n")
		for n, l := range lines {
			if cells := strings.Split(l, "|"); len(cells) > 5 && strings.TrimSpace(cells[1]) == m.ids[part] {
				cells[4] = fmt.Sprintf("%s(%d) ", cells[4], m.clock().Unix())
				lines[n] = strings.Join(cells, "|")
			}
		}
		return []byte(strings.Join(lines, ""))
	})
}

// side is plan and ledger as a commit has them.
type side struct{ plan, ledger string }

func (m *team) side(commit string) (side, error) {
	p, err := m.git("show", commit+":"+m.plan)
	if err != nil {
		return side{}, err
	}
	l, err := m.git("show", commit+":"+m.ledger)
	return side{p, l}, err
}

// joins merges a branch into the one that is checked out; false where git asks people.
func (m *team) joins(trunk, name string) (bool, error) {
	fork, err := m.git("merge-base", trunk, name)
	if err != nil {
		return false, err
	}
	ours, err := m.head()
	if err != nil {
		return false, err
	}
	m.now = m.now.Add(1)
	if _, err := m.git("merge", "-q", "--no-ff", "-m", "merge "+name, name); err != nil {
		if !strings.Contains(err.Error(), "CONFLICT") {
			return false, err
		}
		_, err := m.git("merge", "--abort")
		return false, err
	}
	var s [4]side
	for i, commit := range []string{fork, ours, name, "HEAD"} {
		if s[i], err = m.side(commit); err != nil {
			return false, err
		}
	}
	if err := errors.Join(joinedLedger(s[0].ledger, s[1].ledger, s[2].ledger, s[3].ledger), joinedPlan(s[0].plan, s[1].plan, s[2].plan, s[3].plan)); err != nil {
		return false, err
	}
	for _, base := range []string{"", fork, ours, name} {
		if base == name {
			if base, err = m.git("rev-parse", name); err != nil {
				return false, err
			}
		}
		found, err := m.verify(base)
		if err != nil {
			return false, err
		}
		if l := loud(found); len(l) > 0 {
			return false, &missError{"a merge of honest branches, base " + base, m.seed, m.dir, l}
		}
	}
	return true, nil
}

// joinedLedger holds a merged ledger to both sides. Nobody takes a line out of a ledger here, so that each is there as
// often as the sides have it together: less is lost, more is doubled.
func joinedLedger(fork, ours, theirs, merged string) error {
	f, o, t, got := tally(fork), tally(ours), tally(theirs), tally(merged)
	for line := range got {
		if want := o[line] + t[line] - f[line]; got[line] > want {
			return fmt.Errorf("the ledger has %q %d times, and both sides together %d times", line, got[line], want)
		}
	}
	for _, s := range []map[string]int{o, t} {
		for line := range s {
			if want := o[line] + t[line] - f[line]; got[line] < want {
				return fmt.Errorf("the ledger lost %q: it is there %d times, and in both sides together %d times", line, got[line], want)
			}
		}
	}
	return nil
}

// tally counts the lines of a text, blank ones aside.
func tally(text string) map[string]int {
	n := map[string]int{}
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimRight(l, " \t\r"); l != "" {
			n[l]++
		}
	}
	return n
}

// joinedPlan holds a merged plan to both sides, the rows cell by cell: who changed one has it, and what both changed
// they changed to the same.
func joinedPlan(fork, ours, theirs, merged string) error {
	var cells, lines [4]map[string]string
	for i, text := range []string{fork, ours, theirs, merged} {
		cells[i], lines[i] = map[string]string{}, map[string]string{}
		for _, t := range plan.Parse("plan.md", []byte(text), plan.DefaultTokens()).Tasks() {
			row := strings.Split(strings.Split(text, "\n")[t.Line-1], "|")
			for n, c := range row {
				cells[i][fmt.Sprintf("%s, cell %d", t.ID, n)] = strings.TrimSpace(c)
			}
		}
		for l, n := range tally(text) {
			if !strings.HasPrefix(l, "| ") {
				lines[i][l] = fmt.Sprint(n)
			}
		}
	}
	return errors.Join(joined(cells), joined(lines))
}

// joined is the three-way rule for each of many values: fork, ours, theirs, merged.
func joined(s [4]map[string]string) error {
	keys := map[string]bool{}
	for _, m := range s {
		for k := range m {
			keys[k] = true
		}
	}
	for _, k := range sortedNames(keys) {
		f, o, t, got := s[0][k], s[1][k], s[2][k], s[3][k]
		want := o
		if o == f {
			want = t
		}
		if t != f && o != f && o != t {
			return fmt.Errorf("the plan was merged, and both sides changed %s: %q, %q", k, o, t)
		}
		if got != want {
			return fmt.Errorf("the plan says %q of %s: it was %q, ours is %q, theirs %q", got, k, f, o, t)
		}
	}
	return nil
}
