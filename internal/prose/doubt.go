package prose

import (
	"regexp"
	"strings"
)

// What stands beside a command and makes it doubtful that its row orders it, here and now: a condition, a denial, an approval
// that it waits for, somebody else who runs it. Such a command is shown with these words. A report of a run that was
// ("Executed …") is no order that waits for something.

// later is times that are not now.
const later = `at (?:release|deploy|the end|night|midnight)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|next (?:week|month|sprint|release|session|phase)|tomorrow`

var (
	sentenceEnd = regexp.MustCompile(`[.!?][*_)]*(?:\s|$)|;|<br ?/?>|\r|\n`)
	reported    = regexp.MustCompile(`(?i)(?:ran|executed|invoked|replayed)$`)

	// Before the verb, in its sentence.
	whenever = regexp.MustCompile(`(?i)\b(?:if|unless|in case|on (?:a )?(?:timeout|failure|error|conflict))\b.*$`)
	// A time that the sentence, or a part of it, begins with.
	awaited = regexp.MustCompile(`(?i)(?:^|[,(:>)—–✅-])[\s*_✅•]*((?:(?:and|then|but|so|only|just)\s+)*(?:once|when(?:ever)?|after|as soon as|upon|until|pending|following|subject to|` + later + `)\b.*)$|` +
		`\b((?:and|then|but|so|only|just)\s+(?:once|when(?:ever)?|after|as soon as|upon|until|pending|subject to)\s.*)$`)
	waits   = regexp.MustCompile(`(?i)\b(?:wait(?:s|ing)?\s+(?:for|until|on)|awaiting|not\s+(?:before|until))\b.*$`)
	refused = regexp.MustCompile(`(?i)\b(?:do not|don['’]t|never|must not|should not|shall not|cannot|can['’]t|avoid|refrain from|no longer|nobody|forbidden to)(?:[\s*_]+[^\s,;:.()—–]+){0,7}[\s*_]*$`)
	// Somebody else: "have the DBA run", "CI should run", "someone ran".
	handedOn = regexp.MustCompile(`(?i)\b(?:have|let|ask|tell|get)\s+(?:[^\s,;:]+\s+){1,4}$`)
	subject  = regexp.MustCompile(`(?i)([\p{L}\p{N}_.)]+)[*_` + "`" + `]*\s+(?:should|must|shall|can|ought to)\s+(?:(?:also|then|now|\p{L}+ly)\s+)*$`)
	doing    = regexp.MustCompile(`(?i)\b(?:when|whenever|once|after|before|until)\s+(?:you|we|i|one|they|users?)\s+$`)
	citation = regexp.MustCompile(`["“«„]$|(?i)\b(?:says?|said|reads|states|suggests|recommends|claims)\b[\s,:*_]*["“«„]?$`)
	earlier  = regexp.MustCompile(`(?i)\b(?:previously|formerly|earlier|yesterday|in the past|originally|last (?:time|week|month))\b[^.;]*$`)
	others   = regexp.MustCompile(`(?i)\b(?:someone|somebody|nobody|everyone|everybody|anyone|they|he|she|who|users?|customers?|ci|dbas?|ops|sre|admins?|team|bot|cron|pipeline|workflow|reviewers?|operators?|developers?|maintainers?|colleagues?|agents?|assistant|scripts?|hooks?|jobs?|harness|makefile|tools?)\s+` +
		`(?:(?:has|have|had|already|must|should|shall|can|will|then|also|just|only|\p{L}+ly)\s+)*$`)
	joining = regexp.MustCompile(`(?i)\b(?:and|then|but|so|us|sure)\b`)
	// What the command is, where that is no order: "rollback command:", "for example, run".
	otherUse = regexp.MustCompile(`(?i)\b(?:roll-?back|undo|revert|restore|recovery|fallback|emergency|old|previous|former|legacy|deprecated|obsolete|examples?|sample|for instance|e\.g\.,?|alternative(?:ly)?|optional(?:ly)?\)?|maybe|perhaps|possibly|consider|else|otherwise)[\s,:*_]*$`)
	mistaken = regexp.MustCompile(`(?i)\b(?:by mistake|accidentally|mistakenly|erroneously|wrongly|in error)\b`)

	// Between the verb and the colon of an order.
	within = regexp.MustCompile(`(?i)\b(?:if|unless|once|when(?:ever)?|after|until|as soon as|only|not|never)\b.*$`)

	// Behind the command.
	attached = regexp.MustCompile(`(?i)^[\s*_,:(\x00—–-]*((?:(?:but|and)\s+)?(?:(?:only|just)\s+)?(?:if|unless|in case|once|when(?:ever)?|after|as soon as|until|pending|subject to|upon|following)\b.*)`)
	barred   = regexp.MustCompile(`(?i)\bonly\s+(?:after|once|when|if|on|in|with|by|for|from|as|during|at|upon|against|until|via|inside|under|manually)\b.*|\bnever\s+(?:re-?run|run|execute|use|start|do|on|in|at|for|from|before|without|against)\b.*|` +
		`\b(?:(?:do|must|should|shall|may|to|is|are)\s+)?(?:not|don['’]t|cannot|can['’]t)\s+(?:(?:yet|ever|be|to|actually)\s+)*(?:re-?run|run|execut\w+|invok\w+|used?|start\w*|launch\w*|do|try|tried|deploy\w*|on|in|at|for|from|before|until|unless|without|against|yet|here|now|today|necessary|needed|required|allowed|permitted|safe|recommended|possible|available|supported|work\w*|implemented|ready|intended)\b.*`)
	warned = regexp.MustCompile(`(?i)\b(?:(?:requires?|needs?|awaits?|with|without|after|pending|on|until|upon|for|explicit|prior|owner|written)\s+)*(?:approv(?:al|ed)|sign-?off|signed off|permission)\b.*|` +
		`\b(?:is|are|was|were|now|still|currently)\s+(?:broken|blocked|disabled|gone|removed|missing|wrong|unavailable)\b.*|` +
		`\b(?:forbidden|prohibited|disallowed|banned|deprecated|obsolete|dangerous|unsafe|destructive|irreversible|superseded|by mistake|accidentally|mistakenly|erroneously|in error|manually|by hand|(?:ask|confirm with|check with)\s+(?:\p{L}+\s+){0,3}(?:first|before)|confirm with|maintenance window|change window|with care|carefully|cautiously|as (?:root|admin\w*|(?:the\s+)?user)|(?:with|under|using|via) sudo|no longer|any ?more|deferred|postponed|tbd|on hold|cancell?ed|waiting (?:for|on)|stale|outdated|out of date|` + later + `|tonight|on the \d+(?:st|nd|rd|th)|in the background|in watch mode)\b.*|` +
		`[\[(]\s*(?:blocked|skip(?:ped)?|an? example|example|sample|optional|wip|later)\b.*|\bskip\s+(?:on|in|if|when|unless|until|this|it|for now)\b.*|^[\s*_]*is\s+(?:what|how|the|an?|used|part)\b.*`)
	elsewhere = regexp.MustCompile(`(?i)\b(?:on|in|against|to|for)\s+(?:the\s+)?(?:prod(?:uction)?|staging|live)\b.*`)
	// Another part of the sentence, which speaks of something else: a further deed, or what the run is for.
	nextPart = regexp.MustCompile(`(?i),?\s\b(?:and|then|plus)\s+([\p{L}\x00]+)|\bto\s+(?:confirm|verify|ensure|check|see|prove|show|validate|make|test|measure|reproduce|demonstrate|establish|guarantee)\b|\bthat\b`)

	// Anywhere in the row, its title too.
	cautious = regexp.MustCompile(`(?i)\b(?:do not|don['’]t|never|must not|should not|cannot|not to)\s+(?:(?:yet|ever|be)\s+)*(?:re-?run|run|executed?|started?|launch(?:ed)?|invoked?)(?:[\s*_]*(?:$|[.;:,!)(—–])|\s+(?:this|it|that|them|these|yet|before|until|unless|without|on|in|against|here|now|again|anything)\b)[^.;]*|` +
		`\b(?:requires?|needs?|awaits?|awaiting|pending|subject to|without)\s+(?:[\p{L}'’-]+\s+){0,3}(?:approval|sign-?off|permission)\b[^.;]*|\bask\s+(?:\p{L}+\s+){0,2}(?:first|before)\b[^.;]*`)
	nextSays = regexp.MustCompile(`(?i)^[\s*_(]*((?:not\s+(?:on|in|at|before|until|unless|without|against|yet|now|today|here)|never\s+(?:re-?run|run|execute|use|start|on|in|at|for|from|before|without|against)|only\s+(?:after|once|when|if|on|in|with|by|for|from|during|at|upon|against))\b[^,]*|(?:destructive|dangerous|irreversible)\b.*)$`)

	// What leaves an order one: the row's own work that comes first, what there is to run on, an end.
	ownWork   = regexp.MustCompile(`(?i)^(?:(?:and|then|but|so)\s+)*(?:(?:after|once|when)\s+(?:it|this|that|these|those|them|(?:editing|implementing|refactoring|writing|adding|making|applying|changing|updating|porting|renaming|moving)(?:\s+(?:it|this|that|them|these|(?:the|your|this|these)\s+[\w-]+(?:\s+[\w-]+)?))?|(?:you are\s+|it is\s+)?(?:done|finished)|(?:(?:the|your|these|this|all|any|making|applying)\s+)+(?:code\s+)?(?:edits?|changes?|refactor(?:ing)?|implementation|port|rewrite|updates?|fix(?:es)?))|afterwards)[\s*_]*(?:$|[.,;:)(—–]|\s(?:and|to|then|please|also)\b)`)
	asThereIs = regexp.MustCompile(`(?i)^(?:if|when|once)\s+(?:available|possible|present)\b`)
	untilGood = regexp.MustCompile(`(?i)^until\s+(?:(?:it|they|all|everything|the|tests?|suite|is|are)\s+)*(?:pass(?:es|ing)?|green|clean|succeeds?)\b`)
	oneTime   = regexp.MustCompile(`(?i)^once(?:[\s*_]*(?:$|[^\s*_\p{L}])|\s+(?:and|to|more|again|for|with|on|in|at|then|as|or)\b)`)
	device    = regexp.MustCompile(`(?i)^only\s+(?:on|with|for|in)\s+(?:the\s+)?(?:cpu|gpu|cuda)s?\b`)
)

