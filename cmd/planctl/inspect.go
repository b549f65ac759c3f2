package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/planctl/planctl/internal/regular"
	"github.com/planctl/planctl/internal/workspace"
	"github.com/planctl/planctl/ledger"
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
			"workspace, and ends with 3 only where a file cannot be read.",
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, files []string) error {
			for _, f := range files {
				if err := a.inspect(f); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", true, "JSON, the only form that there is")
	return c
}

func (a *app) inspect(file string) error {
	path := file
	if a.dir != "." && !isAbs(file) {
		path = a.dir + "/" + file
	}
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a directory", file)
	}
	var src []byte
	if err == nil {
		src, err = regular.Read(path)
	}
	if err != nil {
		return &unreadable{err}
	}
	tokens := plan.DefaultTokens()
	if a.config != "" {
		text, err := regular.Read(a.config)
		if err != nil {
			return &unreadable{err}
		}
		c, findings := workspace.DecodeConfig(a.config, text)
		if errs := findings.Errors(); len(errs) > 0 {
			return errs
		}
		tokens = c.PlanTokens()
	}
	return a.emitJSON(report.Inspect(file, plan.Parse(file, src, tokens), ledger.Parse(file, src)))
}

func isAbs(p string) bool { return len(p) > 0 && p[0] == '/' }
