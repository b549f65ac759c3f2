package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "version",
		Short:   "Print the version, the commit and the platform",
		GroupID: "keep",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			v := struct {
				Schema   string `json:"schema"`
				Version  string `json:"version"`
				Commit   string `json:"commit,omitempty"`
				Dirty    bool   `json:"dirty,omitempty"`
				Go       string `json:"go"`
				Platform string `json:"platform"`
			}{Schema: "planctl/version/v1", Version: version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					switch s.Key {
					case "vcs.revision":
						v.Commit = s.Value
					case "vcs.modified":
						v.Dirty = s.Value == "true"
					}
				}
			}
			if asJSON {
				return a.emitJSON(v)
			}
			p := a.printer(a.io.Out)
			p.Printf("planctl %s", v.Version)
			if v.Commit != "" {
				p.Printf(" (%s)", v.Commit)
			}
			p.Printf(" %s %s\n", v.Go, v.Platform)
			return p.Err()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}
