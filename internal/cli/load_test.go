package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/recentc/recentc/internal/lab"
	"github.com/recentc/recentc/internal/sample"
)

// BenchmarkLoad reports how long `nft -c -f` takes for a translation, and what
// part that is of the time that it takes for iptables' own translation.
func BenchmarkLoad(b *testing.B) {
	lab.Require(b)
	tool, err := exec.LookPath("iptables-restore-translate")
	if err != nil {
		b.Skip("iptables-restore-translate is not installed")
	}
	rules := sample.Rules(100_000)
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
