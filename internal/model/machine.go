package model

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"github.com/recentc/recentc/ast"
	"github.com/recentc/recentc/compile"
)

const (
	defaultHZ      = 250
	defaultListTot = 100
	// maxHZ is more than any kernel has, and little enough for the arithmetic of -m limit.
	maxHZ = 10000
)

// Options are the kernel that a Machine stands in for. The zero value is a usual one.
type Options struct {
	// ListTot is xt_recent's ip_list_tot, the most addresses that a list holds; zero: the capacity
	// that the Program names, or 100.
	ListTot uint32
	// PktListTot is xt_recent's ip_pkt_list_tot, at most 65535: every ring has at least so many
	// slots; zero: not set, as by default since Linux 3.19.
	PktListTot uint32
	// HZ is the rate of the kernel's clock in ticks a second, at most 10000; zero: 250. Ages are
	// counted in ticks, and a window of 2^32 ticks or more wraps to a short one.
	HZ uint32
	// Ideal measures time to the nanosecond and wraps nothing, which no kernel does: what the rules
	// say, and not what becomes of them. HZ is without meaning then.
	Ideal bool
}

func (o Options) check() error {
	switch {
	case o.HZ > maxHZ:
		return fmt.Errorf("model: a clock of %d Hz; %d is the most", o.HZ, maxHZ)
	case o.PktListTot > math.MaxUint16:
		return fmt.Errorf("model: ip_pkt_list_tot %d; the kernel takes %d at most", o.PktListTot, math.MaxUint16)
	}
	return nil
}

// Machine holds rule sets and their state. It is not safe for concurrent use.
type Machine struct {
	clock clock
	lists map[string]*addrList
	// entries are the built-in chains of each family and hook, in the packets' order.
	entries map[ast.Family]*[compile.NoHook][]*chain
	needs   needs
	now     tick
}

// New loads the programs into an empty kernel, one after the other: where two families share a
// list, the first program fixes its mask. There is at most one program a family. The clock starts
// at 0.
//
// The error is of type [Unknown] if some rules cannot be interpreted, and names them all.
func New(programs []*compile.Program, opts Options) (*Machine, error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	if unknown := Uninterpreted(programs); len(unknown) > 0 {
		return nil, unknown
	}
	b := newBuilder(programs, opts)
	m := &Machine{clock: b.clock, lists: b.lists, entries: map[ast.Family]*[compile.NoHook][]*chain{}}
	for _, p := range programs {
		if m.entries[p.Family] != nil {
			return nil, fmt.Errorf("model: two programs of family %v", p.Family)
		}
		m.entries[p.Family] = b.program(p)
	}
	m.needs = b.needs
	return m, nil
}

// Step sends a packet on its path at a time after the start of the clock. Times must not go back.
// The error is a packet that does not tell what some rule asks for, or that cannot be; nothing
// has happened then.
func (m *Machine) Step(now time.Duration, path Path, p Packet) (Verdict, error) {
	if err := cmp.Or(path.check(), p.check(), m.needs.missing(&p)); err != nil {
		return Verdict{}, err
	}
	if err := m.advance(now); err != nil {
		return Verdict{}, err
	}
	v := &visit{Packet: p, path: path, now: m.now}
	if entries := m.entries[familyOf(p.Src)]; entries != nil {
		v.walk(entries)
	}
	v.verdict.Mark = v.Mark
	return v.verdict, nil
}

// advance sets the clock. Within a tick there is no order.
func (m *Machine) advance(now time.Duration) error {
	if now < 0 || m.clock.at(now) < m.now {
		return fmt.Errorf("model: the time %v is before %v, which was already", now, m.clock.time(m.now))
	}
	m.now = m.clock.at(now)
	return nil
}
