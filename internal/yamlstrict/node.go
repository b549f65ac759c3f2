package yamlstrict

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/planctl/planctl/internal/finding"
)

// Node is one value of a document.
type Node struct {
	y   *yaml.Node
	doc *Document
}

// Entry is one key of a mapping and its value.
type Entry struct {
	Key       string
	Value     *Node
	Line, Col int // of the key, in the file
}

// Text is a scalar as written and where it stands.
type Text struct {
	Value     string
	Line, Col int // in the file
}

// Pair is a key with its text; Value is nil where the text says null.
type Pair struct {
	Key       string
	Value     *string
	Line, Col int // of the key, in the file
}

// Pos is the place of the value in the file; 0, 0 for a nil Node.
func (n *Node) Pos() (line, col int) {
	if n == nil {
		return 0, 0
	}
	return n.doc.place(n.y.Line, n.y.Column)
}

// IsNull reports whether the value is null, written so or left out.
func (n *Node) IsNull() bool {
	return n == nil || n.y.Kind == yaml.ScalarNode && n.y.ShortTag() == "!!null"
}

// IsMapping reports whether the value is a mapping.
func (n *Node) IsMapping() bool { return n != nil && n.y.Kind == yaml.MappingNode }

// IsList reports whether the value is a list.
func (n *Node) IsList() bool { return n != nil && n.y.Kind == yaml.SequenceNode }

// Report notes an error at the value's place, with the code FAMILY-code.
func (n *Node) Report(code, message, help string) {
	if n != nil {
		n.doc.report(code, n.y.Line, n.y.Column, message, help)
	}
}

// ReportAt notes an error at the entry's key, with the code FAMILY-code.
func (e Entry) ReportAt(code, message, help string) {
	d := e.Value.doc
	d.Note(finding.Finding{Code: finding.Code(d.src.Family + "-" + code), Severity: finding.Error,
		File: d.src.File, Line: e.Line, Col: e.Col, Message: message, Help: help})
}

// Mapping is the entries of a mapping in their order. A repeated key is
// reported as FAMILY-duplicate-key and left out; so is a key that is no
// scalar. what names the value in messages ("the config", "env").
func (n *Node) Mapping(what string) []Entry {
	return n.MappingWith(what, func(again, first Entry) {
		again.ReportAt("duplicate-key", fmt.Sprintf("%s has the key %s twice; it stands on line %d already", what, again.Key, first.Line), "keep one of the two")
	})
}

// MappingWith is Mapping with the caller's own report of a repeated key.
func (n *Node) MappingWith(what string, repeated func(again, first Entry)) []Entry {
	if n.IsNull() {
		return nil
	}
	if n.y.Kind != yaml.MappingNode {
		n.wrong("a mapping (`key: value` lines) for " + what)
		return nil
	}
	out := make([]Entry, 0, len(n.y.Content)/2)
	seen := make(map[string]Entry, len(n.y.Content)/2)
	for i := 0; i+1 < len(n.y.Content); i += 2 {
		k, v := n.y.Content[i], &Node{y: n.y.Content[i+1], doc: n.doc}
		if k.Tag == "!!merge" || k.Kind == yaml.AliasNode {
			continue // reported by Parse
		}
		if k.Kind != yaml.ScalarNode || k.ShortTag() == "!!null" {
			n.doc.report("type", k.Line, k.Column, "a key of "+what+" is no text", "write `key: value`; `{…}` as a value needs quotes where it is meant as text")
			continue
		}
		e := Entry{Key: k.Value, Value: v}
		e.Line, e.Col = n.doc.place(k.Line, k.Column)
		if first, ok := seen[e.Key]; ok {
			repeated(e, first)
			continue
		}
		seen[e.Key] = e
		out = append(out, e)
	}
	return out
}

// Fields is Mapping for a record: keys other than the known ones are reported
// as FAMILY-unknown-key, with the nearest known one, and left out.
func (n *Node) Fields(what string, known ...string) []Entry {
	return slices.DeleteFunc(n.Mapping(what), func(e Entry) bool {
		if slices.Contains(known, e.Key) {
			return false
		}
		help := "known are " + strings.Join(known, ", ")
		if near := Nearest(e.Key, known); near != "" {
			help = "did you mean `" + near + "`?"
		}
		e.ReportAt("unknown-key", fmt.Sprintf("%s has no key %s", what, e.Key), help)
		return true
	})
}

// List is the items of a list.
func (n *Node) List() []*Node {
	if n.IsNull() {
		return nil
	}
	if n.y.Kind != yaml.SequenceNode {
		n.wrong("a list")
		return nil
	}
	out := make([]*Node, len(n.y.Content))
	for i, c := range n.y.Content {
		out[i] = &Node{y: c, doc: n.doc}
	}
	return out
}

