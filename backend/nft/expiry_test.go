package nft_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// TestExpiredCopies sends packets just after a window has ended, before the
// kernel has collected the expired elements: its delete can hit such a copy and
// leave the live element, which made a forgotten address count as seen.
func TestExpiredCopies(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	const rules = `*mangle
-A INPUT -p udp --dport 7001 -m recent --set --name A
-A INPUT -p udp --dport 7002 -m recent --remove --name A -j MARK --set-xmark 0x1/0x1
-A INPUT -p udp -m recent --rcheck --seconds 2 --name A -j MARK --set-xmark 0x2/0x2
-A INPUT -p udp -m recent --rcheck --seconds 2 --hitcount 2 --name A -j MARK --set-xmark 0x4/0x4
-A INPUT -p udp -m recent --rcheck --seconds 2 --hitcount 3 --name A -j MARK --set-xmark 0x8/0x8
COMMIT
`
	l, err := lab.New(lab.Config{Hook: lab.Input, Candidates: []lab.Candidate{
		lab.Legacy("xt_recent", rules, ""), lab.NFT("nft", translate(t, ast.IPv4, rules, nft.Options{}).Text),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.RunOnTime(t.Context(), 4, aroundExpiry())
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("xt_recent", "nft"); len(d) > 0 {
		t.Errorf("%d of %d packets differ:\n%v", len(d), len(r.Packets), d)
	}
}

// aroundExpiry lets twelve sources, one a tick, fill a window of 2 s, fall silent
// until it has ended, and begin again: half of them also remove themselves.
func aroundExpiry() lab.Trace {
	trace := make(lab.Trace, 40)
	for i := range 12 {
		packet := lab.Packet{Src: netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", i+1)), DPort: 7001}
		remove := packet
		remove.DPort = 7002
		later := i + 17 + i%3 // 2.21 to 2.47 s
		trace[i] = append(trace[i], packet, packet, packet)
		trace[later] = append(trace[later], packet, packet)
		if i%2 == 0 {
			trace[later] = append(trace[later], remove)
		}
		trace[later+1] = append(trace[later+1], packet, packet, packet)
	}
	return trace
}
