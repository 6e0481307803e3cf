package nft

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// hashTable is a table of -m hashlimit in the output, shared by its name.
type hashTable struct {
	compile.HashTable
	set  *set
	keys []hashKey
}

// hashKey is what the packets for which all of when holds are counted by.
type hashKey struct {
	when []stmt
	*field
}

// hashlimit keeps a token bucket for each key in a set. Above a rate is written
// as "not up to it": then a full set, which ends an nftables rule, does not end
// the rule that drops. iptables drops every packet that finds no room, or that is
// counted by ports and has none, whatever the rule does; here a rule that accepts
// up to a rate does not accept it. (A rule without a target is written so, too: an
// element keeps the limit of the rule that made it, "over" or not.)
func (t *translator) hashlimit(m *compile.HashLimit) form {
	table := t.hashTable(m)
	if table == nil {
		return never()
	}
	var counted [][]stmt
	for _, key := range table.keys {
		upto := stmt{class: meter, right: value{text: fmt.Sprintf("update @%s { %s timeout %s limit rate %d/%s burst %d packets }",
			table.set.name, key.name, hashTimeout(m), m.Rate.Count, m.Rate.Per, m.Burst)}}
		upto.code = setCode(setUpdate, table.set, key.field, uint64(m.Expire), limitCode(uint64(m.Rate.Count), unitSeconds(m.Rate.Per.String()), m.Burst, false))
		counted = append(counted, append(key.when, upto))
	}
	if m.Above {
		return noneOf(counted...)
	}
	return anyOf(counted...)
}

// hashTable gives the table of the match's name. The first rule of a name says
// how the kernel counts, so all of them must say the same.
func (t *translator) hashTable(m *compile.HashLimit) *hashTable {
	if t.waits() {
		return nil
	}
	keys, of := t.hashKeys(m)
	if table := t.hashTables[m.Name]; table != nil {
		if table.HashTable != m.HashTable || table.set.key != of {
			t.inexpressible("a second -m hashlimit with the name "+m.Name+" and other options",
				"iptables counts both as the first rule says. Give them the same options, or another name.")
			return nil
		}
		return &hashTable{table.HashTable, table.set, keys}
	}
	table := &hashTable{m.HashTable, t.hashSet(m, of), keys}
	table.set.keyLen = keys[0].len()
	if t.hashTables == nil {
		t.hashTables = map[string]*hashTable{}
	}
	t.hashTables[m.Name] = table
	return table
}

func (t *translator) hashSet(m *compile.HashLimit, of string) *set {
	s := &set{name: t.setNames.take(legal(m.Name)), key: of, flags: "dynamic,timeout", size: m.Size}
	s.about = fmt.Sprintf("hashlimit %s: up to %d/%s each", m.Name, m.Rate.Count, m.Rate.Per)
	if strings.HasPrefix(of, "typeof") {
		s.about += "; where a packet has no ports they are 0"
	}
	t.sets = append(t.sets, s)
	return s
}

// hashTimeout is how long a count is kept that no packet changes. iptables forgets
// it when its collector next comes by, up to --hashlimit-htable-gcinterval later.
func hashTimeout(m *compile.HashLimit) string {
	if m.Expire%1000 == 0 {
		return seconds(m.Expire / 1000)
	}
	return fmt.Sprintf("%dms", m.Expire)
}

// hashKeys is what packets are counted by, with the line of the set that says of
// what type that is.
func (t *translator) hashKeys(m *compile.HashLimit) (keys []hashKey, of string) {
	number, _ := t.ruleProtocol()
	if (m.SourcePort || m.DestPort) && !hasPorts[number] {
		return t.wordwise(m)
	}
	var key hashKey
	if hasPorts[number] {
		key.field = t.hashKeyField(m, portField(number, 0), portField(number, 1))
	} else {
		key.field = t.hashKeyField(m, nil, nil)
	}
	if m.SourcePort || m.DestPort {
		key.when = t.first()
	}
	return []hashKey{key}, "type " + strings.Join(hashParts(m, t.addrType(), "inet_service", t.addrType(), "inet_service", true), " . ")
}

