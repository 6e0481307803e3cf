package nft

import (
	"fmt"
	"net/netip"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// connlimit keeps the connections of each net in an element of a set of the
// rule's own; both count the same way. Above a limit is written as "not up to
// it", so that a rule that drops does so where the set is full. Where a rule
// accepts up to a limit, a full set does not let more in either. A rule without
// a target only counts, and there nothing hangs on a full set.
func (t *translator) connlimit(m *compile.ConnLimit) form {
	over := map[bool]string{false: "", true: "over "}[m.Above]
	if m.Bits == 0 {
		return all(stmt{class: meter, right: value{text: fmt.Sprintf("ct count %s%d", over, m.Limit)}, code: connlimitCode(m, m.Above)})
	}
	set := t.connlimitSet()
	key := t.addrKey(m.Side, m.Bits)
	count := func(over string, above bool) stmt {
		text := fmt.Sprintf("add @%s { %s ct count %s%d }", set.name, key.name, over, m.Limit)
		return stmt{class: meter, right: value{text: text}, code: setCode(setAdd, set, key, 0, connlimitCode(m, above))}
	}
	if m.Above && t.rule.Target != nil {
		return noneOf([]stmt{count("", false)})
	}
	return all(count(over, m.Above))
}

// connlimitSet adds the set of the rule at hand. Such sets are named as iptables'
// own translator names them, by their number.
func (t *translator) connlimitSet() *set {
	if t.waits() {
		return &set{}
	}
	s := &set{
		name: t.setNames.take(fmt.Sprintf("connlimit%d", t.connlimits)), key: "type " + t.addrType(), flags: "dynamic", size: DefaultCapacity, keyLen: t.addrLen(),
		about: fmt.Sprintf("connlimit in line %s: the connections of each address", lineNumber(t.rule)),
	}
	t.connlimits++
	t.sets = append(t.sets, s)
	return s
}

func (t *translator) addrType() string {
	return map[bool]string{false: "ipv4_addr", true: "ipv6_addr"}[t.ipv6()]
}

// addrLen is the length of an address in bytes.
func (t *translator) addrLen() int {
	if t.ipv6() {
		return 16
	}
	return 4
}

// addrKey is the packet's address, or the first bits of it.
func (t *translator) addrKey(side compile.Side, bits int) *field {
	key := t.addrField(side)
	ones := netip.AddrFrom4([4]byte{255, 255, 255, 255})
	if t.ipv6() {
		ones = netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
	}
	if bits == ones.BitLen() {
		return key
	}
	mask, _ := ones.Prefix(bits)
	return key.masked(mask.Addr().String(), mask.Addr().AsSlice())
}

func connlimitCode(m *compile.ConnLimit, above bool) func(*coder) {
	flags := uint32(0)
	if above {
		flags = 1
	}
	return expression("connlimit", bytecode.N(1, m.Limit), bytecode.N(2, flags))
}
