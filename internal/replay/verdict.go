package replay

import (
	"fmt"
	"strings"
)

// passes reports whether tests ran and passed: what a red must not do, and more than not to fail as it must.
func (s *Side) passes() bool {
	t := s.Tests
	return s.Result.Exit == 0 && s.Result.Signal == "" && !s.Result.TimedOut && t.Passed > 0 && t.Failed == 0 && t.Errors == 0 && len(t.Problems) == 0
}

// blame says in the side's Why that today's pins are why the red did not show its failure, and gives those that hold the
// implementation. culprits are the pins that take the failure away alone, passing those with which the tests passed.
func (s *Side) blame(culprits, passing []string) (holders []string) {
	if len(culprits) == 0 {
		culprits = s.Overlaid // only together
	}
	if holders = passing; len(holders) == 0 && s.passes() {
		holders = culprits
	}
	if len(holders) > 0 {
		s.Why = fmt.Sprintf("with %s as pinned today the old sources pass: the pin holds the implementation itself, or its test no longer asks for it (%s)",
			strings.Join(holders, ", "), s.Why)
		return holders
	}
	s.Why = fmt.Sprintf("with %s as pinned today %s", strings.Join(culprits, ", "), s.Why)
	return nil
}
