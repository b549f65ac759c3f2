//go:build unix

package local_test

import (
	"testing"

	"github.com/planctl/planctl/runner"
	"github.com/planctl/planctl/runner/executortest"
	"github.com/planctl/planctl/runner/local"
)

func TestConformance(t *testing.T) {
	executortest.Run(t, func(*testing.T) runner.Executor { return local.New() })
}
