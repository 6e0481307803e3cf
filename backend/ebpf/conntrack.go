package ebpf

import "github.com/recentc/recentc/compile"

// mainStates are the states of which a packet has exactly one.
const mainStates = compile.CtInvalid | compile.CtNew | compile.CtEstablished | compile.CtRelated | compile.CtUntracked

// conntrack tests the state of the packet's connection. What else conntrack knows
// is behind a pointer of its own module's type.
func (t *translator) conntrack(m *compile.Conntrack) tests {
	if t.at.lacks(needState) {
		t.lacking("the state of a connection", "-m conntrack or -m state")
		return nil
	}
	if m.HasStatus || m.Protocol != nil || len(m.Addrs) > 0 || len(m.Ports) > 0 || m.Expires != nil || m.HasDirection {
		t.unsupported("-m conntrack with anything but --ctstate", "A program at a netfilter hook sees the state of a packet's connection, but not the connection itself.")
		return nil
	}
	if m.State&^mainStates != 0 {
		t.unsupported("--ctstate SNAT and DNAT", "A program at a netfilter hook sees the state of a packet's connection, but not what NAT did with it.")
		return nil
	}
	t.tracking = true
	return tests{anyBit{fieldState, uint32(m.State), m.NotState}}
}
