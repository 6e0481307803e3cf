package loader

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	cilium "github.com/cilium/ebpf"
	"github.com/recentc/recentc/backend/ebpf"
)

// approxEntries reads a list that is kept approximately, the address written longest ago
// in front. Packets that come meanwhile may be in it or not.
func approxEntries(m *cilium.Map, l ebpf.List) (out []ebpf.Entry, err error) {
	var key, value []byte
	seen := map[netip.Addr]bool{}
	all := m.Iterate()
	for all.Next(&key, &value) {
		e, ok, err := ebpf.ReadApprox(l, key, value)
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", l.Name, err)
		}
		if ok && !seen[e.Addr] {
			seen[e.Addr] = true
			out = append(out, e)
		}
	}
	// The kernel drops addresses when it likes, and then begins the map again.
	if err := all.Err(); err != nil && !errors.Is(err, cilium.ErrIterationAborted) {
		return nil, fmt.Errorf("list %s: %w", l.Name, err)
	}
	slices.SortStableFunc(out, func(a, b ebpf.Entry) int { return cmp.Compare(a.Youngest(), b.Youngest()) })
	return out, nil
}

// addApprox stamps an address.
func addApprox(m *cilium.Map, l ebpf.List, a netip.Addr, ttl uint8, at uint64) error {
	key := ebpf.ApproxKey(l, a)
	e := ebpf.Entry{Addr: a}
	switch value, err := m.LookupBytes(key); {
	case err != nil:
		return err
	case value != nil:
		if e, _, err = ebpf.ReadApprox(l, key, value); err != nil {
			return err
		}
	}
	return m.Put(key, ebpf.WriteApprox(l, e.Stamped(at, ttl)))
}

// forgetApprox removes an address and tells whether it was there.
func forgetApprox(m *cilium.Map, l ebpf.List, a netip.Addr) (bool, error) {
	err := m.Delete(ebpf.ApproxKey(l, a))
	if errors.Is(err, cilium.ErrKeyNotExist) {
		return false, nil
	}
	return err == nil, err
}

// flushApprox removes all addresses.
func flushApprox(m *cilium.Map, l ebpf.List) error {
	entries, err := approxEntries(m, l)
	for _, e := range entries {
		if err == nil {
			_, err = forgetApprox(m, l, e.Addr)
		}
	}
	return err
}

// fillApprox puts entries into a list that is kept approximately.
func fillApprox(m *cilium.Map, l ebpf.List, entries []ebpf.Entry) error {
	for _, e := range entries {
		if err := m.Put(ebpf.ApproxKey(l, e.Addr), ebpf.WriteApprox(l, e)); err != nil {
			return fmt.Errorf("list %s: %w", l.Name, err)
		}
	}
	return nil
}
