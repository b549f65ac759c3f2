// Package adopt proposes the files that a repository needs to work with
// planctl: for an empty place an example to start from, for one that already
// works this way a config that says what was found. It proposes and may not
// write.
package adopt

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/planctl/planctl/internal/glob"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
	"github.com/planctl/planctl/plan"
)

// File is one file to be made where none is.
type File struct {
	Path       string // slash-separated, relative to the workspace
	Data       []byte
	Why        string
	Executable bool
}

// Proposal is what init would do.
type Proposal struct {
	Files  []File
	Found  []string // what is there already, for people to read
	Unsure []Unsure // what a person has to settle
}

// Unsure is plans whose initiative a person has to settle, for one reason.
type Unsure struct {
	Why      string
	Commands []string // that settle it, where the IDs in them are right
	Details  []string // of each command, what more there is to say; "" where there is nothing
}

// Propose looks at a workspace and its files. Nothing in it is replaced: a file that is there is Found.
func Propose(w *workspace.Workspace, root fs.FS) (Proposal, error) {
	if len(w.Plans) == 0 && (w.Ledger == nil || w.Ledger.Doc == nil) {
		other, err := ledgers(root)
		if err != nil {
			return Proposal{}, err
		}
		if len(other) == 0 {
			return fresh(w), nil
		}
	}
	return existing(w, root)
}

func fresh(w *workspace.Workspace) Proposal {
	p := Proposal{}
	p.passedOver(w)
	if w.ConfigPath == "" {
		p.Files = append(p.Files, File{Path: ".planctl.yaml", Data: []byte(freshConfig), Why: "where plans and ledger are"})
	} else {
		p.Found = append(p.Found, "a config, left as it is")
	}
	p.Files = append(p.Files,
		File{Path: "plans/active/EXAMPLE-001/plan.md", Data: []byte(examplePlan), Why: "an example of two phases, to be replaced by yours"},
		File{Path: w.Config.Ledger, Data: []byte(exampleLedger), Why: "the ledger, with the example's section"})
	return p
}

// passedOver says which documents are of another style, so that nobody waits for their rows.
func (p *Proposal) passedOver(w *workspace.Workspace) {
	if said := w.PassedOver(); said != "" {
		p.Found = append(p.Found, said)
	}
}

func existing(w *workspace.Workspace, root fs.FS) (Proposal, error) {
	p := Proposal{}
	rows, open := 0, 0
	for _, pl := range w.Plans {
		rows += len(pl.Items)
		for _, it := range pl.Items {
			if it.Task.State != plan.Done && it.Task.State != plan.Skipped {
				open++
			}
		}
	}
	p.Found = append(p.Found, fmt.Sprintf("%s with %s, %d of them open", count(len(w.Plans), "plan"), count(rows, "row"), open))
	p.passedOver(w)
	all, err := ledgers(root)
	if err != nil {
		return p, err
	}
	live, archives := chooseLedger(w, all)
	if live != "" {
		n, sections := 0, 0
		for _, l := range all {
			if l.path == live {
				n, sections = len(l.doc.Attempts()), len(l.doc.Sections)
			}
		}
		p.Found = append(p.Found, fmt.Sprintf("a ledger at %s with %s and %s", live, count(sections, "section"), count(n, "attempt")))
	} else {
		p.Files = append(p.Files, File{Path: w.Config.Ledger, Data: []byte(emptyLedger), Why: "the ledger; planctl link PLAN ID --create makes sections in it"})
	}
	for _, a := range archives {
		p.Found = append(p.Found, "an older ledger at "+a)
	}
	if w.ConfigPath != "" {
		p.Found = append(p.Found, "a config, left as it is")
	} else {
		p.Files = append(p.Files, File{Path: ".planctl.yaml", Data: config(w, live, archives), Why: "what was found, for you to read over"})
	}
	p.Unsure = unsure(w)
	return p, nil
}

// unsure groups the doubts about plans that are worked on.
func unsure(w *workspace.Workspace) []Unsure {
	invented := Unsure{Why: w.Config.Ledger + " has no section of these IDs; --create makes it"}
	other := Unsure{Why: "plan and ledger do not agree, or say too little"}
	for _, pl := range w.Plans {
		switch {
		case pl.Archived || pl.Link.Doubt == "":
		case pl.Link.NoSection:
			invented.Commands, invented.Details = append(invented.Commands, w.Settle(pl)), append(invented.Details, "")
		default:
			other.Commands, other.Details = append(other.Commands, w.Settle(pl)), append(other.Details, pl.Link.Doubt)
		}
	}
	return slices.DeleteFunc([]Unsure{other, invented}, func(u Unsure) bool { return len(u.Commands) == 0 })
}

type found struct {
	path string
	doc  *ledger.Ledger
}

