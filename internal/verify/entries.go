package verify

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/planctl/planctl/internal/criteria"
	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
)

var (
	runKey     = regexp.MustCompile(`(?m)(?:^|[ \t.])Run: sha256:[0-9a-f]{64}[ \t]*\r?$`)
	commandKey = regexp.MustCompile("(?m)^[ \t*+-]*Command: `")
)

// entries holds each attempt that names a run against that run's manifest.
func (c *checker) entries() error {
	c.altered = map[string]bool{}
	first := map[string]*ledger.Attempt{}
	for _, l := range c.books() {
		for _, a := range l.Doc.Attempts() {
			text := a.Span.Of(l.Doc.Source)
			if twice(text, "Run: sha256:", runKey) || twice(text, "Command: `", commandKey) {
				c.entry(CodeWelded, l, a, "two entries were made into one: it has more than one Command or Run line",
					"give each its own bullet again; git merges ledgers well with `planctl merge`")
			}
			if a.Run == "" {
				c.citedArtifacts(l, a)
				continue
			}
			if o := first[a.Run]; o != nil && o.Section != nil && l.Doc.ByRun(a.Run) == a {
				c.entry(ledger.CodeDuplicateRun, l, a, fmt.Sprintf("%s carries the digest of a run that another ledger has entered", label(a)), "keep one of the two entries")
				continue
			}
			first[a.Run] = a
			r := c.w.Evidence.ByDigest(a.Run)
			switch {
			case r == nil:
				c.unproved(l, a, text)
			case r.Attempt == a:
				c.agrees(l, a, r, text)
			}
		}
	}
	return c.settle()
}

// twice reports whether a key stands twice in a text. Most texts have its word once, and need no closer look.
func twice(text []byte, word string, key *regexp.Regexp) bool {
	return bytes.Count(text, []byte(word)) > 1 && len(key.FindAll(text, 2)) > 1
}

// question is paths that are not there, and what to say once git has said which of them it is told not to keep.
type question struct {
	paths []string
	say   func(ignored map[string]bool)
}

func (c *checker) ask(paths []string, say func(ignored map[string]bool)) {
	c.questions = append(c.questions, question{paths, say})
}

// settle asks git once for all.
func (c *checker) settle() error {
	var all []string
	for _, q := range c.questions {
		all = append(all, q.paths...)
	}
	slices.Sort(all)
	ignored, err := c.ignoredByGit(slices.Compact(all))
	if err != nil {
		return err
	}
	for _, q := range c.questions {
		q.say(ignored)
	}
	c.questions = nil
	return nil
}

func (c *checker) entry(code finding.Code, l *workspace.Ledger, a *ledger.Attempt, msg, help string) {
	task := ""
	if len(a.Tasks) == 1 {
		task = a.Tasks[0]
	}
	c.add(code, place{l.Path, a.Line, 1, task}, msg, help)
}

// label names an attempt so that it is found without its line: numbers begin anew in each section.
func label(a *ledger.Attempt) string {
	s := unplaced(a)
	if a.Section != nil && a.Section.ID != "" {
		s += " of [" + a.Section.ID + "]"
	}
	return s
}

// unplaced is label without the section.
func unplaced(a *ledger.Attempt) string {
	if a.Numbered {
		return fmt.Sprintf("attempt #%d", a.Number)
	}
	return "the attempt"
}

// unproved speaks of an entry whose manifest no file of the workspace is.
func (c *checker) unproved(l *workspace.Ledger, a *ledger.Attempt, text []byte) {
	cited := workspace.CitedManifest(text)
	if cited == "" {
		c.entry(CodeManifestMissing, l, a, fmt.Sprintf("%s names the run %s, and no manifest has that digest", label(a), short(a.Run)), "restore it from git: git log --all -- '*"+manifest.Suffix+"'")
		return
	}
	if b, err := regular.Read(c.w.Abs(cited)); err == nil {
		if manifest.Digest(b) == a.Run {
			return // it is there and cannot be read as a manifest: that is said of the file, see workspace.Evidence
		}
		c.altered[cited] = true
		c.entry(CodeManifestChanged, l, a, fmt.Sprintf("%s names the run %s, and the bytes of %s are others", label(a), short(a.Run), cited), "git log -p -- "+cited+" shows who changed it; git checkout COMMIT -- "+cited+" brings it back")
		return
	}
	c.ask([]string{cited}, func(ignored map[string]bool) {
		if ignored[cited] { // no note: without its manifest nothing at all stands behind an attempt
			c.entry(CodeManifestMissing, l, a, fmt.Sprintf("%s names %s, which is not there, and git is told to ignore it", label(a), cited),
				"let manifests in by .gitignore: they are small, and what a clone is held to; `rules:` can lower this below a path")
			return
		}
		c.entry(CodeManifestMissing, l, a, fmt.Sprintf("%s names %s, which is not there", label(a), cited), "restore it from git: git log --all -- "+cited)
	})
}

