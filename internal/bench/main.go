// Command bench measures recentc on the machine that it runs on: how fast it
// translates, how fast its output loads, what a packet costs behind it, and how
// much memory lists take, each beside what iptables' own tools and xt_recent take
// in the same run. It prints Markdown, which docs/performance.md is.
//
// It needs root, the iptables tools, nft and /dev/net/tun, and works in network
// namespaces of its own. `make bench` runs it.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/recentc/recentc/internal/lab"
)

func main() {
	out := flag.String("o", "", "write the report to this file too")
	only := flag.String("only", "", "measure these parts alone: translate,load,path,limit,memory")
	flag.Parse()
	if err := run(*out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// A part is a section of the report.
type part struct {
	name  string
	write func(w io.Writer) error
}

var parts = []part{{"translate", writeTranslations}, {"load", writeLoads}, {"path", writePaths}, {"limit", writeLimits}, {"memory", writeMemory}}

func run(out, only string) error {
	if err := lab.Usable(); err != nil {
		return err
	}
	var report strings.Builder
	w := io.MultiWriter(os.Stdout, &report)
	writeHead(w)
	for _, p := range parts {
		if only != "" && !strings.Contains(only, p.name) {
			continue
		}
		if err := p.write(w); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	if out == "" {
		return nil
	}
	return os.WriteFile(filepath.Clean(out), []byte(report.String()), 0o644)
}
