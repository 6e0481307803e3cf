package cli

import (
	"fmt"
	"runtime"

	"github.com/urfave/cli/v2"
)

func (c *Command) versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print the version",
		Action: func(*cli.Context) error {
			fmt.Fprintf(c.Stdout, "recentc %s %s/%s %s\n", Version, runtime.GOOS, runtime.GOARCH, runtime.Version())
			return nil
		},
	}
}
