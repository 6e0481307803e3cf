package loader

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"

	cilium "github.com/cilium/ebpf"
	"github.com/recentc/recentc/backend/ebpf"
)

// Editor changes lists as packets do, each address under the list's lock.
type Editor struct {
	coll *cilium.Collection
	whole
	// now is when the first address was added to a list that is kept approximately: the
	// clock cannot be read as fast as addresses come.
	now uint64
}

// Editor loads the programs that change the lists. Those kept approximately are changed
// without: their map has no locks.
func (in *Installed) Editor() (*Editor, error) { return newEditor(in.maps, &in.Description) }

func newEditor(maps map[string]*cilium.Map, d *Description) (*Editor, error) {
	e := &Editor{whole: whole{maps: maps, lists: d.Lists}}
	var exact []ebpf.List
	for _, l := range d.Lists {
		if !l.Approximate {
			exact = append(exact, l)
		}
	}
	object, err := ebpf.Editor(exact, d.HZ)
	if err != nil {
		return nil, err
	}
	if e.coll, err = loadBeside(object, maps); err != nil {
		return nil, err
	}
	return e, nil
}

// Close lets go of the programs.
func (e *Editor) Close() {
	e.whole.close()
	e.coll.Close()
}

// Rate is how many jiffies, which stamps are counted in, there are in a second.
func (e *Editor) Rate() (uint32, error) { return e.run(ebpf.RateProgram, make([]byte, 64)) }

// Add stamps an address as a packet with that TTL would have done at the moment given
// in jiffies; 0 is now. A TTL of 0 leaves a known address's as it is. The list's mask is
// not applied.
func (e *Editor) Add(list string, a netip.Addr, ttl uint8, at uint64) error {
	l, err := find(e.lists, list)
	if err != nil {
		return err
	}
	if l.Approximate {
		return inList(l, e.addApprox(l, a, ttl, at))
	}
	answer, err := e.run(l.AddProgram(), ebpf.Edit(l, a, ttl, at))
	if err == nil && answer != 1 {
		err = errors.New("the list takes no further address of its hash chain")
	}
	return inList(l, err)
}

// addApprox is Add where there is no lock. A packet of the same address that comes at
// the same moment may be lost.
func (e *Editor) addApprox(l ebpf.List, a netip.Addr, ttl uint8, at uint64) (err error) {
	if at == 0 && e.now == 0 {
		if e.now, err = Now(); err != nil {
			return err
		}
	}
	return addApprox(e.maps[l.Map], l, a, ttl, cmp.Or(at, e.now))
}

// Forget removes an address and tells whether it was there.
func (e *Editor) Forget(list string, a netip.Addr) (bool, error) {
	l, err := find(e.lists, list)
	if err != nil {
		return false, err
	}
	if l.Approximate {
		did, err := forgetApprox(e.maps[l.Map], l, a)
		return did, inList(l, err)
	}
	answer, err := e.run(l.ForgetProgram(), ebpf.Edit(l, a, 0, 0))
	return answer == 1, inList(l, err)
}

// Flush empties a list.
func (e *Editor) Flush(list string) error {
	l, err := find(e.lists, list)
	if err != nil {
		return err
	}
	if l.Approximate {
		return inList(l, flushApprox(e.maps[l.Map], l))
	}
	value, err := e.read(l)
	if err != nil {
		return inList(l, err)
	}
	if value = ebpf.Empty(l, value); value == nil {
		return nil
	}
	return inList(l, e.write(l, value))
}

func (e *Editor) run(program string, edit []byte) (uint32, error) {
	return e.coll.Programs[program].Run(&cilium.RunOptions{Data: edit})
}

func inList(l ebpf.List, err error) error {
	if err != nil {
		return fmt.Errorf("list %s: %w", l.Name, err)
	}
	return nil
}
