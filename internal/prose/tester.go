package prose

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// tester says whether a command runs tests.
type tester uint8

const (
	notTold   tester = iota // a script, a target of make, a program that is not known
	runsTests               // a test runner
	runsNone                // a program that is known and runs none: a formatter, a linter, git
)

// testsOf is what the script's programs say together: one test runner makes
// it one that runs tests, one that cannot be told leaves it open.
func testsOf(file *syntax.File) tester {
	seen, told := false, true
	out := notTold
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return false // what a value is made of
		case *syntax.CallExpr:
			args := words(n.Args)
			for len(args) > 0 {
				skip, ok := wrapper(path.Base(args[0]), n.Args[len(n.Args)-len(args)+1:])
				if !ok {
					break
				}
				args = args[1+skip:]
			}
			if len(args) == 0 {
				return false
			}
			seen = true
			switch tested(path.Base(args[0]), args[1:]) {
			case runsTests:
				out = runsTests
			case notTold:
				told = false
			}
			return false
		}
		return true
	})
	if out == notTold && seen && told {
		return runsNone
	}
	return out
}

// words is the literal texts of words, "" for one that has other parts.
func words(ws []*syntax.Word) []string {
	out := make([]string, 0, len(ws))
	for _, w := range ws {
		out = append(out, word(w))
	}
	return out
}

var testName = regexp.MustCompile(`(?i)(?:^|[^a-z]|run|py|unit)tests?(?:[^a-z]|$)`)

// testWord reports whether the program, or the script or target that it is given, is called after tests.
func testWord(run string) bool {
	fields := strings.Fields(run[:min(len(run), 200)])
	for _, f := range fields[:min(len(fields), 3)] {
		if !strings.HasPrefix(f, "-") && testName.MatchString(path.Base(strings.Trim(f, `"'`))) {
			return true
		}
	}
	return false
}

// tested reports whether a program with these arguments runs tests.
func tested(name string, args []string) tester {
	sub := subcommand(args)
	switch name {
	case "pytest", "py.test", "ctest", "prove", "bats", "jest", "vitest", "mocha", "ava", "tap", "rspec", "phpunit", "gotestsum", "nosetests", "tox", "nox":
		return unlessListed(args)
	case "python", "python2", "python3":
		return module(args)
	case "coverage":
		if sub == "run" {
			return module(args)
		}
		return runsNone
	case "go":
		switch sub {
		case "test":
			return unlessListed(args)
		case "run", "generate", "tool":
			return launched(args)
		}
		return runsNone
	case "cargo":
		switch sub {
		case "test", "t", "nextest":
			return unlessListed(args)
		case "build", "b", "check", "c", "clippy", "fmt", "doc", "clean", "update", "fetch", "tree", "metadata", "add", "install":
			return runsNone
		}
		return notTold
	case "node":
		if slices.Contains(args, "--test") {
			return runsTests
		}
		return notTold
	case "npm", "pnpm", "yarn", "deno", "bun":
		switch sub {
		case "test", "t", "tst":
			return runsTests
		case "ci", "install", "i", "add", "audit", "outdated", "fmt", "lint":
			return runsNone
		}
		if slices.ContainsFunc(args, testName.MatchString) {
			return runsTests
		}
		return launched(args)
	case "mvn", "gradle", "gradlew", "sbt", "dotnet", "swift", "mix", "bazel", "meson", "rake", "make", "gmake", "ninja", "just", "xcodebuild":
		if slices.ContainsFunc(args, func(a string) bool {
			return !strings.HasPrefix(a, "-") && (testName.MatchString(a) || a == "check" || a == "verify" || a == "spec")
		}) {
			return runsTests
		}
		return notTold
	case "uv", "uvx", "poetry", "pdm", "hatch", "pipx", "pipenv", "conda", "mamba", "npx", "bundle", "docker", "docker-compose", "podman", "kubectl",
		"srun", "sbatch", "ssh", "xargs", "find", "perf", "valgrind", "gdb", "strace", "torchrun", "accelerate":
		if slices.ContainsFunc(args, func(a string) bool { return a == "install" || a == "add" || a == "sync" || a == "lock" || a == "pull" }) {
			return runsNone
		}
		return launched(args)
	case "bash", "sh", "zsh", "perl", "ruby", "php", "java", "Rscript", "julia", "elixir", "ipython", "jupyter", "playwright", "composer":
		return notTold
	case "cd", "set", "export", "source", ".", "true", "false", ":", "[", "goimports", "rustfmt":
		return runsNone
	}
	if isKnown(name) {
		return runsNone
	}
	return notTold
}

// unlessListed is the answer for a test runner: it runs tests, unless it is asked only what there is.
func unlessListed(args []string) tester {
	for _, a := range args {
		switch a {
		case "--collect-only", "--co", "--help", "-h", "--version", "--fixtures", "--markers", "--no-run", "--show-only", "--listTests", "-N", "-list", "-c=true":
			return runsNone
		}
		if strings.HasPrefix(a, "-list=") {
			return runsNone
		}
	}
	return runsTests
}

// module is the answer for `python -m MODULE …`.
func module(args []string) tester {
	i := slices.Index(args, "-m")
	if i < 0 || i+1 >= len(args) {
		return notTold
	}
	switch m := args[i+1]; m {
	case "pytest", "coverage", "tox", "nox", "black", "ruff", "isort", "flake8", "pylint", "mypy", "pip":
		return tested(m, args[i+2:])
	case "unittest", "nose2":
		return unlessListed(args[i+2:])
	case "venv", "build", "compileall", "py_compile", "json.tool":
		return runsNone
	}
	return notTold
}

// launched is the answer for a program that runs the one among its arguments.
func launched(args []string) tester {
	for i, a := range args[:min(len(args), 20)] {
		name := path.Base(a)
		switch {
		case a == "" || strings.HasPrefix(a, "-") || name == "test":
		case tested(name, args[i+1:]) == runsTests:
			return runsTests
		case isKnown(name) || name == "pipenv":
			return notTold // it has looked at the rest
		}
	}
	return notTold
}

// subcommand is the first argument that is no option, nor the value of one that names a directory or a toolchain.
func subcommand(args []string) string {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-C" || a == "--prefix" || a == "--dir" || a == "--cwd":
			i++
		case strings.HasPrefix(a, "-") || strings.HasPrefix(a, "+"):
		default:
			return a
		}
	}
	return ""
}
