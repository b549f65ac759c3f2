package prose

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/planctl/planctl/internal/spec"
	"github.com/planctl/planctl/plan"
)

// kindOf is the kind that a row gives its command, and why a person has to say it where the row leaves it open.
//
// The row's own word, else what the row says of the run's end, else its phase's title decides. A command that runs no
// test can be neither red nor green. Of one that cannot be told, a script or a target of make, the phase's title says
// nothing by itself: among the rows of a phase called GREEN are those that generate and build.
func kindOf(t *plan.Task, run shell) (kind spec.Kind, doubt string) {
	title := standing(t.Description).live
	own := kindWord(title)
	fails := unsaid
	if own == spec.Unknown {
		fails = failing(t, run.tests != runsNone)
	}
	switch {
	case run.tests == runsNone && fails == saysFails:
		return spec.Check, "its row says that it must fail, and it runs no test: write its spec, with a criterion on `exit`"
	case run.tests == runsNone:
		return spec.Check, ""
	case own != spec.Unknown:
		return own, ""
	case fails == saysBoth:
		return spec.Check, "its row says that it must fail, and that it passes: write its spec, with its `kind`"
	case fails == saysFails:
		return spec.Red, ""
	case run.tests == notTold && !aboutTests(title) && !testWord(run.run):
		return spec.Check, ""
	}
	return titleKind(t), ""
}

// titleKind is what the row's own text, else its phase's title, says of the
// run, as a word in capitals. A title that says both says neither.
func titleKind(t *plan.Task) spec.Kind {
	if k := kindWord(standing(t.Description).live); k != spec.Unknown {
		return k
	}
	if t.Phase != nil {
		if k := kindWord(t.Phase.Title); k != spec.Unknown {
			return k
		}
	}
	return spec.Check
}

// kindWord is Red or Green for a text that has that word, in capitals or as the name of a run, Check for one that
// has both, and Unknown for one that has neither. What turns red into green is a green.
func kindWord(s string) spec.Kind {
	red := hasWord(s, "RED") || redRun.MatchString(s)
	green := hasWord(s, "GREEN") || greenRun.MatchString(s)
	switch {
	case turnsGreen.MatchString(s):
		return spec.Green
	case red && green:
		return spec.Check
	case red:
		return spec.Red
	case green:
		return spec.Green
	}
	return spec.Unknown
}

