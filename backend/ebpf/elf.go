package ebpf

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/cilium/ebpf/btf"
)

// license is what the kernel asks of programs that use its functions: BPF
// helpers and kfuncs here are for programs under the GPL only.
const license = "GPL"

// writer makes an ELF object of functions and maps.
type writer struct {
	*object
	types    *types
	table    *typeTable
	ext      extension
	sections []*section
	symbols  []symbol
	// index finds symbols by name.
	index map[string]int
	maps  []mapDef
	kinds map[*function]*btf.Func
}

type section struct {
	elf.Section64
	name string
	data []byte
}

type symbol struct {
	elf.Sym64
	name string
}

// The relocations of BPF: of the address in a load, and of the function in a call.
const (
	relocLoad = 1
	relocCall = 10
)

// elf writes the object.
func (o *object) elf() ([]byte, error) {
	w := &writer{object: o, types: newTypes(), table: &typeTable{}, index: map[string]int{}, kinds: map[*function]*btf.Func{}}
	w.ext = extension{functions: records{size: 8}, lines: records{size: 16}, fields: records{size: 16}}
	w.maps = o.maps(w.types)
	if err := w.writeTypes(); err != nil {
		return nil, err
	}
	w.sections = []*section{{}}
	for _, name := range w.codeSections() {
		if err := w.code(name); err != nil {
			return nil, err
		}
	}
	w.add("license", elf.SHT_PROGBITS, elf.SHF_ALLOC|elf.SHF_WRITE, append([]byte(license), 0))
	w.mapSection()
	if err := w.relocations(); err != nil {
		return nil, err
	}
	w.add(".BTF", elf.SHT_PROGBITS, 0, w.table.raw)
	w.add(".BTF.ext", elf.SHT_PROGBITS, 0, w.ext.bytes())
	return w.file(), nil
}

