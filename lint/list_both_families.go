package lint

import (
	"fmt"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var listBothFamilies = Check{
	Explanation: explain("RC2006", "IPv4 and IPv6 rules share a list",
		"xt_recent finds a list by its name in both families. They share its room of ip_list_tot addresses, and its mask is that of the rule loaded first, as 16 bytes: a --mask 255.255.255.255 that was written (iptables-save always writes it) keeps the first 32 bits of IPv6 addresses, so that all customers of a provider count as one source. Without --mask in the file loaded first only the room is shared.",
		"iptables -A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 60 --name bad --mask 255.255.255.255 -j DROP\niptables -A INPUT -p tcp --dport 23 -m recent --set --name bad --mask 255.255.255.255 -j DROP\nip6tables -A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 60 --name bad -j DROP\nip6tables -A INPUT -p tcp --dport 23 -m recent --set --name bad -j DROP\n",
		"iptables -A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 60 --name bad --mask 255.255.255.255 -j DROP\niptables -A INPUT -p tcp --dport 23 -m recent --set --name bad --mask 255.255.255.255 -j DROP\nip6tables -A INPUT -p tcp --dport 22 -m recent --rcheck --seconds 60 --name bad6 -j DROP\nip6tables -A INPUT -p tcp --dport 23 -m recent --set --name bad6 -j DROP\n"),
	Severity: diag.Warning, Since: since, refines: []diag.Code{diag.RecentTwoFamilies},
	files: func(s *set) {
		if len(s.passes) != 2 {
			return
		}
		six := map[string]*list{}
		for _, l := range s.passes[1].lists {
			six[l.Name] = l
		}
		for _, l := range s.passes[0].lists {
			if o := six[l.Name]; o != nil {
				s.bothFamilies(l, o)
			}
		}
	},
}

func (s *set) bothFamilies(four, six *list) {
	m := &six.all[0]
	where := optionAt(m.rule, m.Recent, "name")
	if !four.MaskWritten || sharedFile(four, six) {
		s.reportAs(diag.Note, where, fmt.Sprintf("list %s is used by IPv4 and IPv6 rules", six.Name),
			"Both families share its room: addresses of one push out those of the other.", "Give the list another name in one of the families.")
		return
	}
	s.report(where, fmt.Sprintf("list %s is used by IPv4 rules too, with a --mask", six.Name),
		fmt.Sprintf("If those are loaded first, as usual, their mask %s (%s) cuts IPv6 addresses to their first %d bits: sources that have these in common count as one.",
			four.Mask, four.maskPlace(), maskLength(four.List)),
		"Give the list another name in one of the families.")
}

// maskPlace says where the list's mask is written.
func (l *list) maskPlace() string {
	for i := range l.all {
		m := &l.all[i]
		if _, ok := m.Option("mask"); ok && m.Mask == l.Mask {
			return fmt.Sprintf("line %d of %s", m.rule.Range.Start.Line, m.rule.File.Name)
		}
	}
	return "in " + l.all[0].rule.File.Name
}

// sharedFile tells whether the same lines are loaded for both families.
func sharedFile(four, six *list) bool {
	return four.all[0].rule.Range == six.all[0].rule.Range && four.all[0].rule.File == six.all[0].rule.File
}

func maskLength(l *compile.List) int {
	ones, _ := oddMask(l.Mask)
	return ones
}
