package workspace

import (
	"path"
	"slices"
	"strings"

	"github.com/planctl/planctl/plan"
)

// Reports gives the place of a phase's evidence: the REPORTS directory,
// relative to the root, and the name SLUG of a run's directory in REPORTS/STAMP/.
//
// REPORTS is the config's template where there is one, else the nearest
// directory above the plan that is named reports, else reports/ beside the
// plan. SLUG is that of a plan which itself lies in REPORTS/STAMP/SLUG/, else
// phase_ID; the plan's stem leads it where several plans share REPORTS, and as
// many directories before the stem as it takes to tell them apart. ph may be
// nil: then the slug is the stem's.
func (w *Workspace) Reports(p *Plan, ph *plan.Phase) (dir, slug string) {
	dir = w.reportsDir(p, ph)
	own := ownSlug(p.Path)
	sharers := w.sharers(dir)
	if own != "" {
		same := slices.DeleteFunc(slices.Clone(sharers), func(q *Plan) bool { return ownSlug(q.Path) != own })
		if len(same) > 1 {
			return dir, lead(p, same) + "_" + own
		}
		return dir, own
	}
	slug = p.Stem()
	if ph != nil {
		slug = "phase_" + ph.ID
		if len(sharers) > 1 {
			slug = lead(p, sharers) + "_" + slug
		}
	}
	return dir, segment(slug)
}

func (w *Workspace) reportsDir(p *Plan, ph *plan.Phase) string {
	if t := w.Config.Reports; t != "" {
		phase := ""
		if ph != nil {
			phase = segment(ph.ID)
		}
		// {plan_dir} is a path of the workspace; the others are a person's text and become one name each.
		return path.Clean(strings.NewReplacer("{plan_dir}", path.Dir(p.Path), "{initiative}", segment(p.Link.ID), "{phase}", phase).Replace(t))
	}
	for dir := path.Dir(p.Path); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if path.Base(dir) == "reports" {
			return dir
		}
	}
	return path.Join(path.Dir(p.Path), "reports")
}

// ownSlug is SLUG of a plan in reports/STAMP/SLUG/, "" for any other.
func ownSlug(p string) string {
	parts := strings.Split(p, "/")
	if n := len(parts); n >= 4 && parts[n-4] == "reports" && stampDir.MatchString(parts[n-3]) {
		return parts[n-2]
	}
	return ""
}

// sharers is the plans whose evidence goes to the directory, sorted by path.
func (w *Workspace) sharers(dir string) []*Plan {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.reports == nil {
		w.reports = map[string][]*Plan{}
		for _, p := range w.Plans {
			for _, d := range w.reportsOf(p) {
				w.reports[d] = append(w.reports[d], p)
			}
		}
	}
	return w.reports[dir]
}

// reportsOf is every REPORTS of a plan: one, or one for each phase where the template says {phase}.
func (w *Workspace) reportsOf(p *Plan) []string {
	if !strings.Contains(w.Config.Reports, "{phase}") {
		return []string{w.reportsDir(p, nil)}
	}
	var out []string
	for _, ph := range p.Doc.Phases {
		if d := w.reportsDir(p, ph); !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// lead is the shortest end of the plan's path, as one name, that no other of the plans has.
func lead(p *Plan, plans []*Plan) string {
	parts := strings.Split(strings.TrimSuffix(p.Path, path.Ext(p.Path)), "/")
	for i := len(parts) - 1; i > 0; i-- {
		end := "/" + strings.Join(parts[i:], "/")
		unique := !slices.ContainsFunc(plans, func(q *Plan) bool {
			return q != p && strings.HasSuffix("/"+strings.TrimSuffix(q.Path, path.Ext(q.Path)), end)
		})
		if unique {
			return segment(strings.Join(parts[i:], "_"))
		}
	}
	return segment(strings.Join(parts, "_"))
}

// segment makes one safe path component of a person's text: letters, digits,
// dots, dashes and underscores stay, everything else becomes a dash.
func segment(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '.' || c == '-' || c == '_' || c >= 0x80 {
			continue
		}
		b[i] = '-'
	}
	// A file name has at most 255 bytes, and the stem or a suffix may come to it.
	b = []byte(strings.ToValidUTF8(string(b[:min(len(b), 100)]), "-"))
	if strings.Trim(string(b), ".-") == "" {
		return "none"
	}
	return strings.TrimLeft(string(b), ".-")
}
