package prose

import "strings"

// isKnown reports whether the word is a program that plans commonly run, so
// that a code span which begins with it and goes on is a command.
func isKnown(name string) bool {
	switch strings.TrimSuffix(name, ".exe") {
	case "pytest", "py.test", "python", "python2", "python3", "pip", "pip3", "pipx", "uv", "uvx", "poetry", "pdm", "hatch", "conda", "mamba", "tox", "nox",
		"coverage", "mypy", "pyright", "pyrefly", "ruff", "black", "isort", "flake8", "pylint", "pre-commit", "jupyter", "ipython", "torchrun", "accelerate",
		"go", "gofmt", "golangci-lint", "staticcheck", "cargo", "rustc", "rustup", "make", "gmake", "cmake", "ctest", "ninja", "meson", "bazel", "buck2", "gcc", "g++", "clang", "cc",
		"npm", "npx", "pnpm", "yarn", "bun", "deno", "node", "tsc", "eslint", "prettier", "jest", "vitest", "playwright",
		"mvn", "gradle", "gradlew", "java", "javac", "dotnet", "swift", "xcodebuild", "ruby", "bundle", "rake", "rspec", "php", "composer", "phpunit", "perl", "Rscript", "julia", "mix", "elixir",
		"bash", "sh", "zsh", "shellcheck", "shfmt", "bats", "git", "gh", "docker", "docker-compose", "podman", "kubectl", "helm", "terraform", "ansible-playbook",
		"ls", "cat", "cp", "mv", "rm", "mkdir", "touch", "ln", "chmod", "stat", "du", "df", "find", "grep", "rg", "sed", "awk", "sort", "uniq", "wc", "head", "tail", "cut", "tr", "diff", "cmp", "xargs", "tar", "gzip", "zip", "unzip",
		"sha256sum", "sha1sum", "md5sum", "jq", "curl", "wget", "rsync", "scp", "ssh", "sqlite3", "psql", "sbatch", "srun", "squeue", "nvidia-smi", "perf", "valgrind", "gdb", "strace", "echo", "printf", "printenv", "tee", "test":
		return true
	}
	return false
}

// alone reports whether the program is commonly run without arguments, so
// that its bare name after "Run" is a command and not the tool's name.
func alone(name string) bool {
	switch name {
	case "pytest", "py.test", "tox", "nox", "make", "gmake", "ninja", "ctest", "meson", "rake", "rspec", "jest", "vitest", "phpunit", "gradlew":
		return true
	}
	return false
}

// everywhere reports whether a variable is there in every shell that planctl starts.
func everywhere(name string) bool {
	switch name {
	case "HOME", "PATH", "PWD", "OLDPWD", "USER", "LOGNAME", "SHELL", "TMPDIR", "LANG", "HOSTNAME", "TERM",
		"UID", "EUID", "PPID", "RANDOM", "SECONDS", "IFS", "LINENO", "BASHPID", "BASH_VERSION", "OSTYPE", "PIPESTATUS", "REPLY",
		"?", "$", "!", "-", "_", "#", "@", "*", "0":
		return true
	}
	return strings.HasPrefix(name, "PLANCTL_")
}
