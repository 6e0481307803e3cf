package nft

import (
	"fmt"

	"github.com/recentc/recentc/compile"
)

// meterSets are what --hitcount-mode meter keeps of a ring: a token bucket for
// each address, and the addresses that are over it. The verdict asks the second
// set, so that a full set of buckets does not stand in front of it.
func (r *ring) meterSets() {
	r.busy = r.l.addSet(r.base+"_meter", timeoutOf(r.Window), r.l.Name+": the rate of each address", r.role(KindMeter))
	r.over = ownRef(r.l.addSet(r.base+"_over", meterTimeout(r.Ring), r.l.Name+": addresses over "+meterRateText(r.Ring), r.role(KindOver)))
}

func (r *ring) meterRules(c *chain, key address) {
	count, unit := meterRate(r.Ring)
	c.add(limited(r.busy, key.field, count, unit, r.Hits-1), r.over.put(key))
}

// meterRate is the ring's mean rate in the smallest unit that gives a whole number.
func meterRate(q compile.Ring) (count uint64, unit string) {
	units := []struct {
		name    string
		seconds uint64
	}{{"second", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86400}, {"week", 604800}}
	for _, u := range units {
		if n := uint64(q.Hits) * u.seconds; n%uint64(q.Window) == 0 && n >= uint64(q.Window) {
			return n / uint64(q.Window), u.name
		}
	}
	return max(1, (uint64(q.Hits)*604800+uint64(q.Window)/2)/uint64(q.Window)), "week"
}

func meterRateText(q compile.Ring) string {
	count, unit := meterRate(q)
	return fmt.Sprintf("%d/%s", count, unit)
}

// meterTimeout is how long an address stays over: until the bucket has a token.
func meterTimeout(q compile.Ring) string {
	return fmt.Sprintf("%dms", max(1, uint64(q.Window)*1000/uint64(q.Hits)))
}
