package ledger

import (
	"slices"

	"github.com/planctl/planctl/internal/diff3"
)

// mergeSections merges part by part. It reports false where the parts cannot be
// told from each other (an ID that has more sections on one side), and where
// both sides put them into different orders.
func mergeSections(b, o, t *version) (diff3.Result, bool) {
	if !slices.Equal(b.twice, o.twice) || !slices.Equal(b.twice, t.twice) {
		return diff3.Result{}, false
	}
	order, ok := partOrder(b, o, t)
	if !ok {
		return diff3.Result{}, false
	}
	m := diff3.NewMerger(b.text, o.text, t.text, joinEntry)
	for _, key := range order {
		pb, inB := b.part(key)
		po, inO := o.part(key)
		pt, inT := t.part(key)
		switch {
		case inO && inT:
			m.Units(pb, po, pt, inB && len(b.text.Lines) > 0)
		case inO && !inB:
			m.Copy(po)
		case inT && !inB:
			m.Copy(pt)
		case inO && !sameUnits(pb, po), inT && !sameUnits(pb, pt):
			// One side removed the section or moved it away, the other wrote in it.
			m.Conflict(po, pt)
		}
	}
	return m.Result(), true
}

func (v *version) part(key string) ([]diff3.Unit, bool) {
	i, ok := v.at[key]
	if !ok {
		return nil, false
	}
	return v.parts[i].units, true
}

func sameUnits(a, b []diff3.Unit) bool {
	text := func(us []diff3.Unit) (out []diff3.Line) {
		for _, u := range us {
			for _, l := range u.Lines {
				if !l.Blank() {
					out = append(out, l)
				}
			}
		}
		return out
	}
	return diff3.SameText(text(a), text(b))
}

// partOrder is the order of all parts that either side has: that of the side
// that moved some, else that of ours. What the other side alone has follows
// what it followed there. It reports false where both moved parts.
func partOrder(b, o, t *version) ([]string, bool) {
	shared := func(v *version, with ...*version) []string {
		var out []string
		for _, p := range v.parts {
			if !slices.ContainsFunc(with, func(w *version) bool { _, ok := w.at[p.key]; return !ok }) {
				out = append(out, p.key)
			}
		}
		return out
	}
	was := shared(b, o, t)
	switch {
	case slices.Equal(was, shared(t, b, o)):
		return woven(o, t, true), true
	case slices.Equal(was, shared(o, b, t)):
		return woven(t, o, false), true
	case slices.Equal(shared(o, t), shared(t, o)):
		return woven(o, t, true), true
	}
	return nil, false
}

// woven is the parts of first, and those of second that first has not behind
// the one that they follow there. late puts them behind what first alone has in that place.
func woven(first, second *version, late bool) []string {
	follow := map[string][]string{}
	last := ""
	for _, p := range second.parts {
		if _, ok := first.at[p.key]; ok {
			last = p.key
		} else {
			follow[last] = append(follow[last], p.key)
		}
	}
	out := append([]string(nil), follow[""]...)
	var waiting []string
	for _, p := range first.parts {
		if _, ok := second.at[p.key]; ok {
			out, waiting = append(out, waiting...), nil
		}
		out = append(out, p.key)
		if late {
			waiting = append(waiting, follow[p.key]...)
		} else {
			out = append(out, follow[p.key]...)
		}
	}
	return append(out, waiting...)
}
