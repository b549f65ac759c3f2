package criteria

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/planctl/planctl/internal/regular"
)

// window is how much of a log is in memory at a time, in bytes.
const window = 256 << 10

// wholeLog is log where it is more than the left side of contains, matches, startsWith or endsWith. It
// goes into the record, so it is bounded as every result is.
func (j *judging) wholeLog() (text string, err error) {
	f, err := j.openLog()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err := io.ReadAll(io.LimitReader(f, maxResult+1))
	if err != nil {
		return "", fmt.Errorf("the log: %w", withoutPath(err))
	}
	if len(b) > maxResult {
		return "", fmt.Errorf("the log has more than %d bytes and cannot be used as a whole: ask log contains, log matches, log startsWith, log endsWith or number", maxResult)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), nil
}

func (j *judging) openLog() (*os.File, error) {
	f, _, err := j.openSized()
	return f, err
}

// openSized also gives how much of the log is to be in memory at a time: most logs are shorter than the window.
func (j *judging) openSized() (*os.File, int, error) {
	if j.facts.LogPath == "" {
		return nil, 0, errors.New("there is no log")
	}
	f, info, err := openRegular(j.facts.LogPath, "the log "+filepath.Base(j.facts.LogPath))
	if err != nil {
		return nil, 0, err
	}
	return f, int(min(info.Size()+1, window)), nil
}

func (j *judging) logContains(s string) (found bool, err error) {
	f, size, err := j.openSized()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	want := []byte(s)
	if len(want) == 0 {
		return true, nil
	}
	r := regular.Until(j.ctx, f)
	buf := make([]byte, 0, size+len(want))
	for {
		n, rerr := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if bytes.Contains(buf, want) {
			return true, nil
		}
		if rerr == io.EOF {
			return false, nil
		}
		if rerr != nil {
			return false, fmt.Errorf("the log: %w", withoutPath(rerr))
		}
		if keep := len(want) - 1; len(buf) > keep {
			buf = append(buf[:0], buf[len(buf)-keep:]...)
		}
	}
}

func (j *judging) logMatches(s string) (found bool, err error) {
	re, err := regexpOf(s)
	if err != nil {
		return false, err
	}
	if prefix, whole := re.LiteralPrefix(); whole {
		return j.logContains(prefix) // ten times as fast
	}
	f, size, err := j.openSized()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := &failing{r: regular.Until(j.ctx, f)}
	found = re.MatchReader(bufio.NewReaderSize(r, size))
	return found, r.err
}

func (j *judging) logStartsWith(s string) (bool, error) { return j.logAt(s, io.SeekStart) }

func (j *judging) logEndsWith(s string) (bool, error) { return j.logAt(s, io.SeekEnd) }

func (j *judging) logAt(s string, whence int) (same bool, err error) {
	f, err := j.openLog()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil || info.Size() < int64(len(s)) {
		return false, err
	}
	at := int64(0)
	if whence == io.SeekEnd {
		at = info.Size() - int64(len(s))
	}
	b := make([]byte, len(s))
	if _, err := f.ReadAt(b, at); err != nil && err != io.EOF {
		return false, fmt.Errorf("the log: %w", withoutPath(err))
	}
	return string(b) == s, nil
}

// maxNumber bounds the text of a number, in bytes.
const maxNumber = 100

// thousands is a number with commas as people group digits; 12,5 is none.
var thousands = regexp.MustCompile(`^[-+]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?$`)

// number is the first capture group of the first match in the log, as a number.
func (j *judging) number(s string) (v float64, err error) {
	re, err := regexpOf(s)
	if err != nil {
		return 0, err
	}
	if re.NumSubexp() == 0 {
		return 0, fmt.Errorf("number(%q) has no capture group", s)
	}
	f, size, err := j.openSized()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := &failing{r: regular.Until(j.ctx, f)}
	m := re.FindReaderSubmatchIndex(bufio.NewReaderSize(r, size))
	switch {
	case r.err != nil:
		return 0, r.err
	case m == nil:
		return 0, fmt.Errorf("number(%q): nothing in the log matches", s)
	case m[2] < 0:
		return 0, fmt.Errorf("number(%q): the match in the log leaves the capture group out", s)
	case m[3]-m[2] > maxNumber:
		return 0, fmt.Errorf("number(%q): the capture group has %d bytes, no number", s, m[3]-m[2])
	}
	b := make([]byte, m[3]-m[2])
	if _, err := f.ReadAt(b, int64(m[2])); err != nil && err != io.EOF {
		return 0, fmt.Errorf("the log: %w", withoutPath(err))
	}
	return parseNumber(s, string(b))
}

// parseNumber takes decimal numbers only: JSON has no NaN and no infinity, and a word such as inf is a
// finding in a log, not a measurement.
func parseNumber(re, text string) (float64, error) {
	text = strings.TrimSpace(text)
	digits := text
	if thousands.MatchString(digits) {
		digits = strings.ReplaceAll(digits, ",", "")
	}
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil || strings.ContainsAny(digits, "nNxXpP_") {
		if !utf8.ValidString(text) {
			text = strings.ToValidUTF8(text, "\uFFFD")
		}
		return 0, fmt.Errorf("number(%q): %q is no number", re, text)
	}
	return v, nil
}

// failing keeps the error that a regular expression's reader would take for the end.
type failing struct {
	r   io.Reader
	err error
}

func (f *failing) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	if err != nil && err != io.EOF {
		f.err = fmt.Errorf("the log: %w", withoutPath(err))
	}
	return n, err
}
