package nft

import (
	"strconv"

	"github.com/recentc/recentc/compile"
)

var notrackEnd = afterwards(act("notrack"))

func (t *translator) ct(c *compile.CT) end {
	switch {
	case c.NoTrack:
		return notrackEnd
	case c.Helper != "":
		t.inexpressible("a helper in the raw table", "Assign it behind connection tracking: a ct helper object, and \"ct helper set\" in a chain at priority filter.")
		return end{}
	}
	zone := act("ct " + zoneSide(c) + "zone set " + strconv.Itoa(int(c.Zone)))
	if t.mayBeUntracked() {
		return afterwards(test("ct state != untracked"), zone)
	}
	return afterwards(zone)
}

func zoneSide(c *compile.CT) string {
	switch {
	case c.Original && !c.Reply:
		return "original "
	case c.Reply && !c.Original:
		return "reply "
	}
	return ""
}

// mayBeUntracked tells whether a rule can have kept the packet out of connection
// tracking. iptables lets that stand; nftables would track the packet again.
func (t *translator) mayBeUntracked() bool {
	for _, c := range t.prog.Chains {
		for _, r := range c.Rules {
			switch x := r.Target.(type) {
			case *compile.NoTrack:
				return true
			case *compile.CT:
				if x.NoTrack {
					return true
				}
			}
		}
	}
	return false
}
