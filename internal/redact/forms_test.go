package redact_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/planctl/planctl/internal/redact"
)

// Whatever stands around a value, its encoding does not come through: from
// what is left of a masked text nobody can decode the value again.
func TestEncodingsAreMasked(t *testing.T) {
	encodings := map[string]func(string) string{
		"base64":     func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"base64url":  func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		"hex":        func(s string) string { return hex.EncodeToString([]byte(s)) },
		"HEX":        func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
		"query":      url.QueryEscape,
		"path":       url.PathEscape,
		"quote":      strconv.Quote,
		"ascii":      strconv.QuoteToASCII,
		"html":       html.EscapeString,
		"json":       func(s string) string { b, _ := json.Marshal(s); return string(b) },
		"xml":        func(s string) string { var b strings.Builder; _ = xml.EscapeText(&b, []byte(s)); return b.String() },
		"singlequot": func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" },
	}
	rapid.Check(t, func(t *rapid.T) {
		// Printable, with what encoders change; what is no UTF-8 or forbidden in XML has no encoding there.
		value := rapid.StringMatching(`[a-zA-Z0-9 !"#$%&'()+,./:;<=>?@\[\\\]^_{|}~é日-]{6,60}`).Draw(t, "value")
		if strings.TrimSpace(value) == "" {
			t.Skip("blank")
		}
		before := rapid.StringMatching(`[a-z ]{0,5}`).Draw(t, "before")
		after := rapid.StringMatching(`[a-z ]{0,5}`).Draw(t, "after")
		m := redact.New([]redact.Secret{{Name: "N", Value: value}})
		for name, enc := range encodings {
			in := enc(before + value + after)
			got := m.String(in)
			if !strings.Contains(got, "***N***") {
				t.Fatalf("%s of %q: %q is not masked", name, before+value+after, in)
			}
			if _, ok := m.Contains([]byte(in)); !ok {
				t.Fatalf("%s of %q is not found in %q", name, value, in)
			}
			// At each end one character of base64 may be left, and with it a part of one byte.
			if left := len(got) - len("***N***"); strings.HasPrefix(name, "base64") && strings.Count(got, "***N***") == 1 &&
				left > len(enc(before))+len(enc(after))+4 {
				t.Fatalf("%s of %q: too much is left in %q", name, before+value+after, got)
			}
		}
	})
}

// The base64 command breaks its lines.
func TestBrokenBase64(t *testing.T) {
	value := strings.Repeat("0123456789abcdefghij", 10)
	all := base64.StdEncoding.EncodeToString([]byte(value + "\n"))
	m := redact.New([]redact.Secret{{Name: "N", Value: value}})
	for _, width := range []int{64, 76} {
		var lines []string
		for s := all; s != ""; s = s[min(width, len(s)):] {
			lines = append(lines, s[:min(width, len(s))])
		}
		if got := m.String(strings.Join(lines, "\n") + "\n"); got != "***N***\n" {
			t.Errorf("at %d columns: %q", width, got)
		}
	}
}

// A value of the size of the largest variable costs memory in proportion.
func TestLongValue(t *testing.T) {
	value := strings.Repeat("0123456789abcdef", 128<<10/16)
	m := redact.New([]redact.Secret{{Name: "N", Value: value}})
	if got := m.String("<" + value + ">"); got != "<***N***>" {
		t.Errorf("%d bytes are left", len(got))
	}
}
