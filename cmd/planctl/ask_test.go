package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/planctl/planctl/internal/engine"
)

// TestAsk: each answer, one that is none, and an end without an answer, after which the next output begins a line.
func TestAsk(t *testing.T) {
	const question = "  run it? [y] run and tick, [o] run only, [n] no: "
	for _, c := range []struct {
		in, said string
		want     engine.Approval
	}{
		{"y\n", question, engine.RunAndTick},
		{"Only\n", question, engine.RunOnly},
		{"n\n", question, engine.No},
		{"maybe\ny\n", question + "  \"maybe\" is no answer: y, o or n\n" + question, engine.RunAndTick},
		{"", question + "\n", engine.No},
	} {
		var out bytes.Buffer
		a := &app{io: stdio{In: strings.NewReader(c.in), Out: &out}, color: "never"}
		got, err := a.ask(t.Context(), a.out())
		if got != c.want || err != nil || out.String() != c.said {
			t.Errorf("%q: %v, %v\n%q\nwant %v\n%q", c.in, got, err, out.String(), c.want, c.said)
		}
	}
	// Ctrl-C while the question stands.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	in, end := io.Pipe()
	defer end.Close()
	var out bytes.Buffer
	a := &app{io: stdio{In: in, Out: &out}, color: "never"}
	if got, err := a.ask(ctx, a.out()); got != engine.No || err != context.Canceled || out.String() != question+"\n" {
		t.Errorf("interrupted: %v, %v, %q", got, err, out.String())
	}
}
