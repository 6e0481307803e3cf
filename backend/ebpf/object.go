package ebpf

import (
	"cmp"
	"slices"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
)

// object is what goes into one ELF file.
type object struct {
	// functions are the programs and the functions that rules call.
	functions []*function
	// byName finds them.
	byName map[string]*function
	// library are functions that are written once, by name.
	library map[string]*function
	// shapes counts the lists of each shape.
	shapes map[geometry]uint32
	// meters counts the matches that have a state.
	meters uint32
	// placed is how many matches have their code in rules.
	placed int
	// rules is how many have counters.
	rules uint32
	// approximate tells that lists are in LRU maps.
	approximate bool
	// copies tells that lists are copied, so that each shape has a map for that.
	copies bool
	// events tells that some rule logs.
	events bool
}

func newObject() *object {
	return &object{byName: map[string]*function{}, library: map[string]*function{}, shapes: map[geometry]uint32{}}
}

// add takes a function in.
func (o *object) add(f *function) {
	o.functions = append(o.functions, f)
	o.byName[f.name] = f
}

// remove takes a function out that nothing calls any more.
func (o *object) remove(f *function) {
	o.functions = slices.DeleteFunc(o.functions, func(g *function) bool { return g == f })
	delete(o.byName, f.name)
}

// function finds a function by its name; nil if there is none.
func (o *object) function(name string) *function {
	if f := o.library[name]; f != nil {
		return f
	}
	return o.byName[name]
}

// mapDef is a map of the object.
type mapDef struct {
	name       string
	kind       ebpf.MapType
	key, value btf.Type
	entries    uint32
}

func inOrder(a, b *function) int { return cmp.Compare(a.name, b.name) }

// geometries are the shapes of the lists, the smallest first.
func (o *object) geometries() []geometry {
	var all []geometry
	for g := range o.shapes {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b geometry) int {
		return cmp.Or(cmp.Compare(a.slots, b.slots), cmp.Compare(a.stamps, b.stamps))
	})
	return all
}

// maps are the object's maps.
func (o *object) maps(ts *types) (defs []mapDef) {
	if o.rules > 0 {
		defs = append(defs, mapDef{countersName, ebpf.PerCPUArray, ts.u32, ts.counter(), o.rules})
	}
	if o.events {
		defs = append(defs, mapDef{eventsName, ebpf.RingBuf, nil, nil, eventsSize})
	}
	blank := map[string]bool{}
	for _, g := range o.geometries() {
		if !o.approximate {
			defs = append(defs, mapDef{g.mapName(), ebpf.Array, ts.u32, ts.list(g), o.shapes[g]})
			if o.copies {
				defs = append(defs, mapDef{g.copyName(), ebpf.Array, ts.u32, ts.list(g), 1})
			}
			continue
		}
		defs = append(defs, mapDef{g.approxName(), ebpf.LRUHash, ts.approxKey(), ts.approx(g), approxRoom * g.slots * o.shapes[g]})
		if !blank[g.blankName()] {
			defs = append(defs, mapDef{g.blankName(), ebpf.Array, ts.u32, ts.approx(g), 1})
			blank[g.blankName()] = true
		}
	}
	if o.meters > 0 {
		defs = append(defs, mapDef{metersName, ebpf.Array, ts.u32, ts.meter(), o.meters})
	}
	return defs
}
