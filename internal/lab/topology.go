package lab

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// A Hook says where in the candidate's namespace the packets are decided.
type Hook int

// The hooks. A packet is accepted when it comes through all of them that it passes.
const (
	// Input sends packets from outside to an address of the candidate: PREROUTING, INPUT.
	Input Hook = iota
	// Forward sends them through the candidate to a network behind it: PREROUTING, FORWARD,
	// POSTROUTING.
	Forward
	// Output makes the candidate itself send them out: OUTPUT, POSTROUTING.
	Output
)

// String gives the name of the iptables chain.
func (h Hook) String() string {
	switch h {
	case Input:
		return "INPUT"
	case Forward:
		return "FORWARD"
	case Output:
		return "OUTPUT"
	}
	return fmt.Sprintf("Hook(%d)", int(h))
}

// The addresses of the lab, IPv4 and IPv6. The candidate owns near and sits between the peer, which
// sends, and the far, which receives.
var (
	peerAddr = [2]netip.Addr{netip.MustParseAddr("10.77.0.1"), netip.MustParseAddr("fd77::1")}
	nearAddr = [2]netip.Addr{netip.MustParseAddr("10.77.0.2"), netip.MustParseAddr("fd77::2")}
	farAddr  = [2]netip.Addr{netip.MustParseAddr("10.78.0.2"), netip.MustParseAddr("fd78::2")}
)

// The two ends of every link. They are the same in all namespaces, so that all candidates see the
// same frames.
var (
	outsideMAC   = net.HardwareAddr{2, 0, 0, 0, 0, 1}
	candidateMAC = net.HardwareAddr{2, 0, 0, 0, 0, 2}
)

// src is the source of a packet that names none.
func (h Hook) src(v6 bool) netip.Addr {
	if h == Output {
		return ofFamily(nearAddr, v6)
	}
	return ofFamily(peerAddr, v6)
}

// dst is the destination of a packet that names none.
func (h Hook) dst(v6 bool) netip.Addr {
	if h == Input {
		return ofFamily(nearAddr, v6)
	}
	return ofFamily(farAddr, v6)
}

func ofFamily(a [2]netip.Addr, v6 bool) netip.Addr {
	if v6 {
		return a[1]
	}
	return a[0]
}

// outsideKnobs keep the outside mute: it has no addresses and answers nothing.
var outsideKnobs = []knob{
	{"ipv6/conf/all/disable_ipv6", "1"},
	{"ipv6/conf/default/disable_ipv6", "1"},
}

// candidateKnobs let every source in and stop traffic of the kernel's own making. Answers to our
// packets may be seen by rules, so they must not depend on a rate limit that counts differently in
// each namespace.
var candidateKnobs = []knob{
	{"ipv4/conf/all/rp_filter", "0"},
	{"ipv4/conf/default/rp_filter", "0"},
	{"ipv4/conf/all/send_redirects", "0"},
	{"ipv4/conf/default/send_redirects", "0"},
	{"ipv6/conf/default/accept_dad", "0"},
	{"ipv6/conf/default/accept_ra", "0"},
	{"ipv6/conf/default/addr_gen_mode", "1"},
	{"ipv4/icmp_ratelimit", "0"},
	{"ipv4/icmp_msgs_per_sec", "1000000"},
	{"ipv4/icmp_msgs_burst", "1000000"},
	{"ipv6/icmp/ratelimit", "0"},
}

// routerKnobs come after the interfaces: a router joins multicast groups on an interface that can,
// and reports it in packets that rules see. By then plugIn has made sure that none can.
var routerKnobs = []knob{
	{"ipv4/ip_forward", "1"},
	{"ipv6/conf/all/forwarding", "1"},
}

type knob struct{ path, value string }

// turn sets knobs of the namespace that the thread is in. One that this kernel does not have, or has
// for the whole machine only, needs no turning.
func turn(knobs []knob) error {
	for _, k := range knobs {
		err := os.WriteFile("/proc/sys/net/"+k.path, []byte(k.value), 0)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// A wire is a link from the outside to a candidate.
type wire struct{ outside, inside string }

// lay makes the wire between the namespace of the thread and candidate.
func (w wire) lay(candidate *Namespace) error {
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.HardwareAddr = w.outside, outsideMAC
	link := &netlink.Veth{
		LinkAttrs:        attrs,
		PeerName:         w.inside,
		PeerHardwareAddr: candidateMAC,
		PeerNamespace:    netlink.NsFd(candidate.FD()),
	}
	if err := netlink.LinkAdd(link); err != nil {
		return fmt.Errorf("link %s: %w", w.inside, err)
	}
	return netlink.LinkSetUp(link)
}

// plugIn readies the candidate's end, in the namespace of the thread. Without ARP no neighbour is
// ever looked for: what the candidate sends carries its own address, and the outside ignores it.
func (w wire) plugIn() error {
	link, err := netlink.LinkByName(w.inside)
	if err != nil {
		return err
	}
	return errors.Join(netlink.LinkSetARPOff(link), netlink.LinkSetMulticastOff(link), netlink.LinkSetUp(link))
}

// address gives the candidate its own addresses on the interface and sends everything unknown out
// of the interface out.
func address(in, out string) error {
	near, err := netlink.LinkByName(in)
	if err != nil {
		return err
	}
	far, err := netlink.LinkByName(out)
	if err != nil {
		return err
	}
	for i, bits := range []int{24, 64} {
		addr := &netlink.Addr{IPNet: ipNet(nearAddr[i], bits), Flags: unix.IFA_F_NODAD}
		if err := netlink.AddrAdd(near, addr); err != nil {
			return fmt.Errorf("address %v on %s: %w", nearAddr[i], in, err)
		}
		if err := netlink.RouteReplace(defaultRoute(far, nearAddr[i])); err != nil {
			return fmt.Errorf("default route of %s: %w", out, err)
		}
	}
	return nil
}

func defaultRoute(out netlink.Link, family netip.Addr) *netlink.Route {
	zero := &net.IPNet{IP: make(net.IP, family.BitLen()/8), Mask: net.CIDRMask(0, family.BitLen())}
	return &netlink.Route{LinkIndex: out.Attrs().Index, Dst: zero, Scope: netlink.SCOPE_LINK}
}

// own makes dst an address of the namespace of the thread. The routing tables know it; it is on no
// interface, so no rule about interface addresses changes.
func own(dst netip.Addr) error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	return netlink.RouteReplace(&netlink.Route{
		LinkIndex: lo.Attrs().Index,
		Dst:       ipNet(dst, dst.BitLen()),
		Type:      unix.RTN_LOCAL,
		Table:     unix.RT_TABLE_LOCAL,
		Scope:     netlink.SCOPE_HOST,
	})
}

func ipNet(a netip.Addr, bits int) *net.IPNet {
	return &net.IPNet{IP: a.AsSlice(), Mask: net.CIDRMask(bits, a.BitLen())}
}
