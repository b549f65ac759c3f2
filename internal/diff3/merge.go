package diff3

// Merger merges a file part by part. Make one with NewMerger, give it the parts
// in the order of the result, and ask for the Result.
type Merger struct {
	w    *writer
	join Join
	open bool
}

// NewMerger takes the three versions for their line ends, byte order mark and
// final newline. With a nil join a unit that both sides changed is merged by
// its lines.
func NewMerger(base, ours, theirs Text, join Join) *Merger {
	m := &Merger{w: newWriter(base, ours, theirs), join: join, open: either(len(base.Lines) > 0, base.Open, ours.Open, theirs.Open)}
	if m.join == nil {
		m.join = Lines
	}
	return m
}

// Result is what was merged so far.
func (m *Merger) Result() Result { return m.w.result(m.open) }

// Copy takes a part that one side alone has.
func (m *Merger) Copy(us []Unit) {
	for i := range us {
		m.w.lines(us[i].lines())
	}
}

// Conflict puts in both sides of a part, between marks.
func (m *Merger) Conflict(ours, theirs []Unit) {
	text := func(us []Unit) (out []Line) {
		for i := range us {
			out = append(out, us[i].lines()...)
		}
		return out
	}
	m.w.conflict(text(ours), text(theirs))
}

// Units merges a part. Where known is false there is no base, and what both
// sides have in common stands for one.
func (m *Merger) Units(base, ours, theirs []Unit, known bool) {
	n := &ids{texts: map[string]int{}}
	var b *side
	if known {
		b = n.number(base, nil)
		n.rest(b)
	}
	o, t := n.number(ours, b), n.number(theirs, b)
	same(o, t, func(u *Unit) int { return min(u.New, len(u.Keys)) }, n.fresh)
	n.rest(o)
	n.rest(t)
	if !known {
		b = common(o, t)
	}
	b.frame(nil)
	old := make(map[int]bool, len(b.id))
	for _, id := range b.id {
		old[id] = true
	}
	o.frame(old)
	t.frame(old)
	p := &part{m: m, known: known, b: b, o: o, t: t, twin: map[int][2]int{}, done: map[int]bool{}}
	p.twins()
	p.entries(0, 0)
	for _, r := range regions(b.order(), o.order(), t.order()) {
		if r.stable {
			p.unit(r)
		} else {
			p.region(r)
		}
	}
}

// common is a base for two versions that have none: the lines that both have.
func common(o, t *side) *side {
	strip := func(s *side) (at, id []int) {
		for i := range s.units {
			if !s.units[i].Float {
				at, id = append(at, i), append(id, s.id[i])
			}
		}
		return at, id
	}
	at, a := strip(o)
	_, c := strip(t)
	b := &side{}
	for k, to := range Match(a, c) {
		if to >= 0 {
			b.units, b.id = append(b.units, o.units[at[k]]), append(b.id, a[k])
		}
	}
	return b
}

// part is one call of Units.
type part struct {
	m       *Merger
	known   bool
	b, o, t *side
	twin    map[int][2]int // by number: entries that both sides made, where each has it
	done    map[int]bool   // twins that are in the result
}

func (p *part) twins() {
	in := map[int]int{}
	for _, f := range p.o.floats {
		for _, i := range f {
			in[p.o.id[i]] = i + 1
		}
	}
	for _, f := range p.t.floats {
		for _, i := range f {
			if o := in[p.t.id[i]]; o > 0 {
				p.twin[p.t.id[i]] = [2]int{o - 1, i}
			}
		}
	}
}

// entries puts in the new entries that stand behind unit o-1 of ours and unit t-1 of theirs.
func (p *part) entries(o, t int) {
	p.side(p.o, o)
	p.side(p.t, t)
}

func (p *part) side(s *side, k int) {
	for _, i := range s.floats[k] {
		id := s.id[i]
		at, both := p.twin[id]
		switch {
		case !both:
			p.m.w.lines(s.units[i].lines())
		case !p.done[id]:
			p.done[id] = true
			p.joined(nil, &p.o.units[at[0]], &p.t.units[at[1]])
		}
	}
}

// unit merges one that all three have.
func (p *part) unit(r region) {
	b := p.b.at(r.b[0])
	if !p.known {
		b = nil
	}
	p.joined(b, p.o.at(r.o[0]), p.t.at(r.t[0]))
	p.entries(r.o[1], r.t[1])
}

func (p *part) joined(b, o, t *Unit) {
	w := p.m.w
	switch {
	case b != nil && len(o.Lead) == len(b.Lead):
		w.lines(t.Lead)
	case b != nil && len(t.Lead) == len(b.Lead) || len(o.Lead) >= len(t.Lead):
		w.lines(o.Lead)
	default:
		w.lines(t.Lead)
	}
	switch {
	case SameText(o.Lines, t.Lines):
		for i, l := range o.Lines {
			if b != nil && SameText(b.Lines, o.Lines) {
				l.End = pick(b.Lines[i].End, l.End, t.Lines[i].End)
			}
			w.line(l)
		}
	case b != nil && SameText(o.Lines, b.Lines):
		w.lines(t.Lines)
	case b != nil && SameText(t.Lines, b.Lines):
		w.lines(o.Lines)
	default:
		for _, piece := range p.m.join(b, o, t) {
			if piece.Conflict {
				w.conflict(piece.Ours, piece.Theirs)
			} else {
				w.lines(piece.Lines)
			}
		}
	}
}