// ledgers finds documents that read as one: sections with attempts, by the names that people give them.
func ledgers(root fs.FS) ([]found, error) {
	var out []found
	for _, pattern := range []string{"*fix_plan*.md", "{doc,docs}/*fix_plan*.md", "{doc,docs}/*ledger*.md", "docs/**/*fix_plan*.md"} {
		names, err := glob.Files(root, pattern)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			if slices.ContainsFunc(out, func(f found) bool { return f.path == n }) {
				continue
			}
			// A FIFO of that name would be waited for, a device read without an end.
			info, err := fs.Stat(root, n)
			if err != nil {
				return nil, err
			}
			if !info.Mode().IsRegular() {
				continue
			}
			src, err := fs.ReadFile(root, n)
			if err != nil {
				return nil, err
			}
			if doc := ledger.Parse(n, src); len(doc.Sections) > 0 {
				out = append(out, found{n, doc})
			}
		}
	}
	return out, nil
}

// chooseLedger takes the configured one, else the one with the most attempts whose name does not say
// that it is an archive; the others are archives.
func chooseLedger(w *workspace.Workspace, all []found) (live string, archives []string) {
	best := -1
	for _, f := range all {
		n := len(f.doc.Attempts())
		if strings.Contains(path.Base(f.path), "archive") {
			n = -1
		}
		if f.path == w.Config.Ledger {
			n = int(^uint(0) >> 1)
		}
		if n > best {
			best, live = n, f.path
		}
	}
	for _, f := range all {
		if f.path != live {
			archives = append(archives, f.path)
		}
	}
	return live, archives
}

// config says what was found and differs from what planctl takes by itself.
func config(w *workspace.Workspace, live string, archives []string) []byte {
	var b strings.Builder
	b.WriteString("# What planctl found here. docs/configuration.md of planctl explains every key.\nversion: 1\n")
	if live != "" {
		fmt.Fprintf(&b, "ledger: %s\n", scalar(live))
	}
	if len(archives) > 0 {
		b.WriteString("ledgers: # older entries, read and never written\n")
		for _, a := range archives {
			fmt.Fprintf(&b, "  - %s\n", scalar(a))
		}
	}
	known, odd := oddTokens(w)
	if len(known) > 0 {
		b.WriteString("tokens: # states that the plans write in their own way\n")
		for _, s := range []plan.State{plan.Todo, plan.Active, plan.Blocked, plan.Skipped, plan.Done} {
			if len(known[s]) > 0 {
				fmt.Fprintf(&b, "  %s: [%s]\n", s, strings.Join(known[s], ", "))
			}
		}
	}
	for _, t := range odd {
		fmt.Fprintf(&b, "# The state token %s is not known: add it under tokens: if it is meant.\n", t)
	}
	if slices.ContainsFunc(w.Plans, func(pl *workspace.Plan) bool { return pl.Link.Doubt != "" && !pl.Archived }) {
		b.WriteString("# Some plans do not settle which initiative they belong to: planctl status names them, and\n# planctl link PLAN ID writes the answer here, under links.\n")
	}
	return []byte(b.String())
}

// oddTokens is the state tokens of the plans that planctl does not know: those whose word says what
// they mean, by state, and the rest.
func oddTokens(w *workspace.Workspace) (known map[plan.State][]string, odd []string) {
	known = map[plan.State][]string{}
	words := map[string]plan.State{"SKIP": plan.Skipped, "SKIPPED": plan.Skipped, "DEFER": plan.Skipped, "DEFERRED": plan.Skipped,
		"N/A": plan.Skipped, "NA": plan.Skipped, "DONE": plan.Done, "OK": plan.Done, "COMPLETE": plan.Done, "WIP": plan.Active, "ACTIVE": plan.Active,
		"IN PROGRESS": plan.Active, "TODO": plan.Todo, "OPEN": plan.Todo, "BLOCKED": plan.Blocked, "BLOCK": plan.Blocked}
	seen := map[string]bool{}
	for _, pl := range w.Plans {
		for _, it := range pl.Items {
			t := strings.Trim(it.Task.Token, "`")
			if it.Task.State != plan.Unknown || seen[t] || t == "" {
				continue
			}
			seen[t] = true
			word := strings.ToUpper(strings.Trim(t, "[] "))
			if s, ok := words[word]; ok && strings.HasPrefix(t, "[") {
				known[s] = append(known[s], scalar(t))
			} else {
				odd = append(odd, strconv.Quote(t))
			}
		}
	}
	return known, odd
}

// scalar is a YAML scalar, quoted where it needs to be.
func scalar(s string) string {
	for _, r := range s {
		if !(r == '/' || r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return strconv.Quote(s)
		}
	}
	if s == "" || s[0] == '-' || s[0] == '.' {
		return strconv.Quote(s)
	}
	return s
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