// wordPorted are the protocols whose first four bytes the kernel takes for ports.
var wordPorted = []uint8{protoTCP, protoUDP, protoDCCP, protoESP, protoSCTP, protoUDPLite}

func protocolValues(numbers ...uint8) value {
	list := make([]value, len(numbers))
	for i, n := range numbers {
		list[i] = protocolValue(n)
	}
	return oneOfValues(list)
}

// wordwise are the keys where packets of several protocols are counted: the kernel
// takes the first four bytes behind the IP header for both ports, or the SPI of AH, and
// packets of other protocols have port 0. A number of 32 bits can be all of this in one set.
func (t *translator) wordwise(m *compile.HashLimit) (keys []hashKey, of string) {
	part := func(f *field) *field {
		mask := map[[2]bool]uint32{{true, true}: ^uint32(0), {true, false}: 0xffff0000, {false, true}: 0xffff}[[2]bool{m.SourcePort, m.DestPort}]
		if mask == ^uint32(0) {
			return f
		}
		return f.masked(hex(mask), numberBytes(uint64(mask), 4))
	}
	ported := hashKey{t.first(), t.hashKeyField(m, nil, part(headerField("@th,0,32", bytecode.TransportHeader, 0, 4, 0)))}
	ah := hashKey{t.first(), t.hashKeyField(m, nil, part(ahSPI))}
	none := hashKey{nil, t.hashKeyField(m, nil, headerField("@nh,32,32", bytecode.NetworkHeader, 4, 4, 0).masked("0x0", make([]byte, 4)))}
	switch number, known := t.ruleProtocol(); {
	case known && number == protoESP:
		keys = []hashKey{ported}
	case known && number == protoAH:
		keys = []hashKey{ah}
	case known:
		keys = []hashKey{none}
	case t.ipv6(): // the header of AH is passed over
		keys = []hashKey{ported.of(false, wordPorted...), none.of(true, wordPorted...)}
	default:
		keys = []hashKey{ported.of(false, wordPorted...), ah.of(false, protoAH), none.of(true, protoTCP, protoUDP, protoDCCP, protoESP, protoAH, protoSCTP, protoUDPLite)}
	}
	return keys, "typeof " + concat(hashParts(m, t.addrField(compile.SourceSide), nil, t.addrField(compile.DestSide), ahSPI, false)...).name
}

// of is the key for packets of these protocols alone, or of all others.
func (k hashKey) of(others bool, protocols ...uint8) hashKey {
	k.when = append(k.when, compare(l4proto, others, protocolValues(protocols...)))
	return k
}

// hashKeyField is the key of a packet with these ports. Where nothing is asked for, all
// packets have the address under an empty mask in common.
func (t *translator) hashKeyField(m *compile.HashLimit, sourcePort, destPort *field) *field {
	return concat(hashParts(m, t.addrKey(compile.SourceSide, hashBits(m.Source, m.SourceBits)), sourcePort,
		t.addrKey(compile.DestSide, m.DestBits), destPort, sourcePort != nil)...)
}

// hashParts are what is asked for. Where a port is no part of its own, destPort is both.
func hashParts[T any](m *compile.HashLimit, source, sourcePort, dest, destPort T, apart bool) (parts []T) {
	ports := m.SourcePort || m.DestPort
	add := func(asked bool, part T) {
		if asked {
			parts = append(parts, part)
		}
	}
	add(m.Dest, dest)
	add(m.DestPort || ports && !apart, destPort)
	add(m.Source || !m.Dest && !ports, source)
	add(m.SourcePort && apart, sourcePort)
	return parts
}

func hashBits(asked bool, bits int) int {
	if !asked {
		return 0
	}
	return bits
}

// hasPorts are the protocols whose header begins with two ports.
var hasPorts = map[uint8]bool{protoTCP: true, protoUDP: true, protoUDPLite: true, protoSCTP: true, protoDCCP: true}
