package ebpf

import (
	"slices"
	"strings"

	"github.com/cilium/ebpf/btf"
)

// writeTypes collects all types: no number of one changes afterwards.
func (w *writer) writeTypes() error {
	var all []btf.Type
	maps := &btf.Datasec{Name: ".maps"}
	for _, m := range w.maps {
		def := w.types.definition(m)
		maps.Vars = append(maps.Vars, btf.VarSecinfo{Type: &btf.Var{Name: m.name, Type: def, Linkage: btf.GlobalVar}, Offset: maps.Size, Size: def.Size})
		maps.Size += def.Size
	}
	if len(maps.Vars) > 0 {
		all = append(all, maps)
	}
	kfuncs, config := &btf.Datasec{Name: ".ksyms"}, &btf.Datasec{Name: ".kconfig"}
	for _, name := range w.referred(toKfunc) {
		kfuncs.Vars = append(kfuncs.Vars, btf.VarSecinfo{Type: w.types.kfunc(name)})
	}
	for _, name := range w.referred(toConfig) {
		config.Vars = append(config.Vars, btf.VarSecinfo{Type: &btf.Var{Name: name, Type: w.types.u32, Linkage: btf.ExternVar}, Offset: config.Size, Size: 4})
		config.Size += 4
	}
	for _, d := range []*btf.Datasec{kfuncs, config} {
		if len(d.Vars) > 0 {
			all = append(all, d)
		}
	}
	for _, f := range w.functions {
		w.kinds[f] = w.types.function(f)
		all = append(all, w.kinds[f])
	}
	for _, name := range []string{"sk_buff", "nf_hook_state", "net_device", "sock", "iphdr", "ipv6hdr", "tcphdr"} {
		all = append(all, w.types.kernel[name])
	}
	var err error
	if w.table.builder, err = btf.NewBuilder(all, nil); err != nil {
		return err
	}
	return w.table.marshal()
}

// referred are the names of one kind that the functions refer to.
func (w *writer) referred(kind symbolKind) (names []string) {
	for _, f := range w.functions {
		for i := range f.code {
			if f.code[i].kind == kind && !slices.Contains(names, f.code[i].symbol) {
				names = append(names, f.code[i].symbol)
			}
		}
	}
	slices.Sort(names)
	return names
}

// describe writes the lines and fields of one function. The kernel wants a line
// for the beginning of every function.
func (w *writer) describe(f *function, at uint32, lines, fields *records) (nLines, nFields uint32, err error) {
	offsets := f.offsets()
	for i := range f.code {
		ins, here := &f.code[i], at+uint32(8*offsets[i])
		line := ins.line
		if line == nil && i == 0 {
			line = &sourceLine{"recentc", 0, f.name}
		}
		if line != nil {
			lines.add(here, w.table.text(cText(line.file)), w.table.text(cText(line.text)), line.line<<10)
			nLines++
		}
		if ins.field != nil {
			id, err := w.table.id(w.types.kernel[ins.field.structure])
			if err != nil {
				return 0, 0, err
			}
			fields.add(here, id, w.table.text(ins.field.access), coreOffset)
			nFields++
		}
		if ins.structure != "" {
			fields.add(here, uint32(ins.Constant), w.table.text("0"), coreTypeID)
			nFields++
		}
	}
	return nLines, nFields, nil
}

// What CO-RE fills in: a field's offset in the kernel's structure, or the number
// of the structure in the kernel's BTF.
const (
	coreOffset = 0
	coreTypeID = 7
)

// numberTypes fills in the numbers of structures in the object's own BTF, which
// loaders replace.
func (w *writer) numberTypes(f *function) error {
	for i := range f.code {
		if name := f.code[i].structure; name != "" {
			id, err := w.table.id(w.types.kernel[name])
			if err != nil {
				return err
			}
			f.code[i].Constant = int64(id)
		}
	}
	return nil
}

// cText cuts a text where C would.
func cText(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	return s
}
