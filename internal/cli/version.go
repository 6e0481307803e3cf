package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"
)

// Version is the program's version. A build can set another one:
//
//	go build -ldflags "-X github.com/recentc/recentc/internal/cli.Version=0.2.0" ./cmd/recentc
var Version = "0.1.0"

func (c *Command) versionCommand() *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "print the version",
		Action: func(*cli.Context) error {
			fmt.Fprintf(c.Stdout, "recentc %s %s/%s %s\n", Version, runtime.GOOS, runtime.GOARCH, runtime.Version())
			if info, ok := debug.ReadBuildInfo(); ok {
				fmt.Fprint(c.Stdout, origin(info))
			}
			return nil
		},
	}
}

// origin is a line that tells what a program was built from: the commit, or the module's
// version where go install fetched it. It is empty where the build does not know.
func origin(info *debug.BuildInfo) string {
	vcs := map[string]string{}
	for _, s := range info.Settings {
		vcs[s.Key] = s.Value
	}
	switch commit := vcs["vcs.revision"]; {
	case commit != "":
		changed := map[string]string{"true": ", changed since"}[vcs["vcs.modified"]]
		return fmt.Sprintf("built from commit %s of %s%s\n", commit, vcs["vcs.time"], changed)
	case strings.HasPrefix(info.Main.Version, "v"):
		return fmt.Sprintf("built from module %s %s\n", info.Main.Path, info.Main.Version)
	}
	return ""
}
