// Package yamlstrict reads one YAML text and says everything that is wrong
// with it, each problem at its place in the file that holds the text. It is
// the only importer of the YAML library, and it may not know what a spec or a
// config is.
//
// The subset: one document; no anchors, aliases, merge keys or tags; every
// mapping key is a scalar and stands once. Scalars are taken as they are
// written, so that `1.10` is a fine key and `run: true` the command "true".
//
// Parse gives a Document. Its Root, and every Node below it, is read through
// accessors that check the type and note a finding in the document where it
// is wrong; the zero value is returned then, so that a caller goes on and all
// problems of a text are found in one pass:
//
//	doc := yamlstrict.Parse(yamlstrict.Source{Family: "config", File: name, Text: text, Line: 1})
//	for _, f := range doc.Root.Fields("the config", "version", "plans", "annotate") {
//		switch f.Key {
//		case "version":
//			c.Version, _ = f.Value.Int()
//		case "plans":
//			c.Plans = f.Value.Strings()
//		}
//	}
//	findings := doc.Findings()
//
// The codes are FAMILY-syntax, -second-document, -alias, -duplicate-key,
// -unknown-key and -type. All methods accept a nil Node, the root of an empty
// text, and read it as an empty mapping or list.
package yamlstrict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/planctl/planctl/internal/finding"
)

// MaxBytes is the longest text that is read. A spec or a config beyond it is
// no spec or config, and the parser below needs about a hundred times the size.
const MaxBytes = 4 << 20

// Source is one YAML text and where it stands.
type Source struct {
	Family string // of the finding codes: "spec", "config"
	File   string
	Text   []byte
	Line   int // of the text's first line in File, from 1
}

// Document is a text that has been read.
type Document struct {
	Root     *Node // nil where the text is empty or cannot be read at all
	src      Source
	lines    []int // offset of each line's first byte, by YAML's reading of a line
	places   []filePlace
	findings finding.List
}

type filePlace struct{ line, col int }

// Parse reads the text. It never fails: what is wrong is in Findings.
func Parse(src Source) *Document {
	src.Line = max(src.Line, 1)
	d := &Document{src: src}
	if len(src.Text) > MaxBytes {
		d.lines, d.places = []int{0}, make([]filePlace, 1)
		d.report("syntax", 1, 1, fmt.Sprintf("the text has %d bytes, more than the %d that are read", len(src.Text), MaxBytes), "")
		return d
	}
	d.lines = lineStarts(src.Text)
	d.places = filePlaces(src.Text, d.lines)
	if !utf8.Valid(src.Text) {
		off := invalidUTF8(src.Text)
		line, col := d.at(off)
		d.report("syntax", line, col, fmt.Sprintf("byte 0x%02x is not UTF-8", src.Text[off]), "save the file as UTF-8")
		return d
	}
	dec := yaml.NewDecoder(bytes.NewReader(src.Text))
	first, err := decode(dec)
	if errors.Is(err, io.EOF) {
		return d
	}
	if err != nil {
		d.syntax(err)
		return d
	}
	if len(first.Content) == 1 {
		d.refuse(first.Content[0])
		d.Root = &Node{y: first.Content[0], doc: d}
		if d.Root.IsNull() {
			d.Root = nil
		}
	}
	second, err := decode(dec)
	switch {
	case errors.Is(err, io.EOF):
	case err != nil:
		d.syntax(err)
	default:
		line, col := d.separator(second.Line)
		d.report("second-document", line, col, "a second YAML document starts here; only the first would be read",
			"take out the `---` line, or put what follows in a block of its own")
	}
	return d
}

// Findings is everything that Parse and the accessors found so far, sorted.
func (d *Document) Findings() finding.List {
	out := append(finding.List(nil), d.findings...)
	out.Sort()
	return out
}

// report takes a position by YAML's lines.
func (d *Document) report(code string, line, col int, message, help string) {
	line, col = d.place(line, col)
	d.findings = append(d.findings, finding.Finding{
		Code: finding.Code(d.src.Family + "-" + code), Severity: finding.Error,
		File: d.src.File, Line: line, Col: col, Message: message, Help: help,
	})
}

// decode gives the next document's node without resolving anything, so that
// aliases cannot expand. The library panics on a few malformed streams; such
// a text is unreadable like any other.
func decode(dec *yaml.Decoder) (n *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = nil, fmt.Errorf("yaml: %v", r)
		}
	}()
	n = new(yaml.Node)
	err = dec.Decode(n)
	return n, err
}

// refuse reports what the subset leaves out. Aliases are not followed: a
// cycle of them, or a bomb, costs nothing.
func (d *Document) refuse(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode:
		d.report("alias", n.Line, n.Column, "aliases are not read here", "write the value out")
	case n.Anchor != "":
		d.report("alias", n.Line, n.Column, fmt.Sprintf("the anchor &%s is not read here", n.Anchor), "write the value out where it is needed")
	}
	if n.Style&yaml.TaggedStyle != 0 {
		d.report("type", n.Line, n.Column, fmt.Sprintf("the tag %s is not read here", n.Tag), "take the tag out; quotes make a text of any value")
	}
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if k := n.Content[i]; k.Tag == "!!merge" {
				d.report("alias", k.Line, k.Column, "merge keys (<<) are not read here", "write the keys out; in a spec, `defaults` holds what all tasks share")
			}
		}
	}
	for _, c := range n.Content {
		d.refuse(c)
	}
}
