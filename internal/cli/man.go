package cli

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"
)

// manSection is that of commands for administrators.
const manSection = 8

func (c *Command) manCommand() *cli.Command {
	return &cli.Command{
		Name:        "man",
		Usage:       "print the manual page",
		Description: "recentc man > /usr/local/share/man/man8/recentc.8 installs it.",
		Action: func(ctx *cli.Context) error {
			// The library's own help command holds itself once it has been run.
			ctx.App.Commands = slices.DeleteFunc(ctx.App.Commands, func(c *cli.Command) bool { return c.Name == "help" })
			page, err := ctx.App.ToManWithSection(manSection)
			if err != nil {
				return exitError{exitSystem, err.Error()}
			}
			fmt.Fprint(c.Stdout, page)
			return nil
		},
	}
}
