package atomicfile

// Steps tells a caller how far the writing of a file has come, so that what a
// crash leaves of it can be told from what a person did since. Each may be nil;
// the zero Steps tells nobody. An error of Making or Placing ends the writing.
type Steps struct {
	// Making is called before a temporary file is made, with its path. A process
	// that dies after it may leave that file, and no other.
	Making func(temp string) error
	// Placing is called when the temporary file is whole and flushed, before it
	// takes the place of target, a path without links. What lies under its name
	// then, and for which Settle is asked, tells whether it did: itself, what it
	// took the place of, or nothing any more.
	Placing func(target, temp string) error
	// Withdrawn is called when target was not replaced after all, before the
	// temporary file is removed; where it fails, that file stays.
	Withdrawn func() error
	// At is told of each moment of a replacement, for programs that show what it
	// withstands.
	At func(Moment)
}
