package manifest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A manifest of many files is looked through without an allocation for each of them.
func TestStrictAllocates(t *testing.T) {
	const n = 1000
	s := New(Predicate{Result: Pass, Files: slices.Repeat([]File{{Name: "out/a.npz", Base: Workspace, Role: "artifact"}}, n)})
	b, err := Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	if got := testing.AllocsPerRun(3, func() { err = strict(b) }); got > n/10 || err != nil {
		t.Errorf("%v allocations for %d files, %v", got, n, err)
	}
}

// TestKeyTwice: a key that stands twice is found among few and among many, as it is written and as an escape.
func TestKeyTwice(t *testing.T) {
	for _, n := range []int{1, 2, fewKeys - 1, fewKeys, fewKeys + 1, 3 * fewKeys} {
		var env []string
		for i := range n {
			env = append(env, fmt.Sprintf(`"V%d":"x"`, i))
		}
		text := func(more string) []byte {
			return []byte(head + `"predicate":{"result":"pass","env":{` + strings.Join(env, ",") + more + `}}}`)
		}
		if _, err := Decode(text("")); err != nil {
			t.Errorf("%d keys: %v", n, err)
		}
		for _, i := range []int{0, n / 2, n - 1} {
			for _, again := range []string{fmt.Sprintf(`,"V%d":"y"`, i), fmt.Sprintf(`,"\u0056%d":"y"`, i)} {
				if _, err := Decode(text(again)); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("predicate.env.V%d stands twice", i)) {
					t.Errorf("%d keys, and %s: %v", n, again, err)
				}
			}
		}
		// The same key in another object is another key.
		if _, err := Decode([]byte(head + `"predicate":{"result":"pass","env":{"V0":"x"},"pins":{"V0":"x"}}}`)); err != nil {
			t.Error(err)
		}
	}
}
