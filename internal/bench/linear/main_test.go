package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestLinear is the program in short form: what the packages read, at 1 MB. What takes the square of a document's length has a
// ratio of 4; a busy machine has been seen to make 3 of 2. PLANCTL_LINEAR_MB makes it as long and as strict as the program.
func TestLinear(t *testing.T) {
	size, most, processes := 1.0, 3.5, false
	if s := os.Getenv("PLANCTL_LINEAR_MB"); s != "" {
		var err error
		if size, err = strconv.ParseFloat(s, 64); err != nil {
			t.Fatal(err)
		}
		most, processes = 2.3, true
	}
	if err := linear(int(size*(1<<20)), 1, 5, most, "", processes); err != nil {
		t.Fatal(err)
	}
}

// The reliability page says how many shapes there are.
func TestShapesOfThePage(t *testing.T) {
	b, err := os.ReadFile("../../../docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("each of %d shapes", len(shapes())); !strings.Contains(string(b), want) {
		t.Errorf("the page does not say %q", want)
	}
}
