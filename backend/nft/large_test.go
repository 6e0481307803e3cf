package nft_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/nft"
	"github.com/recentc/recentc/internal/lab"
)

// TestLargeRings compares windows of many packets, whose slots are looked for in several steps. In
// one translation each has sets of its own where it can, in the other there are so many lists
// that none has.
func TestLargeRings(t *testing.T) {
	lab.Require(t)
	for _, sizes := range [][]int{{2, 3, 4, 5, 7, 8, 12, 13, 20}, {6, 9, 31, 32, 33, 70, 101}} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			t.Parallel()
			compareSizes(t, sizes)
		})
	}
}

func compareSizes(t *testing.T, sizes []int) {
	t.Helper()
	rules := "*mangle\n:TWO - [0:0]\n"
	for bit, hits := range sizes {
		rules += fmt.Sprintf("-A INPUT -p udp -m recent --set --name L%d\n", hits)
		rules += fmt.Sprintf("-A INPUT -p udp -m recent --update --seconds 4 --hitcount %d --name L%d -j MARK --set-xmark 0x%x/0x%x\n", hits, hits, 1<<bit, 1<<bit)
		if hits%2 == 1 {
			rules += fmt.Sprintf("-A INPUT -p udp --dport 7002 -m recent ! --rcheck --seconds 2 --hitcount %d --name L%d -j MARK --set-xmark 0x%x/0x%x\n", hits/2+1, hits, 1<<(bit+16), 1<<(bit+16))
		}
	}
	many := rules + manyLists + "COMMIT\n"
	rules += "COMMIT\n"
	l, err := lab.New(lab.Config{Hook: lab.Input, Candidates: []lab.Candidate{
		lab.Legacy("xt_recent", rules, ""),
		lab.NFT("wide", translate(t, ast.IPv4, rules, nft.Options{}).Text),
		lab.NFT("compact", translate(t, ast.IPv4, many, nft.Options{}).Text),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var packets []lab.Packet
	for _, p := range v4Sources(8) {
		packets = append(packets, p, p, p)
	}
	r, err := l.RunOnTime(t.Context(), 8, lab.RandomTrace(rand.New(rand.NewPCG(3, 9)), 120, packets...))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"wide", "compact"} {
		if d := r.Diff("xt_recent", name); len(d) > 0 {
			t.Errorf("%s: %d of %d packets differ:\n%v", name, len(d), len(r.Packets), d)
		}
	}
	t.Logf("%d packets, %d turns", len(r.Packets), r.Turns("xt_recent"))
}

// TestRingsLoad holds that windows of all sizes load, whatever their addresses: a
// rule must not be larger than the kernel takes.
func TestRingsLoad(t *testing.T) {
	lab.Require(t)
	masks := map[ast.Family][]string{
		ast.IPv4: {"255.255.255.255", "255.255.255.0"},
		ast.IPv6: {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff::"},
	}
	for family, masks := range masks {
		for _, mask := range masks {
			for _, hits := range []int{2, 4, 5, 12, 13, 14, 16, 17, 20, 21, 22, 31, 32, 33} {
				rule := "-A INPUT -m recent --name L --mask " + mask
				rules := fmt.Sprintf("*filter\n%s --set\n%s --update --seconds 60 --hitcount %d -j DROP\n%s --remove\nCOMMIT\n", rule, rule, hits, rule)
				if err := lab.CheckNFT(translate(t, family, rules, nft.Options{}).Text); err != nil {
					t.Errorf("hitcount %d, mask %s: %v", hits, mask, err)
				}
			}
		}
	}
}
