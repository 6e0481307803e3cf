package nft

import (
	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/bytecode"
)

// Where no connections are tracked, and the kernel therefore does not put packets
// together, nftables reads the data of later fragments as a header; iptables'
// matches of a protocol are false for them, negated or not. Each such rule would
// need one test more, for packets that hardly any network still sees, so it is
// written only if Options.Fragments asks for it.

// l4Of gives a translation of a match that reads a header behind IP's the type
// of the table.
func l4Of[S compile.Step](f func(*translator, S) form) func(*translator, compile.Step) form {
	return func(t *translator, s compile.Step) form {
		out := f(t, s.(S))
		if t.whole == t.rule || t.failed {
			return out
		}
		t.whole = t.rule
		if first := t.first(); first != nil {
			return and(all(first...), out)
		}
		return out
	}
}

// first asks that a packet is whole or its first fragment, where that is not
// sure. (For IPv6 a read of three bytes does; shorter ones go another way in the
// kernel that does not look.)
func (t *translator) first() []stmt {
	switch {
	case !t.opts.Fragments || t.tracks():
		return nil
	case t.ipv6():
		return []stmt{atLeast(headerField("@th,0,24", bytecode.TransportHeader, 0, 3, 0), 0)}
	}
	return []stmt{laterFragment(false)}
}

// trackers are the matches and targets that make the kernel track connections.
var trackers = map[string]bool{
	"connbytes": true, "connlabel": true, "connlimit": true, "connmark": true, "conntrack": true, "helper": true,
	"CONNMARK": true, "CONNSECMARK": true, "CT": true, "DNAT": true, "MASQUERADE": true, "NETMAP": true,
	"REDIRECT": true, "SNAT": true, "SYNPROXY": true, "TPROXY": true,
}

// tracks tells whether any rule of the program makes the kernel track
// connections, and so put fragments together in front of all rules.
func (t *translator) tracks() bool {
	if t.tracking == nil {
		yes := false
		for _, c := range t.prog.Chains {
			for _, r := range c.Rules {
				yes = yes || tracksIn(r)
			}
		}
		t.tracking = &yes
	}
	return *t.tracking
}

func tracksIn(r *compile.Rule) bool {
	for _, s := range r.Steps {
		if trackers[s.Extension()] {
			return true
		}
	}
	return r.Target != nil && trackers[r.Target.Extension()]
}