// codeSections are the sections of the functions, the programs' first.
func (w *writer) codeSections() (names []string) {
	for _, f := range w.functions {
		if !slices.Contains(names, f.section) {
			names = append(names, f.section)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
	return names
}

// code writes a section of functions with its part of .BTF.ext.
func (w *writer) code(name string) error {
	var data []byte
	number := uint16(len(w.sections))
	var funcs, lines, fields records
	var counts [3]uint32
	for _, f := range w.functions {
		if f.section != name {
			continue
		}
		at := uint32(len(data))
		if err := w.numberTypes(f); err != nil {
			return err
		}
		body, err := f.bytes()
		if err != nil {
			return err
		}
		data = append(data, body...)
		w.symbol(f.name, elf.STT_FUNC, number, uint64(at), uint64(len(body)))
		id, err := w.table.id(w.kinds[f])
		if err != nil {
			return err
		}
		funcs.add(at, id)
		counts[0]++
		n, m, err := w.describe(f, at, &lines, &fields)
		if err != nil {
			return err
		}
		counts[1], counts[2] = counts[1]+n, counts[2]+m
	}
	w.add(name, elf.SHT_PROGBITS, elf.SHF_ALLOC|elf.SHF_EXECINSTR, data)
	title := w.table.text(name)
	for i, r := range []struct{ all, part *records }{{&w.ext.functions, &funcs}, {&w.ext.lines, &lines}, {&w.ext.fields, &fields}} {
		r.all.section(title, counts[i])
		r.all.data = append(r.all.data, r.part.data...)
	}
	return nil
}

func (w *writer) add(name string, kind elf.SectionType, flags elf.SectionFlag, data []byte) *section {
	s := &section{name: name, data: data}
	s.Type, s.Flags, s.Addralign = uint32(kind), uint64(flags), 8
	w.sections = append(w.sections, s)
	return s
}

func (w *writer) symbol(name string, kind elf.SymType, sec uint16, at, size uint64) {
	w.index[name] = len(w.symbols) + 1
	w.symbols = append(w.symbols, symbol{elf.Sym64{Info: elf.ST_INFO(elf.STB_GLOBAL, kind), Shndx: sec, Value: at, Size: size}, name})
}

// mapSection has a symbol for every map; what they are stands in BTF.
func (w *writer) mapSection() {
	if len(w.maps) == 0 {
		return
	}
	at := uint32(0)
	number := uint16(len(w.sections))
	for _, m := range w.maps {
		size := w.types.definition(m).Size
		w.symbol(m.name, elf.STT_OBJECT, number, uint64(at), uint64(size))
		at += size
	}
	w.add(".maps", elf.SHT_PROGBITS, elf.SHF_ALLOC|elf.SHF_WRITE, make([]byte, at))
}

// relocations writes what instructions refer to, one section for each of code.
func (w *writer) relocations() error {
	for _, kind := range []symbolKind{toKfunc, toConfig} {
		for _, name := range w.referred(kind) {
			w.symbol(name, elf.STT_NOTYPE, uint16(elf.SHN_UNDEF), 0, 0)
		}
	}
	if err := w.checkReferences(); err != nil {
		return err
	}
	for number, s := range slices.Clone(w.sections) {
		if s.Flags&uint64(elf.SHF_EXECINSTR) == 0 {
			continue
		}
		var rels bytes.Buffer
		at := uint64(0)
		for _, f := range w.functions {
			if f.section == s.name {
				w.relocate(&rels, f, at)
				at += uint64(8 * f.offsets()[len(f.code)])
			}
		}
		r := w.add(".rel"+s.name, elf.SHT_REL, 0, rels.Bytes())
		r.Info, r.Entsize = uint32(number), 16
	}
	return nil
}

func (w *writer) relocate(rels *bytes.Buffer, f *function, at uint64) {
	offsets := f.offsets()
	for i := range f.code {
		ins := &f.code[i]
		if ins.kind == noSymbol {
			continue
		}
		kind := uint32(relocLoad)
		if ins.kind == toFunc || ins.kind == toKfunc {
			kind = relocCall
		}
		rel := elf.Rel64{Off: at + uint64(8*offsets[i]), Info: elf.R_INFO(uint32(w.index[ins.symbol]), kind)}
		binary.Write(rels, byteOrder, &rel) // a bytes.Buffer takes everything
	}
}

// checkReferences reports a name that nothing has.
func (w *writer) checkReferences() error {
	for _, f := range w.functions {
		for i := range f.code {
			if n := f.code[i].symbol; n != "" && w.index[n] == 0 {
				return fmt.Errorf("%s: there is no %s", f.name, n)
			}
		}
	}
	return nil
}

// file puts the sections together: header, sections, section headers.
func (w *writer) file() []byte {
	var names, texts stringTable
	table := w.add(".symtab", elf.SHT_SYMTAB, 0, w.symbolTable(&texts))
	table.Entsize, table.Info, table.Link = elf.Sym64Size, 1, uint32(len(w.sections))
	w.add(".strtab", elf.SHT_STRTAB, 0, texts.bytes())
	last := w.add(".shstrtab", elf.SHT_STRTAB, 0, nil)
	for _, s := range w.sections {
		s.Name = names.add(s.name)
		if s.Type == uint32(elf.SHT_REL) {
			s.Link = uint32(slices.Index(w.sections, table))
		}
	}
	last.data = names.bytes()
	var out bytes.Buffer
	out.Write(make([]byte, binary.Size(elf.Header64{})))
	for _, s := range w.sections[1:] {
		out.Write(make([]byte, -out.Len()&7))
		s.Off, s.Size = uint64(out.Len()), uint64(len(s.data))
		out.Write(s.data)
	}
	out.Write(make([]byte, -out.Len()&7))
	at := out.Len()
	for _, s := range w.sections {
		binary.Write(&out, byteOrder, &s.Section64)
	}
	file := out.Bytes()
	copy(file, w.header(uint64(at)))
	return file
}

func (w *writer) header(sections uint64) []byte {
	h := elf.Header64{
		Type: uint16(elf.ET_REL), Machine: uint16(elf.EM_BPF), Version: uint32(elf.EV_CURRENT), Shoff: sections,
		Ehsize: uint16(binary.Size(elf.Header64{})), Shentsize: uint16(binary.Size(elf.Section64{})),
		Shnum: uint16(len(w.sections)), Shstrndx: uint16(len(w.sections) - 1),
	}
	copy(h.Ident[:], elf.ELFMAG)
	h.Ident[elf.EI_CLASS], h.Ident[elf.EI_DATA], h.Ident[elf.EI_VERSION] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)
	var b bytes.Buffer
	binary.Write(&b, byteOrder, &h)
	return b.Bytes()
}

func (w *writer) symbolTable(texts *stringTable) []byte {
	var b bytes.Buffer
	binary.Write(&b, byteOrder, &elf.Sym64{})
	texts.add("")
	for i := range w.symbols {
		w.symbols[i].Name = texts.add(w.symbols[i].name)
		binary.Write(&b, byteOrder, &w.symbols[i].Sym64)
	}
	return b.Bytes()
}

// stringTable is a section of names.
type stringTable struct{ data []byte }

func (t *stringTable) add(s string) uint32 {
	if len(t.data) == 0 {
		t.data = []byte{0}
	}
	if s == "" {
		return 0
	}
	at := uint32(len(t.data))
	t.data = append(append(t.data, s...), 0)
	return at
}

func (t *stringTable) bytes() []byte { return t.data }
