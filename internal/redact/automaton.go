package redact

// pattern is one text that gives a secret away.
type pattern struct {
	text []byte
	who  int32 // index of the secret
	sure bool  // it is no coincidence where this stands
}

// automaton finds every occurrence of a set of texts in one pass: the
// construction of Aho and Corasick (CACM 18(6), 1975). Its states are the
// prefixes of the texts. The root and the states of one byte, where ordinary
// text keeps it nearly always, have whole rows of transitions; the others, of
// which nearly all have one successor, lists.
type automaton struct {
	nodes []node
	rows  []int32 // rows[s<<8|b] for s < wide
	wide  int32
}

type node struct {
	child, sibling int32 // 0: none
	fail           int32 // the longest proper suffix that is a state
	depth          int32
	hit            int32 // length of the longest text that ends here; 0: none
	who            int32 // whose it is
	sure           int32 // 1 + whose the longest sure text is that ends here; 0: none
	label          byte
}

func build(ps []pattern) automaton {
	a := automaton{nodes: make([]node, 1)}
	var first [256]int32
	for _, p := range ps { // the states of one byte first, so that they are numbered from 1
		if b := p.text[0]; first[b] == 0 {
			first[b] = a.add(0, b)
		}
	}
	a.wide = int32(len(a.nodes))
	for _, p := range ps {
		s := first[p.text[0]]
		for _, b := range p.text[1:] {
			c := a.successor(s, b)
			if c == 0 {
				c = a.add(s, b)
			}
			s = c
		}
		n := &a.nodes[s]
		if n.hit == 0 {
			n.hit, n.who = n.depth, p.who
		}
		if p.sure && n.sure == 0 {
			n.sure = p.who + 1
		}
	}
	a.rows = make([]int32, int(a.wide)<<8)
	copy(a.rows, first[:])
	for s := int32(1); s < a.wide; s++ {
		row := a.rows[int(s)<<8 : int(s+1)<<8]
		copy(row, first[:])
		for c := a.nodes[s].child; c != 0; c = a.nodes[c].sibling {
			row[a.nodes[c].label] = c
		}
	}
	a.link()
	return a
}

func (a *automaton) add(parent int32, b byte) int32 {
	id := int32(len(a.nodes))
	p := &a.nodes[parent]
	a.nodes = append(a.nodes, node{label: b, depth: p.depth + 1, sibling: p.child})
	a.nodes[parent].child = id
	return id
}

func (a *automaton) successor(s int32, b byte) int32 {
	for c := a.nodes[s].child; c != 0; c = a.nodes[c].sibling {
		if a.nodes[c].label == b {
			return c
		}
	}
	return 0
}

// link sets fail and what is inherited through it, the shorter states first.
func (a *automaton) link() {
	queue := make([]int32, 0, len(a.nodes))
	for s := int32(1); s < a.wide; s++ {
		queue = append(queue, s)
	}
	for i := 0; i < len(queue); i++ {
		s := queue[i]
		for c := a.nodes[s].child; c != 0; c = a.nodes[c].sibling {
			n := &a.nodes[c]
			n.fail = a.step(a.nodes[s].fail, n.label)
			f := &a.nodes[n.fail]
			if n.hit == 0 {
				n.hit, n.who = f.hit, f.who
			}
			if n.sure == 0 {
				n.sure = f.sure
			}
			queue = append(queue, c)
		}
	}
}

// step is the state after one more byte. Each failure makes the state shorter
// and each byte makes it longer by one at most: linear over a text.
func (a *automaton) step(s int32, b byte) int32 {
	for s >= a.wide {
		for c := a.nodes[s].child; c != 0; c = a.nodes[c].sibling {
			if a.nodes[c].label == b {
				return c
			}
		}
		s = a.nodes[s].fail
	}
	return a.rows[int(s)<<8|int(b)]
}

// run goes on from state s until a text ends or b does: the new state and how
// many bytes it took. A text has [MinLen] bytes or more, so none ends in a wide state.
func (a *automaton) run(s int32, b []byte) (int32, int) {
	root := (*[256]int32)(a.rows)
	for i := 0; i < len(b); {
		switch {
		case s == 0:
			for i < len(b) && root[b[i]] == 0 {
				i++
			}
			if i < len(b) {
				s = root[b[i]]
				i++
			}
		case s < a.wide:
			s = a.rows[int(s)<<8|int(b[i])]
			i++
		default:
			s = a.step(s, b[i])
			i++
			if a.nodes[s].hit != 0 {
				return s, i
			}
		}
	}
	return s, len(b)
}

func (a *automaton) touches(b []byte) bool {
	s, _ := a.run(0, b)
	return a.nodes[s].hit != 0
}