// unsureBefore is why an order is doubtful by what stands before its command: lead is before the verb, rest behind it.
func unsureBefore(lead, verb, rest string) string {
	clause := lead
	if all := sentenceEnd.FindAllStringIndex(lead, -1); len(all) > 0 {
		clause = lead[all[len(all)-1][1]:]
	}
	if m := whenever.FindString(clause); m != "" {
		return onlyOn(m + verb)
	}
	if w := otherUse.FindString(clause); w != "" {
		return doubted(w)
	}
	for _, p := range []*regexp.Regexp{others, mistaken, citation, earlier, doing} {
		if p.MatchString(clause) {
			return doubted(clause + verb)
		}
	}
	if m := subject.FindStringSubmatch(clause); m != nil && !ourselves(m[1]) {
		return doubted(m[0] + verb)
	}
	if reported.MatchString(verb) {
		return ""
	}
	if m := awaited.FindStringSubmatch(clause); m != nil {
		if words := m[1] + m[2]; !ownWork.MatchString(words) && !asThereIs.MatchString(words) {
			return onlyOn(words + verb)
		}
	}
	if m := waits.FindString(lead); m != "" {
		return doubted(m)
	}
	for _, p := range []*regexp.Regexp{refused, handedOn} {
		if m := p.FindString(clause); m != "" && !joining.MatchString(m) {
			return doubted(m + verb)
		}
	}
	if m := within.FindString(rest); m != "" {
		return onlyOn(m)
	}
	return ""
}

