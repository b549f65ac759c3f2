package criteria

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// maxDocument bounds what json(p) reads, in bytes. What of it a criterion looks at is bounded as any result is.
const maxDocument = 64 << 20

// document is the last one that was read: criteria ask for field after field.
type document struct {
	path  string
	value any
}

// json is json(p) with the fields that follow. Only what they lead to is recorded: a document may be
// larger than any record should be. Numbers are 64-bit floats, as everywhere in JSON.
func (j *judging) json(p string, fields ...any) (any, error) {
	return j.call("json", func() (any, error) {
		if j.doc.path != p || p == "" {
			v, err := j.read(p)
			if err != nil {
				return nil, err
			}
			j.doc = document{p, v}
		}
		v := j.doc.value
		for i, f := range fields {
			var err error
			if v, err = field(v, f); err != nil {
				return nil, fmt.Errorf("%s: %w", describe("json", append([]any{p}, fields[:i]...)), err)
			}
		}
		return v, nil
	}, append([]any{p}, fields...)...)
}

// field goes one step into a document. A key that is not there gives nothing, as in the rest of the
// language; a step into nothing, or past the end of a list, is an error.
func field(v, f any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if key, ok := f.(string); ok {
			return v[key], nil
		}
	case []any:
		i, ok := f.(int)
		if !ok {
			break
		}
		if i < 0 {
			i += len(v)
		}
		if i < 0 || i >= len(v) {
			return nil, fmt.Errorf("there is no element %v, the list has %d", f, len(v))
		}
		return v[i], nil
	case nil:
		return nil, fmt.Errorf("there is no %s, the value is null or not there", toShow(f))
	}
	return nil, fmt.Errorf("there is no %s, the value is %s", toShow(f), jsonKind(v))
}

func jsonKind(v any) string {
	switch reflect.ValueOf(v).Kind() {
	case reflect.Map:
		return "an object"
	case reflect.Slice:
		return "a list"
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "a boolean"
	}
	return "a number"
}

func (j *judging) read(p string) (v any, err error) {
	f, info, err := j.open(p)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if info.Size() > maxDocument {
		return nil, fmt.Errorf("%s has %d bytes; json reads %d at most", p, info.Size(), maxDocument)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxDocument))
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", p, withoutPath(err))
	}
	d := json.NewDecoder(bytes.NewReader(b))
	at := -1
	if err = d.Decode(&v); err == nil {
		rest := b[d.InputOffset():]
		if extra := bytes.TrimLeft(rest, " \t\r\n"); len(extra) > 0 {
			at, err = len(b)-len(extra), errors.New("a second value follows the first")
		}
	}
	if err == nil {
		return v, nil
	}
	var syntax *json.SyntaxError
	switch {
	case at >= 0:
	case errors.As(err, &syntax):
		at = max(int(syntax.Offset)-1, 0)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		at, err = len(b), errors.New("the document ends too early")
	default: // a number that is too large for a float
		at = int(d.InputOffset())
	}
	before := b[:min(at, len(b))]
	line := bytes.Count(before, []byte{'\n'}) + 1
	return nil, fmt.Errorf("%s:%d:%d: no JSON: %w", p, line, len(before)-bytes.LastIndexByte(before, '\n'), err)
}
