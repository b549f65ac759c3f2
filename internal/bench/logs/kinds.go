package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
)

// kind is one kind of log.
type kind struct {
	name     string
	head     string
	middle   func(i int) []byte // again and again, until the size is reached
	tail     string
	criteria []string
	secret   string // value of a variable of the command's environment
	masked   bool   // the value is printed, between the parts
}

const (
	secretName  = "LOGS_TOKEN"
	secretValue = "s3cr3t-0f-the-l0gs"
)

func kinds() []kind {
	lines := func(i int) []byte {
		var b bytes.Buffer
		for k := range 1000 {
			fmt.Fprintf(&b, "2025-10-19 12:24:49 INFO train step %d of epoch %d: loss 0.%04d, 153.2 samples/s\n", k, i, (i*7+k)%10000)
		}
		return b.Bytes()
	}
	// All 256 bytes but the line end: NUL, escapes, and no UTF-8.
	noise := rand.New(rand.NewPCG(1, 2))
	block := make([]byte, 64<<10)
	for i := range block {
		if block[i] = byte(noise.Uint32()); block[i] == '\n' {
			block[i] = 0
		}
	}
	oneLine := func(int) []byte { return block }
	end := "final loss = 0.0123\n"
	about := []string{`log contains "final loss = "`, `not (log contains "diverged")`, `log matches "final l[o]ss = [0-9.]+"`, `number("final loss = ([0-9.]+)") < 0.02`, `log endsWith "0.0123\n"`}
	return []kind{
		{name: "lines", middle: lines, tail: end, criteria: about},
		{name: "lines, no regular expression", middle: lines, tail: end, criteria: []string{`log contains "final loss = "`, `not (log contains "diverged")`, `log endsWith "0.0123\n"`, `tests.total == 0`}},
		{name: "lines, through the masker", middle: lines, tail: end, criteria: about, secret: secretValue},
		{name: "lines with a secret", middle: lines, tail: end, criteria: about, secret: secretValue, masked: true},
		{name: "no line end, NUL, no UTF-8", middle: oneLine, tail: "\n" + end, criteria: about},
		{name: "no line end, through the masker", middle: oneLine, tail: "\n" + end, criteria: about, secret: secretValue},
		{name: "zeros", middle: func(int) []byte { return make([]byte, 1<<20) }, tail: "\n" + end, criteria: about},
		{name: "pytest, one failure that talks", head: rule("=", "test session starts") + "collected 2 items\n\n" + rule("=", "FAILURES") + rule("_", "test_talks"),
			middle: lines, criteria: []string{"exit == 0", "tests.failed == 1", "tests.passed == 1", `"test_a.py::test_talks" in tests.names`},
			tail: rule("=", "short test summary info") + "FAILED test_a.py::test_talks - assert 1 == 2\n" + rule("=", "1 failed, 1 passed in 0.02s")},
		{name: "pytest, thousands of failures", head: rule("=", "test session starts") + "collected 2 items\n\n" + rule("=", "FAILURES"),
			middle: func(i int) []byte { return append([]byte(rule("_", fmt.Sprintf("test_%06d", i))), lines(i)...) }, criteria: []string{"tests.failed == 1"},
			tail: rule("=", "short test summary info") + "FAILED test_a.py::test_talks - assert 1 == 2\n" + rule("=", "1 failed, 1 passed in 0.02s")},
		{name: "go test -json, many tests that talk", head: `{"Action":"start","Package":"p"}` + "\n",
			middle: func(i int) []byte {
				var b bytes.Buffer
				fmt.Fprintf(&b, "{\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"Test%d\"}\n", i)
				for range 200 {
					fmt.Fprintf(&b, "{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"Test%d\",\"Output\":\"    a_test.go:12: what a test says while it runs, and it says it again\\n\"}\n", i)
				}
				return b.Bytes()
			},
			tail: `{"Action":"pass","Package":"p","Test":"Test0"}` + "\n" + `{"Action":"fail","Package":"p"}` + "\n", criteria: []string{"tests.passed == 1", "tests.errors > 0"}},
		{name: "go test -v", head: "=== RUN   TestA\n", middle: lines, tail: "--- PASS: TestA (0.00s)\nPASS\nok  \tp\t0.01s\n", criteria: []string{"tests.passed == 1"}},
		{name: "TAP", head: "TAP version 13\n1..1\n", middle: func(int) []byte { return []byte("# a remark of a test that talks a great deal, and goes on\n") }, tail: "ok 1 - one\n", criteria: []string{"tests.passed == 1"}},
		{name: "cargo test", head: "\nrunning 1 test\n", middle: lines, tail: "test a::one ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n", criteria: []string{"tests.passed == 1"}},
	}
}

// rule is a heading of pytest's, 80 columns wide.
func rule(bar, title string) string {
	n := 80 - len(title) - 2
	return strings.Repeat(bar, n/2) + " " + title + " " + strings.Repeat(bar, n-n/2) + "\n"
}

func kindOf(name string) (kind, error) {
	for _, k := range kinds() {
		if k.name == name {
			return k, nil
		}
	}
	return kind{}, fmt.Errorf("there is no kind of log %q", name)
}

// print writes the log of a size to w and the SHA-256 of what should be kept of it to a file.
func (k kind) print(w io.Writer, size int64, sumFile string) error {
	h := sha256.New()
	out := bufio.NewWriterSize(w, 1<<20)
	both := io.MultiWriter(out, h)
	if _, err := io.WriteString(both, k.head); err != nil {
		return err
	}
	for i, n := 0, int64(0); n < size; i++ {
		part := k.middle(i % 100000)
		n += int64(len(part))
		if _, err := both.Write(part); err != nil {
			return err
		}
		if k.masked {
			_, err := io.WriteString(out, secretValue)
			if err != nil {
				return err
			}
			h.Write([]byte("***" + secretName + "***")) // a hash never fails
		}
	}
	if _, err := io.WriteString(both, k.tail); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return os.WriteFile(sumFile, []byte(hex.EncodeToString(h.Sum(nil))), 0o644)
}
