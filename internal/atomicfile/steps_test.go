package atomicfile

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A caller learns of each temporary file before it is there, and of each replacement before it happens.
func TestStepsAreToldInTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.md")
	var made, told []string
	s := Steps{
		Making: func(temp string) error {
			if _, err := os.Lstat(temp); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s is there before it is told: %v", temp, err)
			}
			made = append(made, temp)
			return nil
		},
		Placing: func(target, temp string) error {
			if b, err := os.ReadFile(temp); err != nil || string(b) != "new\n" {
				t.Errorf("%s is not whole: %q, %v", temp, b, err)
			}
			if b, err := os.ReadFile(target); err != nil || string(b) != "old\n" {
				t.Errorf("%s was replaced before it was told: %q, %v", target, b, err)
			}
			told = append(told, temp)
			return nil
		},
		Withdrawn: func() error { told = append(told, "withdrawn"); return nil },
	}
	if err := s.Create(path, []byte("old\n"), 0o644); err != nil || len(made) != 1 || len(told) != 0 {
		t.Fatalf("Create: %v, made %v, told %v", err, made, told)
	}
	if err := s.Replace(path, []byte("new\n"), nil); err != nil || len(made) != 2 || len(told) != 1 || told[0] != made[1] {
		t.Fatalf("Replace: %v, made %v, told %v", err, made, told)
	}
	if err := os.WriteFile(path, []byte("old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	want := sha256.Sum256([]byte("what the caller read"))
	var changed *ChangedError
	if err := s.Replace(path, []byte("new\n"), &want); !errors.As(err, &changed) || len(told) != 3 || told[2] != "withdrawn" {
		t.Errorf("a file that was edited meanwhile: %v, told %v", err, told)
	}
	// A withdrawal that is not on record leaves the temporary file, which says the same.
	s.Withdrawn = func() error { return errors.New("no room") }
	if err := s.Replace(path, []byte("new\n"), &want); err == nil || errors.As(err, &changed) {
		t.Errorf("a withdrawal that failed is no error of its own: %v", err)
	}
	if _, err := os.Lstat(told[3]); err != nil {
		t.Errorf("the temporary file is gone: %v", err)
	}
}

// Who cannot write down what is to be made makes nothing.
func TestStepsStop(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.md")
	no := errors.New("no room")
	if err := (Steps{Making: func(string) error { return no }}).Create(path, []byte("x"), 0o644); !errors.Is(err, no) {
		t.Errorf("Making: %v", err)
	}
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := (Steps{Placing: func(string, string) error { return no }}).Replace(path, []byte("x"), nil); !errors.Is(err, no) {
		t.Errorf("Placing: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if b, rerr := os.ReadFile(path); err != nil || rerr != nil || len(entries) != 1 || string(b) != "old" {
		t.Errorf("%v, %q, %v, %v", entries, b, err, rerr)
	}
}
