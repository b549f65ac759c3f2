package layers

// house is the rules of this repository. A rule that stands in the way of a
// better house is changed here, with its reason.
func house() Rules {
	// Benches are programs of their own, main packages that nobody imports: they make repositories to throw away, drive
	// git in them, and print what they measured.
	const bench = "internal/bench/..."
	return Rules{
		Arrows: []Arrow{
			{From: "plan", To: []string{"ledger", "runner/..."},
				Why: "plan, ledger and runner do not know each other: each can be read, tested and replaced alone"},
			{From: "ledger", To: []string{"plan", "runner/..."},
				Why: "plan, ledger and runner do not know each other: each can be read, tested and replaced alone"},
			{From: "runner/...", To: []string{"plan", "ledger", "internal/workspace", "internal/commit", "internal/engine", "internal/schedule", "internal/verify", "report"},
				Why: "an executor runs jobs; what a job means is decided by those who submit it"},
			{From: "plan", To: upper(), Why: "the documents are the bottom of the house"},
			{From: "ledger", To: upper(), Why: "the documents are the bottom of the house"},
			{From: "internal/mdspan", To: append(upper(), "plan", "ledger"), Why: "positions in a text know nothing of what the text means"},
			{From: "internal/diff3", To: append(upper(), "plan", "ledger"), Why: "a merge of texts is told what belongs together by those who know the format"},
			{From: "internal/criteria", To: append(upper(), "plan", "ledger"), Why: "a criterion is judged from facts, whoever asks"},
			{From: "internal/evidence", To: append(upper(), "plan", "ledger"), Why: "evidence is files and digests; which task they prove is said in the manifest"},
			{From: "internal/manifest", To: append(upper(), "plan", "ledger"), Why: "the record must be readable without the documents that it speaks of"},
			{From: "internal/testreport", To: append(upper(), "plan", "ledger"), Why: "a reader of test reports must not know what a red or a green is"},
			{From: "internal/spec", To: append(upper(), "plan", "ledger"), Why: "a spec is decoded the same from a block and from a sidecar"},
			{From: "internal/baseline", To: append(upper(), "plan", "ledger"), Why: "what is accepted is told from findings and comments; which finding is right is decided by those who look"},
			{From: "internal/workspace", To: []string{"internal/commit", "internal/engine", "internal/verify", "report", "runner/local", "runner/slurm", "cmd/..."},
				Why: "the workspace says what stands; acting on it is for those above"},
			{From: "internal/workspace", To: []string{"internal/atomicfile"}, Direct: true,
				Why: "the workspace reads files and never writes one"},
			{From: "internal/commit", To: []string{"internal/engine", "internal/verify", "report", "cmd/..."},
				Why: "the transaction writes what it is given and decides nothing"},
			{From: "internal/commit", To: []string{"runner/local", "runner/slurm"},
				Why: "a recovery is told how a command is ended, by who knows the executor that ran it"},
			{From: "internal/engine", To: []string{"internal/verify", "report", "cmd/..."},
				Why: "the engine emits events; showing them is for report"},
			{From: "internal/verify", To: []string{"internal/commit", "internal/engine", "internal/atomicfile", "runner/local", "runner/slurm"}, Direct: true,
				Why: "verify is read-only and runs nothing"},
			{From: "report", To: []string{"internal/commit", "internal/atomicfile", "runner/local", "runner/slurm"}, Direct: true,
				Why: "report looks and never decides"},
			{From: "cmd/...", To: []string{"internal/bench/..."}, Why: "what measures planctl is no part of it"},
			{From: "internal/...", To: []string{"examples/..."}, Why: "an example is a passenger: only the demo command opens it"},
			{From: "report", To: []string{"examples/..."}, Why: "an example is a passenger: only the demo command opens it"},
		},
		Pure: Pure{
			Packages: []string{"plan", "ledger", "internal/mdspan", "internal/diff3", "internal/finding", "internal/spec", "internal/prose", "internal/manifest", "internal/tempname", "internal/history", "internal/yamlstrict", "internal/baseline"},
			Banned:   []string{"os", "os/exec", "os/signal", "syscall", "net", "net/http", "io/ioutil", "path/filepath"},
			Why:      "bytes in, bytes out: what these packages do can hang on nothing but their arguments",
		},
		Modules: []Module{
			{Path: "gopkg.in/yaml.v3", Owner: "internal/yamlstrict", Why: "it drops KnownFields and second documents silently; one place knows how to stop that"},
			{Path: "github.com/yuin/goldmark", Owner: "internal/mdspan", Why: "its positions have traps; one place turns them into byte spans"},
			{Path: "github.com/expr-lang/expr", Owner: "internal/criteria", Why: "the language of criteria is ours to fix, not the library's"},
			{Path: "github.com/sbinet/npyio", Owner: "internal/criteria", Why: "arrays are read for criteria and audits only"},
			{Path: "github.com/bmatcuk/doublestar/v4", Owner: "internal/glob", Why: "a brace glob there hides a missing name; one place expands braces first"},
			{Path: "mvdan.cc/sh/v3", Owner: "internal/prose", Why: "shell syntax is read to judge a suggestion, never to run it"},
			{Path: "github.com/creack/pty", Owner: "runner/local", Why: "only a local command can have a terminal"},
			{Path: "github.com/gofrs/flock", Owner: "internal/commit", Why: "one place decides what is locked and in what order"},
			{Path: "charm.land/lipgloss/v2", Owner: "report", Why: "style is shown, not decided"},
			{Path: "github.com/charmbracelet/colorprofile", Owner: "report", Why: "NO_COLOR needs one place that gives it precedence"},
			{Path: "github.com/charmbracelet/x/ansi", Owner: "report", Why: "widths and stripping belong to showing"},
			{Path: "github.com/spf13/cobra", Owner: "cmd/planctl", Why: "only cmd reads the command line"},
			{Path: "github.com/spf13/pflag", Owner: "cmd/planctl", Why: "only cmd reads the command line"},
		},
		SharedModules: []string{
			"golang.org/x/sys", // system calls that the standard library lacks; a wrapper would only rename them
		},
		Words: []Word{
			{Import: "flag", Allowed: []string{"cmd/...", bench}, Why: "only cmd reads flags"},
			{Import: "log", Allowed: []string{"cmd/..."}, Why: "a library that prints cannot be used twice"},
			{Import: "os/exec", Allowed: []string{"cmd/...", bench, "internal/gitrepo", "runner/local", "runner/slurm"}, Why: "what runs a program is easy to find"},
			{Import: "fmt", Names: []string{"Print", "Printf", "Println"}, Allowed: []string{"cmd/...", bench}, Why: "only cmd prints"},
			{Import: "os", Names: []string{"Stdin", "Stdout", "Stderr", "Args", "Exit"}, Allowed: []string{"cmd/...", bench}, Why: "only cmd has a terminal, arguments and an exit code"},
			{Import: "os", Names: []string{"Rename", "WriteFile", "Create"}, Allowed: []string{"internal/atomicfile", "internal/commit", bench}, // commit: intents and locks, its own and nobody's document
				Why: "one package replaces files, so that a crash leaves the old one or the new one"},
		},
		BadNames: []string{"util", "utils", "common", "helper", "helpers", "model", "models", "type", "types", "misc", "base", "shared"},
		MaxLines: 600, // a file is about 500 lines: this is where "about" ends
	}
}

// upper is what stands above documents, records and facts.
func upper() []string {
	return []string{"internal/workspace", "internal/schedule", "internal/commit", "internal/engine", "internal/verify", "report", "cmd/...", "examples/..."}
}
