package ledger

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// check reports what reading found wrong.
func (l *Ledger) check(r *reader) {
	l.checkEncoding()
	for _, n := range r.badDays {
		l.Findings = append(l.Findings, at(CodeDate, l.File, n, 1, "the date of this attempt is not in the calendar", "write [YYYY-MM-DD]"))
	}
	last := l.Index.Lines()
	for _, f := range l.doc.Fences {
		if f.Close == 0 && f.Last >= last && f.Outer < 0 {
			l.Findings = append(l.Findings, at(CodeOpenFence, l.File, f.Open, 1,
				"this fence is never closed: what follows is quotation", "close it, or indent it as deep as the entry that it belongs to"))
		}
	}
	for _, h := range l.doc.HTML {
		if !h.Closed && h.Last >= last && bytes.HasPrefix(bytes.TrimSpace(l.Index.Line(h.Open).Of(l.Source)), []byte("<!--")) {
			l.Findings = append(l.Findings, at(CodeOpenFence, l.File, h.Open, 1,
				"this comment is never closed: what follows is quotation", "write -->"))
		}
	}
	l.checkSections()
	l.Findings.Sort()
}

func (l *Ledger) checkEncoding() {
	if utf8.Valid(l.Source) {
		return
	}
	for off := 0; off < len(l.Source); {
		r, n := utf8.DecodeRune(l.Source[off:])
		if r == utf8.RuneError && n == 1 {
			line, col := l.Index.Pos(off)
			l.Findings = append(l.Findings, at(CodeEncoding, l.File, line, col,
				fmt.Sprintf("byte 0x%02X is not UTF-8", l.Source[off]), "save the ledger as UTF-8"))
			return
		}
		off += n
	}
}

// checkSections reports IDs for which Section has no answer.
func (l *Ledger) checkSections() {
	count := make(map[string]int, len(l.Sections))
	for _, s := range l.Sections {
		if s.parent == nil {
			count[foldID(s.ID)]++
		}
	}
	sides := map[string][]*Section{}
	for _, s := range l.Sections {
		if id := foldID(s.ID); s.parent == nil && count[id] > 1 {
			sides[id] = append(sides[id], s)
		}
	}
	for _, s := range l.Sections {
		all := sides[foldID(s.ID)]
		if all == nil || s != all[0] {
			continue
		}
		var kept []*Section
		for _, x := range all {
			if x.kept() {
				kept = append(kept, x)
			}
		}
		switch {
		case len(kept) > 1:
			l.Findings = append(l.Findings, l.ambiguous(s.ID, kept))
		case len(kept) == 0:
			l.Findings = append(l.Findings, l.ambiguous(s.ID, all))
		}
	}
}
