package prose

import (
	"regexp"
	"strings"
)

// What a row says in plain words of where its command runs, or how often. A command that ran once, here, would not be what
// such a row asks for. On which device is left to the command: a test suite may see to all of them itself.

const (
	spread  = `(?:per|each|every)\s+(?:service|package|module|crate|file|seed|node|device|gpu|host|environment|env|dataset|model|config(?:uration)?|case|shard|app|repo|project|component|platform|version|branch|commit|size|target|suite|experiment|region|tenant|db|database|schema|table|folder|directory|user|worker|rank|fold|time|day|night|week|hour|push|merge|patch|release|deploy|pr|change)s?`
	closed  = `(?:in|inside|within)\s+(?:the|an?|our|your)\s+(?:[\w.-]+\s+){0,3}?(?:container|vm|fork|branch|console|virtualenv|venv|chroot|sandbox|pod|clone|checkout|worktree|(?:conda|virtual|python|dev)\s+env(?:ironment)?)s?\b`
	release = `(?:with|under|on|using)\s+(?:python|node(?:\.js)?|go|ruby|java|jdk|gcc|clang|rust|php)\s*v?\d[\w.]*`
	nowhere = `(?:in|inside|within|on)\s+(?:docker|podman|kubernetes|k8s|wsl2?|colab|ci|jenkins|github actions|windows|mac ?os|supabase|heroku|aws|gcp|azure)\b`
	folder  = `(?:in|inside|within|under|from|on)\s+(?:the\s+)?(?:[\w.~-]*\w/[\w./~-]*|[\w.-]+\s+(?:directory|folder|sub-?directory|sub-?folder|dir)\b)`
	hosted  = `on\s+(?:the|an?|our|your|each|every|both|all)\s+(?:[\w.-]+\s+){0,3}?(?:node|host|machine|cluster|server|runner|workstation|box)s?\b`
)

var (
	placeAfter  = regexp.MustCompile(`(?i)^[\s*_,(]*(` + closed + `|` + hosted + `|` + release + `|` + nowhere + `|` + folder + `)`)
	placeBefore = regexp.MustCompile(`(?i)(?:^|[.;:>)—–✅][\s*_]*)(` + closed + `|` + hosted + `|` + release + `|` + nowhere + `|` + folder + `)[\s,:*_]*(?:(?:then|please)\s+)?` + ordered)
	often       = regexp.MustCompile(`(?i)^[\s*_,(]*((?:twice|(?:two|three|four|five|ten|several|many|\d{1,4})\s+times|\d{1,4}\s?[x×])(?:\P{L}|$)|(?:both\s+|once\s+)?with\s+and\s+without\b|for\s+(?:each|every|both)\s+\w+|(?:` + spread + `|daily|nightly|weekly|hourly)\b)`)
	ownPlace    = regexp.MustCompile(`(?i)\b(?:root|top|main|repo(?:sitory)?|project|workspace|current|same|working|this)\b`)
	// Programs that take what they run to another place, and scripts that run it more than once.
	takesAway = regexp.MustCompile(`(?:^|[\s;&|])(?:docker|docker-compose|podman|kubectl|ssh|srun|sbatch|salloc|singularity|apptainer|nsenter|chroot|tox|nox|conda|mamba)\s|\bvenv/|\bactivate\b`)
	repeats   = regexp.MustCompile(`(?:^|[\s;&|])(?:for|while|until|seq|xargs|parallel)\s|--(?:count|repeat|runs|iterations)\b`)
)

// plainly is what the words beside the command at spans[at] say of where and how often it is run; "" where they say
// nothing, or the command sees to it itself.
func plainly(text string, spans []code, at int) string {
	run := spans[at]
	before, after := tail(text[:run.start]), text[run.end:]
	if len(after) > 160 {
		after = after[:160]
	}
	if !takesAway.MatchString(run.text) {
		for _, m := range [][]string{placeAfter.FindStringSubmatch(after), placeBefore.FindStringSubmatch(before)} {
			if m != nil && !ownPlace.MatchString(m[1]) {
				return phrase(m[1])
			}
		}
	}
	if m := often.FindStringSubmatch(after); m != nil && !repeats.MatchString(run.text) {
		how := phrase(m[1])
		if strings.HasSuffix(strings.ToLower(how), "without") && at+1 < len(spans) && strings.TrimSpace(text[run.end:spans[at+1].start]) != "" && len(spans[at+1].text) < 40 {
			how += " " + spans[at+1].text
		}
		return how
	}
	return ""
}

func phrase(s string) string {
	return strings.TrimRight(strings.Join(strings.Fields(s), " "), " .,;:)(*_")
}
