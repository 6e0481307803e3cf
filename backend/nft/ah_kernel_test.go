package nft_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// ahRules tell the length of an authentication header: 0 is any length to the kernel,
// and the lab's packets have one of 404 bytes.
const ahRules = `*filter
-A INPUT -m ah --ahlen 0 -j MARK --or-mark 1
-A INPUT -m ah ! --ahlen 0 -j MARK --or-mark 2
-A INPUT -m ah --ahlen 404 -j MARK --or-mark 4
-A INPUT -m ah ! --ahlen 404 -j MARK --or-mark 8
-A INPUT -m ah -j MARK --or-mark 0x10
-A INPUT -s fd00::8 -m ah --ahlen 0 -j DROP
COMMIT
`

// TestAHLengthAgainstKernel holds that --ahlen 0 stops every packet with the header.
func TestAHLengthAgainstKernel(t *testing.T) {
	lab.Require(t)
	out := translate(t, ast.IPv6, ahRules, nft.Options{})
	l, err := lab.New(lab.Config{Candidates: []lab.Candidate{lab.Legacy("iptables", "", ahRules), lab.NFT("nft", out.Text)}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var packets []lab.Packet
	for range 5 {
		for _, source := range []string{"fd00::7", "fd00::8"} {
			packets = append(packets, lab.Packet{Src: netip.MustParseAddr(source), Proto: 51, Payload: strings.Repeat("x", 396)})
		}
	}
	r, err := l.Run(t.Context(), lab.Trace{packets})
	if err != nil {
		t.Fatal(err)
	}
	if d := r.Diff("iptables", "nft"); len(d) > 0 {
		t.Errorf("%d packets differ:\n%v", len(d), d)
	}
	for _, who := range []string{"iptables", "nft"} {
		if n := r.Dropped(who); n != 5 {
			t.Errorf("%s dropped %d of 10 packets; want the 5 of fd00::8", who, n)
		}
		if m := r.Marks[who][0]; m != 1|2|4|0x10 {
			t.Errorf("%s marked the first packet with %#x", who, m)
		}
	}
}
