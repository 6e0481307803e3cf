package model

import (
	"fmt"
	"net/netip"
	"time"
)

// AddAddr does what writing "+address" to /proc/net/xt_recent/LIST does: it stamps the address as it
// is, without the list's mask. A new one gets the TTL 0, which --rttl takes for any; a known one
// keeps its TTL. The error is that no rule names the list, an address with a zone, or a time that
// goes back.
func (m *Machine) AddAddr(now time.Duration, list string, a netip.Addr) error {
	l, err := m.list(list, a)
	if err != nil {
		return err
	}
	if err := m.advance(now); err != nil {
		return err
	}
	k := keyOf(a)
	if e := l.find(k, 0); e != nil {
		l.stamp(e, m.now)
	} else {
		l.add(k, 0, m.now)
	}
	return nil
}

// DelAddr does what writing "-address" does: the address, as it is, is forgotten. It is no error
// if the list does not hold it, but it is if there is no such list.
func (m *Machine) DelAddr(list string, a netip.Addr) error {
	l, err := m.list(list, a)
	if err != nil {
		return err
	}
	if e := l.find(keyOf(a), 0); e != nil {
		l.remove(e)
	}
	return nil
}

// Flush does what writing "/" does: the list is empty. The error is that no rule names the list.
func (m *Machine) Flush(list string) error {
	l, err := m.named(list)
	if err != nil {
		return err
	}
	l.flush()
	return nil
}

// Entries is what the list holds, the address written longest ago in front: it is the first to leave
// a full list. The error is that no rule names the list.
func (m *Machine) Entries(list string) ([]Entry, error) {
	l, err := m.named(list)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for at := l.written.Front(); at != nil; at = at.Next() {
		out = append(out, at.Value.(*entry).public(m.clock))
	}
	return out, nil
}

func (m *Machine) list(name string, a netip.Addr) (*addrList, error) {
	if !a.IsValid() || a.Zone() != "" {
		return nil, fmt.Errorf("model: %v is not an address for a list", a)
	}
	return m.named(name)
}

func (m *Machine) named(list string) (*addrList, error) {
	l := m.lists[list]
	if l == nil {
		return nil, fmt.Errorf("model: no rule names the list %q", list)
	}
	return l, nil
}
