package spec

import "fmt"

// Kind says what must hold before any criterion. The zero value means not known.
type Kind uint8

// The kinds of a task.
const (
	Unknown Kind = iota
	Check        // exit 0, unless a criterion names `exit`
	Red          // a test fails by its own verdict
	Green        // tests pass, after the red that failed
	Manual       // a person does it and ticks it
)

func (k Kind) String() string {
	switch k {
	case Check:
		return "check"
	case Red:
		return "red"
	case Green:
		return "green"
	case Manual:
		return "manual"
	}
	return "unknown"
}

// MarshalText writes the kind as its word.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText accepts the words that a spec may hold.
func (k *Kind) UnmarshalText(b []byte) error {
	for _, v := range []Kind{Check, Red, Green, Manual} {
		if v.String() == string(b) {
			*k = v
			return nil
		}
	}
	return fmt.Errorf("unknown kind %q: want check, red, green or manual", b)
}
