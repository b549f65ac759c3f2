package criteria

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// maxLog bounds the use of log as a whole, in bytes: it goes into the manifest.
const maxLog = 1 << 20

// wholeLog is log where it is more than the left side of contains, matches, startsWith or endsWith.
func (j *judging) wholeLog() (text string, err error) {
	f, err := j.openLog()
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b, err := io.ReadAll(io.LimitReader(f, maxLog+1))
	if err != nil {
		return "", err
	}
	if len(b) > maxLog {
		return "", fmt.Errorf("the log has more than %d bytes and cannot be used as a whole: use log contains, log matches or number", maxLog)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), nil
}

func (j *judging) openLog() (*os.File, error) {
	if j.facts.LogPath == "" {
		return nil, errors.New("there is no log")
	}
	f, _, err := openRegular(j.facts.LogPath, "the log "+j.facts.LogPath)
	return f, err
}

func (j *judging) logContains(s string) (found bool, err error) {
	f, err := j.openLog()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	want := []byte(s)
	if len(want) == 0 {
		return true, nil
	}
	buf := make([]byte, 0, 256<<10+len(want))
	for {
		n, rerr := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if bytes.Contains(buf, want) {
			return true, nil
		}
		if rerr == io.EOF {
			return false, nil
		}
		if rerr != nil {
			return false, rerr
		}
		if keep := len(want) - 1; len(buf) > keep {
			buf = append(buf[:0], buf[len(buf)-keep:]...)
		}
	}
}

func (j *judging) logMatches(s string) (found bool, err error) {
	re, err := regular(s)
	if err != nil {
		return false, err
	}
	f, err := j.openLog()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := &failing{r: f}
	found = re.MatchReader(bufio.NewReaderSize(r, 256<<10))
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
		return false, err
	}
	return string(b) == s, nil
}

// number is the first capture group of the first match, as a number.
func (j *judging) number(s string) (v float64, err error) {
	re, err := regular(s)
	if err != nil {
		return 0, err
	}
	if re.NumSubexp() == 0 {
		return 0, fmt.Errorf("number(%q) has no capture group", s)
	}
	f, err := j.openLog()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := &failing{r: f}
	m := re.FindReaderSubmatchIndex(bufio.NewReaderSize(r, 256<<10))
	switch {
	case r.err != nil:
		return 0, r.err
	case m == nil || m[2] < 0:
		return 0, fmt.Errorf("number(%q): nothing in the log matches", s)
	case m[3]-m[2] > 100:
		return 0, fmt.Errorf("number(%q): the match has %d bytes", s, m[3]-m[2])
	}
	b := make([]byte, m[3]-m[2])
	if _, err := f.ReadAt(b, int64(m[2])); err != nil && err != io.EOF {
		return 0, err
	}
	text := strings.ReplaceAll(strings.TrimSpace(string(b)), ",", "")
	if v, err = strconv.ParseFloat(text, 64); err != nil {
		return 0, fmt.Errorf("number(%q): %q is no number", s, text)
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
		f.err = err
	}
	return n, err
}
