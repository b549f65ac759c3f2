package main

import (
	"context"
	"os"
	"strconv"
	"testing"
)

// TestRace is the program in short form: one round of each kind. PLANCTL_RACE_ROUNDS makes it longer.
func TestRace(t *testing.T) {
	rounds := len(kinds())
	if s := os.Getenv("PLANCTL_RACE_ROUNDS"); s != "" {
		var err error
		if rounds, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := race(context.Background(), t.TempDir(), 6, rounds, 1, ""); err != nil {
		t.Fatal(err)
	}
}
