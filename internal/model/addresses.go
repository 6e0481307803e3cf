package model

import (
	"net/netip"
	"strings"

	"github.com/recentc/recentc/compile"
)

func holdsAddress(s *compile.Address, v *visit) bool {
	return contains(s.Net, v.addr(s.Side)) != s.Not
}

// contains tells whether an address is in a net, whose mask need not be a prefix.
func contains(n compile.Net, a netip.Addr) bool {
	return keyOf(a).masked(keyOf(n.Mask).addr) == keyOf(n.Addr)
}

func holdsIPRange(s *compile.IPRange, v *visit) bool {
	return inRange(s.Source, v.Src) && inRange(s.Dest, v.Dst)
}

// inRange is true without a range.
func inRange(r *compile.AddrRange, a netip.Addr) bool {
	return r == nil || (!a.Less(r.Low) && !r.High.Less(a)) != r.Not
}

func holdsInterface(s *compile.Interface, v *visit) bool {
	return matchesName(s, v.device(s.Out)) != s.Not
}

// device is the name of the device as the hook knows it, empty if it knows none.
func (v *visit) device(out bool) string {
	switch {
	case out && v.hasOut():
		return v.Out
	case !out && v.hasIn():
		return v.In
	}
	return ""
}

func matchesName(s *compile.Interface, device string) bool {
	if s.Wildcard {
		return strings.HasPrefix(device, s.Name)
	}
	return device == s.Name
}
