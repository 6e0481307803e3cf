package cli

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/internal/display"
	"github.com/recentc/recentc/internal/live"
	"github.com/urfave/cli/v2"
)

func (c *Command) removeCommand() *cli.Command {
	return &cli.Command{
		Name:        "remove",
		Usage:       "take out again what recentc loaded",
		Description: "Deletes recentc's own tables with their lists, in one transaction, and its BPF programs\nwith theirs, and nothing else. Needs root.",
		Flags:       []cli.Flag{tableFlag(), loadedBackend()},
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
	at, err := lookAt(ctx)
	if err != nil {
		return err
	}
	if err := c.recover(); err != nil {
		return err
	}
	var removed []string
	if at.nft {
		if removed, err = live.Remove(ctx.String("table")); err != nil {
			return liveError(err)
		}
	}
	if len(removed) > 0 {
		display.Fprintf(c.Stdout, "removed: table %s\n", strings.Join(removed, ", table "))
	}
	programs := false
	if at.ebpf {
		if programs, err = live.RemovePrograms(); err != nil {
			return liveError(err)
		}
	}
	if programs {
		fmt.Fprintln(c.Stdout, "removed: BPF programs")
	}
	if len(removed) == 0 && !programs {
		fmt.Fprintln(c.Stdout, "nothing of recentc's is loaded")
	}
	return nil
}
