package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// StatusView is where the plans stand. It is made by cmd from what the other packages say.
type StatusView struct {
	Schema   string       `json:"schema"`
	Plans    []PlanStatus `json:"plans"`
	Running  []Running    `json:"running"`    // what some planctl runs at this moment
	Open     []string     `json:"unfinished"` // tasks whose runs wait for planctl recover
	Left     []Left       `json:"left"`       // what is left to be done of each, and what still runs of it
	Errors   int          `json:"errors"`     // findings of lint
	Warnings int          `json:"warnings"`
}

// Running is a task that some planctl runs at this moment.
type Running struct {
	Task    string `json:"task"`
	Process int    `json:"process"` // the planctl that runs it
	Since   string `json:"since"`   // RFC 3339, UTC
	Log     string `json:"log,omitempty"`
}

func (r Running) String() string {
	return fmt.Sprintf("since %s, by process %d", r.Since, r.Process)
}

// Left is what is left to be done of a run whose planctl is gone.
type Left struct {
	Task      string `json:"task"`
	Why       string `json:"why"`
	Help      string `json:"help"`
	Processes []int  `json:"processes"` // of its command, that still run
}

func (l Left) String() string {
	if len(l.Processes) == 0 {
		return l.Why + "; " + l.Help
	}
	return l.Why + " (" + processes(l.Processes) + "); " + l.Help
}

// processes names the first few by their numbers.
func processes(pids []int) string {
	if len(pids) == 1 {
		return "process " + strconv.Itoa(pids[0])
	}
	names := make([]string, len(pids))
	for i, n := range pids {
		names[i] = strconv.Itoa(n)
	}
	return "processes " + brief(names)
}

// Unfinished shows a run that waits for recover.
func Unfinished(p *Printer, l Left) {
	p.Printf("%s %s: %s\n", p.Paint(Warn, "unfinished"), Clean(l.Task), Clean(l.String()))
}

// PlanStatus is one plan.
type PlanStatus struct {
	Path       string        `json:"path"`
	Initiative string        `json:"initiative"`
	Title      string        `json:"title"`
	Archived   bool          `json:"archived,omitempty"`
	Tally      Tally         `json:"tally"`
	Phases     []PhaseStatus `json:"phases"`
	Next       []string      `json:"next"`
	Ledger     string        `json:"ledger_status,omitempty"` // the section's own word
	Drift      string        `json:"drift,omitempty"`
	Doubt      string        `json:"doubt,omitempty"`
	Unread     bool          `json:"unread,omitempty"` // specs of it cannot be read, so that it cannot run
}

// PhaseStatus is one phase.
type PhaseStatus struct {
	ID    string      `json:"id"`
	Title string      `json:"title"`
	Line  int         `json:"line"`
	Tally Tally       `json:"tally"`
	Waits string      `json:"waits,omitempty"` // why it is not complete although no row is open, or what it waits for
	Rows  []RowStatus `json:"rows"`
}

// RowStatus is one task.
type RowStatus struct {
	ID      string   `json:"id"`
	Line    int      `json:"line"`
	State   string   `json:"state"`
	Token   string   `json:"token"`
	Title   string   `json:"title"`
	Kind    string   `json:"kind,omitempty"`
	Refuted bool     `json:"refuted,omitempty"`
	Replay  string   `json:"replay,omitempty"` // pass or fail: how the newest replay of its proof ended
	Failed  bool     `json:"failed,omitempty"` // an open row whose newest run failed
	Stale   []string `json:"stale,omitempty"`
	Pins    []string `json:"pins_changed,omitempty"` // pins that are not as they were when it passed; they are in stale, too
	Changed []string `json:"changed,omitempty"`
	Proved  bool     `json:"proved"` // a pass that stands
	Owed    string   `json:"owed,omitempty"`
	Waits   []string `json:"waits_for,omitempty"`
}

// Tally counts rows by state.
type Tally struct {
	Total   int `json:"total"`
	Done    int `json:"done"`
	Active  int `json:"active"`
	Blocked int `json:"blocked"`
	Skipped int `json:"skipped"`
	Todo    int `json:"todo"`
	Unknown int `json:"unknown"`
	Refuted int `json:"refuted"`
	Stale   int `json:"stale"`
}

