package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/planctl/planctl/internal/owner/ownertest"
)

// After a `sudo planctl run`, all that it made belongs to the owner of the workspace.
func TestRootInSomebodysWorkspace(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can run in somebody's name")
	}
	const somebody = ownertest.Somebody
	p := newPlace(t, map[string]string{"docs/fix_plan.md": oneLedger, "plans/p.md": strings.Replace(onePlan, "run: echo ran >> ran.txt", "run: echo ran", 1)})
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "."}, {"commit", "-q", "-m", "base"}} {
		p.git(args...)
	}
	p.write("plans/changed.md", "# Changed\n") // so that there is a patch
	each := func(do func(path string, info fs.FileInfo)) {
		err := filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err == nil {
				do(path, info)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	each(func(path string, _ fs.FileInfo) {
		if err := os.Lchown(path, somebody, somebody); err != nil {
			t.Fatal(err)
		}
	})
	p.env = []string{"SUDO_UID=" + strconv.Itoa(somebody)} // git believes it
	if code, out := p.planctl("run", "A1"); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	made := 0
	each(func(path string, info fs.FileInfo) {
		if st, ok := info.Sys().(*syscall.Stat_t); !ok || st.Uid != somebody || st.Gid != somebody {
			t.Errorf("%s belongs to %d", path, st.Uid)
		}
		if strings.Contains(path, "reports") || strings.Contains(path, ".git/planctl") {
			made++
		}
	})
	if made < 10 {
		t.Errorf("only %d files and directories were made", made)
	}
}
