package ebpf

// Attach is where in the packet's way the programs stand.
type Attach uint8

// The places. Netfilter has all of iptables' hooks; the others are one device.
const (
	Netfilter Attach = iota
	XDP
	TCIngress
	TCEgress
)

// String names the place.
func (a Attach) String() string {
	return [...]string{"a netfilter hook", "xdp", "tc ingress", "tc egress"}[a]
}

// lacks tells whether programs there do not see what is needed.
func (a Attach) lacks(n needs) bool { return n&a.missing() != 0 }

// missing is what programs there do not see.
func (a Attach) missing() needs {
	return [...]needs{0, needIn | needOut | needMark | needState, needIn | needOut | needState, needIn | needOut | needState | needMAC}[a]
}
