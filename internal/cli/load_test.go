package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/sample"
)

// withPorts is a generated file of which every 50th rule lists ports, always
// others if distinct.
func withPorts(n int, distinct bool) string {
	lines := strings.SplitAfter(sample.Rules(n), "\n")
	for i := range lines {
		if i%50 == 0 && strings.HasPrefix(lines[i], "-A INPUT") {
			ports := "22,80,443"
			if distinct {
				ports = fmt.Sprintf("%d,%d,%d:%d", i%20000+1, i%20000+20001, i%20000+40001, i%20000+40009)
			}
			lines[i] = "-A INPUT -p tcp -m multiport --dports " + ports + " -j ACCEPT\n"
		}
	}
	return strings.Join(lines, "")
}

// BenchmarkLoad reports how long `nft -c -f` takes for a translation, and what
// part that is of the time that it takes for iptables' own translation.
func BenchmarkLoad(b *testing.B) {
	lab.Require(b)
	tool, err := exec.LookPath("iptables-restore-translate")
	if err != nil {
		b.Skip("iptables-restore-translate is not installed")
	}
	for _, distinct := range []bool{false, true} {
		b.Run(fmt.Sprintf("100000/distinct=%v", distinct), func(b *testing.B) {
			rules := withPorts(100_000, distinct)
			code, ours, _ := run(rules, "translate", "-")
			if code != exitOK {
				b.Fatalf("exit %d", code)
			}
			peer := exec.Command(tool, "-f", "/dev/stdin")
			peer.Stdin = strings.NewReader(rules)
			theirs, err := peer.Output()
			if err != nil {
				b.Fatal(err)
			}
			var spent [2]time.Duration
			for b.Loop() {
				for i, script := range []string{ours, string(theirs)} {
					spent[i] += checkTime(b, script)
				}
			}
			n := float64(b.N)
			b.ReportMetric(spent[0].Seconds()/n, "s/ours")
			b.ReportMetric(spent[1].Seconds()/n, "s/theirs")
			b.ReportMetric(spent[0].Seconds()/spent[1].Seconds(), "ratio")
		})
	}
}

// checkTime is how long nft takes to check a script in a namespace of its own.
func checkTime(b *testing.B, script string) time.Duration {
	b.Helper()
	file := filepath.Join(b.TempDir(), "script.nft")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if out, err := exec.Command("unshare", "-n", "nft", "-c", "-f", file).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return time.Since(start)
}
