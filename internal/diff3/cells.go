package diff3

import "bytes"

// Cells merges three versions of a table's row cell by cell (GFM 4.10: at each
// | that no backslash escapes). It reports false where the rows have not the
// same number of cells, and where both sides changed one cell to different
// texts; space around a cell's text is no change of it.
func Cells(base, ours, theirs []byte) ([]byte, bool) {
	b, o, t := cells(base), cells(ours), cells(theirs)
	if len(b) != len(o) || len(b) != len(t) {
		return nil, false
	}
	var out []byte
	for i := range b {
		if i > 0 {
			out = append(out, '|')
		}
		sb, so, st := bytes.TrimSpace(b[i]), bytes.TrimSpace(o[i]), bytes.TrimSpace(t[i])
		switch {
		case bytes.Equal(so, st) && bytes.Equal(so, sb):
			out = append(out, pick(b[i], o[i], t[i])...)
		case bytes.Equal(so, st), bytes.Equal(st, sb):
			out = append(out, o[i]...)
		case bytes.Equal(so, sb):
			out = append(out, t[i]...)
		default:
			return nil, false
		}
	}
	return out, true
}

// cells is the bytes between the bars of a row, those before the first and
// behind the last too.
func cells(row []byte) [][]byte {
	var out [][]byte
	start := 0
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			out = append(out, row[start:i])
			start = i + 1
		}
	}
	return append(out, row[start:])
}
