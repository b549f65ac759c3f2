package workspace

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/planctl/planctl/internal/finding"
)

var linksKey = regexp.MustCompile(`(?m)^links:[ \t]*(\{[^\n]*)?(#[^\n]*)?\r?$`)

// AddLink gives the config's text with `links: {plan: id}` in it and every other byte as it was. A
// config that is wrong already, or whose `links` is written in a way that cannot be added to, is an
// error that says what to write by hand.
func AddLink(file string, src []byte, plan, id string) ([]byte, error) {
	before, findings := DecodeConfig(file, src)
	if findings.Max() >= finding.Error {
		return nil, findings.Errors()
	}
	if before.Links[plan] == id {
		return nil, nil
	}
	byHand := fmt.Errorf("%s: its `links` cannot be added to; write %s: %s under links by hand", file, plan, id)
	if before.Links[plan] != "" {
		return nil, fmt.Errorf("%s: it links %s to %s already; change that line by hand", file, plan, before.Links[plan])
	}
	eol := "\n"
	if bytes.Contains(src, []byte("\r\n")) {
		eol = "\r\n"
	}
	entry := yamlScalar(plan) + ": " + yamlScalar(id)
	var out []byte
	m := linksKey.FindSubmatchIndex(src)
	switch {
	case m == nil:
		out = append(out, src...)
		if len(out) > 0 && out[len(out)-1] != '\n' {
			out = append(out, eol...)
		}
		out = append(out, "links:"+eol+"  "+entry+eol...)
	case m[2] >= 0: // links: {…
		at := m[2] + 1
		rest := bytes.TrimSpace(src[at:])
		sep := ", "
		if bytes.HasPrefix(rest, []byte("}")) {
			sep = ""
		}
		out = splice(src, at, entry+sep)
	default: // links: and lines below it
		at := m[1]
		if i := bytes.IndexByte(src[at:], '\n'); i >= 0 {
			at += i + 1
			out = splice(src, at, indentBelow(src[at:])+entry+eol)
		} else {
			out = splice(src, at, eol+"  "+entry+eol)
		}
	}
	after, findings := DecodeConfig(file, out)
	if findings.Max() >= finding.Error || after.Links[plan] != id || len(after.Links) != len(before.Links)+1 {
		return nil, byHand
	}
	return out, nil
}

func splice(src []byte, at int, text string) []byte {
	out := make([]byte, 0, len(src)+len(text))
	out = append(out, src[:at]...)
	out = append(out, text...)
	return append(out, src[at:]...)
}

// indentBelow is the indentation of the entries that follow, two spaces where there are none.
func indentBelow(b []byte) string {
	for line := range bytes.Lines(b) {
		text := bytes.TrimLeft(line, " ")
		if len(bytes.TrimSpace(text)) == 0 || text[0] == '#' {
			continue
		}
		if n := len(line) - len(text); n > 0 {
			return strings.Repeat(" ", n)
		}
		break
	}
	return "  "
}

// yamlScalar writes a text so that YAML reads the same text.
func yamlScalar(s string) string {
	plain := s != "" && s[0] != '-' && s[0] != '.'
	digits := true
	for _, r := range s {
		digits = digits && r >= '0' && r <= '9'
		plain = plain && (r == '/' || r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}
	if plain && !digits && s != "true" && s != "false" && s != "null" && s != "yes" && s != "no" {
		return s
	}
	return strconv.Quote(s)
}
