package prose

import (
	"regexp"
	"strings"
	"unicode"

	"mvdan.cc/sh/v3/syntax"

	"github.com/planctl/planctl/plan"
)

// The Command column says by its heading that a cell is to be run, so that no verb is needed. But then every word beside the
// command changes what is asked for: "do not run", "ask first", "on the server", "in backend/".

var (
	// What may stand beside the command: order, separators, the device (which is left to the command) and a plain end.
	besideRun = regexp.MustCompile(`(?i)^(?:[\s,;:.&+*_()✅•→–—-]|<br ?/?>|\d+[.)]|\b(?:(?:re-?)?run|execute|invoke|commands?|cmd|and|or|then|plus|also|followed by|again|finally|on (?:the )?(?:cpu|gpu|cuda)|cpu|gpu|cuda|exits?(?: code)? 0|passes)\b)*$`)
	// A word by itself that people write and programs are not given: what stands in a cell without back-ticks is a sentence then.
	proseWord = regexp.MustCompile(`(?i)^(?:[—–→]|the|not|never|don['’]t|only|if|when|once|after|until|unless|manually|(?:on|in|from|with|against) [a-z].*)$`)
	dataFile  = regexp.MustCompile(`(?i)^[^\s]+\.(?:sql|md|rst|txt|json|jsonl|ya?ml|toml|ini|cfg|csv|tsv|xml|html?|log|pdf|png|svg|ipynb|lock)$`)
)

// commandColumn is what the Command column holds.
func commandColumn(p *plan.Plan, t *plan.Task, cell passage) []found {
	text := t.Command
	if strings.TrimSpace(cell.live) == "" {
		return nil
	}
	shells := newReader()
	spans := codeSpans(cell.live, true)
	if len(spans) == 0 {
		bare := strings.TrimSpace(cell.live)
		plain := strings.ReplaceAll(bare, `\|`, "|")
		sh := shells.read(plain)
		if sh.shape <= assignment {
			return nil
		}
		if sh.why == "" && strings.TrimSpace(cell.said) != bare {
			sh.why = notAlone(cell.said)
		}
		if w := shells.sentence(plain); w != "" && sh.why == "" {
			sh.why = notAlone(w)
		}
		return []found{{shell: sh, at: place(p, t, t.CommandSpan, text, bare, strings.Index(cell.live, bare))}}
	}
	var out []found
	beside, rest, at := "", "", 0
	for i, c := range spans {
		rest, at = cell.said[at:c.start], c.end
		if beside == "" && !besideRun.MatchString(rest) {
			beside = rest
		}
		sh := shells.read(c.text)
		if sh.shape == noCommand && programWord.MatchString(sh.run) {
			sh.shape = plausible // a single word in this column is a program
			if sh.run != "" && !strings.HasPrefix(sh.run, "-") {
				sh.why = ""
			}
			if dataFile.MatchString(sh.run) {
				sh.why = "it is the name of a file, and says no program"
			}
		}
		if sh.shape == noCommand || strings.HasPrefix(sh.run, "-") {
			if beside == "" {
				beside = c.text
			}
			continue
		}
		out = append(out, found{shell: sh, at: place(p, t, t.CommandSpan, text, c.text, c.inner), span: i})
	}
	if rest = cell.said[at:]; beside == "" && !besideRun.MatchString(rest) {
		beside = rest
	}
	if len(out) > 0 && out[0].why == "" && beside != "" {
		out[0].why = notAlone(beside)
	}
	return out
}

// notAlone is why a command of the column is shown and not run: the words beside it.
func notAlone(words string) string {
	return "its cell says more than the command, “" + quoted(words) + "”: write its spec"
}

// mostQuoted is how many characters of a plan's words a reason shows.
const mostQuoted = 60

// quoted is what a reason shows of a plan's words: one line of them, without emphasis, and not much.
func quoted(words string) string {
	words = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, words)
	words = strings.Trim(strings.Join(strings.Fields(strings.NewReplacer("**", "", "__", "", "<br>", " ", "`", "").Replace(words)), " "), " .,;:(—–")
	words = strings.TrimSpace(strings.TrimPrefix(words, "- "))
	if open, shut := strings.Count(words, "("), strings.Count(words, ")"); shut > open {
		words = strings.TrimRight(words, ")")
	}
	if r := []rune(words); len(r) > mostQuoted {
		return strings.TrimRight(string(r[:mostQuoted]), " ") + "…"
	}
	return words
}

// quotedEnd is quoted, with the end of words that are too many.
func quotedEnd(words string) string {
	r := []rune(words)
	if len(r) <= mostQuoted {
		return quoted(words)
	}
	end := string(r[len(r)-mostQuoted:])
	if i := strings.IndexByte(end, ' '); i >= 0 {
		end = end[i:]
	}
	return "…" + quoted(end)
}

// sentence is what shows that a cell without back-ticks is no command but a sentence about one, "" where nothing does.
func (r *reader) sentence(script string) (out string) {
	file, err := r.parser.Parse(strings.NewReader(script), "")
	if err != nil {
		return ""
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		c, ok := n.(*syntax.CallExpr)
		if !ok || out != "" || len(c.Args) == 0 || word(c.Args[0]) == "echo" || word(c.Args[0]) == "printf" {
			return out == ""
		}
		for i, a := range c.Args[1:] {
			lit := a.Lit()
			if i+2 < len(c.Args) {
				lit += " " + c.Args[i+2].Lit()
			}
			if out == "" && a.Lit() != "" && (proseWord.MatchString(a.Lit()) || proseWord.MatchString(lit)) {
				out = script[a.Pos().Offset():c.End().Offset()]
			}
		}
		return out == ""
	})
	return out
}
