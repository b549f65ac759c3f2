package main

// failure is an answer of no: nothing is wrong with the call or the files, and there is nothing to show.
type failure struct{ msg, help string }

func (e *failure) Error() string { return e.msg }

// unreadable is a file that the user named and that cannot be read.
type unreadable struct{ err error }

func (e *unreadable) Error() string { return e.err.Error() }
func (e *unreadable) Unwrap() error { return e.err }
