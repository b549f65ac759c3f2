package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/plan"
	"github.com/planctl/planctl/report"
)

func (a *app) inspectCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "inspect FILE…",
		Short:   "Print what planctl reads in a plan or ledger",
		GroupID: "see",
		Long: "Inspect prints one JSON object per file, also for files with findings: phases and tasks of a plan, sections and\n" +
			"attempts of a ledger, `\"kind\":\"other\"` for anything else. It is made for scripts and tests, works outside of any\n" +
			"workspace (state tokens are those of the nearest config above the file), and ends with 3 only where a file cannot be read.",
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, files []string) error {
			var bad []error
			for _, f := range files {
				// One file that cannot be read leaves the others to be shown.
				switch err := a.inspect(f); {
				case errors.As(err, new(*unreadable)):
					bad = append(bad, err)
				case err != nil:
					return err
				}
			}
			if len(bad) > 0 {
				return &unreadable{errors.Join(bad...)}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", true, "JSON, the only form that there is")
	return c
}

func (a *app) inspect(file string) error {
	src, err := a.readNamed(file)
	if err != nil {
		return err
	}
	tokens, err := a.tokensFor(file)
	if err != nil {
		return err
	}
	return a.emitJSON(report.Inspect(file, src, tokens))
}

// tokensFor is the tokens that count in a file: of --config, else of the nearest config above the file,
// so that inspect reads what the file's own workspace reads.
func (a *app) tokensFor(file string) (plan.Tokens, error) {
	config := a.config
	if config == "" {
		dir, err := filepath.Abs(filepath.Dir(a.path(file)))
		if err != nil {
			return plan.Tokens{}, err
		}
		for config = filepath.Join(dir, workspace.ConfigName); ; config = filepath.Join(dir, workspace.ConfigName) {
			if _, err := os.Lstat(config); err == nil {
				break
			}
			up := filepath.Dir(dir)
			if up == dir {
				return plan.DefaultTokens(), nil
			}
			dir = up
		}
	}
	text, err := regular.Read(config)
	if err != nil {
		return plan.Tokens{}, &unreadable{err}
	}
	c, findings := workspace.DecodeConfig(config, text)
	if errs := findings.Errors(); len(errs) > 0 {
		return plan.Tokens{}, errs
	}
	return c.PlanTokens(), nil
}
