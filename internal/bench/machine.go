package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// writeHead writes what the report is, and on what machine it was made.
func writeHead(w io.Writer) {
	fmt.Fprint(w, `# Performance

Made by `+"`make bench`"+`, which measures all of this on the machine that it runs on, and writes this page. Compare the
ratios, not the times: the parts of a ratio were measured in turn, in one run. Each figure is a median; in brackets are
the first and the third quartile.

`)
	for _, fact := range machine() {
		fmt.Fprintf(w, "- %s\n", fact)
	}
	fmt.Fprintln(w)
}

func machine() []string {
	return []string{
		fmt.Sprintf("%s, %d CPUs, %s", cpuModel(), runtime.NumCPU(), memoryTotal()),
		"Linux " + firstLine("/proc/sys/kernel/osrelease") + ", " + firstWords(said("nft", "--version"), 2) +
			", " + firstWords(said("iptables-legacy", "--version"), 2) + ", " + runtime.Version(),
		"load average at the beginning: " + firstWords(firstLine("/proc/loadavg"), 3),
	}
}

func cpuModel() string { return field("/proc/cpuinfo", "model name") }

func memoryTotal() string {
	var kib int
	fmt.Sscan(field("/proc/meminfo", "MemTotal"), &kib)
	return fmt.Sprintf("%.1f GiB of memory", float64(kib)/(1<<20))
}

// field finds the value of the first line "NAME: VALUE" of a file.
func field(file, name string) string {
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return "unknown"
}

func firstLine(file string) string {
	text, _ := os.ReadFile(file)
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

func said(name string, args ...string) string {
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		return name + " (none)"
	}
	return string(out)
}

func firstWords(s string, n int) string {
	words := strings.Fields(s)
	return strings.Join(words[:min(n, len(words))], " ")
}
