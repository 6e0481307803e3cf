package cli

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/internal/live"
	"github.com/urfave/cli/v2"
)

func (c *Command) removeCommand() *cli.Command {
	return &cli.Command{
		Name:        "remove",
		Usage:       "take recentc's tables out again",
		Description: "Deletes recentc's own tables with their lists, in one transaction, and nothing else.\nNeeds root.",
		Flags:       []cli.Flag{tableFlag()},
		Action:      c.remove,
	}
}

func tableFlag() cli.Flag {
	return &cli.StringFlag{Name: "table", Value: "recentc", Usage: "`NAME` of the nftables table"}
}

func (c *Command) remove(ctx *cli.Context) error {
	if ctx.NArg() > 0 {
		return usage("remove takes no file names; it removes the tables that recentc loaded")
	}
	if err := live.Ready(); err != nil {
		return exitError{exitSystem, "remove: " + err.Error()}
	}
	removed, err := live.Remove(ctx.String("table"))
	if err != nil {
		return liveError(err)
	}
	if len(removed) == 0 {
		fmt.Fprintln(c.Stdout, "nothing of recentc's is loaded")
		return nil
	}
	fmt.Fprintf(c.Stdout, "removed: table %s\n", strings.Join(removed, ", table "))
	return nil
}
