package main

import (
	"context"
	"os"
	"strconv"
	"testing"
)

// TestEdits is the program in short form. PLANCTL_EDITS makes it longer.
func TestEdits(t *testing.T) {
	n := 150
	if s := os.Getenv("PLANCTL_EDITS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if err := interleave(context.Background(), dir, n, 1); err != nil {
		t.Fatal(err)
	}
	if err := together(context.Background(), dir, 5, 1); err != nil {
		t.Fatal(err)
	}
}
