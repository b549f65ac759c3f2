//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// The value has what each of the encodings changes.
const secretValue = "p&s \"w'rd$1/+<é>\\t`x`=~%"

// encoding is a form in which a value shows, and the part of it that the value alone decides.
type encoding struct {
	name string
	text func(v string) string // in its surroundings
	part func(v string) string // what may be nowhere
}

func encodings() []encoding {
	same := func(name string, f func(string) string) encoding { return encoding{name, f, f} }
	// The characters of base64 that carry bits of the value only: a neighbour's byte decides the others too.
	inBase64 := func(before string) encoding {
		return encoding{"base64 after " + strconv.Itoa(len(before)) + " bytes",
			func(v string) string { return base64.StdEncoding.EncodeToString([]byte(before + v + "y")) },
			func(v string) string {
				all := base64.StdEncoding.EncodeToString([]byte(before + v + "y"))
				return all[(len(before)*8+5)/6 : (len(before)+len(v))*8/6]
			}}
	}
	return []encoding{
		same("raw", func(v string) string { return v }),
		inBase64(""), inBase64("u"), inBase64("us"),
		same("base64 for URLs", func(v string) string { return base64.RawURLEncoding.EncodeToString([]byte(v)) }),
		same("hex", func(v string) string { return hex.EncodeToString([]byte(v)) }),
		same("HEX", func(v string) string { return strings.ToUpper(hex.EncodeToString([]byte(v))) }),
		same("URL", url.QueryEscape),
		same("path of a URL", url.PathEscape),
		same("JSON", func(v string) string {
			b, err := json.Marshal(v)
			if err != nil {
				panic(err)
			}
			return string(b[1 : len(b)-1])
		}),
		same("shell", func(v string) string { return strings.ReplaceAll(v, "'", `'\''`) }),
		same("Go and Python", func(v string) string { q := strconv.Quote(v); return q[1 : len(q)-1] }),
		same("HTML", html.EscapeString),
		same("XML", func(v string) string {
			var b strings.Builder
			if err := xml.EscapeText(&b, []byte(v)); err != nil {
				panic(err)
			}
			return b.String()
		}),
	}
}

// printers are commands of the tests.
func printers() map[string]func() { return map[string]func(){"print-secrets": printSecrets} }

// printSecrets is a command that prints the value of API_TOKEN in every form, each cut in two at every offset. The second
// part is written when the first one has been read.
func printSecrets() {
	for _, e := range encodings() {
		text := e.text(os.Getenv("API_TOKEN"))
		for i := range len(text) {
			for _, part := range []string{text[:i], text[i:] + "\n"} {
				if _, err := os.Stdout.WriteString(part); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				for n := 1; n > 0; {
					var err error
					if n, err = unix.IoctlGetInt(1, unix.TIOCINQ); err != nil {
						break // no pipe
					}
				}
			}
		}
	}
}

// TestSecretsInEveryForm: of a value that is printed in every form, cut at every offset, nothing is left in what planctl keeps
// or shows.
func TestSecretsInEveryForm(t *testing.T) {
	for _, tty := range []bool{false, true} {
		t.Run(fmt.Sprintf("tty %v", tty), func(t *testing.T) {
			p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger, "plans/p.md": strings.Replace(onePlan, "run: echo ran >> ran.txt",
				fmt.Sprintf(`run: print-secrets, tty: %v, criteria: ['env("API_TOKEN") == "another"', 'log contains "no such text"', 'number("([0-9]+)") < 0']`, tty), 1)})
			t.Setenv("API_TOKEN", secretValue)
			p.git("init", "-q")
			var said bytes.Buffer
			for _, args := range [][]string{{"run", "A1", "-v", "--note", "with " + secretValue}, {"run", "A1", "--json"}, {"log", "A1"}, {"log", "A1", "--tail"}, {"log", "A1", "--json"},
				{"show", "A1"}, {"show", "A1", "--json"}, {"check", "A1"}, {"status", "-v"}, {"audit", "A1"}, {"verify"}, {"mark", "A1", "skipped", "--note", "not " + secretValue}} {
				code, out := p.planctl(args...)
				if code == exitTrouble || code == exitUsage {
					t.Errorf("planctl %v: exit %d\n%s", args[:2], code, out)
				}
				said.WriteString(out)
			}
			hits := search(t, "the terminal", said.Bytes())
			logs, marks := 0, 0
			err := filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				b, err := os.ReadFile(path)
				if strings.HasSuffix(path, ".log") {
					logs++
					marks += bytes.Count(b, []byte("***API_TOKEN***"))
				}
				hits += search(t, path, b)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			for _, e := range encodings() {
				want += len(e.text(secretValue))
			}
			if logs != 2 || marks != 2*want {
				t.Errorf("%d logs, masked %d times, want %d", logs, marks, 2*want)
			}
			t.Logf("%d forms, %d cuts: %d hits", len(encodings()), 2*want, hits)
		})
	}
}

// search counts the forms that stand in a text.
func search(t *testing.T, where string, text []byte) (hits int) {
	t.Helper()
	for _, e := range encodings() {
		if i := bytes.Index(text, []byte(e.part(secretValue))); i >= 0 {
			hits++
			t.Errorf("%s has the value (%s): …%q…", where, e.name, text[max(0, i-60):min(len(text), i+100)])
		}
	}
	return hits
}
