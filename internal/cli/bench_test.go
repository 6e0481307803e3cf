package cli

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/sample"
)

// BenchmarkTranslate measures whole translations, and iptables' own translator
// on the same file in the same run where it is installed. It skips recent rules.
func BenchmarkTranslate(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		file := filepath.Join(b.TempDir(), "in.rules")
		if err := os.WriteFile(file, []byte(sample.Rules(n)), 0o644); err != nil {
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
		if err := os.WriteFile(file, []byte(sample.Rules(n)), 0o644); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("one file/%d", n), func(b *testing.B) { measure(b, n, lint(file)) })
	}
	dir, files := b.TempDir(), []string{}
	for i := range 1000 {
		files = append(files, filepath.Join(dir, fmt.Sprintf("%d.v4", i)))
		if err := os.WriteFile(files[i], []byte(sample.Rules(100)), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("1000 files of 100", func(b *testing.B) { measure(b, 100_000, lint(files...)) })
}
