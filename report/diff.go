package report

import (
	"strings"

	udiff "github.com/aymanbagabas/go-udiff"
)

// Diff shows the lines that differ, as a unified diff without its surroundings.
func Diff(p *Printer, in, path string, before, after []byte) {
	p.Printf("%s%s\n", in, p.Paint(Faint, Clean(path)))
	for l := range strings.SplitSeq(unified(path, before, after), "\n") {
		switch {
		case l == "", strings.HasPrefix(l, "--- "), strings.HasPrefix(l, "+++ "), strings.HasPrefix(l, "@@"), l[0] == ' ', l[0] == '\\':
		case l[0] == '+':
			p.Printf("%s%s\n", in, p.Paint(Good, Clean(l)))
		case l[0] == '-':
			p.Printf("%s%s\n", in, p.Paint(Bad, Clean(l)))
		}
	}
}

func unified(path string, before, after []byte) string {
	return udiff.Unified("a/"+path, "b/"+path, string(before), string(after))
}
