package loader

import (
	"errors"
	"fmt"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// AttachDevice puts the program of an object made for xdp or tc at a device of the
// calling thread's network namespace. The error is an object for netfilter hooks,
// or what the kernel says.
func (l *Loaded) AttachDevice(name string) error {
	k, err := attachDevice(l.coll.Programs[l.out.Programs[0].Name], l.out.Attach, name)
	if err != nil {
		return err
	}
	l.links = append(l.links, k)
	return nil
}

// DeviceError is a device that is not there.
type DeviceError struct{ Name string }

// Error names the device.
func (e *DeviceError) Error() string { return fmt.Sprintf("there is no device %q here", e.Name) }

func attachDevice(prog *cilium.Program, at ebpf.Attach, name string) (k link.Link, err error) {
	index, err := deviceIndex(name)
	if err != nil {
		return nil, err
	}
	switch at {
	case ebpf.XDP:
		k, err = link.AttachXDP(link.XDPOptions{Program: prog, Interface: index})
	case ebpf.TCIngress:
		k, err = link.AttachTCX(link.TCXOptions{Program: prog, Interface: index, Attach: cilium.AttachTCXIngress})
	case ebpf.TCEgress:
		k, err = link.AttachTCX(link.TCXOptions{Program: prog, Interface: index, Attach: cilium.AttachTCXEgress})
	default:
		return nil, fmt.Errorf("the object is for netfilter hooks, not for a device")
	}
	switch {
	case errors.Is(err, link.ErrNotSupported) && at != ebpf.XDP:
		return nil, &FeatureError{linksAtTC, linksAtTCSince, release()}
	case errors.Is(err, unix.EBUSY):
		return nil, fmt.Errorf("another program stands at %v of %s: the kernel takes one there", at, name)
	case err != nil:
		return nil, fmt.Errorf("attach to %v of %s: %w", at, name, err)
	}
	return k, nil
}

func deviceIndex(name string) (int, error) {
	dev, err := netlink.LinkByName(name)
	if errors.As(err, &netlink.LinkNotFoundError{}) {
		return 0, &DeviceError{name}
	}
	if err != nil {
		return 0, fmt.Errorf("device %s: %w", name, err)
	}
	return dev.Attrs().Index, nil
}

// standsAt tells whether a link is at the device of that name.
func standsAt(k link.Link, name string) bool {
	index, err := deviceIndex(name)
	if err != nil {
		return false
	}
	info, err := k.Info()
	if err != nil {
		return false
	}
	switch {
	case info.XDP() != nil:
		return int(info.XDP().Ifindex) == index
	case info.TCX() != nil:
		return int(info.TCX().Ifindex) == index
	}
	return false
}
