package redact

import (
	"errors"
	"io"
)

// piece bounds what is looked at, and so held, at once.
const piece = 64 << 10

// region is a part of the held bytes that is to be masked.
type region struct {
	start, end int
	who        int32
	length     int // of the text that gives the name
	from       int // where that text starts; may lie before what is held
}

// better orders the texts of one region: the longest, then the first.
func (r *region) better(q region) bool {
	if r.length != q.length {
		return r.length > q.length
	}
	if r.from != q.from {
		return r.from < q.from
	}
	return r.who <= q.who
}

// stream masks bytes that come in parts. What it gives does not depend on
// where the parts begin.
type stream struct {
	m       *Masker
	state   int32
	held    []byte   // not given yet: a value may have begun in it, or it is part of a region
	regions []region // in order, apart from each other; positions in held
}

// feed takes b and appends to out all that is decided.
func (st *stream) feed(out, b []byte) []byte {
	for len(b) > piece {
		out = st.feed(out, b[:piece])
		b = b[piece:]
	}
	data := b
	at0 := len(st.held)
	if at0 > 0 {
		st.held = append(st.held, b...)
		data = st.held
	}
	at := at0
	for at < len(data) {
		s, n := st.m.run(st.state, data[at:])
		st.state = s
		at += n
		if nd := &st.m.nodes[s]; nd.hit != 0 {
			st.mark(at-int(nd.hit), at, nd.who)
		}
	}
	// A value that is still to be found starts with what the state stands for, or later.
	out, rest := st.emit(out, data, len(data)-int(st.m.nodes[st.state].depth))
	if at0 > 0 {
		st.held = rest // not moved to the front: one byte at a time would cost all that is held each time
	} else {
		st.held = append(st.held[:0], rest...)
	}
	return out
}

// mark adds the text data[start:end] to the regions. Texts come in the order of their ends.
func (st *stream) mark(start, end int, who int32) {
	r := region{start: start, end: end, who: who, length: end - start, from: start}
	for len(st.regions) > 0 {
		top := st.regions[len(st.regions)-1]
		if top.end <= r.start {
			break
		}
		r.start = min(r.start, top.start)
		if top.better(r) {
			r.who, r.length, r.from = top.who, top.length, top.from
		}
		st.regions = st.regions[:len(st.regions)-1]
	}
	st.regions = append(st.regions, r)
}

// emit appends data[:safe] to out, masked, and gives what is to be held. A
// region that reaches past safe may grow yet; its bytes are not needed any more.
func (st *stream) emit(out, data []byte, safe int) (_, rest []byte) {
	at, done := 0, 0
	for _, r := range st.regions {
		if r.start >= safe {
			break
		}
		out = append(out, data[at:r.start]...)
		if r.end > safe {
			at = safe
			break
		}
		out = append(out, st.m.marks[r.who]...)
		at = r.end
		done++
	}
	if at < safe {
		out = append(out, data[at:safe]...)
	}
	left := st.regions[:0]
	for _, r := range st.regions[done:] {
		r.start, r.end, r.from = max(r.start-safe, 0), r.end-safe, r.from-safe
		left = append(left, r)
	}
	st.regions = left
	return out, data[safe:]
}

// end gives what is still held.
func (st *stream) end(out []byte) []byte {
	out, _ = st.emit(out, st.held, len(st.held))
	st.held, st.state = st.held[:0], 0
	return out
}

// Writer masks what is written through it. It holds back what may be the
// beginning of a value: at most the longest form of a value, less one byte.
type Writer struct {
	w   io.Writer
	st  stream
	out []byte
	err error
}

// Writer gives a writer that masks on its way to w. A value that is split
// across writes is masked all the same.
func (m *Masker) Writer(w io.Writer) *Writer { return &Writer{w: w, st: stream{m: m}} }

// Write takes all of p or fails; after a failure it fails for ever.
func (w *Writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	if w.st.m == nil {
		var n int
		n, w.err = w.w.Write(p)
		return n, w.err
	}
	for n := 0; n < len(p); {
		part := p[n:min(n+piece, len(p))]
		w.out = w.st.feed(w.out[:0], part)
		if !w.flush() {
			return n, w.err
		}
		n += len(part)
	}
	return len(p), nil
}

func (w *Writer) flush() bool {
	if len(w.out) > 0 {
		_, w.err = w.w.Write(w.out)
	}
	return w.err == nil
}

var errClosed = errors.New("redact: write after close")

// Close writes what was held back. It leaves the writer below open.
func (w *Writer) Close() error {
	if w.err != nil {
		if w.err == errClosed {
			return nil
		}
		return w.err
	}
	if w.st.m != nil {
		w.out = w.st.end(w.out[:0])
		if !w.flush() {
			return w.err
		}
	}
	w.err = errClosed
	return nil
}
