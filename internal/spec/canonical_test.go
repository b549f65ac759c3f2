package spec

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"
)

// RFC 8785, appendix B: ES6 numbers.
func TestCanonicalNumbers(t *testing.T) {
	for _, c := range []struct {
		bits uint64
		want string
	}{
		{0x0000000000000000, "0"}, {0x8000000000000000, "0"},
		{0x0000000000000001, "5e-324"}, {0x8000000000000001, "-5e-324"},
		{0x7fefffffffffffff, "1.7976931348623157e+308"}, {0xffefffffffffffff, "-1.7976931348623157e+308"},
		{0x4340000000000000, "9007199254740992"}, {0xc340000000000000, "-9007199254740992"},
		{0x4430000000000000, "295147905179352830000"},
		{0x44b52d02c7e14af5, "9.999999999999997e+22"}, {0x44b52d02c7e14af6, "1e+23"}, {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
		{0x444b1ae4d6e2ef4e, "999999999999999700000"}, {0x444b1ae4d6e2ef4f, "999999999999999900000"}, {0x444b1ae4d6e2ef50, "1e+21"},
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"}, {0x3eb0c6f7a0b5ed8d, "0.000001"},
		{0x41b3de4355555553, "333333333.3333332"}, {0x41b3de4355555554, "333333333.33333325"}, {0x41b3de4355555555, "333333333.3333333"},
		{0x41b3de4355555556, "333333333.3333334"}, {0x41b3de4355555557, "333333333.33333343"},
		{0xbecbf647612f3696, "-0.0000033333333333333333"}, {0x43143ff3c1cb0959, "1424953923781206.2"},
	} {
		got, err := Canonical(math.Float64frombits(c.bits))
		if err != nil || string(got) != c.want {
			t.Errorf("%016x: %s %v, want %s", c.bits, got, err, c.want)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	for _, v := range []any{math.NaN(), math.Inf(1), math.Inf(-1), "a\xff", map[string]any{"\xff": 1}, []any{struct{}{}}, 1<<53 + 1, json.Number("1e999")} {
		if got, err := Canonical(v); err == nil {
			t.Errorf("%v: %s, want an error", v, got)
		}
	}
}

// RFC 8785, 3.2.2 to 3.2.4 and the sorting of 3.2.3.
func TestCanonicalTexts(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"3.2.2", `{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}`, `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`},
		{"3.2.3", `{
  "\u20ac": "Euro Sign",
  "\r": "Carriage Return",
  "\ufb33": "Hebrew Letter Dalet With Dagesh",
  "1": "One",
  "\ud83d\ude00": "Emoji: Grinning Face",
  "\u0080": "Control",
  "\u00f6": "Latin Small Letter O With Diaeresis"
}`, "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}"},
		{"escapes", `"\u0000\b\t\n\u000b\f\r\u001f \u007f<>&\u2028/"`, "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f \u007f<>&\u2028/\""},
		{"nested", `[{"b":[],"a":{}},[[]],""]`, `[{"a":{},"b":[]},[[]],""]`},
	} {
		var v any
		if err := json.Unmarshal([]byte(c.in), &v); err != nil {
			t.Fatal(err)
		}
		got, err := Canonical(v)
		if err != nil || string(got) != c.want {
			t.Errorf("%s:\n got %s %v\nwant %s", c.name, got, err, c.want)
		}
	}
}

func TestCompareUTF16(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune{'a', 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x10401, 0x10FFFF}), rapid.Rune()))
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		if got, want := compareUTF16(a, b), slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b))); got != want {
			t.Fatalf("%q %q: %d, want %d", a, b, got, want)
		}
	})
}

// Canonical JSON is JSON of the same value, and its own canonical form.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`{"b":1,"a":[true,null,1e-7]}`, `"\ud800"`, `-0.0`, `1e21`, `{"😀":1,"ﬀ":2}`, `[[[]]]`, `12345678901234567890`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var v any
		if json.Unmarshal(in, &v) != nil {
			return
		}
		first, err := Canonical(v)
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		var again any
		if err := json.Unmarshal(first, &again); err != nil {
			t.Fatalf("%s is no JSON: %v", first, err)
		}
		second, err := Canonical(again)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%s, then %s %v", first, second, err)
		}
		d := json.NewDecoder(bytes.NewReader(first))
		d.UseNumber()
		var numbers any
		if err := d.Decode(&numbers); err != nil {
			t.Fatal(err)
		}
		if third, err := Canonical(numbers); err != nil || !bytes.Equal(first, third) {
			t.Fatalf("%s, with json.Number %s %v", first, third, err)
		}
	})
}
