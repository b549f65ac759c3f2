package plan

import (
	"bytes"
	"testing"
)

func seeds(f *testing.F) {
	for _, c := range readings {
		f.Add([]byte(c.src), uint8(0), uint8(5))
	}
	f.Add([]byte("> - 1. | ID | State |\n> | - | - |\n> | a | [ ] |"), uint8(0), uint8(1))
	f.Add([]byte("|ID|State|\n|-|-|\n|\\||[ ]|\n|``|`[x]`|\n"), uint8(1), uint8(2))
}

// FuzzParse checks that no document makes the reader panic, and that what it
// says of one agrees with the bytes.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src []byte, _, _ uint8) {
		p := Parse("f.md", src, Tokens{})
		checkPlan(t, p, src)
		for _, ph := range append([]*Phase{nil}, p.Phases...) {
			out, err := Apply(src, p.InsertBlock(ph, []byte("A1:\n  run: x\n")))
			if err != nil || len(out) <= len(src) {
				t.Fatalf("InsertBlock: %v", err)
			}
		}
	})
}

// FuzzSetState checks that a flip of any row of any document changes the
// token's bytes alone, and shows when the document is read again.
func FuzzSetState(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, src []byte, row, state uint8) {
		if bytes.ContainsAny(src, "\r") && !bytes.ContainsAny(src, "\n") {
			return // covered by FuzzParse
		}
		p := Parse("f.md", src, Tokens{})
		if n := len(p.Tasks()); n > 0 {
			checkFlip(t, p, int(row)%n, States()[int(state)%len(States())])
		}
	})
}
