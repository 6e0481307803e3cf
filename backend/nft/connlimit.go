package nft

import (
	"fmt"
	"net/netip"

	"github.com/recentc/recentc/compile"
)

// connlimit keeps the connections of each net in an element of a set of the
// rule's own; both count the same way. Above a limit is written as "not up to
// it", so that a rule that drops does so where the set is full. Where a rule
// accepts up to a limit, a full set does not let more in either.
func (t *translator) connlimit(m *compile.ConnLimit) form {
	over := map[bool]string{false: "", true: "over "}[m.Above]
	if m.Bits == 0 {
		return all(stmt{class: meter, text: fmt.Sprintf("ct count %s%d", over, m.Limit)})
	}
	s := t.ownSet("connlimit", "dynamic", t.addrType(), DefaultCapacity)
	s.about = fmt.Sprintf("connlimit in line %s: the connections of each address", lineNumber(t.rule))
	upto := stmt{class: meter, text: fmt.Sprintf("add @%s { %s ct count %d }", s.name, t.addrKey(m.Side, m.Bits), m.Limit)}
	if m.Above {
		return noneOf([]stmt{upto})
	}
	return all(upto)
}

// ownSet adds a set for a rule of the chain at hand.
func (t *translator) ownSet(name, flags, key string, size uint32) *set {
	s := &set{name: t.setNames.take(legal(t.named[t.chain] + "_" + name)), key: "type " + key, flags: flags, size: size}
	t.sets = append(t.sets, s)
	return s
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
