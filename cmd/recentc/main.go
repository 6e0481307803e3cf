// Command recentc translates iptables rules with -m recent to nftables.
package main

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/recentc/recentc/internal/cli"
)

func main() {
	// A pipe that nobody reads gives an error, which ends the command with its exit code
	// and leaves nothing half done. A handler is not handed on to nft, as ignoring would be.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	c := cli.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(c.Main(os.Args[1:]))
}
