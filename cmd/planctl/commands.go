package main

import "github.com/spf13/cobra"

// commands is every command, in the order in which help lists them within their groups.
func (a *app) commands() []*cobra.Command {
	return []*cobra.Command{
		a.statusCommand(), a.nextCommand(), a.showCommand(), a.checkCommand(), a.logCommand(), a.pathCommand(), a.auditCommand(),
		a.lintCommand(), a.verifyCommand(), a.inspectCommand(),
		a.runCommand(), a.replayCommand(), a.markCommand(),
		a.initCommand(), a.bindCommand(), a.linkCommand(), a.recoverCommand(), a.mergeCommand(), a.demoCommand(), a.versionCommand(),
		a.guardCommand(),
	}
}
