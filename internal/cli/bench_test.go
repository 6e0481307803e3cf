package cli

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// generated is a save file of n rules of the kinds that real files have, a few
// of them with -m recent.
func generated(n int) string {
	var b strings.Builder
	b.WriteString("*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n")
	for i := range n {
		switch a := fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255); i % 10 {
		case 0, 1, 2, 3:
			fmt.Fprintf(&b, "-A INPUT -s %s/32 -p tcp -m tcp --dport %d -j ACCEPT\n", a, i%65000+1)
		case 4, 5:
			fmt.Fprintf(&b, "-A FORWARD -s %s/32 -i eth0 -o eth1 -m state --state RELATED,ESTABLISHED -j ACCEPT\n", a)
		case 6, 7:
			fmt.Fprintf(&b, "-A INPUT -s %s/32 -j DROP\n", a)
		case 8:
			fmt.Fprintf(&b, "-A OUTPUT -d %s/32 -p udp -m udp --dport %d -m comment --comment \"host %d\" -j REJECT --reject-with icmp-port-unreachable\n", a, i%65000+1, i)
		case 9:
			fmt.Fprintf(&b, "-A INPUT -s %s/32 -p tcp -m tcp --dport 22 -m recent --set --name L%d --mask 255.255.255.255 --rsource\n", a, i%50)
		}
	}
	b.WriteString("COMMIT\n")
	return b.String()
}

// BenchmarkTranslate measures whole translations, and iptables' own translator
// on the same file in the same run where it is installed. It skips recent rules.
func BenchmarkTranslate(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		file := filepath.Join(b.TempDir(), "in.rules")
		if err := os.WriteFile(file, []byte(generated(n)), 0o644); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("recentc/%d", n), func(b *testing.B) {
			measure(b, n, func() error {
				c := Command{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard}
				if code := c.Main([]string{"translate", file}); code != exitOK {
					return fmt.Errorf("exit %d", code)
				}
				return nil
			})
		})
		b.Run(fmt.Sprintf("iptables-restore-translate/%d", n), func(b *testing.B) {
			tool, err := exec.LookPath("iptables-restore-translate")
			if err != nil {
				b.Skip("iptables-restore-translate is not installed")
			}
			measure(b, n, func() error { return exec.Command(tool, "-f", file).Run() })
		})
	}
}

func measure(b *testing.B, rules int, run func() error) {
	b.ReportAllocs()
	for b.Loop() {
		if err := run(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rules)*float64(b.N)/b.Elapsed().Seconds(), "rules/s")
}

// BenchmarkLint measures lint on the same files, and on a thousand files of a
// hundred rules.
func BenchmarkLint(b *testing.B) {
	lint := func(files ...string) func() error {
		return func() error {
			c := Command{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard}
			if code := c.Main(append([]string{"lint", "--config", "none"}, files...)); code != exitFindings {
				return fmt.Errorf("exit %d", code)
			}
			return nil
		}
	}
	for _, n := range []int{1_000, 10_000, 100_000} {
		file := filepath.Join(b.TempDir(), "in.rules")
		if err := os.WriteFile(file, []byte(generated(n)), 0o644); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("one file/%d", n), func(b *testing.B) { measure(b, n, lint(file)) })
	}
	dir, files := b.TempDir(), []string{}
	for i := range 1000 {
		files = append(files, filepath.Join(dir, fmt.Sprintf("%d.v4", i)))
		if err := os.WriteFile(files[i], []byte(generated(100)), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("1000 files of 100", func(b *testing.B) { measure(b, 100_000, lint(files...)) })
}
