package loader

import (
	"bytes"
	"fmt"

	cilium "github.com/cilium/ebpf"
	"github.com/recentc/recentc/backend/ebpf"
)

// whole reads and writes lists, each in one moment: with its lock held.
type whole struct {
	maps  map[string]*cilium.Map
	lists []ebpf.List
	// copier are the programs that do it where the kernel cannot; nil before the first.
	copier *cilium.Collection
}

// Entries is what a list holds, the address written longest ago in front. The
// list is read in one moment, with its lock held. The error is a list that is
// not there, or one whose parts contradict each other.
func (w *whole) Entries(list string) ([]ebpf.Entry, error) {
	at, err := find(w.lists, list)
	if err != nil {
		return nil, err
	}
	if m := w.maps[at.Map]; at.Approximate && m != nil {
		return approxEntries(m, at)
	}
	raw, err := w.read(at)
	if err != nil {
		return nil, inList(at, err)
	}
	entries, err := ebpf.ReadList(at, raw)
	return entries, inList(at, err)
}

// read gives a list's value.
func (w *whole) read(l ebpf.List) (raw []byte, err error) {
	m := w.maps[l.Map]
	if m == nil {
		return nil, fmt.Errorf("its map %s is gone", l.Map)
	}
	if !l.Word {
		err := m.LookupWithFlags(l.Key, &raw, cilium.LookupLock)
		return raw, err
	}
	if err := w.copy(l, l.ReadProgram()); err != nil {
		return nil, err
	}
	err = w.copier.Maps[l.CopyMap()].Lookup(uint32(0), &raw)
	return raw, err
}

// write gives a list another value.
func (w *whole) write(l ebpf.List, raw []byte) error {
	if !l.Word {
		return w.maps[l.Map].Update(l.Key, raw, cilium.UpdateLock)
	}
	if err := w.copying(); err != nil {
		return err
	}
	if err := w.copier.Maps[l.CopyMap()].Put(uint32(0), raw); err != nil {
		return err
	}
	return w.copy(l, l.WriteProgram())
}

// copy runs one of the programs that copy.
func (w *whole) copy(l ebpf.List, program string) error {
	if err := w.copying(); err != nil {
		return err
	}
	answer, err := w.copier.Programs[program].Run(&cilium.RunOptions{Data: ebpf.Copy(l)})
	if err == nil && answer != 1 {
		err = fmt.Errorf("%s could not lock it", program)
	}
	return err
}

// copying loads the programs that copy.
func (w *whole) copying() (err error) {
	if w.copier != nil {
		return nil
	}
	object, err := ebpf.Copier(w.lists)
	if err == nil {
		w.copier, err = loadBeside(object, w.maps)
	}
	return err
}

// close lets go of the programs that copy.
func (w *whole) close() {
	if w.copier != nil {
		w.copier.Close()
		w.copier = nil
	}
}

// loadBeside loads an object of programs that work on maps which are there already.
func loadBeside(object []byte, maps map[string]*cilium.Map) (*cilium.Collection, error) {
	spec, err := cilium.LoadCollectionSpecFromReader(bytes.NewReader(object))
	if err != nil {
		return nil, fmt.Errorf("read the programs that change lists: %w", err)
	}
	replace := map[string]*cilium.Map{}
	for name := range spec.Maps {
		if m := maps[name]; m != nil {
			replace[name] = m
		}
	}
	coll, err := cilium.NewCollectionWithOptions(spec, cilium.CollectionOptions{MapReplacements: replace})
	if err != nil {
		return nil, refused("the programs that change lists", err)
	}
	return coll, nil
}