// hasWord reports whether the word stands in s with no letter, digit or _ beside it.
func hasWord(s, word string) bool {
	for at := 0; ; {
		i := strings.Index(s[at:], word)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(word)
		if (start == 0 || !wordByte(s[start-1])) && (end == len(s) || !wordByte(s[end])) {
			return true
		}
		at = end
	}
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

// aboutTests reports whether the description speaks of tests.
func aboutTests(description string) bool {
	words := strings.FieldsFunc(strings.ToLower(description), func(c rune) bool { return !unicode.IsLetter(c) })
	return slices.ContainsFunc(words, func(w string) bool {
		switch w {
		case "test", "tests", "testing", "suite", "suites", "selector", "selectors", "regression", "regressions", "failure", "failing", "pytest", "unittest":
			return true
		}
		return false
	})
}

// ending is what a row says of how its run ends.
type ending uint8

const (
	unsaid    ending = iota
	saysFails        // it must fail
	saysBoth         // it must fail, and something passes
)

var (
	// That the run must fail: said of it by a word that stands for it or right after its code span (a NUL here), as an
	// expectation, or as the row's whole subject. What is said of anything else ("a bad token must fail") is what the
	// test asks for, and no red.
	mustFail = regexp.MustCompile(`(?i)(?:\b(?:it|this|they|the run|the (?:new )?tests?|this (?:new )?test|tests|selectors?|the command|the suite)|\x00|^|[(;,.:—–]|<br ?/?>)[\s*_(,:—–-]*(?:(?:which|that|and)\s+)?` +
		`(?:must|should|has to|have to|(?:is|are) (?:expected|meant|supposed) to)\s+(?:still\s+|first\s+)?[*_]*fail\b`)
	// A red run by its name, in any case; RED alone is a word in capitals.
	redRun     = regexp.MustCompile(`(?i)\bred\s+(?:pytest\s+)?(?:phase|runs?|logs?|tests?|coverage|selectors?|evidence)\b`)
	greenRun   = regexp.MustCompile(`(?i)\bgreen\s+(?:phase|runs?|logs?|validation|verification)\b`)
	turnsGreen = regexp.MustCompile(`(?i)\b(?:turn|make|get|bring)(?:s|ing)?\s+(?:[\p{L}\p{N}_-]+\s+){0,4}(?:tests?|suite|selectors?|coverage)\s+(?:to\s+)?green\b`)
	expectRed  = regexp.MustCompile(`(?i)\bexpect(?:s|ed|ing)?[\s*_:=]*(?:(?:it|them)\s+to\s+be\s+)?red\b`)
	recordRed  = regexp.MustCompile(`(?i)\b(?:capture|record|store|keep|archive|save)[sd]?\s+(?:a\s+|the\s+|its\s+)?red\s+(?:run|log|output|evidence)\b`)
	expectFail = regexp.MustCompile(`(?i)\bexpect(?:s|ed|ing)?\b(?:\s+(?:outcome|result|status))?[\s*_:=]*(?:(?:it|them|this|the (?:run|tests?))\s+)?(?:to\s+|a\s+|the\s+)?[*_]*fail(?:s|ed|ure)?\b`)
	writeFails = regexp.MustCompile(`(?i)^[\s*_]*(?:(?:write|add|introduce|draft|create|author|start with|begin with)\s+)(?:(?:a|an|the|one)\s+)?(?:(?:new|small|minimal)\s+)?failing\s+(?:\p{L}+\s+){0,3}(?:tests?|coverage)\b(?:[\s*_]*(?:$|[(:;,.—–-]|for\b|that\b|first\b|of\b|in\b))` +
		`|^[\s*_]*failing\s+(?:\p{L}+\s+)?test[\s*_.:]*$|\bfailing\s+(?:\p{L}+\s+)?tests?\s+first\b`)
	// What may follow; anything else makes it a sentence about something else ("expected failure reductions", "must fail fast").
	goesOn = regexp.MustCompile(`(?i)^[\s*_]*(?:$|[.,;:)!(\x00—–-]|<br|(?:with|first|now|here|before|because|as|at|against|and|again|for (?:the|this|that) (?:right )?reason)\b)`)
	// What may not stand before it in its clause.
	denied = regexp.MustCompile(`(?i)\b(?:no|not|never|none|neither|nothing|nor|without|otherwise|else|or|if|when|whenever|unless|until|whether|any|most|fewer|why|where|in case)\b|n['’]t\b`)
	passes = regexp.MustCompile(`(?i)\bpass(?:es|ed|ing)?\b|\bgreen\b|\bsucceeds?\b`)
	xfail  = regexp.MustCompile(`(?i)x-?fail`)
)

// failing is what a row's description and guidance say of the end of its run. Red is said of tests alone.
func failing(t *plan.Task, tests bool) ending {
	title := standing(t.Description).live
	fails, both := writeFails.MatchString(title), false
	for _, text := range []string{title, standing(t.Guidance).live} {
		if xfail.MatchString(text) {
			return unsaid // the tool is told that a test fails, and counts it as none
		}
		text = withoutCode(text)
		fails = fails || says(text, mustFail) || says(text, expectFail) || tests && (says(text, expectRed) || saysOf(text, recordRed))
		both = both || passes.MatchString(text)
	}
	switch {
	case fails && both:
		return saysBoth
	case fails:
		return saysFails
	}
	return unsaid
}

// says reports whether the text says the sentence, undenied and to its end.
func says(text string, sentence *regexp.Regexp) bool {
	return undenied(text, sentence, func(rest string) bool { return goesOn.MatchString(head(rest)) })
}

// saysOf reports whether the text says the sentence undenied, whatever follows.
func saysOf(text string, sentence *regexp.Regexp) bool {
	return undenied(text, sentence, func(string) bool { return true })
}

func undenied(text string, sentence *regexp.Regexp, rest func(string) bool) bool {
	for _, loc := range sentence.FindAllStringIndex(text, 20) {
		lead := tail(text[:loc[0]])
		lead = lead[strings.LastIndexAny(lead, ".;(\x00")+1:]
		if !denied.MatchString(lead) && rest(text[loc[1]:]) {
			return true
		}
	}
	return false
}

// head is the beginning of s that goesOn needs to see.
func head(s string) string { return s[:min(len(s), 80)] }

// withoutCode is the text with a NUL for each code span.
func withoutCode(text string) string {
	var b strings.Builder
	at := 0
	for _, c := range codeSpans(text, true) {
		b.WriteString(text[at:c.start])
		b.WriteByte(0)
		at = c.end
	}
	b.WriteString(text[at:])
	return b.String()
}
