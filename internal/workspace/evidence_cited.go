package workspace

import (
	"bytes"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/finding"
	"github.com/planctl/planctl/internal/glob"
	"github.com/planctl/planctl/internal/manifest"
	"github.com/planctl/planctl/internal/regular"
)

// fromEntries reads the manifests where the ledgers' entries cite them. One that lies below no REPORTS, because it was
// moved, is reached by a link, or the config names another place by now, is evidence all the same: else whoever moves
// a failing run takes it out of sight. Where a run's manifest lies at several places, the one that its entry cites
// is where its files are looked for.
func (w *Workspace) fromEntries() {
	e := w.Evidence
	for _, l := range append([]*Ledger{w.Ledger}, w.Archives...) {
		if l.Missing() {
			continue
		}
		for _, a := range l.Doc.Attempts() {
			if a.Run == "" || l.Doc.ByRun(a.Run) != a {
				continue
			}
			r := e.byDigest[a.Run]
			if r != nil && len(r.Copies) == 0 {
				continue
			}
			cited := CitedManifest(a.Span.Of(l.Doc.Source))
			switch {
			case cited == "":
			case r == nil:
				e.elsewhere(w, cited, a.Run)
			default:
				if i := slices.Index(r.Copies, cited); i >= 0 {
					r.Path, r.Copies[i] = r.Copies[i], r.Path
				}
			}
		}
	}
}

// elsewhere reads a manifest that no REPORTS holds, links followed. Bytes of another digest are no manifest of this run.
func (e *Evidence) elsewhere(w *Workspace, cited, digest string) {
	if _, known := slices.BinarySearch(e.listed, cited); known {
		return // it was read, and is none or another
	}
	b, err := regular.Read(w.Abs(cited))
	if err != nil {
		w.why(cited, err)
		return // verify says of the entry what is not there
	}
	if manifest.Digest(b) != digest {
		return // so it does of one that is another's
	}
	doc, err := manifest.Decode(b)
	if err != nil {
		e.Findings = append(e.Findings, finding.Finding{
			Code: "evidence-unreadable", Severity: finding.Error, File: cited,
			Message: "the manifest cannot be read: " + reason(err), Help: "restore it from git: git log -- " + cited,
		})
		return
	}
	e.take(&Record{Path: cited, Digest: digest, Doc: doc})
}

// Cited is the paths that an entry of planctl's cites under Artifacts.
func Cited(text []byte) []string {
	_, rest, ok := bytes.Cut(text, []byte("Artifacts: `"))
	if !ok {
		return nil
	}
	span, _, ok := bytes.Cut(rest, []byte("`"))
	if !ok {
		return nil
	}
	names, ok := glob.Braces(string(span), 1000)
	if !ok {
		return nil
	}
	return names
}

// CitedManifest is the manifest that an entry of planctl's cites under Artifacts; "" without.
func CitedManifest(text []byte) string {
	for _, n := range Cited(text) {
		if strings.HasSuffix(n, manifest.Suffix) && path.Clean(n) == n && filepath.IsLocal(filepath.FromSlash(n)) {
			return n
		}
	}
	return ""
}
