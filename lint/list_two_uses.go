package lint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/recentc/recentc/compile"
	"github.com/recentc/recentc/internal/diag"
)

var listTwoUses = Check{
	Explanation: explain("RC2003", "one list counts two unrelated things",
		"A list is found by its name alone. Two limits that name the same list, or both none and so DEFAULT, add their hits together: connections to one service use up the other's limit, and a window of one rule judges stamps of the other.",
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set -j ACCEPT\n-A INPUT -p tcp --dport 25 -m conntrack --ctstate NEW -m recent --update --seconds 10 --hitcount 20 -j DROP\n-A INPUT -p tcp --dport 25 -m conntrack --ctstate NEW -m recent --set -j ACCEPT\n"),
		filter("-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --update --seconds 60 --hitcount 4 --name ssh -j DROP\n-A INPUT -p tcp --dport 22 -m conntrack --ctstate NEW -m recent --set --name ssh -j ACCEPT\n-A INPUT -p tcp --dport 25 -m conntrack --ctstate NEW -m recent --update --seconds 10 --hitcount 20 --name smtp -j DROP\n-A INPUT -p tcp --dport 25 -m conntrack --ctstate NEW -m recent --set --name smtp -j ACCEPT\n")),
	Severity: diag.Warning, Since: since,
	program: func(p *pass) {
		for _, l := range p.lists {
			p.twoUses(l)
		}
	},
}

func (p *pass) twoUses(l *list) {
	groups := l.services()
	var first *service
	for i := range groups {
		g := &groups[i]
		switch {
		case g.set == nil || g.check == nil:
		case first == nil:
			first = g
		case first.check.rule != g.check.rule && (l.Name == "DEFAULT" || first.check.Seconds != g.check.Seconds || first.check.Hits != g.check.Hits):
			p.report(optionAt(g.check.rule, g.check.Recent, "name"),
				fmt.Sprintf("list %s limits %s here and %s in line %d", l.Name, g, first, first.check.rule.Range.Start.Line),
				fmt.Sprintf("It counts both together: a packet to %s uses up the limit of %s, and the other way round.", first, g),
				"Give each its own --name.")
			return
		}
	}
}

// service is a range of ports of a protocol that a list is used for.
type service struct {
	protocol   uint8
	low, high  uint32
	set, check *use
}

// String names the service as rules do.
func (s service) String() string {
	name := map[uint8]string{protoTCP: "tcp", protoUDP: "udp"}[s.protocol]
	if s.low == s.high {
		return fmt.Sprintf("%s port %d", name, s.low)
	}
	return fmt.Sprintf("%s ports %d to %d", name, s.low, s.high)
}

// services groups what is done with the list by destination port: ranges that
// touch are one service. A use for any port makes all of them one, and the
// result empty.
func (l *list) services() []service {
	var all []service
	for _, u := range l.uses {
		if u.region.protocol != protoTCP && u.region.protocol != protoUDP || u.region.dport == nil {
			return nil
		}
		for _, ports := range u.region.dport {
			s := service{protocol: u.region.protocol, low: ports.Low, high: ports.High}
			switch {
			case u.Op == compile.Set:
				s.set = u
			case u.checks() && !u.Not:
				s.check = u
			}
			all = append(all, s)
		}
	}
	return joined(all)
}

// joined merges services that overlap.
func joined(all []service) (out []service) {
	slices.SortStableFunc(all, func(a, b service) int { return cmp.Or(cmp.Compare(a.protocol, b.protocol), cmp.Compare(a.low, b.low)) })
	for _, s := range all {
		if n := len(out); n > 0 && out[n-1].protocol == s.protocol && s.low <= out[n-1].high {
			last := &out[n-1]
			last.high = max(last.high, s.high)
			last.set, last.check = cmp.Or(last.set, s.set), cmp.Or(last.check, s.check)
		} else {
			out = append(out, s)
		}
	}
	return out
}
