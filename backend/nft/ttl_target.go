package nft

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

func (t *translator) setTTL(s *compile.SetTTL) end {
	if !s.Relative {
		return afterwards(setBits(ttlFields[false], numberValue(uint64(s.By))))
	}
	return end{stmts: []stmt{jumpTo(t.moveTTL(s.TTLChange).name)}}
}

func (t *translator) setHL(s *compile.SetHL) end {
	if !s.Relative {
		return afterwards(setBits(ttlFields[true], numberValue(uint64(s.By))))
	}
	values := make([]string, 256)
	for old := range values {
		values[old] = fmt.Sprintf("%d : %d", old, s.Of(old))
	}
	return afterwards(act("ip6 hoplimit set ip6 hoplimit map { "+strings.Join(values, ", ")+" }", mapHopLimit(s)))
}

// moveTTL makes a chain with a rule for each TTL: nft 1.0.6 cannot compute with
// a field of the IPv4 header. Those that packets arrive with most stand first.
func (t *translator) moveTTL(ch compile.TTLChange) *chain {
	var rules [][]stmt
	for i := range 256 {
		old := (64 - i/4 + 64*(i%4)) & 0xff
		if to := ch.Of(old); to != old {
			rules = append(rules, []stmt{compare(ttlFields[false], false, numberValue(uint64(old))), setBits(ttlFields[false], numberValue(uint64(to))), returns})
		}
	}
	return t.sharedChain("move_ttl", fmt.Sprintf("adds %d to the TTL, within 0 and 255", ch.By), rules...)
}

// mapHopLimit looks the new value up in a map of all.
func mapHopLimit(s *compile.SetHL) func(*coder) {
	return func(c *coder) {
		const base, offset, size, old = 2, 3, 4, 7
		values := &bytecode.Set{KeyLen: 1, Anonymous: true}
		for n := range 256 {
			key := []byte{byte(n)}
			values.Elements = append(values.Elements, bytecode.Interval{First: key, Last: key, Data: []byte{byte(s.Of(n))}})
		}
		c.load(ttlFields[true])
		c.expr("lookup", bytecode.Text(1, c.addSet(values)), bytecode.N(2, firstRegister), bytecode.N(3, firstRegister), bytecode.N(5, 0))
		c.expr("payload", bytecode.N(5, firstRegister), bytecode.N(base, bytecode.NetworkHeader), bytecode.N(offset, old), bytecode.N(size, 1))
	}
}
