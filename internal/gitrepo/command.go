package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Error is a git command that failed.
type Error struct {
	Command string // its name, e.g. rev-parse
	Exit    int    // its exit code, -1 where a signal ended it
	Stderr  string // what it said, trimmed
	Err     error
}

func (e *Error) Error() string {
	if e.Stderr != "" {
		return "git " + e.Command + ": " + e.Stderr
	}
	return "git " + e.Command + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// exit is the exit code in an error of git, 0 where there is none.
func exit(err error) int {
	var failed *Error
	if errors.As(err, &failed) {
		return failed.Exit
	}
	return 0
}

// options come before the command's name. They turn off what runs code or
// writes below .git.
var options = []string{
	"--no-pager",
	"-c", "core.fsmonitor=false",
	"-c", "core.hooksPath=/dev/null", // post-index-change would run for a temporary index too
	"-c", "core.splitIndex=false", // which would write a shared index below .git
	"-c", "core.safecrlf=false", // which would refuse a file instead of reading it
	"-c", "submodule.recurse=false",
	"-c", "gc.auto=0",
}

// environment is the caller's without the variables that turn git to another
// repository or index, as a hook's environment does. What configures git stays.
func environment(env []string) []string {
	out := slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		if name == "LC_ALL" || name == "LANGUAGE" {
			return true
		}
		if !strings.HasPrefix(name, "GIT_") {
			return false
		}
		switch name {
		case "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH":
			return false
		}
		return !strings.HasPrefix(name, "GIT_CONFIG_")
	})
	// PLANCTL_OWN: what git leaves running for the user, such as a monitor of the file system, is nothing that a task left.
	return append(out, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1",
		"GIT_NO_REPLACE_OBJECTS=1", "PLANCTL_OWN=1")
}

func (r *Repo) command(ctx context.Context, extra []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append(slices.Clone(options), args...)...)
	cmd.Dir = r.Top
	cmd.Env = append(slices.Clone(r.env), extra...)
	// A filter may outlive git with the pipe in its hand. A busy machine takes seconds, too, to hand over the last of a pipe.
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// git runs one command and returns its output.
func (r *Repo) git(ctx context.Context, stdin []byte, args ...string) ([]byte, error) {
	return r.gitEnv(ctx, nil, stdin, args...)
}

func (r *Repo) gitEnv(ctx context.Context, extra []string, stdin []byte, args ...string) ([]byte, error) {
	cmd := r.command(ctx, extra, args...)
	if stdin != nil {
		cmd.Stdin = bytes.NewReader(stdin)
	}
	var out bytes.Buffer
	var said tail
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, failure(ctx, cmd, args[0], said, err)
	}
	return out.Bytes(), nil
}

func failure(ctx context.Context, cmd *exec.Cmd, command string, said tail, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("git %s: %w", command, context.Cause(ctx))
	}
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("the git command is missing: %w", err)
	}
	code := -1
	if cmd.ProcessState != nil {
		code = cmd.ProcessState.ExitCode()
	}
	return &Error{Command: command, Exit: code, Stderr: strings.TrimSpace(string(said)), Err: err}
}

// tail keeps the end of what a command says on stderr: the fatal line is the last.
type tail []byte

func (t *tail) Write(p []byte) (int, error) {
	const most = 4 << 10
	*t = append(*t, p...)
	if over := len(*t) - most; over > 0 {
		*t = slices.Delete(*t, 0, over)
	}
	return len(p), nil
}

// limited reads at most limit bytes and reports whether there were more.
func limited(in io.Reader, limit int64) (b []byte, more bool, err error) {
	b, err = io.ReadAll(io.LimitReader(in, limit+1))
	if int64(len(b)) > limit {
		return nil, true, err
	}
	return b, false, err
}

// refuse says no to a revision that git would take for an option.
func refuse(revs ...string) error {
	for _, rev := range revs {
		if rev == "" || rev[0] == '-' || strings.ContainsAny(rev, "\x00\n") {
			return fmt.Errorf("%q is no git revision", rev)
		}
	}
	return nil
}
