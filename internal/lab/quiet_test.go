package lab_test

import (
	"strings"
	"testing"

	"github.com/recentc/recentc/internal/lab"
)

// counters count whatever passes.
const counters = `table inet count {
	chain in { type filter hook input priority 0; counter; }
	chain through { type filter hook forward priority 0; counter; }
	chain out { type filter hook output priority 0; counter; }
}
`

// TestQuiet shows that a candidate sees no packets but the lab's: others would be written to lists.
func TestQuiet(t *testing.T) {
	lab.Require(t)
	for _, hook := range []lab.Hook{lab.Input, lab.Forward, lab.Output} {
		t.Run(hook.String(), func(t *testing.T) {
			t.Parallel()
			l := newLab(t, lab.Config{Hook: hook, Candidates: []lab.Candidate{lab.NFT("count", counters)}})
			run(t, l, make(lab.Trace, 20))
			seen, err := l.Namespace("count").Run("", "nft", "list", "table", "inet", "count")
			if err != nil || strings.Count(seen, "counter packets 0 bytes 0") != 3 {
				t.Errorf("error %v; some packets were counted:\n%s", err, seen)
			}
		})
	}
}

// TestConntrackTakesThePackets shows that checksums and lengths are right: conntrack calls a packet
// INVALID otherwise.
func TestConntrackTakesThePackets(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = "*filter\n-A INPUT -m conntrack ! --ctstate NEW -j DROP\nCOMMIT\n"
	l := newLab(t, lab.Config{Candidates: []lab.Candidate{lab.Legacy("new", rules, rules)}})
	packets := kinds()
	for _, p := range kinds() {
		p.SPort, p.Payload = 7, "odd" // another connection, an odd length
		packets = append(packets, p)
	}
	packets = packets[:len(packets)-1] // GRE has no ports: the last one of a source is no new connection
	r := run(t, l, lab.Trace{packets})
	for i, accepted := range r.Accepted["new"] {
		if !accepted {
			t.Errorf("not NEW: %v", r.Packets[i])
		}
	}
}
