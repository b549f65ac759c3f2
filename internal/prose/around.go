package prose

import (
	"regexp"
	"strings"
)

// What a row says of a command's surroundings beside it. A command that ran in another directory, or without a variable
// that its row sets, would not be the one that the row asks for.

// ordered is the order to run that stands before a command: "re-run the targeted tests:".
const ordered = `(?:(?:re-?)?run|(?:re-?)?execute|invoke)(?:\s+(?:the|this|same|targeted|full|suite|tests?|selectors?|commands?))*[\s:*_]*$`

const machine = `host|machine|node|server|vm|container|pod|cluster|branch|environment|namespace|context|database|image|virtualenv|venv|conda env|env`

var (
	beforeDir = regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{N}_-])(?:in|from|inside|within|under|cd (?:in)?to|change (?:in)?to)\s+(?:the\s+)?[*_]*$`)
	// What may stand between the directory and the code span of the command.
	dirThenRun = regexp.MustCompile(`(?i)^[*_]*(?:\s+(?:directory|folder|dir))?[\s,:*_]*(?:(?:then|and|please)\s+)?` + ordered)
	runThenDir = regexp.MustCompile(`(?i)^[\s*_,(]*(?:in|from|inside|within)\s+(?:the\s+)?[*_]*$`)
	directory  = regexp.MustCompile(`^[\w.~-]*/(?:[\w.~-]+/)*(?:[\w~-]+)?$`)
	beforeSet  = regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{N}_-])(?:set|setting|exports?|exporting)\s+[*_]*$`)
	runThenSet = regexp.MustCompile(`(?i)^[\s*_,(]*(?:with|under|using)\s+[*_]*$`)
	// A code span that names where it is run: "on `build-7`", "in container `dev`".
	beforeHost  = regexp.MustCompile(`(?i)(?:^|[.;:>)—–✅][\s*_]*)(?:on|(?:in|inside|within)\s+(?:the\s+)?(?:` + machine + `))\s+(?:the\s+)?(?:(?:` + machine + `)\s+)?[*_]*$`)
	hostThenRun = regexp.MustCompile(`(?i)^[*_]*(?:\s+(?:` + machine + `))?[\s,:*_]*(?:(?:then|and|please)\s+)?` + ordered)
	runThenHost = regexp.MustCompile(`(?i)^[\s*_,(]*((?:on|against)\s+(?:the\s+)?(?:(?:` + machine + `)\s+)?|(?:in|inside|within)\s+(?:the\s+)?(?:` + machine + `)\s+)[*_]*$`)
	oneSetting  = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*=\S*$`)
)

// around is why the command at spans[at] is shown and not run: the directory or the variable that stands beside it and
// that it does not have; "" where there is none.
func around(text string, spans []code, at int) string {
	run := spans[at]
	if at > 0 {
		c, between := spans[at-1], text[spans[at-1].end:run.start]
		if lead := tail(text[:c.start]); isDir(c.text, run.text) && beforeDir.MatchString(lead) && len(between) < 80 && dirThenRun.MatchString(between) {
			return "its row says to run it in " + c.text + ": write its spec, with `dir`"
		}
		if lead := tail(text[:c.start]); len(between) < 80 && !takesAway.MatchString(run.text) && !strings.Contains(run.text, c.text) && beforeHost.MatchString(lead) && hostThenRun.MatchString(between) {
			return "its row says to run it on " + quoted(c.text) + ": write its spec"
		}
	}
	if at+1 < len(spans) {
		c, between := spans[at+1], text[run.end:spans[at+1].start]
		switch {
		case len(between) > 40:
		case isDir(c.text, run.text) && runThenDir.MatchString(between):
			return "its row says to run it in " + c.text + ": write its spec, with `dir`"
		case isSetting(c.text, run.text) && runThenSet.MatchString(between):
			return "its row says to run it with " + c.text + ": write its spec, with `env`"
		case !takesAway.MatchString(run.text) && !strings.Contains(run.text, c.text) && runThenHost.MatchString(between):
			return "its row says to run it " + quoted(runThenHost.FindStringSubmatch(between)[1]) + " " + quoted(c.text) + ": write its spec"
		}
	}
	if how := plainly(text, spans, at); how != "" {
		return "its row says to run it " + how + ": write its spec"
	}
	for _, c := range spans[:at] {
		if isSetting(c.text, run.text) && beforeSet.MatchString(tail(text[:c.start])) {
			return "its row says to run it with " + c.text + ": write its spec, with `env`"
		}
	}
	return ""
}

// isDir reports a directory by its look that the command does not name itself.
func isDir(s, run string) bool {
	return directory.MatchString(s) && !strings.Contains(run, strings.TrimSuffix(s, "/"))
}

// isSetting reports NAME=value that the command does not set itself.
func isSetting(s, run string) bool {
	name, _, _ := strings.Cut(s, "=")
	return oneSetting.MatchString(s) && !strings.Contains(run, name+"=")
}
