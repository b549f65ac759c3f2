package manifest

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// strict finds what encoding/json lets pass: a key that stands twice (the last
// one wins there, the first one elsewhere) and a known key in other case (which
// only encoding/json takes). Unmarshal has read b before, so it is well-formed
// and not too deep; the walk relies on that and looks at structure only.
func strict(b []byte) error {
	w := walker{src: b, types: structs()}
	return w.value(reflect.TypeFor[Statement]())
}

// walker is one walk. Thousands of manifests are walked one after the other, so that it makes no copy of what it passes over.
type walker struct {
	src   []byte
	i     int // the next byte
	path  [][]byte
	seen  [][]byte                                 // the keys of the objects around, the innermost last
	types map[reflect.Type]map[string]reflect.Type // the keys of structs, with the types of their values
}

// structs is the keys of all structs that a Statement is made of.
var structs = sync.OnceValue(func() map[reflect.Type]map[string]reflect.Type {
	out := map[reflect.Type]map[string]reflect.Type{}
	var add func(reflect.Type)
	add = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			add(t.Elem())
		case reflect.Struct:
			if out[t] != nil || textual(t) {
				return
			}
			out[t] = make(map[string]reflect.Type, t.NumField())
			for f := range t.Fields() {
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				out[t][name] = f.Type
				add(f.Type)
			}
		}
	}
	add(reflect.TypeFor[Statement]())
	return out
})

// textual reports whether values of a type are written as texts, whatever they are made of.
func textual(t reflect.Type) bool { return t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) }

// value passes over one value. t is the Go type that it was read into, nil
// where nothing was.
func (w *walker) value(t reflect.Type) error {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch w.next() {
	case '{':
		return w.object(t)
	case '[':
		return w.array(t)
	case '"':
		w.pass()
	default: // a number or a word
		for w.i < len(w.src) && strings.IndexByte(",]} \t\r\n", w.src[w.i]) < 0 {
			w.i++
		}
	}
	return nil
}

func (w *walker) array(t reflect.Type) error {
	var elem reflect.Type
	if t != nil && t.Kind() == reflect.Slice {
		elem = t.Elem()
	}
	w.i++
	for w.next() != ']' {
		if err := w.value(elem); err != nil {
			return err
		}
		if w.next() == ',' {
			w.i++
		}
	}
	w.i++
	return nil
}

func (w *walker) object(t reflect.Type) error {
	fields, elem := w.known(t)
	seen := keys{w: w, from: len(w.seen)}
	w.i++
	for w.next() != '}' {
		start := w.i
		key := w.text()
		w.path = append(w.path, key)
		if !seen.add(key) {
			return w.errorf(start, "%s stands twice", w.at())
		}
		inner := elem
		if fields != nil {
			var ok bool
			if inner, ok = fields[string(key)]; !ok {
				if right := folded(fields, string(key)); right != "" {
					return w.errorf(start, "%s must be written %s", w.at(), right)
				}
			}
		}
		w.next()
		w.i++ // the colon
		if err := w.value(inner); err != nil {
			return err
		}
		w.path = w.path[:len(w.path)-1]
		if w.next() == ',' {
			w.i++
		}
	}
	w.i++
	w.seen = w.seen[:seen.from]
	return nil
}

// keys is the keys of one object. Most objects have a few, which stand at the end of the walker's and are looked through.
type keys struct {
	w    *walker
	from int
	many map[string]bool
}

// fewKeys is up to how many keys are looked through.
const fewKeys = 48

// add reports false for a key that is there already.
func (k *keys) add(key []byte) bool {
	few := k.w.seen[k.from:]
	if k.many == nil && len(few) < fewKeys {
		for _, s := range few {
			if string(s) == string(key) {
				return false
			}
		}
		k.w.seen = append(k.w.seen, key)
		return true
	}
	if k.many == nil {
		k.many = map[string]bool{}
		for _, s := range few {
			k.many[string(s)] = true
		}
	}
	if k.many[string(key)] {
		return false
	}
	k.many[string(key)] = true
	return true
}

// next passes over white space and gives the byte that it stops at.
func (w *walker) next() byte {
	for ; w.i < len(w.src); w.i++ {
		switch c := w.src[w.i]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// text passes over a string and gives its value.
func (w *walker) text() []byte {
	start := w.i
	if w.pass() {
		return w.src[start+1 : w.i-1]
	}
	var s string
	if err := json.Unmarshal(w.src[start:w.i], &s); err != nil {
		return w.src[start:w.i] // not in well-formed JSON
	}
	return []byte(s)
}

// pass passes over a string and reports whether its value stands there as it is.
func (w *walker) pass() (plain bool) {
	plain = true
	for w.i++; w.i < len(w.src) && w.src[w.i] != '"'; w.i++ {
		if w.src[w.i] == '\\' {
			plain = false
			w.i++
		} else if w.src[w.i] >= 0x80 {
			plain = false // bytes that are not UTF-8 are read as U+FFFD
		}
	}
	w.i = min(w.i+1, len(w.src))
	return plain
}

func (w *walker) at() string { return string(bytes.Join(w.path, []byte("."))) }

func (w *walker) errorf(offset int, format string, args ...any) error {
	line, col := at(w.src, int64(offset))
	return fmt.Errorf("manifest: %d:%d: %s", line, col, fmt.Sprintf(format, args...))
}

// known gives a struct's keys with their types, or the type of a map's values.
func (w *walker) known(t reflect.Type) (fields map[string]reflect.Type, elem reflect.Type) {
	switch {
	case t == nil:
		return nil, nil
	case w.types[t] != nil:
		return w.types[t], nil
	case t.Kind() == reflect.Map && !textual(t):
		return nil, t.Elem()
	}
	return nil, nil
}

func folded(fields map[string]reflect.Type, key string) string {
	for name := range fields {
		if strings.EqualFold(name, key) {
			return name
		}
	}
	return ""
}
