// Package evidence makes a run's directory, hashes what a run made, proves
// that it is fresh and keeps the state of the sources. It may not decide
// whether a run passed, and it writes nowhere but below REPORTS.
package evidence
