package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/workspace"
)

// Compared is how a file is now beside how it was recorded.
type Compared string

// The comparisons.
const (
	Same    Compared = "same"
	Differs Compared = "differs"
	Absent  Compared = "absent"
)

// AuditFile is one file of a run.
type AuditFile struct {
	manifest.File
	Path string   `json:"path"` // from the workspace
	Now  Compared `json:"now"`
}

// AuditView is the evidence of one run.
type AuditView struct {
	Schema   string            `json:"schema"`
	Task     string            `json:"task"`
	Title    string            `json:"title"`
	Manifest string            `json:"manifest"`
	Run      string            `json:"run"`
	Files    []AuditFile       `json:"files"`
	Record   *workspace.Record `json:"-"`
}

// Audit writes the artifact audit as Markdown.
func Audit(p *Printer, v AuditView) {
	q := &v.Record.Doc.Predicate
	p.Printf("# Artifact audit: %s %s\n\n", md(v.Task), md(v.Title))
	p.Printf("- Run: `%s`, %s, %s\n- Manifest: %s\n", v.Run, q.Result, q.Started.UTC().Format(time.RFC3339), mdCode(v.Manifest))
	if q.Source.Commit != "" {
		dirty := ""
		if q.Source.Dirty {
			dirty = ", with uncommitted changes"
		}
		p.Printf("- Commit: `%s`%s\n", q.Source.Commit, dirty)
	}
	if len(v.Files) == 0 {
		p.Printf("\nThe attempt has no files: it is a decision by hand.\n")
		return
	}
	p.Printf("\n| Path | Role | Size (bytes) | SHA-256 | Arrays (dtype, shape) | Now |\n| --- | --- | ---: | --- | --- | --- |\n")
	for _, f := range v.Files {
		p.Printf("| %s | %s | %d | `%s` | %s | %s |\n", mdCode(f.Path), mdCell(f.Role), f.Size, mdCell(f.SHA256), arrays(f.Arrays), f.Now)
	}
}

func arrays(as map[string]manifest.Array) string {
	var out []string
	for _, n := range slices.Sorted(maps.Keys(as)) {
		out = append(out, fmt.Sprintf("%s: %s %v", mdCell(n), mdCell(as[n].Dtype), as[n].Shape))
	}
	return strings.Join(out, "; ")
}