// region merges a stretch in which at least one side changed something.
func (p *part) region(r region) {
	b, o, t := r.b, r.o, r.t
	switch {
	case equal(p.b, b, p.t, t) && p.t.home(t[0], t[1]):
		p.take(p.o, o)
		for k := t[0]; k < t[1]; k++ {
			p.side(p.t, k+1)
		}
	case equal(p.b, b, p.o, o) && p.o.home(o[0], o[1]):
		p.take(p.t, t)
		for k := o[0]; k < o[1]; k++ {
			p.side(p.o, k+1)
		}
	case equal(p.o, o, p.t, t):
		for i := range o[1] - o[0] {
			p.m.w.lines(p.o.at(o[0] + i).lines())
			p.entries(o[0]+i+1, t[0]+i+1)
		}
	default:
		p.conflict(o, t)
	}
}

func (p *part) take(s *side, at [2]int) {
	for k := at[0]; k < at[1]; k++ {
		p.m.w.lines(s.at(k).lines())
		p.side(s, k+1)
	}
}

// conflict sets the two sides of a region against each other, without what
// they begin and end with alike.
func (p *part) conflict(o, t [2]int) {
	same := func(i, j int) bool {
		return alike(p.o.at(i), p.t.at(j), p.o.id[p.o.skeleton[i]], p.t.id[p.t.skeleton[j]])
	}
	for o[0] < o[1] && t[0] < t[1] && same(o[0], t[0]) {
		p.m.w.lines(p.o.at(o[0]).lines())
		p.entries(o[0]+1, t[0]+1)
		o[0]++
		t[0]++
	}
	tail := 0
	for o[0] < o[1]-tail && t[0] < t[1]-tail && same(o[1]-1-tail, t[1]-1-tail) {
		tail++
	}
	if o[1]-tail > o[0] || t[1]-tail > t[0] {
		p.m.w.conflict(p.o.all(o[0], o[1]-tail), p.t.all(t[0], t[1]-tail))
	}
	for k := tail; k > 0; k-- {
		p.m.w.lines(p.o.at(o[1] - k).lines())
		p.entries(o[1]-k+1, t[1]-k+1)
	}
}

func alike(a, b *Unit, ida, idb int) bool { return ida == idb && SameText(a.Lines, b.Lines) }

// equal reports whether two stretches say the same.
func equal(a *side, at [2]int, b *side, to [2]int) bool {
	if at[1]-at[0] != to[1]-to[0] {
		return false
	}
	for i := range at[1] - at[0] {
		x, y := at[0]+i, to[0]+i
		if !alike(a.at(x), b.at(y), a.id[a.skeleton[x]], b.id[b.skeleton[y]]) {
			return false
		}
	}
	return true
}

// Lines is the Join that merges a unit by its lines. Without a base it is what
// both have in common, so that all of what one side has more is kept.
func Lines(base, ours, theirs *Unit) []Piece {
	var b []Line
	if base != nil {
		b = base.Lines
	}
	return Pieces(b, ours.Lines, theirs.Lines, base != nil, false)
}

// Pieces merges lines. Without known the base is what both sides have in
// common. With both, lines that each side added at one place are all kept,
// those of ours first, where neither changed or removed anything there.
func Pieces(base, ours, theirs []Line, known, both bool) []Piece {
	n := &ids{texts: map[string]int{}}
	b, o, t := n.number(Plain(base), nil), n.number(Plain(ours), nil), n.number(Plain(theirs), nil)
	if !known {
		b = common(o, t)
	}
	for _, s := range []*side{b, o, t} {
		s.frame(nil)
	}
	var out []Piece
	keep := func(s *side, at [2]int) {
		if at[1] > at[0] {
			out = append(out, Piece{Lines: s.all(at[0], at[1])})
		}
	}
	for _, r := range regions(b.order(), o.order(), t.order()) {
		switch {
		case r.stable && known:
			l := o.at(r.o[0]).Lines[0]
			l.End = pick(b.at(r.b[0]).Lines[0].End, l.End, t.at(r.t[0]).Lines[0].End)
			out = append(out, Piece{Lines: []Line{l}})
		case r.stable, equal(b, r.b, t, r.t), equal(o, r.o, t, r.t):
			keep(o, r.o)
		case equal(b, r.b, o, r.o):
			keep(t, r.t)
		case both && r.b[0] == r.b[1]:
			keep(o, r.o)
			keep(t, r.t)
		default:
			out = append(out, Piece{Ours: o.all(r.o[0], r.o[1]), Theirs: t.all(r.t[0], r.t[1]), Conflict: true})
		}
	}
	return out
}
