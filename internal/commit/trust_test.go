package commit

import "testing"

// A file system that folds case has planctl's own directory, and git's, under other words, too.
func TestWithinFoldsCase(t *testing.T) {
	s := NewStore(t.TempDir(), nil)
	for path, ok := range map[string]bool{
		".planctl/locks/a": false, ".Planctl/locks/a": false, "sub/.PLANCTL/a": false,
		".git/hooks/a": false, ".Git/hooks/a": false,
		"planctl/a": true, ".planctl.yaml": true, "reports/a": true,
	} {
		if err := s.within(path); (err == nil) != ok {
			t.Errorf("%s: %v", path, err)
		}
	}
}
