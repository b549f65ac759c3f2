package mdspan

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// blockParser is goldmark without inline parsers: the other reading that the line scan is checked against.
func blockParser() parser.Parser {
	return parser.NewParser(parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithParagraphTransformers([]util.PrioritizedValue{}...))
}

type heading struct{ line, level int }

// goldmarkReading is goldmark's headings and the lines inside its code and HTML blocks.
func goldmarkReading(src []byte) (hs []heading, code map[int]bool) {
	x := NewIndex(src)
	code = map[int]bool{}
	root := blockParser().Parse(text.NewReader(src))
	ast.Walk(root, func(n ast.Node, enter bool) (ast.WalkStatus, error) {
		if !enter || n.Type() == ast.TypeInline {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			if n.Lines().Len() > 0 {
				l, _ := x.Pos(n.Lines().At(0).Start)
				hs = append(hs, heading{l, n.Level})
			}
		case *ast.CodeBlock, *ast.FencedCodeBlock, *ast.HTMLBlock:
			for i := range n.Lines().Len() {
				l, _ := x.Pos(n.Lines().At(i).Start)
				code[l] = true
			}
		}
		return ast.WalkContinue, nil
	})
	return hs, code
}

func scanReading(src []byte) (hs []heading, code map[int]bool) {
	d := Scan(src)
	code = map[int]bool{}
	for _, h := range d.Headings {
		if !h.Loose && !h.Text.Empty() {
			hs = append(hs, heading{h.Line, h.Level})
		}
	}
	fence := map[int]bool{}
	for _, f := range d.Fences {
		fence[f.Open] = true
		fence[f.Close] = true
	}
	for n := 1; n <= d.Index.Lines(); n++ {
		if d.MarkdownQuoted(n) && !fence[n] {
			code[n] = true
		}
	}
	return hs, code
}

func corpus(t *testing.T, dir string) []string {
	t.Helper()
	shared := os.Getenv("PLANCTL_SHARED")
	if shared == "" {
		t.Skip("PLANCTL_SHARED is not set: it names the folder that holds the corpus of real documents")
	}
	files, err := filepath.Glob(filepath.Join(shared, "corpus", dir, "*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no documents under %s: %v", dir, err)
	}
	return files
}

// TestCorpusGoldmark checks the line scan against goldmark on every real
// document whose fences Markdown and a person read alike.
func TestCorpusGoldmark(t *testing.T) {
	nested := 0
	for _, f := range slices.Concat(corpus(t, "plans"), corpus(t, "ledger")) {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if Scan(src).markdown != nil {
			nested++
			continue
		}
		gh, gc := goldmarkReading(src)
		sh, sc := scanReading(src)
		if !slices.Equal(gh, sh) {
			t.Errorf("%s: headings differ\n goldmark %v\n scan     %v", filepath.Base(f), gh, sh)
		}
		x := NewIndex(src)
		for n := 1; n <= x.Lines(); n++ {
			if gc[n] != sc[n] && len(trim(x.Line(n).Of(src))) > 0 && !fenceLine(x.Line(n).Of(src)) {
				t.Errorf("%s:%d: goldmark code %v, scan %v: %.80q", filepath.Base(f), n, gc[n], sc[n], x.Line(n).Of(src))
			}
		}
	}
	if nested > 3 {
		t.Errorf("%d documents were passed over because of fences inside fences; the corpus has fewer", nested)
	}
}

func trim(b []byte) []byte { return trimSpan(b, Span{0, len(b)}).Of(b) }

func fenceLine(b []byte) bool { _, ok := opener(trim(b), 0); return ok }
