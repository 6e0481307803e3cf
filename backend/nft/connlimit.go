package nft

import (
	"fmt"
	"net/netip"

	"github.com/recentc/recentc/compile"
)

// connlimit keeps the connections of each net in an element of a set of the
// rule's own; both count the same way. Above a limit is written as "not up to
// it", so that a rule that drops does so where the set is full. Where a rule
// accepts up to a limit, a full set does not let more in either. A rule without
// a target only counts, and there nothing hangs on a full set.
func (t *translator) connlimit(m *compile.ConnLimit) form {
	over := map[bool]string{false: "", true: "over "}[m.Above]
	if m.Bits == 0 {
		return all(stmt{class: meter, text: fmt.Sprintf("ct count %s%d", over, m.Limit)})
	}
	set := t.connlimitSet()
	count := func(over string) stmt {
		return stmt{class: meter, text: fmt.Sprintf("add @%s { %s ct count %s%d }", set, t.addrKey(m.Side, m.Bits), over, m.Limit)}
	}
	if m.Above && t.rule.Target != nil {
		return noneOf([]stmt{count("")})
	}
	return all(count(over))
}

// connlimitSet adds the set of the rule at hand. Such sets are named as iptables'
// own translator names them, by their number.
func (t *translator) connlimitSet() string {
	if t.waits() {
		return ""
	}
	s := &set{
		name: t.setNames.take(fmt.Sprintf("connlimit%d", t.connlimits)), key: "type " + t.addrType(), flags: "dynamic", size: DefaultCapacity,
		about: fmt.Sprintf("connlimit in line %s: the connections of each address", lineNumber(t.rule)),
	}
	t.connlimits++
	t.sets = append(t.sets, s)
	return s.name
}

func (t *translator) addrType() string {
	return map[bool]string{false: "ipv4_addr", true: "ipv6_addr"}[t.ipv6()]
}

// addrKey is the packet's address, or the first bits of it.
func (t *translator) addrKey(side compile.Side, bits int) string {
	key := t.ip() + [...]string{" saddr", " daddr"}[side]
	ones := netip.AddrFrom4([4]byte{255, 255, 255, 255})
	if t.ipv6() {
		ones = netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
	}
	if bits == ones.BitLen() {
		return key
	}
	mask, _ := ones.Prefix(bits)
	return key + " & " + mask.Addr().String()
}