// unsureAfter is why an order is doubtful by what stands behind its command: in the same sentence, or as the next one.
func unsureAfter(after string) string {
	sentence, next := after, ""
	if at := sentenceEnd.FindStringIndex(after); at != nil {
		sentence, next = after[:at[0]], after[at[1]:]
	}
	if strings.HasPrefix(after[len(sentence):], "?") {
		return doubted(sentence + "?")
	}
	clause := sentence
	for _, m := range nextPart.FindAllStringSubmatchIndex(sentence, 20) {
		if m[2] >= 0 {
			switch strings.ToLower(sentence[m[2]:m[3]]) {
			case "only", "never", "not", "just":
				continue
			}
		}
		clause = sentence[:m[0]]
		break
	}
	if m := attached.FindStringSubmatch(clause); m != nil && !ownWork.MatchString(m[1]) && !asThereIs.MatchString(m[1]) && !untilGood.MatchString(m[1]) && !oneTime.MatchString(m[1]) {
		return onlyOn(m[1])
	}
	for _, p := range []*regexp.Regexp{barred, warned, elsewhere} {
		if m := p.FindString(clause); m != "" && !device.MatchString(m) {
			return doubted(m)
		}
	}
	if at := sentenceEnd.FindStringIndex(next); at != nil {
		next = next[:at[0]]
	}
	if m := nextSays.FindStringSubmatch(next); m != nil && !device.MatchString(m[1]) {
		return doubted(m[1])
	}
	return ""
}

// unsure is why a row's command is doubtful by what is said of it anywhere in the text.
func unsure(text string) string {
	if m := cautious.FindString(text); m != "" {
		return doubted(m)
	}
	return ""
}

func onlyOn(words string) string {
	return "it is to be run on a condition only, “" + quoted(words) + "”"
}

func doubted(words string) string { return "its row says “" + quoted(words) + "”: write its spec" }

// ourselves reports a subject of whom a row says what its reader is to do, or none at all.
func ourselves(word string) bool {
	switch strings.ToLower(word) {
	case "you", "we", "i", "one", "and", "then", "but", "so", "now", "also":
		return true
	}
	return strings.ContainsAny(word[len(word)-1:], ".)")
}
