// Command recentc translates iptables rules with -m recent to nftables.
package main

import (
	"os"

	"github.com/recentc/recentc/internal/cli"
)

func main() {
	c := cli.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	os.Exit(c.Main(os.Args[1:]))
}
