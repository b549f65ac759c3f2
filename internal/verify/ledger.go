package verify

import (
	"fmt"

	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
)

// ledgers checks each ledger alone, and its Index against its sections.
func (l *linter) ledgers() {
	for i, book := range append([]*workspace.Ledger{l.w.Ledger}, l.w.Archives...) {
		if book.Missing() {
			continue
		}
		l.list = append(l.list, book.Doc.Findings...)
		if i == 0 {
			l.index(book)
		}
	}
}

// index holds the Index to the sections: both name the same initiatives, with the same status word.
func (l *linter) index(book *workspace.Ledger) {
	if len(book.Doc.Rows) == 0 {
		return
	}
	rows := map[string]ledger.IndexRow{}
	for _, r := range book.Doc.Rows {
		rows[ledger.FoldID(r.ID)] = r
	}
	sections := map[string]bool{}
	for _, s := range book.Doc.Sections {
		id := ledger.FoldID(s.ID)
		if sections[id] {
			continue // another part of one that was looked at
		}
		sections[id] = true
		r, ok := rows[id]
		switch {
		case !ok:
			l.add(CodeIndexMissing, place{book.Path, s.Line, 0, ""}, fmt.Sprintf("section [%s] has no row in the Index", s.ID), "add its row")
		case s.Status != "" && r.Status != "" && ledger.StatusWord(s.Status) != ledger.StatusWord(r.Status):
			l.add(CodeIndexStatus, place{book.Path, r.Line, 0, ""}, fmt.Sprintf("the Index says %s of [%s], and its section (line %d) says %s", r.Status, s.ID, s.Line, s.Status), "make them agree")
		}
	}
	for _, r := range book.Doc.Rows {
		if !sections[ledger.FoldID(r.ID)] && len(book.Doc.SectionsOf(r.ID)) == 0 && !l.archived(r.ID) {
			l.add(CodeIndexExtra, place{book.Path, r.Line, 0, ""}, fmt.Sprintf("the Index names [%s], and no section has that ID", r.ID), "take the row out, or name the archive under `ledgers` in .planctl.yaml")
		}
	}
}

// archived reports whether an archive has the section.
func (l *linter) archived(id string) bool {
	for _, a := range l.w.Archives {
		if !a.Missing() {
			if _, err := a.Doc.Section(id); err == nil {
				return true
			}
		}
	}
	return false
}
