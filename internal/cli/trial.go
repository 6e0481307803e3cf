package cli

import (
	"strconv"

	"github.com/recentc/recentc/internal/live"
	"github.com/urfave/cli/v2"
)

// heirCommand is the process that restores if the one behind --confirm is killed.
func (c *Command) heirCommand() *cli.Command {
	return &cli.Command{
		Name: live.HeirCommand, Hidden: true, Usage: "restore when the process that watches over a firewall ends",
		Action: func(ctx *cli.Context) error {
			parent, err := strconv.Atoi(ctx.Args().Get(1))
			if err != nil {
				return usage("%s is not to be called by hand", live.HeirCommand)
			}
			return liveError(live.Inherit(ctx.Args().First(), parent, c.Stdout))
		},
	}
}

// recover restores what a trial has left of which all processes were killed, and says so.
func (c *Command) recover() error {
	notes, err := live.Recover()
	c.notes(notes)
	return liveError(err)
}