// String is a scalar's text as written (block scalars and quotes resolved).
// Numbers and booleans are texts too; null, lists and mappings are not.
func (n *Node) String() (string, bool) {
	if n == nil || n.y.Kind != yaml.ScalarNode || n.IsNull() {
		n.wrong("a text")
		return "", false
	}
	return n.y.Value, true
}

// Texts is a list of scalars, or one scalar as a list of one.
func (n *Node) Texts() []Text {
	if n.IsNull() {
		if n != nil {
			n.wrong("a text or a list of texts")
		}
		return nil
	}
	items := []*Node{n}
	if n.y.Kind == yaml.SequenceNode {
		items = n.List()
	}
	out := make([]Text, 0, len(items))
	for _, i := range items {
		if s, ok := i.String(); ok {
			line, col := i.Pos()
			out = append(out, Text{Value: s, Line: line, Col: col})
		}
	}
	return out
}

// Strings is Texts without the places.
func (n *Node) Strings() []string {
	var out []string
	for _, t := range n.Texts() {
		out = append(out, t.Value)
	}
	return out
}

// Bool is true or false; `yes`, `on` and quoted words are refused.
func (n *Node) Bool() (value, ok bool) {
	if n != nil && n.y.Kind == yaml.ScalarNode && n.y.ShortTag() == "!!bool" {
		switch strings.ToLower(n.y.Value) {
		case "true":
			return true, true
		case "false":
			return false, true
		}
	}
	n.wrong("true or false")
	return false, false
}

// Int is a whole number in decimal.
func (n *Node) Int() (int, bool) {
	v, ok := n.Int64()
	if int64(int(v)) != v {
		n.wrong("a smaller number")
		return 0, false
	}
	return int(v), ok
}

// Int64 is a whole number in decimal.
func (n *Node) Int64() (int64, bool) {
	if n != nil && n.y.Kind == yaml.ScalarNode && n.y.ShortTag() == "!!int" {
		if v, err := strconv.ParseInt(n.y.Value, 10, 64); err == nil {
			return v, true
		}
	}
	n.wrong("a whole number")
	return 0, false
}

// Duration is a positive time with its unit, such as 90s, 10m or 1h30m.
func (n *Node) Duration() (time.Duration, bool) {
	if n == nil || n.y.Kind != yaml.ScalarNode || n.IsNull() {
		n.wrong("a time such as 90s, 10m or 1h30m")
		return 0, false
	}
	v, err := time.ParseDuration(n.y.Value)
	switch {
	case err != nil && n.y.ShortTag() == "!!int":
		n.Report("type", n.y.Value+" has no unit", "write "+n.y.Value+"s for seconds, "+n.y.Value+"m for minutes")
	case err != nil:
		n.Report("type", fmt.Sprintf("%q is no time", n.y.Value), "write a time such as 90s, 10m or 1h30m")
	case v <= 0:
		n.Report("type", n.y.Value+" is not more than zero", "leave the key out where there is no limit")
	default:
		return v, true
	}
	return 0, false
}

// StringMap is a mapping of texts; null values are kept as nil.
func (n *Node) StringMap(what string) []Pair {
	var out []Pair
	for _, e := range n.Mapping(what) {
		p := Pair{Key: e.Key, Line: e.Line, Col: e.Col}
		if !e.Value.IsNull() {
			s, ok := e.Value.String()
			if !ok {
				continue
			}
			p.Value = &s
		}
		out = append(out, p)
	}
	return out
}

// OneOf is a text that must be one of the given words.
func (n *Node) OneOf(words ...string) (string, bool) {
	s, ok := n.String()
	if !ok {
		return "", false
	}
	if slices.Contains(words, s) {
		return s, true
	}
	help := "write " + strings.Join(words, ", ")
	if near := Nearest(s, words); near != "" {
		help = "did you mean `" + near + "`?"
	}
	n.Report("type", fmt.Sprintf("%q is none of %s", s, strings.Join(words, ", ")), help)
	return "", false
}

// Note adds a finding of the caller's own to the document's.
func (d *Document) Note(f finding.Finding) { d.findings = append(d.findings, f) }

func (n *Node) wrong(want string) {
	if n == nil || n.y.Kind == yaml.AliasNode {
		return // an alias is reported by Parse
	}
	n.Report("type", fmt.Sprintf("want %s, not %s", want, n.describe()), "")
}

func (n *Node) describe() string {
	switch n.y.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.IsNull() {
		return "nothing"
	}
	v := n.y.Value
	if r := []rune(v); len(r) > 40 {
		v = string(r[:39]) + "…"
	}
	return strconv.Quote(v)
}
