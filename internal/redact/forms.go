package redact

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	longValue = 4 << 10 // longer values are looked for in few forms: each costs memory as long as it is
	minLine   = 8       // the shortest line of a value that is masked alone
	sureLine  = 16      // the shortest that is a secret wherever it stands
)

// form is a text in which a value shows.
type form struct {
	text []byte
	sure bool
}

// forms lists the texts that give v away, each once.
func forms(v string) []form {
	var out []form
	seen := map[string]bool{}
	add := func(sure bool, ss ...string) {
		for _, s := range ss {
			if len(s) >= MinLen && strings.TrimSpace(s) != "" && !seen[s] {
				seen[s] = true
				out = append(out, form{[]byte(s), sure})
			}
		}
	}
	bare := strings.TrimRight(v, "\r\n")
	if len(bare) < MinLen {
		bare = v
	}
	for _, s := range []string{v, bare} {
		crlf := strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n")
		add(true, s, crlf, jsonText(s, ""), jsonText(s, "<>&"), jsonASCII(s))
	}
	if len(v) <= longValue {
		for _, s := range []string{v, bare} {
			add(true, hex.EncodeToString([]byte(s)), strings.ToUpper(hex.EncodeToString([]byte(s))))
			add(true, base64Texts(s)...)
			add(true, percentTexts(s)...)
			add(true, quotedTexts(s)...)
			add(true, markupTexts(s)...)
		}
	}
	if strings.ContainsAny(bare, "\r\n") {
		for line := range strings.FieldsFuncSeq(bare, func(r rune) bool { return r == '\n' || r == '\r' }) {
			line = strings.TrimSpace(line)
			if len(line) >= minLine && !strings.HasPrefix(line, "-----") {
				add(len(line) >= sureLine && !strings.ContainsAny(line, " \t"), line)
			}
		}
	}
	return out
}

// base64Texts is what v looks like inside the encoding of a longer text. A
// character carries 6 bits: those at the ends that carry bits of the neighbours
// as well are left out, but for where v, or v and a line end, is the end of the text.
func base64Texts(v string) []string {
	var out []string
	for before := range 3 {
		lead := []int{0, 2, 3}[before] // characters that carry bits of what stands before
		for _, end := range []string{"", "\n"} {
			text := append(make([]byte, before), v+end...)
			whole := (before + len(v)) * 8 / 6 // characters that v alone decides
			for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
				s := enc.EncodeToString(text)
				out = append(out, s[lead:whole], s[lead:], strings.TrimRight(s[lead:], "="))
				if before == 0 {
					out = append(out, broken(s, 76), broken(s, 64))
				}
			}
		}
	}
	return out
}

// broken is s in lines of n characters.
func broken(s string, n int) string {
	var b strings.Builder
	for len(s) > n {
		b.WriteString(s[:n])
		b.WriteByte('\n')
		s = s[n:]
	}
	b.WriteString(s)
	return b.String()
}

// percentTexts is v in URLs, as the common encoders write it. They differ in what they leave alone.
func percentTexts(v string) []string {
	out := []string{url.QueryEscape(v), url.PathEscape(v), url.UserPassword("", v).String()[1:]}
	for _, alone := range []string{"-_.~", "-_.~/", "-_.!~*'()", "-_.", "-_.*", "-_.!~*'();/?:@&=+$,#"} {
		out = append(out, percent(v, alone))
	}
	for _, s := range out {
		out = append(out, lowerEscapes(s))
	}
	return out
}

func percent(v, alone string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(v) {
		c := v[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(alone, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', digits[c>>4], digits[c&15]})
	}
	return b.String()
}

// lowerEscapes writes %2F as %2f.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], strings.ToLower(string(b[i+1:i+3])))
			i += 2
		}
	}
	return string(b)
}

// quotedTexts is v inside quotes of Go, Python and the shell. The shell's
// forms are those of `set -x`, of printf %q, of Python's shlex, and of double quotes.
func quotedTexts(v string) []string {
	inner := func(s string) string { return s[1 : len(s)-1] }
	out := []string{
		inner(strconv.Quote(v)), inner(strconv.QuoteToASCII(v)),
		strings.ReplaceAll(v, "'", `'\''`),
		strings.ReplaceAll(v, "'", `'"'"'`),
		strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(v),
		strings.NewReplacer(`\`, `\\`, "'", `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\x1b", `\E`).Replace(v),
		strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(v),
	}
	var b strings.Builder
	for i := range len(v) {
		if strings.IndexByte(" !\"#$&'()*;<>?[\\]^`{|}~,", v[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(v[i])
	}
	return append(out, b.String())
}

// markupTexts is v in HTML and XML, as text and as the value of an attribute.
func markupTexts(v string) []string {
	text := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	named := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#x27;")
	zero := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#039;")
	apos := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")
	attr := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;", "\r", "&#13;", "\t", "&#9;")
	xml := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "\n", "&#xA;", "\r", "&#xD;", "\t", "&#x9;")
	quot := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
	return []string{text.Replace(v), quot.Replace(v), named.Replace(v), zero.Replace(v), apos.Replace(v), attr.Replace(v), xml.Replace(v), html.EscapeString(v)}
}

// jsonText is v inside the quotes of a JSON string (RFC 8259, 7), with the
// bytes of escaped as \u00xx also. Bytes that are not UTF-8 stay as they are.
func jsonText(v, escaped string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i := range len(v) {
		c := v[i]
		switch {
		case c == '"' || c == '\\':
			b.Write([]byte{'\\', c})
		case strings.IndexByte("\b\f\n\r\t", c) >= 0:
			b.Write([]byte{'\\', "btn?fr"[c-'\b']})
		case c < ' ' || strings.IndexByte(escaped, c) >= 0:
			b.Write([]byte{'\\', 'u', '0', '0', digits[c>>4], digits[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// jsonASCII is jsonText with all that is not ASCII escaped, as Python does.
func jsonASCII(v string) string {
	var b strings.Builder
	for s := jsonText(v, ""); s != ""; {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r < utf8.RuneSelf:
			b.WriteByte(byte(r))
		case r == utf8.RuneError && n == 1:
			b.WriteByte(s[0])
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				b.WriteString(`\u` + strconv.FormatUint(1<<16|uint64(u), 16)[1:])
			}
		}
		s = s[n:]
	}
	return b.String()
}
