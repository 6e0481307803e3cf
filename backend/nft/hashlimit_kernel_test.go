package nft_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// TestHashlimitPortsAgainstKernel holds what a hashlimit by ports takes for the ports of packets
// of any protocol. The rates are so low that only the burst counts.
func TestHashlimitPortsAgainstKernel(t *testing.T) {
	lab.Require(t)
	for _, mode := range []string{"dstport", "srcport", "srcip,dstport", "dstip,srcport,dstport"} {
		for _, form := range []string{"-A INPUT %s-m hashlimit --hashlimit-upto %s -j ACCEPT\n-A INPUT %[1]s-j DROP\n", "-A INPUT %s-m hashlimit --hashlimit-above %s -j DROP\n"} {
			for _, protocol := range []string{"", "! -p tcp ", "-p ah ", "-p esp ", "-p icmp ", "-p 99 "} {
				limit := "1/hour --hashlimit-burst 3 --hashlimit-name ports --hashlimit-mode " + mode
				rules := "*filter\n" + fmt.Sprintf(form, protocol, limit) + "COMMIT\n"
				t.Run(mode+" "+protocol, func(t *testing.T) {
					t.Parallel()
					comparePorts(t, ast.IPv4, rules, netip.MustParseAddr("192.0.2.1"))
					if protocol == "" {
						comparePorts(t, ast.IPv6, rules, netip.MustParseAddr("2001:db8::1"))
					}
				})
			}
		}
	}
}

// portProtocols have ports, what passes for ports, or none.
var portProtocols = []lab.Protocol{lab.TCP, lab.UDP, lab.ICMP, 33, 47, 50, 51, 99, 132, 136}

func comparePorts(t *testing.T, family ast.Family, rules string, src netip.Addr) {
	t.Helper()
	out := translate(t, family, rules, nft.Options{})
	if err := lab.RoundTrip(out.Text); err != nil {
		t.Fatalf("%v\n%s", err, out.Text)
	}
	old := lab.Legacy("iptables", rules, "")
	if family == ast.IPv6 {
		old = lab.Legacy("iptables", "", rules)
	}
	l, err := lab.New(lab.Config{Candidates: []lab.Candidate{old, lab.NFT("nft", out.Text)}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.Run(t.Context(), lab.Trace{portPackets(src)})
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("iptables", "nft"); len(d) > 0 {
		t.Errorf("%d of %d packets differ:\n%v\n%s%s", len(d), len(r.Packets), d, rules, out.Text)
	}
	if n := r.Dropped("iptables"); n == len(r.Packets) || n == 0 && !strings.Contains(rules, "-p ah") {
		t.Errorf("%d of %d packets dropped: they tell nothing", n, len(r.Packets))
	}
}

func portPackets(src netip.Addr) (packets []lab.Packet) {
	for range 5 {
		for _, p := range portProtocols {
			if src.Is6() && p == 51 {
				continue // the kernel would read its header, which the lab does not write
			}
			packets = append(packets, lab.Packet{Src: src, Proto: p, DPort: 80})
		}
		packets = append(packets, lab.Packet{Src: src, Proto: lab.TCP, SPort: 5, DPort: 81}, lab.Packet{Src: src.Next(), DPort: 81})
	}
	return packets
}