// Add counts another tally in.
func (t *Tally) Add(o Tally) {
	t.Total += o.Total
	t.Done += o.Done
	t.Active += o.Active
	t.Blocked += o.Blocked
	t.Skipped += o.Skipped
	t.Todo += o.Todo
	t.Unknown += o.Unknown
	t.Refuted += o.Refuted
	t.Stale += o.Stale
}

// closed is what needs no more work.
func (t Tally) closed() int { return t.Done + t.Skipped }

// share is how many of the rows need no more work.
func (t Tally) share() string { return fmt.Sprintf("%d/%d", t.closed(), t.Total) }

// rest is what the share does not say, "" where there is nothing.
func (t Tally) rest() string {
	var parts []string
	for _, c := range []struct {
		n    int
		word string
	}{{t.Skipped, "skipped"}, {t.Active, "active"}, {t.Blocked, "blocked"}, {t.Unknown, "unknown"}, {t.Refuted, "refuted"}, {t.Stale, "stale"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.word))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func (t Tally) String() string { return strings.TrimSuffix(t.share()+" "+t.rest(), " ") }

func plural(n int, word string) string { return Plural(n, word) }

// Plural is a number and what it counts: the word with an s, or the given plural, where it is not one.
func Plural(n int, word string, many ...string) string {
	switch {
	case n == 1:
		return "1 " + word
	case len(many) > 0:
		return fmt.Sprintf("%d %s", n, many[0])
	}
	return fmt.Sprintf("%d %ss", n, word)
}

const barWidth = 20

func bar(p *Printer, t Tally) string {
	if t.Total == 0 {
		return strings.Repeat("░", barWidth)
	}
	full := t.closed() * barWidth / t.Total
	return p.Paint(Good, strings.Repeat("█", full)) + p.Paint(Faint, strings.Repeat("░", barWidth-full))
}

// Status shows plans and phases: with bars to somebody who watches, else one line each. rows adds the tasks.
func Status(p *Printer, v StatusView, rows bool) {
	for i, pl := range v.Plans {
		if i > 0 && p.TTY {
			p.Printf("\n")
		}
		planStatus(p, pl, rows)
	}
	if len(v.Plans) == 0 {
		p.Printf("no plans here; planctl init makes an example, or looks for yours\n")
	}
	for _, r := range v.Running {
		p.Printf("%s %s %s\n", p.Paint(Info, "running"), Clean(r.Task), r)
	}
	for _, l := range v.Left {
		Unfinished(p, l)
	}
	if v.Errors+v.Warnings > 0 {
		p.Printf("%s %s, %s: planctl lint shows them\n", p.Paint(Warn, "findings"), plural(v.Errors, "error"), plural(v.Warnings, "warning"))
	}
}

func planStatus(p *Printer, pl PlanStatus, rows bool) {
	id := Clean(pl.Initiative)
	if p.TTY {
		p.Printf("%s  %s  %s\n", p.Paint(Strong, id), pl.Tally, p.Paint(Faint, Clean(pl.Path)))
	} else {
		p.Printf("%s: %s %s\n", Clean(pl.Path), id, pl.Tally)
	}
	var w widths
	for _, ph := range pl.Phases {
		w.id, w.share = max(w.id, Columns(Clean(ph.ID))), max(w.share, len(ph.Tally.share()))
	}
	w.id = min(w.id, 24)
	for _, ph := range pl.Phases {
		phaseStatus(p, ph, w, rows)
	}
	if pl.Unread {
		p.Printf("  %s its specs cannot be read, so that none of its rows can run: planctl lint\n", p.Paint(Bad, "specs:"))
	}
	if pl.Doubt != "" {
		p.Printf("  %s %s; planctl link settles it\n", p.Paint(Warn, "doubt:"), Clean(pl.Doubt))
	}
	if pl.Drift != "" {
		p.Printf("  %s %s\n", p.Paint(Warn, "drift:"), Clean(pl.Drift))
	}
	if len(pl.Next) > 0 {
		next := make([]string, len(pl.Next))
		for i, n := range pl.Next {
			next[i] = Clean(n)
		}
		p.Printf("  next: %s\n", strings.Join(next, ", "))
	}
}

// widths is the columns that the phases of one plan share.
type widths struct{ id, share int }

func phaseStatus(p *Printer, ph PhaseStatus, w widths, rows bool) {
	id := Pad(Cut(Clean(ph.ID), w.id), w.id)
	if p.TTY {
		parts := []string{"", id, bar(p, ph.Tally), Pad(ph.Tally.share(), w.share)}
		if title := Clean(ph.Title); title != "" {
			if p.Width > 0 {
				title = Cut(title, max(20, p.Width-w.id-barWidth-w.share-10-len(ph.Tally.rest())))
			}
			parts = append(parts, title)
		}
		if rest := ph.Tally.rest(); rest != "" {
			parts = append(parts, p.Paint(Faint, rest))
		}
		p.Printf("%s\n", strings.Join(parts, "  "))
	} else {
		p.Printf("%s\n", strings.TrimRight(fmt.Sprintf("  phase %s %s %s", id, ph.Tally, Clean(ph.Title)), " "))
	}
	switch {
	case ph.Halted():
		p.Printf("    %s %s\n", p.Paint(Bad, "not complete:"), Clean(ph.Waits))
	case ph.Waits != "" && rows:
		p.Printf("    %s %s\n", p.Paint(Faint, "waits:"), Clean(ph.Waits))
	}
	for _, r := range ph.Rows {
		if rows || r.needsEyes() {
			rowStatus(p, r)
		}
	}
}

// Halted reports a phase that is not complete although none of its rows is open: its own criteria failed,
// or nobody has judged them.
func (ph PhaseStatus) Halted() bool { return ph.Waits != "" && ph.Tally.closed() == ph.Tally.Total }

// needsEyes tells the rows that are shown without being asked for: those that will not get on by themselves.
func (r RowStatus) needsEyes() bool {
	return r.Refuted || r.Failed || len(r.Stale) > 0 || len(r.Changed) > 0 || r.Owed != "" || r.State == "blocked" || r.State == "unknown"
}

func rowStatus(p *Printer, r RowStatus) {
	tone := Plain
	switch r.State {
	case "done":
		tone = Good
	case "blocked", "active":
		tone = Warn
	case "unknown":
		tone = Bad
	case "skipped":
		tone = Faint
	}
	p.Printf("    %s %s  %s%s\n", p.Paint(tone, Pad(Clean(r.Token), 4)), Clean(r.ID), Cut(Clean(r.Title), 70), remarks(p, r))
}

func remarks(p *Printer, r RowStatus) string {
	var out []string
	for _, m := range r.remarks() {
		out = append(out, p.Paint(m.tone, Clean(m.text)))
	}
	if len(out) == 0 {
		return ""
	}
	return "  [" + strings.Join(out, "; ") + "]"
}

type remark struct {
	tone Tone
	text string
}

func (r RowStatus) remarks() []remark {
	var out []remark
	switch {
	case r.Refuted && r.Replay == "fail":
		out = append(out, remark{Bad, "refuted: its proof did not hold when it was replayed"})
	case r.Refuted:
		out = append(out, remark{Bad, "refuted: its newest run failed"})
	}
	if r.Failed {
		out = append(out, remark{Bad, "its newest run failed: planctl log " + r.ID + " --tail"})
	}
	if len(r.Pins) > 0 {
		out = append(out, remark{Warn, "pins changed since: " + brief(r.Pins)})
	}
	if inputs := slices.DeleteFunc(slices.Clone(r.Stale), func(s string) bool { return slices.Contains(r.Pins, s) }); len(inputs) > 0 {
		out = append(out, remark{Warn, "stale: " + brief(inputs) + " changed"})
	}
	if len(r.Changed) > 0 {
		out = append(out, remark{Warn, "changed since it ran: " + brief(r.Changed)})
	}
	if r.Owed != "" {
		out = append(out, remark{Warn, r.Owed})
	}
	if r.State == "unknown" {
		out = append(out, remark{Bad, "its state cannot be read: planctl lint"})
	}
	return out
}

func brief(s []string) string {
	if len(s) <= 3 {
		return strings.Join(s, ", ")
	}
	return strings.Join(s[:3], ", ") + fmt.Sprintf(" and %d more", len(s)-3)
}
