package report

import "strings"

// StatusMarkdown is what Status shows as a Markdown document, for a pull request or a wiki.
func StatusMarkdown(p *Printer, v StatusView) {
	p.Printf("# Plans\n")
	for _, pl := range v.Plans {
		planMarkdown(p, pl)
	}
	if len(v.Plans) == 0 {
		p.Printf("\nNo plans.\n")
	}
	for i, r := range v.Running {
		if i == 0 {
			p.Printf("\n## Running\n\n")
		}
		p.Printf("- %s %s\n", md(r.Task), r)
	}
	if len(v.Left) == 0 && v.Errors+v.Warnings == 0 {
		return
	}
	p.Printf("\n## To mend\n\n")
	commands := strings.NewReplacer("planctl recover --here", "`planctl recover --here`", "planctl recover", "`planctl recover`")
	for _, l := range v.Left {
		p.Printf("- %s: %s\n", md(l.Task), commands.Replace(md(l.String())))
	}
	if v.Errors+v.Warnings > 0 {
		p.Printf("- %s, %s: `planctl lint` shows them\n", plural(v.Errors, "error"), plural(v.Warnings, "warning"))
	}
}

func planMarkdown(p *Printer, pl PlanStatus) {
	p.Printf("\n## %s\n\n%s: %s\n\n| Phase | Title | Rows | Waits |\n| --- | --- | --- | --- |\n", md(pl.Initiative), md(pl.Path), pl.Tally)
	for _, ph := range pl.Phases {
		p.Printf("| %s | %s | %s | %s |\n", mdCell(ph.ID), mdCell(ph.Title), ph.Tally, mdCell(ph.Waits))
	}
	var notes []string
	for _, ph := range pl.Phases {
		for _, r := range ph.Rows {
			if r.needsEyes() {
				notes = append(notes, rowMarkdown(r))
			}
		}
	}
	if pl.Unread {
		notes = append(notes, "Specs: they cannot be read, so that none of its rows can run: `planctl lint`")
	}
	if pl.Doubt != "" {
		notes = append(notes, "Doubt: "+md(pl.Doubt)+"; `planctl link` settles it")
	}
	if pl.Drift != "" {
		notes = append(notes, "Drift: "+md(pl.Drift))
	}
	if len(pl.Next) > 0 {
		notes = append(notes, "Next: "+md(strings.Join(pl.Next, ", ")))
	}
	if len(notes) > 0 {
		p.Printf("\n- %s\n", strings.Join(notes, "\n- "))
	}
}

func rowMarkdown(r RowStatus) string {
	says := []string{md(r.State)}
	for _, m := range r.remarks() {
		says = append(says, md(m.text))
	}
	return md(r.ID) + " " + md(r.Title) + ": " + strings.Join(says, "; ")
}

// md puts a row's text into a line of Markdown. Its code spans and links stay, since a plan is Markdown; a
// bar that was escaped for its table needs that no more, and nothing starts a tag.
func md(s string) string {
	return strings.NewReplacer(`\|`, "|", "<", "&lt;", "\n", " ").Replace(Clean(s))
}

// mdCell is md for a cell of a table, where a bar would end the cell.
func mdCell(s string) string { return strings.ReplaceAll(md(s), "|", `\|`) }

// mdCode is a code span of a table cell, whatever the text holds.
func mdCode(s string) string {
	s = strings.ReplaceAll(Clean(s), "|", `\|`)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		s = " " + s + " " // GFM 6.3: one space at each end is taken off, and keeps the fence apart from a back-tick
	}
	return fence + s + fence
}
