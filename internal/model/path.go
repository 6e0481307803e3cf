package model

import (
	"fmt"
	"slices"

	"github.com/recentc/recentc/compile"
)

// Path is the packet's way through the host.
type Path uint8

// The paths, with the hooks that they pass.
const (
	// Incoming is a packet from the network to this host: PREROUTING, INPUT.
	Incoming Path = iota
	// Forwarded is a packet that passes through: PREROUTING, FORWARD, POSTROUTING.
	Forwarded
	// Outgoing is a packet that a process of this host sends: OUTPUT, POSTROUTING.
	Outgoing
)

// String gives the hooks' names.
func (p Path) String() string {
	return [...]string{"prerouting, input", "prerouting, forward, postrouting", "output, postrouting"}[p]
}

func (p Path) check() error {
	if p > Outgoing {
		return fmt.Errorf("model: there is no path %d", p)
	}
	return nil
}

// hooks are the hooks of the path in order.
func (p Path) hooks() []compile.Hook {
	return [...][]compile.Hook{
		{compile.Prerouting, compile.Input},
		{compile.Prerouting, compile.Forward, compile.Postrouting},
		{compile.Output, compile.Postrouting},
	}[p]
}

// sortChains brings the chains of one hook into the order in which packets pass them.
func sortChains(chains []*chain) {
	slices.SortStableFunc(chains, func(a, b *chain) int { return compile.InPacketOrder(a.source, b.source) })
}