// agrees compares an entry with the manifest that it names.
func (c *checker) agrees(l *workspace.Ledger, a *ledger.Attempt, r *workspace.Record, text []byte) {
	p := &r.Doc.Predicate
	differ := func(code finding.Code, what, says, was string) {
		c.entry(code, l, a, fmt.Sprintf("%s says %s %s, and its manifest says %s", label(a), what, says, was),
			"planctl's entries are not edited: bring the line back, and write a new attempt where something has to be corrected")
	}
	if a.Number != p.Attempt {
		differ(CodeEntryNumber, "number", fmt.Sprint(a.Number), fmt.Sprint(p.Attempt))
	}
	if day := p.Started.UTC().Format(time.DateOnly); a.Date != day {
		differ(CodeEntryDate, "date", a.Date, day)
	}
	want := string(p.Result)
	if p.State != "" && p.Result != manifest.Reopened {
		want = p.State
	}
	if a.Result != want {
		differ(CodeEntryResult, "result", quoted(a.Result), quoted(want))
	}
	switch title := p.Task.Description; {
	case p.Task.ID == "":
		if name := "Phase " + p.Task.Phase; len(a.Tasks) == 1 && a.Tasks[0] != name && strings.HasPrefix(a.Tasks[0], "Phase ") {
			differ(CodeEntryTask, "task", a.Tasks[0], name)
		}
	case !c.namesTask(a, r):
		differ(CodeEntryTask, "task", strings.Join(a.Tasks, ", "), p.Task.ID)
	case title != "" && !strings.Contains(unescaped(a.Text), unescaped(ledger.Inline(title))):
		differ(CodeEntryTask, "task", quoted(keyOf([]byte(a.Text), p.Task.ID)), ledger.Inline(title))
	}
	if n := len(p.Argv); n > 0 && p.Result != manifest.Interrupted {
		if !strings.Contains(a.Text, "("+p.Ending()+")") {
			differ(CodeEntryResult, "ending", ending(a.Text), p.Ending())
		}
		if cmd := ledger.Code(p.Argv[n-1]); !says(text, "Command: ", cmd) {
			differ(CodeEntryCommand, "command", keyOf(text, "Command: "), cmd)
		}
	}
	if len(p.Argv) == 0 && p.Result != manifest.Interrupted {
		if by := ledger.Inline(p.Decided()); !strings.Contains(a.Text, "("+by+")") {
			differ(CodeEntryNote, "who decided", keyOf([]byte(a.Text), ": "), by)
		}
	}
	if note := ledger.Inline(p.Note); note != "" && p.Result != manifest.Interrupted && !says(text, "Note: ", note) {
		differ(CodeEntryNote, "note", keyOf(text, "Note: "), note)
	}
	tally, earlier := ledger.Inline(criteria.Tally(p.Criteria, ledger.Code)), ledger.Inline(criteria.EarlierTally(p.Criteria, ledger.Code))
	if tally != "" && !says(text, "Criteria: ", tally) && !says(text, "Criteria: ", earlier) {
		differ(CodeEntryCriteria, "criteria", keyOf(text, "Criteria: "), tally)
	}
	c.besides(l, a, p, text)
	if cited := workspace.CitedManifest(text); path.Base(cited) != path.Base(r.Path) {
		differ(CodeEntryArtifacts, "artifacts", keyOf(text, "Artifacts: "), path.Base(r.Path))
	} else if n := unnamed(p, cited, workspace.Cited(text)); n != "" {
		c.entry(CodeEntryArtifacts, l, a, fmt.Sprintf("%s cites %s, which its manifest does not name", label(a), n),
			"nothing holds that file to its run: what the manifest records is all the evidence that there is")
	}
	if s := a.Section; s != nil && !ledger.SameID(s.ID, p.Task.Initiative) && !slices.Contains(l.Doc.SectionsOf(p.Task.Initiative), s) {
		c.entry(CodeEntrySection, l, a, fmt.Sprintf("%s stands in section [%s], and its manifest is of %s", unplaced(a), s.ID, p.Task.Initiative), "move the entry back into its own section")
	}
}

// unnamed is the first file that an entry cites beside its manifest, and that the manifest does not record.
func unnamed(p *manifest.Predicate, cited string, names []string) string {
	plain := func(r rune) bool { return r > ' ' && r < 0x7f && r != '\\' } // others may stand in an entry by another sign
	for _, n := range names {
		file := strings.TrimPrefix(n, path.Dir(cited)+"/")
		if n != cited && strings.IndexFunc(n, func(r rune) bool { return !plain(r) }) < 0 &&
			!slices.ContainsFunc(p.Files, func(f manifest.File) bool { return f.Base == "" && f.Name == file }) {
			return n
		}
	}
	return ""
}

// namesTask reports whether an entry's head names the record's task, with or without its plan.
func (c *checker) namesTask(a *ledger.Attempt, r *workspace.Record) bool {
	id := r.Doc.Predicate.Task.ID
	return len(a.Tasks) == 1 && (a.Tasks[0] == id || strings.HasSuffix(a.Tasks[0], "#"+id))
}

// unescaped is a text without back-slashes: an entry's head escapes colons that could be taken for its own.
func unescaped(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\\", "")) }

func quoted(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// says reports whether an entry has a key with that text: on a line of its own nothing may follow it.
func says(text []byte, key, want string) bool {
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(bytes.TrimLeft(line, " \t>*+-•"), []byte(key)); ok {
			return string(bytes.TrimSpace(rest)) == strings.TrimSpace(want)
		}
	}
	whole := key + want // an entry of one line: the next key comes after a full stop
	if !strings.HasSuffix(whole, ".") {
		whole += "."
	}
	return bytes.Contains(text, []byte(whole))
}

// ending is what stands in the last brackets of an entry's head: exit code and time.
func ending(head string) string {
	open := strings.LastIndexByte(head, '(')
	if end := strings.LastIndexByte(head, ')'); open >= 0 && end > open {
		return head[open+1 : end]
	}
	return keyOf([]byte(head), ": ")
}

// keyOf is what an entry says after a key, up to the line's end.
func keyOf(text []byte, key string) string {
	_, rest, ok := bytes.Cut(text, []byte(key))
	if !ok {
		return "nothing"
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	if r := []rune(strings.TrimSpace(string(line))); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return strings.TrimSpace(string(line))
}
