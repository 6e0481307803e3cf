package lint

import (
	"fmt"
	"math/bits"
	"net/netip"

	"github.com/recentc/recentc/internal/diag"
)

var maskOdd = Check{
	Explanation: explain("RC2005", "--mask is an address, not a prefix length",
		"--mask 24 is the mask 0.0.0.24, which keeps two bits of an address: the list knows four different sources in the whole internet and counts everybody together. iptables-save shows it as 0.0.0.24.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh --mask 24 -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh --mask 24 -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh --mask 255.255.255.0 -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh --mask 255.255.255.0 -j ACCEPT\n")),
	Severity: diag.Warning, Since: since, refines: []diag.Code{diag.RecentMask},
	program: func(p *pass) {
		for _, l := range p.lists {
			for i := range l.all {
				m := &l.all[i]
				if kept, odd := oddMask(m.Mask); odd {
					p.report(optionAt(m.rule, m.Recent, "mask"), fmt.Sprintf("the mask %s is not a prefix", m.Mask),
						fmt.Sprintf("It keeps %d bits, so list %s tells at most %d sources apart and counts the hits of all others together.", kept, l.Name, uint64(1)<<min(kept, 63)), maskFix(m.Mask))
				}
			}
		}
	},
}

// oddMask counts the ones of a mask that has zeros in front of ones.
func oddMask(m netip.Addr) (ones int, odd bool) {
	seenZero := false
	for _, b := range m.AsSlice() {
		ones += bits.OnesCount8(b)
		odd = odd || seenZero && b != 0 || ^b&(^b+1) != 0
		seenZero = seenZero || b != 0xff
	}
	return ones, odd
}

// maskFix reads a mask such as 0.0.0.24 as the prefix length that it was meant for.
func maskFix(m netip.Addr) string {
	raw := m.AsSlice()
	n := int(raw[len(raw)-1])
	for _, b := range raw[:len(raw)-1] {
		if b != 0 {
			return "Write a mask whose ones come first, such as 255.255.255.0."
		}
	}
	if n > len(raw)*8 {
		return "Write a mask whose ones come first, such as 255.255.255.0."
	}
	mask := make([]byte, len(raw))
	for i := range n {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	out, _ := netip.AddrFromSlice(mask)
	return fmt.Sprintf("For a prefix of %d bits write --mask %s.", n, out)
}
