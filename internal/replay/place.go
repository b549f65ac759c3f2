package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/planctl/planctl/internal/evidence"
	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/internal/tempdir"
)

// overlay lays pins, each with the file that it is of today, over a workspace, and gives those that changed it.
func overlay(ws string, pins map[string][]byte) (changed []string, err error) {
	root, err := os.OpenRoot(ws)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for _, pin := range slices.Sorted(maps.Keys(pins)) {
		was, err := evidence.ReadPinned(root, pin)
		absent := errors.Is(err, fs.ErrNotExist)
		if err != nil && !absent {
			return nil, fmt.Errorf("%s in the old sources: %w", pin, err)
		}
		now, err := evidence.Transplant(pin, pins[pin], was)
		if err != nil {
			return nil, &RefusedError{Why: fmt.Sprintf("the pin %s of today has no place in the sources of the red: %v", pin, err),
				Help: "prove the red and its green again, with the pin as it is"}
		}
		if !absent && bytes.Equal(now, was) {
			continue
		}
		if err := put(root, evidence.PinFile(pin), now, absent); err != nil {
			return nil, err
		}
		changed = append(changed, pin)
	}
	return changed, nil
}

// put writes a file of a throwaway checkout. A link on its way that leads out is refused by the root.
func put(root *os.Root, name string, b []byte, absent bool) error {
	if absent {
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

// environment is the caller's under the spec's, with the throwaway checkout in the place of the user's.
func (r *replay) environment(sp *spec.Spec, ws, runDir string) []string {
	env := map[string]string{}
	for _, kv := range r.o.Environ {
		k, v, _ := strings.Cut(kv, "=")
		switch k {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_PREFIX":
		default:
			env[k] = v
		}
	}
	for k, v := range sp.Env {
		if v == nil {
			delete(env, k)
		} else {
			env[k] = *v
		}
	}
	top := strings.TrimSuffix(ws, string(filepath.Separator)+r.prefix)
	for k, v := range env {
		env[k] = moved(v, r.p.Repo.Top, top)
	}
	env["PWD"] = ws
	env["PLANCTL_TASK"], env["PLANCTL_STAMP"], env["PLANCTL_DIR"] = sp.ID, r.o.Stamp, runDir
	out := make([]string, 0, len(env))
	for _, k := range slices.Sorted(maps.Keys(env)) {
		out = append(out, k+"="+env[k])
	}
	return out
}

// moved is a list of paths in which those of one checkout are those of another, where that has them.
func moved(value, from, to string) string {
	if !strings.Contains(value, from) {
		return value
	}
	parts := strings.Split(value, ":")
	for i, p := range parts {
		rest, ok := strings.CutPrefix(p, from)
		if !ok || rest != "" && rest[0] != filepath.Separator {
			continue
		}
		if _, err := os.Lstat(to + rest); err == nil {
			parts[i] = to + rest
		}
	}
	return strings.Join(parts, ":")
}

// lastLine is the last line of a log that is not empty.
func lastLine(path string) string {
	last, err := regular.LastLine(path)
	if err != nil {
		return err.Error()
	}
	return last
}

// Remove clears a throwaway directory away, also where a command left directories in it that cannot be written. What is
// no directory of this package's making is left alone.
func Remove(dir string) error {
	return tempdir.Remove(dir, Prefix, "directory of a replay")
}
