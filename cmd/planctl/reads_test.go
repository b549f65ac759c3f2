package main

import (
	"strings"
	"testing"
)

// A call that only reads ends at once on a signal; one that writes is brought to an end in which nothing is half done.
func TestCallsThatOnlyRead(t *testing.T) {
	for call, want := range map[string]bool{
		"status": true, "next": true, "show A1": true, "lint": true, "verify": true, "verify --base main": true, "log A1": true, "path A1": true,
		"audit A1": true, "inspect x.md": true, "check A1": true,
		"check A1 --record": false, "verify --replay": false, "verify --update-baseline": false,
		"run A1": false, "mark A1 done": false, "replay A1": false, "recover": false, "init": false, "link x T-001": false, "bind --write": false,
		"merge a b c": false, "demo": false,
	} {
		words := strings.Fields(call)
		c, rest, err := (&app{}).root().Find(words)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.ParseFlags(rest); err != nil {
			t.Fatalf("%s: %v", call, err)
		}
		if got := reads(c); got != want {
			t.Errorf("%s: reads only: %v", call, got)
		}
	}
}
