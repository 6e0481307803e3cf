package loader

import (
	"errors"
	"fmt"

	cilium "github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/backend/ebpf"
	"github.com/recentc/recentc/compile"
	"golang.org/x/sys/unix"
)

// inetHooks are the kernel's numbers of the hooks.
var inetHooks = map[compile.Hook]link.NetfilterInetHook{
	compile.Prerouting:  link.NetfilterInetPreRouting,
	compile.Input:       link.NetfilterInetLocalIn,
	compile.Forward:     link.NetfilterInetForward,
	compile.Output:      link.NetfilterInetLocalOut,
	compile.Postrouting: link.NetfilterInetPostRouting,
}

// Attach puts the programs at their netfilter hooks, in the network namespace of the
// calling thread, and has the kernel track connections there if some rule asks
// for them. After an error nothing is attached.
func (l *Loaded) Attach() error {
	if l.out.Tracking {
		if err := track(); err != nil {
			return err
		}
		l.tracks = true
	}
	for _, p := range l.out.Programs {
		k, err := attachNetfilter(l.coll.Programs[p.Name], p)
		if err != nil {
			return errors.Join(err, l.Detach())
		}
		l.links = append(l.links, k)
	}
	return nil
}

// attach puts one program where it belongs.
func (d *Description) attach(prog *cilium.Program, p ebpf.Program) (link.Link, error) {
	if d.Attach == ebpf.Netfilter {
		return attachNetfilter(prog, p)
	}
	return attachDevice(prog, d.Attach, d.Device)
}

// A BPF program takes no priority of a hook at which anything else stands: iptables' own
// tables, a chain of nftables, another BPF program. Then it stands a little in front of
// it, so that its lists see what the other drops, or a little behind it. Nothing of the kernel's
// own is so near to the priorities of iptables' tables.
const near = 9

// attachNetfilter attaches a program at the free priority that comes first.
func attachNetfilter(prog *cilium.Program, p ebpf.Program) (link.Link, error) {
	for i := range int32(2*near + 1) {
		at := p.Priority - i
		if i > near {
			at = p.Priority + i - near
		}
		k, err := attachAt(prog, p, at)
		if err == nil {
			return k, nil
		}
		if !errors.Is(err, unix.EBUSY) {
			return nil, fmt.Errorf("attach %s: %w", p.Name, err)
		}
	}
	return nil, fmt.Errorf("%s %v is full: something stands at every priority from %d to %d, and a BPF program needs one of its own",
		p.Family, p.Hook, p.Priority-near, p.Priority+near)
}

func attachAt(prog *cilium.Program, p ebpf.Program, priority int32) (link.Link, error) {
	family := link.NetfilterProtoIPv4
	if p.Family == ast.IPv6 {
		family = link.NetfilterProtoIPv6
	}
	return link.AttachNetfilter(link.NetfilterOptions{
		Program: prog, ProtocolFamily: link.NetfilterProtocolFamily(family), Hook: inetHooks[p.Hook], Priority: priority,
	})
}
