package spec

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Canonical is v as JSON by the JSON Canonicalization Scheme (RFC 8785): no
// space, object keys in the order of their UTF-16 code units, numbers as
// ECMAScript writes them, strings with the fewest escapes. v is built of
// maps with string keys, slices, strings, booleans, numbers and nil. An error
// says what I-JSON cannot hold: NaN, infinities, text that is not UTF-8, and
// integers that a double cannot hold exactly.
func Canonical(v any) ([]byte, error) { return appendValue(nil, v) }

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case string:
		return appendString(b, v)
	case *string:
		if v == nil {
			return append(b, "null"...), nil
		}
		return appendString(b, *v)
	case float64:
		return appendNumber(b, v)
	case int:
		return appendInt(b, int64(v))
	case int64:
		return appendInt(b, v)
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return nil, fmt.Errorf("canonical JSON: the number %q: %w", v, err)
		}
		return appendNumber(b, f)
	case []any:
		return appendList(b, v)
	case []string:
		return appendList(b, v)
	case []map[string]any:
		return appendList(b, v)
	case map[string]any:
		return appendObject(b, v)
	case map[string]string:
		return appendObject(b, v)
	case map[string]*string:
		return appendObject(b, v)
	}
	return nil, fmt.Errorf("canonical JSON: a %T is no JSON value", v)
}

func appendList[T any](b []byte, list []T) ([]byte, error) {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(b, v); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendObject[T any](b []byte, m map[string]T) ([]byte, error) {
	b = append(b, '{')
	for i, k := range slices.SortedFunc(maps.Keys(m), compareUTF16) {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendString(b, k); err != nil {
			return nil, err
		}
		if b, err = appendValue(append(b, ':'), m[k]); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// compareUTF16 orders two texts by their UTF-16 code units (RFC 8785
// 3.2.3). It differs from the order of bytes where a character beyond the
// basic plane, whose first unit is a surrogate (D800 to DBFF), meets one from
// E000 on.
func compareUTF16(a, b string) int {
	for a != "" && b != "" {
		r, n := utf8.DecodeRuneInString(a)
		s, m := utf8.DecodeRuneInString(b)
		if r != s {
			return cmp.Or(cmp.Compare(firstUnit(r), firstUnit(s)), cmp.Compare(r, s))
		}
		a, b = a[n:], b[m:]
	}
	return cmp.Compare(len(a), len(b))
}

func firstUnit(r rune) rune {
	if r > 0xFFFF {
		r, _ = utf16.EncodeRune(r)
	}
	return r
}

func appendInt(b []byte, n int64) ([]byte, error) {
	if n > 1<<53 || n < -(1<<53) {
		return nil, fmt.Errorf("canonical JSON: a double cannot hold %d exactly", n)
	}
	return strconv.AppendInt(b, n, 10), nil
}

// appendNumber writes a double as ECMAScript's Number::toString does: the
// shortest digits that read back, an exponent below 1e-6 and from 1e21 on.
func appendNumber(b []byte, f float64) ([]byte, error) {
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return nil, fmt.Errorf("canonical JSON: %v is no JSON number", f)
	case f == 0: // -0 as well
		return append(b, '0'), nil
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(b, f, 'f', -1, 64), nil
	}
	b = strconv.AppendFloat(b, f, 'e', -1, 64)
	// Go pads the exponent to two digits, ECMAScript does not.
	if n := len(b); b[n-2] == '0' && (b[n-3] == '-' || b[n-3] == '+') {
		b = append(b[:n-2], b[n-1])
	}
	return b, nil
}

func appendString(b []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, fmt.Errorf("canonical JSON: %q is not UTF-8", s)
	}
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\b':
			b = append(b, `\b`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\f':
			b = append(b, `\f`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c < 0x20:
			b = append(b, `\u00`...)
			b = append(b, hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"'), nil
}
