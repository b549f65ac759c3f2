package redact_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/planctl/planctl/internal/redact"
)

func BenchmarkWriter(b *testing.B) {
	var secrets []redact.Secret
	for i := range 5 {
		secrets = append(secrets, redact.Secret{Name: fmt.Sprint("TOKEN", i), Value: fmt.Sprintf("ghp_%032x", i*7919)})
	}
	for _, bb := range []struct{ name, line string }{
		{"log", "2025-10-19 12:24:49 INFO tests/torch/test_integration.py::test_cycle[gpu-3] PASSED in 0.36s (epoch 12, loss 0.0231)\n"},
		{"secrets", "curl -H 'Authorization: Bearer " + secrets[2].Value + "' https://example.org/\n"},
		{"nearly", secrets[2].Value[:len(secrets[2].Value)-1] + secrets[2].Value[:len(secrets[2].Value)-2] + "\n"},
		{"binary", string(bytes.Repeat([]byte{0, 0xff, 0x80, 'g', 'h', 1}, 20))},
	} {
		b.Run(bb.name, func(b *testing.B) {
			text := bytes.Repeat([]byte(bb.line), 1<<20/len(bb.line))
			w := redact.New(secrets).Writer(io.Discard)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.Write(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
