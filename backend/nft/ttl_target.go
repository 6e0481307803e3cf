package nft

import (
	"fmt"
	"strings"

	"github.com/recentc/recentc/compile"
)

func (t *translator) setTTL(s *compile.SetTTL) end {
	if !s.Relative {
		return afterwards(act(fmt.Sprintf("ip ttl set %d", s.By)))
	}
	return end{stmts: []stmt{jumpTo(t.moveTTL(s.TTLChange).name)}}
}

func (t *translator) setHL(s *compile.SetHL) end {
	if !s.Relative {
		return afterwards(act(fmt.Sprintf("ip6 hoplimit set %d", s.By)))
	}
	values := make([]string, 256)
	for old := range values {
		values[old] = fmt.Sprintf("%d : %d", old, s.Of(old))
	}
	return afterwards(act("ip6 hoplimit set ip6 hoplimit map { " + strings.Join(values, ", ") + " }"))
}

// moveTTL makes a chain with a rule for each TTL: nft 1.0.6 cannot compute with
// a field of the IPv4 header. Those that packets arrive with most stand first.
func (t *translator) moveTTL(ch compile.TTLChange) *chain {
	var rules [][]stmt
	for i := range 256 {
		old := (64 - i/4 + 64*(i%4)) & 0xff
		if to := ch.Of(old); to != old {
			rules = append(rules, []stmt{test(fmt.Sprintf("ip ttl %d", old)), act(fmt.Sprintf("ip ttl set %d", to)), decide("return")})
		}
	}
	return t.sharedChain("move_ttl", fmt.Sprintf("adds %d to the TTL, within 0 and 255", ch.By), rules...)
}
