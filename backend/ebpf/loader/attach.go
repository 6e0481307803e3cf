package loader

import (
	"errors"
	"fmt"

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

// Attach puts the programs at their hooks, in the network namespace of the
// calling thread, and has the kernel track connections there if some rule asks
// for them. After an error nothing is attached.
func (l *Loaded) Attach() error { return l.attach(0) }

// attach adds shift to all priorities.
func (l *Loaded) attach(shift int32) error {
	if l.out.Tracking {
		t, err := track()
		if err != nil {
			return err
		}
		l.tracker = t
	}
	for _, p := range l.out.Programs {
		k, err := l.attachProgram(p, shift)
		if err != nil {
			return errors.Join(err, l.Detach())
		}
		l.links = append(l.links, k)
	}
	return nil
}

func (l *Loaded) attachProgram(p ebpf.Program, shift int32) (link.Link, error) {
	family := link.NetfilterProtoIPv4
	if p.Family == ast.IPv6 {
		family = link.NetfilterProtoIPv6
	}
	k, err := link.AttachNetfilter(link.NetfilterOptions{
		Program: l.coll.Programs[p.Name], ProtocolFamily: link.NetfilterProtocolFamily(family),
		Hook: inetHooks[p.Hook], Priority: p.Priority + shift,
	})
	switch {
	case errors.Is(err, unix.EBUSY):
		return nil, fmt.Errorf("another BPF program stands at %s %v with priority %d: the kernel takes one at each", p.Family, p.Hook, p.Priority+shift)
	case err != nil:
		return nil, fmt.Errorf("attach %s: %w", p.Name, err)
	}
	return k, nil
}
