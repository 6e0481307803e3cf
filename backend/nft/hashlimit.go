package nft

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/compile"
)

// hashTable is a table of -m hashlimit in the output, shared by its name.
type hashTable struct {
	compile.HashTable
	set *set
	key string
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
	upto := stmt{class: meter, text: fmt.Sprintf("update @%s { %s timeout %s limit rate %d/%s burst %d packets }",
		table.set.name, table.key, hashTimeout(m), m.Rate.Count, m.Rate.Per, m.Burst)}
	counted := []stmt{upto}
	if m.SourcePort || m.DestPort {
		counted = append(t.first(), upto)
	}
	if m.Above {
		return noneOf(counted)
	}
	return all(counted...)
}

// hashTable gives the table of the match's name. The first rule of a name says
// how the kernel counts, so all of them must say the same.
func (t *translator) hashTable(m *compile.HashLimit) *hashTable {
	key, keyType, ok := t.hashKey(m)
	if !ok {
		t.inexpressible("--hashlimit-mode with ports in a rule without one protocol that has ports", "Add -p tcp or -p udp to the rule.")
		return nil
	}
	if t.waits() {
		return nil
	}
	if table := t.hashTables[m.Name]; table != nil {
		if table.HashTable != m.HashTable || table.set.key != "type "+keyType {
			t.inexpressible("a second -m hashlimit with the name "+m.Name+" and other options",
				"iptables counts both as the first rule says. Give them the same options, or another name.")
			return nil
		}
		return &hashTable{table.HashTable, table.set, key}
	}
	table := &hashTable{m.HashTable, t.hashSet(m, keyType), key}
	if t.hashTables == nil {
		t.hashTables = map[string]*hashTable{}
	}
	t.hashTables[m.Name] = table
	return table
}

func (t *translator) hashSet(m *compile.HashLimit, keyType string) *set {
	s := &set{name: t.setNames.take(legal(m.Name)), key: "type " + keyType, flags: "dynamic,timeout", size: m.Size}
	s.about = fmt.Sprintf("hashlimit %s: up to %d/%s each", m.Name, m.Rate.Count, m.Rate.Per)
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

// hashKey is what packets are counted by, and its type. Where nothing is, all
// packets have the address under an empty mask in common.
func (t *translator) hashKey(m *compile.HashLimit) (key, keyType string, ok bool) {
	var keys, types []string
	add := func(asked bool, key, of string) {
		if asked {
			keys, types = append(keys, key), append(types, of)
		}
	}
	ports := m.SourcePort || m.DestPort
	number, known := t.ruleProtocol()
	if ports && (!known || !hasPorts[number]) {
		return "", "", false
	}
	add(m.Dest, t.addrKey(compile.DestSide, m.DestBits), t.addrType())
	add(m.DestPort, protocolText(number)+" dport", "inet_service")
	add(m.Source || !m.Dest && !ports, t.addrKey(compile.SourceSide, hashBits(m.Source, m.SourceBits)), t.addrType())
	add(m.SourcePort, protocolText(number)+" sport", "inet_service")
	return strings.Join(keys, " . "), strings.Join(types, " . "), true
}

func hashBits(asked bool, bits int) int {
	if !asked {
		return 0
	}
	return bits
}

// hasPorts are the protocols whose header begins with two ports.
var hasPorts = map[uint8]bool{protoTCP: true, protoUDP: true, protoUDPLite: true, protoSCTP: true, protoDCCP: true}
