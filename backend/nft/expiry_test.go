package nft_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// expiryLists is how many lists TestExpiredCopies uses, each at another moment
// of the kernel's collector, which runs every second.
const expiryLists = 8

// TestExpiredCopies lets addresses begin again just after their window has
// ended, while the expired elements still lie in the kernel's hash table. They
// make the table grow, and while it does, new elements stand behind old ones.
// The kernel's delete can hit the expired copy then and leave the live one: the
// forgotten address would still count as seen.
func TestExpiredCopies(t *testing.T) {
	lab.Require(t)
	t.Parallel()
	rules := "*mangle\n"
	for n := range expiryLists {
		rules += fmt.Sprintf("-A INPUT -p udp --dport %d -m recent --set --name L%d\n", 7100+n, n)
		rules += fmt.Sprintf("-A INPUT -p udp --dport %d -m recent --remove --name L%d\n", 7200+n, n)
		rules += fmt.Sprintf("-A INPUT -p udp --dport %d -m recent --rcheck --seconds 2 --name L%d -j MARK --set-xmark 0x2/0x2\n", 7300+n, n)
		rules += fmt.Sprintf("-A INPUT -p udp --dport %d -m recent --rcheck --seconds 2 --hitcount 2 --name L%d -j MARK --set-xmark 0x4/0x4\n", 7300+n, n)
	}
	rules += "COMMIT\n"
	l, err := lab.New(lab.Config{Hook: lab.Input, Candidates: []lab.Candidate{
		lab.Legacy("xt_recent", rules, ""), lab.NFT("nft", translate(t, ast.IPv4, rules, nft.Options{}).Text),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.RunOnTime(t.Context(), 8, aroundExpiry())
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("xt_recent", "nft"); len(d) > 0 {
		t.Errorf("%d of %d packets differ:\n%v", len(d), len(r.Packets), d)
	}
}

// aroundExpiry is the traffic of TestExpiredCopies.
func aroundExpiry() lab.Trace {
	trace := make(lab.Trace, 2*expiryLists+18)
	for n := range expiryLists {
		send := func(tick, from, to, port int) {
			for i := from; i <= to; i++ {
				trace[tick] = append(trace[tick], lab.Packet{Src: netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", i)), DPort: uint16(port + n)})
			}
		}
		begin, again := 2*n, 2*n+17 // 2.21 s later
		send(begin, 1, 40, 7100)
		send(again, 1, 40, 7100)
		send(again, 1, 40, 7200)
		send(again, 1, 40, 7300)
	}
	return trace
}
