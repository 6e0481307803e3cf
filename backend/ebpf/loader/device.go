package loader

import (
	"errors"
	"fmt"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/vishvananda/netlink"
)

// AttachDevice puts the program of an object made for xdp or tc at a device of the
// calling thread's network namespace. The error is an object for netfilter hooks,
// or what the kernel says.
func (l *Loaded) AttachDevice(name string) error {
	dev, err := netlink.LinkByName(name)
	if err != nil {
		return fmt.Errorf("device %s: %w", name, err)
	}
	prog := l.coll.Programs[l.out.Programs[0].Name]
	var k link.Link
	switch l.out.Attach {
	case ebpf.XDP:
		k, err = link.AttachXDP(link.XDPOptions{Program: prog, Interface: dev.Attrs().Index})
	case ebpf.TCIngress:
		k, err = link.AttachTCX(link.TCXOptions{Program: prog, Interface: dev.Attrs().Index, Attach: cilium.AttachTCXIngress})
	case ebpf.TCEgress:
		k, err = link.AttachTCX(link.TCXOptions{Program: prog, Interface: dev.Attrs().Index, Attach: cilium.AttachTCXEgress})
	default:
		return fmt.Errorf("the object is for netfilter hooks, not for a device")
	}
	switch {
	case errors.Is(err, link.ErrNotSupported) && l.out.Attach != ebpf.XDP:
		return &FeatureError{linksAtTC, linksAtTCSince, release()}
	case err != nil:
		return fmt.Errorf("attach to %v of %s: %w", l.out.Attach, name, err)
	}
	l.links = append(l.links, k)
	return nil
}
