package workspace

import (
	"os"
	"path"
	"path/filepath"
	"strings"
)

// modes takes the commands of prose back whose program is a file of the workspace that nobody may execute: `scripts/bench.py
// --size 256` is how people name what they run with an interpreter, and bash would end it with exit 126.
func (w *Workspace) modes(p *Plan) {
	for _, it := range p.Items {
		s := it.Suggestion
		if s == nil || !s.Runnable {
			continue
		}
		dir := ""
		if it.Spec != nil {
			dir = it.Spec.Dir
		}
		if file := program(s.Run); file != "" && w.unexecutable(path.Join(dir, file)) {
			s.Runnable, s.KindOpen = false, false
			s.Why = file + " is not executable: write its spec, with the program that runs it in front, or chmod +x " + ShellWord(file)
		}
	}
}

// program is the file that a command begins with, behind what it sets; "" where that is no plain relative path.
func program(run string) string {
	for _, word := range strings.Fields(run) {
		if name, _, ok := strings.Cut(word, "="); ok && plainWord.MatchString(name) && !strings.Contains(name, "/") {
			if strings.ContainsAny(word, "\"'`$(\\") && !strings.HasSuffix(word, `=""`) {
				return "" // its value may go on over spaces
			}
			continue
		}
		if strings.HasPrefix(word, "/") || !strings.Contains(word, "/") || !plainWord.MatchString(word) {
			return ""
		}
		return word
	}
	return ""
}

func (w *Workspace) unexecutable(rel string) bool {
	if !filepath.IsLocal(rel) {
		return false
	}
	info, err := os.Stat(filepath.Join(w.Root, filepath.FromSlash(rel)))
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 == 0
}
