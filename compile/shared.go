package compile

import (
	"slices"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/internal/diag"
)

// checkShared warns of lists that the kernel shares between the families in a
// way that two tables cannot: it keeps one mask for the addresses of both, that
// of the first rule loaded.
func checkShared(programs []*Program, diags *diag.List) {
	if len(programs) != 2 {
		return
	}
	v4, v6 := programs[0], programs[1]
	if v4.Family == ast.IPv6 {
		v4, v6 = v6, v4
	}
	for _, l := range v4.Lists {
		i := slices.IndexFunc(v6.Lists, func(o *List) bool { return o.Name == l.Name })
		if i >= 0 {
			l.shareWith(v6.Lists[i], diags)
		}
	}
}

// shareWith compares the IPv4 list with the IPv6 list of its name.
func (l *List) shareWith(v6 *List, diags *diag.List) {
	m := l.first
	switch {
	case !l.FullMask() || !v6.FullMask():
		diags.Add(m.source.diagnostic(diag.Warning, diag.RecentTwoFamilies, m.Range, "list "+l.Name+" is used by both families and has a mask",
			"xt_recent has one mask for both families of a list, whichever was loaded first; here each family has its own.",
			"Give the list another name in one of the families."))
	case l.MaskWritten:
		diags.Add(m.source.diagnostic(diag.Warning, diag.RecentTwoFamilies, m.Range, "with this --mask list "+l.Name+" counts IPv6 sources together whose first 32 bits are the same",
			"xt_recent has one mask for both families, and behind a written IPv4 mask (iptables-save always writes it) the rest of an IPv6 address is cut off: whole providers count as one source. Here each IPv6 address counts for itself, as the rules say.",
			"Nothing needs to be done, unless IPv6 is to be limited by /32: then write --mask ffff:ffff:: in its rules."))
	}
}
