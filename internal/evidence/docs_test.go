package evidence

import (
	"strings"
	"testing"
)

// The documentation shows the files for git as they are written.
func TestDocumentedGuard(t *testing.T) {
	doc := content(t, "../../docs/evidence.md")
	for language, text := range map[string]string{"gitattributes": attributes, "gitignore": ignore} {
		if !strings.Contains(doc, "```"+language+"\n"+text+"```\n") {
			t.Errorf("docs/evidence.md does not show the %s that is written:\n%s", language, text)
		}
	}
}
